package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

func folded(s string) []string {
	var list []string
	for _, w := range text.Words(s) {
		list = append(list, w.Folded)
	}
	return list
}

func TestWords(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]string{
		"We don't need it": {"we", "don", "t", "need", "it"}, "1.200 Plätze, 1,200 seats": {"1.200", "platze", "1,200", "seats"}, "$50k or 20.000 €": {"$", "50k", "or", "20.000", "€"},
		"ig\u200bnore": {"ignore"}, "Größe": {"grosse"}, "200-person": {"200", "person"}, "1 200 employés": {"1 200", "employes"}, "in 2026, 50 users": {"in", "2026", "50", "users"}, "": nil,
	} {
		if got := folded(s); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]float64{"1.200": 1200, "1,200": 1200, "1 200": 1200, "3.5": 3.5, "10k": 10000, "2m": 2e6, "twenty": 20, "1,234,567": 1234567, "12": 12} {
		if got, ok := text.Number(word); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "users", "2nd", "k"} {
		if got, ok := text.Number(word); ok {
			t.Errorf("%q is %v", word, got)
		}
	}
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phrase, text string
		want         bool
	}{
		{"demo", "a demo please", true}, {"demo", "a democracy", false}, {"demo*", "a democracy", true}, {"can|could you", "Could you?", true}, {"reset .. password", "reset my own old password", true},
		{"reset .. password", "reset one two three four five password", false}, {"in * weeks", "in six weeks", true}, {"in * weeks", "in weeks", false}, {"reset .. password", "reset password", true},
	} {
		if _, _, got := text.ParsePhrase(c.phrase).Find(text.Words(c.text)); got != c.want {
			t.Errorf("%q in %q: %v", c.phrase, c.text, got)
		}
	}
}

func TestSentencesAreExactAndWhole(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]string{
		"One. Two! Three?": {"One.", "Two!", "Three?"}, "We have approx. 1.200 seats, e.g. in Oslo. Yes.": {"We have approx. 1.200 seats, e.g. in Oslo.", "Yes."},
		"a line\nanother\r\n- a third": {"a line", "another", "- a third"}, "Es sind 20.000 €. Gut?": {"Es sind 20.000 €.", "Gut?"}, "  ...  !!  ": nil, "了解しました。ありがとう": {"了解しました。", "ありがとう"},
	} {
		if got := text.Sentences(s); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("word ", 1000), strings.Repeat("ü", 5000)} {
		for _, sentence := range text.Sentences(long) {
			if len(sentence) > 1700 || !utf8.ValidString(sentence) || !strings.Contains(long, sentence) {
				t.Errorf("a sentence of %d bytes", len(sentence))
			}
		}
	}
}

func TestAroundKeepsTheMatchWithinItsLimit(t *testing.T) {
	t.Parallel()
	s := strings.Repeat("before ", 60) + "THE MATCH" + strings.Repeat(" after", 60)
	start := strings.Index(s, "THE")
	got := text.Around(s, start, start+len("THE MATCH"), 100)
	if !strings.Contains(got, "THE MATCH") || !strings.Contains(s, got) || utf8.RuneCountInString(got) > 100 || utf8.RuneCountInString(got) < 60 {
		t.Errorf("%q", got)
	}
	if text.Around("short", 0, 5, 100) != "short" {
		t.Error("a short text was cut")
	}
}
