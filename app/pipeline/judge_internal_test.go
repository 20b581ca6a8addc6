package pipeline

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

func TestJudgeSeesNoAddressAndNoPhone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"jane@acme.example", "Jane.Doe+sales@mail.acme.example", "<jane@acme.example>", "(jane@acme)", "jané@acmé.example", "JANE@ACME.EXAMPLE",
		"+49 30 1234567", "+1-212-555-0147", "(212) 555-0147", "0049 (0)30 / 123 45 67", "030.123.45.67", "0301234567", "212.555.0147",
		"+44 20 7946 0958", "030–1234567", "030‑123‑4567", "030·123·4567", "+49\u00a030\u00a01234567", "٠١٢٣٤٥٦٧٨٩", "123 456 7890",
	} {
		for _, sentence := range []string{text, "Call " + text + " today.", "(" + text + ")", "x:" + text + ","} {
			fact := masked([]ports.Fact{{ID: "f1", Claim: sentence, Quotation: sentence}})[0]
			for _, out := range []string{fact.Claim, fact.Quotation} {
				require.NotContains(t, out, text, sentence)
				require.Regexp(t, `\[(address|number)\]`, out, sentence)
				require.Less(t, len(digits(out)), 5, "what is left of a number: %s", out)
			}
		}
	}
}

// TestJudgeSeesSizeBudgetAndTime: the criteria ask for them, so they must not look like phone numbers.
func TestJudgeSeesSizeBudgetAndTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"The contract ends on 2026-09-30.", "Between 2026-09-01 and 2026-12-31.", "Start on 01.10.2026.", "By 10/15/2026.", "A budget of 120,000 EUR.",
		"A budget of 50.000 - 80.000 EUR.", "A budget of 1.200.000 EUR.", "We are 250 people at 12 sites.", "From 9:30 to 17:00.", "1 000 000 users.",
		"In 2025/2026.", "Between 100.000 and 200.000 visits.", "Version 10.15.7 on 2 servers.", "On 2026-09-01 09:30 local time.", "Room 12-14, floor 3.",
	} {
		require.Equal(t, text, masked([]ports.Fact{{Claim: text}})[0].Claim)
	}
}

// TestMaskedKeepsOnlyWhatTheJudgeNeeds: no source and no address of a page, which could carry more than the fact.
func TestMaskedKeepsOnlyWhatTheJudgeNeeds(t *testing.T) {
	t.Parallel()
	in := []ports.Fact{{ID: "f1", Claim: "a", Quotation: "b", Source: "s1", SourceKind: "page", URL: "https://x.example/?to=jane@acme.example"}}
	require.Equal(t, []ports.Fact{{ID: "f1", Claim: "a", Quotation: "b", SourceKind: "page"}}, masked(in))
	require.Equal(t, "s1", in[0].Source, "the facts themselves stay whole")
	require.Empty(t, masked(nil))
}

// TestAnyPhoneIsMasked: numbers of ten digits and more, however they are written.
func TestAnyPhoneIsMasked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "+", "(", "+("}).Draw(r, "begin"))
		number := rapid.StringMatching(`[0-9]{10,14}`).Draw(r, "digits")
		for i, c := range number {
			b.WriteRune(c)
			if i < len(number)-1 && i%3 == 2 {
				b.WriteString(rapid.SampledFrom([]string{"", " ", "-", ".", "/", ") ", " (", "–"}).Draw(r, "separator"))
			}
		}
		if amount.MatchString(b.String()) || aDate.MatchString(b.String()) {
			return // reads as a sum or a date
		}
		out := masked([]ports.Fact{{Claim: "Call " + b.String() + " please"}})[0].Claim
		require.Less(r, len(digits(out)), 5, "%q became %q", b.String(), out)
	})
}

// TestDefaultCriteriaCoverEveryCategory: the judge's choice has a description each.
func TestDefaultCriteriaCoverEveryCategory(t *testing.T) {
	t.Parallel()
	criteria := DefaultCriteria()
	require.Len(t, criteria, len(leads.Categories()))
	for _, c := range leads.Categories() {
		require.Greater(t, len(strings.FieldsFunc(criteria[c], unicode.IsSpace)), 10, string(c))
	}
}
