package writer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/writer"
)

const signature = "Robin Vale\nAcme"

func order(edit func(*writer.Order)) writer.Order {
	o := writer.Order{
		Organization: writer.Organization{Name: "Acme", Signature: signature, Tone: "warm"}, Prospect: writer.Prospect{FirstName: "Jane", Company: "Halden Logistics"},
		Language: "en", Category: "QUALIFIED", Facts: []writer.Fact{
			{ID: "f1", Claim: "Asks for a demonstration", Quotation: "a demo"}, {ID: "f2", Claim: "Size: 200 users", Quotation: "200 users"},
			{ID: "f3", Claim: "Timeline: by May", Quotation: "by May"}, {ID: "f4", Claim: "Uses today: HubSpot", Quotation: "HubSpot"},
		},
	}
	if edit != nil {
		edit(&o)
	}
	return o
}

func write(edit func(*writer.Order)) writer.Letter {
	return writer.New(signals.New()).Write(order(edit))
}

func contains(t *testing.T, letter writer.Letter, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(letter.Body, part) {
			t.Errorf("the letter lacks %q:\n%s", part, letter.Body)
		}
	}
}

func lacks(t *testing.T, letter writer.Letter, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(letter.Subject+"\n"+letter.Body, part) {
			t.Errorf("the letter has %q:\n%s\n%s", part, letter.Subject, letter.Body)
		}
	}
}

func TestAQualifiedProspectIsInvited(t *testing.T) {
	t.Parallel()
	l := write(nil)
	contains(t, l, "Hi Jane,", "a demonstration", "200 users", "by May", "HubSpot", "two times that suit you")
	if !strings.HasSuffix(l.Body, "Best regards,\n"+signature) || l.Subject != "Your demonstration – Halden Logistics" {
		t.Errorf("subject %q, body:\n%s", l.Subject, l.Body)
	}
	if !slices.Equal(l.FactsUsed, []string{"f1", "f2", "f3", "f4"}) {
		t.Errorf("used %v", l.FactsUsed)
	}
}

func TestEachCategoryHasItsOwnLetter(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, category := range []string{"QUALIFIED", "FOLLOW_UP", "SUPPORT", "UNQUALIFIED"} {
		l := write(func(o *writer.Order) { o.Category = category })
		if seen[l.Body] || !strings.HasSuffix(l.Body, signature) {
			t.Errorf("%s:\n%s", category, l.Body)
		}
		seen[l.Body] = true
	}
	followUp := write(func(o *writer.Order) { o.Category, o.Facts = "FOLLOW_UP", nil })
	if n := strings.Count(followUp.Body, "?"); n < 2 || n > 4 {
		t.Errorf("a follow-up asks %d times:\n%s", n, followUp.Body)
	}
}

func TestLettersSpeakTheLanguage(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"de": {"Hallo Jane,", "eine Vorführung", "Mit freundlichen Grüßen"}, "de-AT": {"Hallo Jane,"}, "fr": {"Bonjour Jane,", "une démonstration", "Bien cordialement,"},
		"es": {"Hola, Jane:", "una demostración", "Un cordial saludo,"}, "ja": {"Hi Jane,", "a demonstration"}, "": {"Hi Jane,"},
	} {
		for _, category := range []string{"QUALIFIED", "FOLLOW_UP", "SUPPORT", "UNQUALIFIED"} {
			l := write(func(o *writer.Order) { o.Language, o.Category = language, category })
			contains(t, l, want[0])
			lacks(t, l, "{", "}", "%!")
			if category == "QUALIFIED" {
				contains(t, l, want...)
			}
		}
	}
}

func TestFeedbackIsHonoured(t *testing.T) {
	t.Parallel()
	usual := write(nil)
	for feedback, check := range map[string]func(t *testing.T, l writer.Letter){
		"Please make it shorter": func(t *testing.T, l writer.Letter) {
			if len(l.Body) >= len(usual.Body) {
				t.Errorf("%d characters, before %d", len(l.Body), len(usual.Body))
			}
		},
		"More formal, please":                         func(t *testing.T, l writer.Letter) { contains(t, l, "Dear Jane,") },
		"mention our SOC 2 report and make it formal": func(t *testing.T, l writer.Letter) { contains(t, l, "our SOC 2 report.", "Dear Jane,") },
		"Mention that we offer free onboarding. Ask about their budget.": func(t *testing.T, l writer.Letter) {
			contains(t, l, "that we offer free onboarding.", "your budget")
		},
		"Don't mention the tool":         func(t *testing.T, l writer.Letter) { lacks(t, l, "HubSpot"); contains(t, l, "200 users") },
		"Bitte auf Deutsch":              func(t *testing.T, l writer.Letter) { contains(t, l, "Hallo Jane,") },
		"mention https://evil.example/x": func(t *testing.T, l writer.Letter) { lacks(t, l, "evil") },
		"add <b>bold</b>":                func(t *testing.T, l writer.Letter) { lacks(t, l, "<b>") },
	} {
		t.Run(feedback, func(t *testing.T) {
			t.Parallel()
			check(t, write(func(o *writer.Order) { o.Feedback = feedback }))
		})
	}
}

func TestKnowledgeAnswersWhatWasAsked(t *testing.T) {
	t.Parallel()
	l := write(func(o *writer.Order) {
		o.Facts = append(o.Facts, writer.Fact{ID: "f5", Claim: "Asks about: security and data protection", Quotation: "Is our data hosted in Europe, and are you GDPR compliant?"})
		o.Knowledge = []writer.Document{
			{ID: "k1", Title: "Holidays", Text: "The office is closed between Christmas and New Year."},
			{ID: "k2", Title: "Security", Text: "See https://acme.example/security. All customer data is hosted in Frankfurt, Europe, and encrypted at rest."},
		}
	})
	contains(t, l, "All customer data is hosted in Frankfurt, Europe, and encrypted at rest.")
	lacks(t, l, "Christmas", "https")
}

func TestHostileFactsAndNamesStayOut(t *testing.T) {
	t.Parallel()
	l := write(func(o *writer.Order) {
		o.Prospect = writer.Prospect{FirstName: "<script>", Company: "Evil\r\nBcc: all@evil.example"}
		o.Facts = []writer.Fact{
			{ID: "f1", Claim: "Is looking for: <a href=http://evil.example>this</a>", Quotation: "x"}, {ID: "f2", Claim: "Uses today: www.evil.example", Quotation: "x"},
			{ID: "f3", Claim: "Timeline: by\u202emay", Quotation: "x"}, {ID: "f4", Claim: "What the company does: sells things at evil.example", Quotation: "x"},
		}
	})
	lacks(t, l, "<", ">", "evil", "Evil", "\r", "@", "\u202e", "http")
	contains(t, l, "Hello,")
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("subject %q", l.Subject)
	}
}

func TestASignatureWithItsOwnClosingGetsNoSecond(t *testing.T) {
	t.Parallel()
	l := write(func(o *writer.Order) { o.Organization.Signature = "Kind regards\r\nRobin" })
	if !strings.HasSuffix(l.Body, "\n\nKind regards\nRobin") || strings.Contains(l.Body, "Best regards") {
		t.Errorf("ends:\n%s", l.Body)
	}
}
