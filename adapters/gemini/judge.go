package gemini

import (
	"context"
	_ "embed" // the prompt

	"github.com/google/generative-ai-go/genai"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

//go:embed prompts/judge.md
var judgeInstructions string

const judgeTask = "Judge this lead by the organization's criteria and by nothing but the facts."

// maxReason is in characters; a longer reason is cut.
const maxReason = 600

// unsure is the confidence of a model that named none, or one that cannot be.
const unsure = 0.5

type judgeInput struct {
	Criteria map[leads.Category]string `json:"criteria"`
	Facts    []judgeFact               `json:"facts"`
}

type judgeFact struct {
	ID         string `json:"id"`
	Claim      string `json:"claim"`
	Quotation  string `json:"quotation"`
	SourceKind string `json:"source_kind"`
}

type judgeOutput struct {
	Category   string   `json:"category"`
	Reason     string   `json:"reason"`
	Confidence *float64 `json:"confidence"`
}

// Judge implements ports.Judge. Email addresses and phone numbers in the facts are masked before they leave. A category that is none of the
// four, or a judgement without a reason, is Unusable; a missing or impossible confidence counts as 0.5.
func (m *Model) Judge(ctx context.Context, criteria map[leads.Category]string, facts []ports.Fact) (ports.Judgement, ports.Spent, error) {
	var out judgeOutput
	ask := role{instructions: judgeInstructions, task: judgeTask, schema: judgeSchema()}
	spent, err := m.ask(ctx, ask, newJudgeInput(criteria, facts), &out)
	if err != nil {
		return ports.Judgement{}, spent, err
	}
	judged, err := out.judgement()
	return judged, spent, err
}

func newJudgeInput(criteria map[leads.Category]string, facts []ports.Fact) judgeInput {
	in := judgeInput{Criteria: map[leads.Category]string{}, Facts: []judgeFact{}}
	for _, c := range leads.Categories() {
		in.Criteria[c] = criteria[c]
	}
	for _, f := range facts {
		in.Facts = append(in.Facts, judgeFact{ID: f.ID, Claim: masked(f.Claim), Quotation: masked(f.Quotation), SourceKind: f.SourceKind})
	}
	return in
}

func (o judgeOutput) judgement() (ports.Judgement, error) {
	category, ok := leads.ParseCategory(o.Category)
	if !ok {
		return ports.Judgement{}, unusable("category is none of the four")
	}
	reason := cut(line(o.Reason), maxReason)
	if reason == "" {
		return ports.Judgement{}, unusable("no reason")
	}
	confidence := unsure
	if o.Confidence != nil && *o.Confidence >= 0 && *o.Confidence <= 1 {
		confidence = *o.Confidence
	}
	return ports.Judgement{Category: category, Reason: reason, Confidence: confidence}, nil
}

func judgeSchema() *genai.Schema {
	category := &genai.Schema{Type: genai.TypeString, Format: "enum", Description: "The one category whose criterion fits best."}
	for _, c := range leads.Categories() {
		category.Enum = append(category.Enum, string(c))
	}
	return object(properties{
		"category":   category,
		"reason":     text("Why, in one or two English sentences for the reviewer."),
		"confidence": {Type: genai.TypeNumber, Description: "How sure the judgement is, from 0 to 1."},
	})
}
