package gemini

import (
	"context"
	_ "embed" // the prompt
	"strings"

	"github.com/google/generative-ai-go/genai"
	"golang.org/x/text/language"

	"github.com/leadagent/leadagent/ports"
)

//go:embed prompts/reader.md
var readerInstructions string

const readerTask = "Read the sources about this lead. Name the new facts you find and the read actions you want next, or say that you are done."

// What a turn's answer may hold at most; the rest is dropped. Lengths are in characters.
const (
	maxFacts     = 40
	maxActions   = 8
	maxClaim     = 400
	maxQuotation = 1_000
	maxArgument  = 1_000
	maxToolName  = 60
)

type readerInput struct {
	Lead      readerLead     `json:"lead"`
	Tools     []readerTool   `json:"tools"`
	Turn      int            `json:"turn"`
	TurnsLeft int            `json:"turns_left"`
	Sources   []readerSource `json:"sources"`
	Done      []readerDone   `json:"actions_done"`
}

type readerLead struct {
	Name        string `json:"name"`
	Company     string `json:"company"`
	EmailDomain string `json:"email_domain"`
	Message     string `json:"message"`
}

type readerTool struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type readerSource struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

type readerDone struct {
	Tool     string `json:"tool"`
	Argument string `json:"argument"`
	Outcome  string `json:"outcome"`
	Note     string `json:"note"`
}

type readerOutput struct {
	Language string         `json:"language"`
	Facts    []ports.Fact   `json:"facts"`
	Actions  []ports.Wanted `json:"actions"`
	Done     bool           `json:"done"`
}

// Read implements ports.Reader. The language comes back as a canonical BCP 47 tag, or empty when the model named none. Facts without a claim,
// a quotation or a source are dropped; whether a quotation is true, a tool exists and its argument is allowed is for the caller to check.
func (m *Model) Read(ctx context.Context, r ports.Reading) (ports.Findings, ports.Spent, error) {
	var out readerOutput
	ask := role{instructions: readerInstructions, task: readerTask, schema: readerSchema(r.Tools)}
	spent, err := m.ask(ctx, ask, newReaderInput(r), &out)
	if err != nil {
		return ports.Findings{}, spent, err
	}
	return out.findings(), spent, nil
}

func newReaderInput(r ports.Reading) readerInput {
	in := readerInput{
		Lead: readerLead{Name: r.Name, Company: r.Company, EmailDomain: domainOnly(r.EmailDomain), Message: r.Message},
		Turn: r.Turn, TurnsLeft: r.TurnsLeft,
		Tools: []readerTool{}, Sources: []readerSource{}, Done: []readerDone{},
	}
	for _, t := range r.Tools {
		in.Tools = append(in.Tools, readerTool(t))
	}
	for _, s := range r.Sources {
		in.Sources = append(in.Sources, readerSource(s))
	}
	for _, d := range r.Done {
		in.Done = append(in.Done, readerDone(d))
	}
	return in
}

// domainOnly makes sure that an address which was given by mistake leaves no more than its domain.
func domainOnly(s string) string { return s[strings.LastIndexByte(s, '@')+1:] }

func (o readerOutput) findings() ports.Findings {
	found := ports.Findings{Language: canonical(o.Language), Done: o.Done, Facts: []ports.Fact{}, Actions: []ports.Wanted{}}
	for _, f := range o.Facts {
		fact := ports.Fact{Claim: cut(line(f.Claim), maxClaim), Quotation: cut(strings.TrimSpace(f.Quotation), maxQuotation), Source: line(f.Source)}
		if fact.Claim != "" && fact.Quotation != "" && fact.Source != "" && len(found.Facts) < maxFacts {
			found.Facts = append(found.Facts, fact)
		}
	}
	for _, a := range o.Actions {
		wanted := ports.Wanted{Tool: cut(line(a.Tool), maxToolName), Argument: cut(line(a.Argument), maxArgument)}
		if wanted.Tool != "" && len(found.Actions) < maxActions {
			found.Actions = append(found.Actions, wanted)
		}
	}
	return found
}

func canonical(tag string) string {
	parsed, err := language.Parse(line(tag))
	if err != nil || parsed == language.Und {
		return ""
	}
	return parsed.String()
}

func readerSchema(tools []ports.Tool) *genai.Schema {
	tool := &genai.Schema{Type: genai.TypeString, Description: "The name of one of the tools."}
	for _, t := range tools {
		tool.Format, tool.Enum = "enum", append(tool.Enum, t.Name)
	}
	fact := object(properties{
		"claim":     text("One thing that is now known, in English, in one sentence."),
		"quotation": text("The exact words of the source that show it, copied character by character."),
		"source":    text("The id of the source that the quotation is from."),
	})
	action := object(properties{"tool": tool, "argument": text("What the tool is to look for or to read.")})
	return object(properties{
		"language": text("The language of the message, as a BCP 47 tag."),
		"facts":    {Type: genai.TypeArray, Items: fact, Description: "The facts that were not named before."},
		"actions":  {Type: genai.TypeArray, Items: action, Description: "The read actions wanted next."},
		"done":     {Type: genai.TypeBoolean, Description: "Whether enough is known."},
	})
}
