package gemini

import (
	"context"
	_ "embed" // the prompt
	"slices"
	"unicode/utf8"

	"github.com/google/generative-ai-go/genai"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

//go:embed prompts/writer.md
var writerInstructions string

const writerTask = "Write the reply to this prospect in the organization's name."

// What a letter may be at most, in characters. A longer one is Unusable rather than cut: half a letter is none.
const (
	maxSubject = 200
	maxBody    = 10_000
)

type writerInput struct {
	Organization writerOrganization `json:"organization"`
	Prospect     writerProspect     `json:"prospect"`
	Language     string             `json:"language"`
	Category     leads.Category     `json:"category"`
	Reason       string             `json:"reason"`
	Facts        []writerFact       `json:"facts"`
	Knowledge    []writerKnowledge  `json:"knowledge"`
	Feedback     string             `json:"feedback"`
}

type writerOrganization struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Tone      string `json:"tone"`
}

type writerProspect struct {
	FirstName string `json:"first_name"`
	Company   string `json:"company"`
}

type writerFact struct {
	ID        string `json:"id"`
	Claim     string `json:"claim"`
	Quotation string `json:"quotation"`
}

// writerKnowledge is an approved text of the organization.
type writerKnowledge struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Write implements ports.Writer. The subject comes back as one line and the body with plain line breaks, both without control and invisible
// characters; FactsUsed holds only ids of facts that were given. Links, HTML and recipients are for the caller to check.
func (m *Model) Write(ctx context.Context, w ports.Writing) (ports.Letter, ports.Spent, error) {
	var out ports.Letter
	ask := role{instructions: writerInstructions, task: writerTask, schema: writerSchema()}
	spent, err := m.ask(ctx, ask, newWriterInput(w), &out)
	if err != nil {
		return ports.Letter{}, spent, err
	}
	letter, err := tidyLetter(out, w.Facts)
	return letter, spent, err
}

func newWriterInput(w ports.Writing) writerInput {
	in := writerInput{
		Organization: writerOrganization{Name: w.Organization, Signature: w.Signature, Tone: w.Tone},
		Prospect:     writerProspect{FirstName: w.FirstName, Company: w.Company},
		Language:     w.Language, Category: w.Category, Reason: w.Reason, Feedback: w.Feedback,
		Facts: []writerFact{}, Knowledge: []writerKnowledge{},
	}
	for _, f := range w.Facts {
		in.Facts = append(in.Facts, writerFact{ID: f.ID, Claim: f.Claim, Quotation: f.Quotation})
	}
	return in
}

func tidyLetter(l ports.Letter, facts []ports.Fact) (ports.Letter, error) {
	tidy := ports.Letter{Subject: line(l.Subject), Body: paragraphs(l.Body), FactsUsed: []string{}}
	switch {
	case tidy.Subject == "":
		return ports.Letter{}, unusable("no subject")
	case tidy.Body == "":
		return ports.Letter{}, unusable("no body")
	case utf8.RuneCountInString(tidy.Subject) > maxSubject:
		return ports.Letter{}, unusable("subject too long")
	case utf8.RuneCountInString(tidy.Body) > maxBody:
		return ports.Letter{}, unusable("body too long")
	}
	for _, f := range facts {
		if slices.Contains(l.FactsUsed, f.ID) {
			tidy.FactsUsed = append(tidy.FactsUsed, f.ID)
		}
	}
	return tidy, nil
}

func writerSchema() *genai.Schema {
	used := &genai.Schema{Type: genai.TypeString, Description: "The id of a fact."}
	return object(properties{
		"subject":    text("The subject, one line."),
		"body":       text("The whole letter as plain text with line breaks, from the greeting to the signature."),
		"facts_used": {Type: genai.TypeArray, Items: used, Description: "The facts that the letter draws on."},
	})
}
