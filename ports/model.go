package ports

import (
	"context"

	"github.com/leadagent/leadagent/domain/leads"
)

// Tool is a read action that the reader may name.
type Tool struct {
	Name        string
	Description string
}

// Wanted is a read action that the reader named. Nothing about it is trusted.
type Wanted struct {
	Tool     string `json:"tool"`
	Argument string `json:"argument"`
}

// Fact is one thing that the reader found, with the words it stands on.
type Fact struct {
	ID         string `json:"id,omitempty"`
	Claim      string `json:"claim"`
	Quotation  string `json:"quotation"`
	Source     string `json:"source"` // the id of a SourceText
	SourceKind string `json:"source_kind,omitempty"`
	URL        string `json:"url,omitempty"`
}

// Done is an action that was carried out, for the reader's next turn.
type Done struct {
	Tool     string `json:"tool"`
	Argument string `json:"argument"`
	Outcome  string `json:"outcome"` // ok or failed
	Note     string `json:"note,omitempty"`
}

// Reading is a turn's question to the reader.
type Reading struct {
	Name, Company, EmailDomain, Message string
	Tools                               []Tool
	Turn, TurnsLeft                     int
	Sources                             []SourceText
	Done                                []Done
}

// Findings is the reader's answer of a turn.
type Findings struct {
	Language string   `json:"language"`
	Facts    []Fact   `json:"facts"`
	Actions  []Wanted `json:"actions"`
	Done     bool     `json:"done"`
}

// Judgement is the judge's answer.
type Judgement struct {
	Category   leads.Category `json:"category"`
	Reason     string         `json:"reason"`
	Confidence float64        `json:"confidence"` // 0 to 1
}

// Writing is the question to the writer.
type Writing struct {
	Organization, Signature, Tone string
	FirstName, Company, Language  string
	Category                      leads.Category
	Reason                        string
	Facts                         []Fact
	Feedback                      string
}

// Letter is the writer's answer.
type Letter struct {
	Subject   string   `json:"subject"`
	Body      string   `json:"body"`
	FactsUsed []string `json:"facts_used"`
}

// Reader sees untrusted text and returns typed facts and the read actions it wants next. Faults of all three roles: Busy (with RetryAfter)
// and Unavailable are to be tried later, Unusable may be asked again at once, Refused is for a person. What was spent is given even with
// an Unusable answer.
type Reader interface {
	Read(ctx context.Context, r Reading) (Findings, Spent, error)
}

// Judge sees facts and criteria and returns a category.
type Judge interface {
	Judge(ctx context.Context, criteria map[leads.Category]string, facts []Fact) (Judgement, Spent, error)
}

// Writer sees facts and the judgement and returns a letter.
type Writer interface {
	Write(ctx context.Context, w Writing) (Letter, Spent, error)
}

// Searcher searches the web. Busy and Unavailable as above.
type Searcher interface {
	Search(ctx context.Context, query string) ([]SourceText, error)
}

// Fetcher reads a public page as text. An address that is not public, a bad scheme or port, or a page over the limits is Refused; a page that
// cannot be had is Unavailable.
type Fetcher interface {
	Fetch(ctx context.Context, url string) (SourceText, error)
}
