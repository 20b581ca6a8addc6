package pipeline

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// notes is the state of one run's research, rebuilt from what was recorded.
type notes struct {
	lead     leads.Lead
	tools    []ports.Tool
	turn     int // of the last answer
	position int // of the last recorded action of that turn
	language string
	facts    []ports.Fact
	sources  []ports.SourceText
	done     []ports.Done
	open     []ports.Wanted // what the last answer asks for and was not done yet
	ended    string
	spent    ports.Spent
}

func newNotes(lead leads.Lead, tools []ports.Tool, recorded []ports.Action) *notes {
	n := &notes{lead: lead, tools: tools, sources: []ports.SourceText{{ID: "message", Kind: "message", Text: lead.Message}}}
	for _, a := range recorded {
		n.add(a)
	}
	return n
}

// add takes in what was recorded, whether just now or by a predecessor.
func (n *notes) add(a ports.Action) {
	n.spent = n.spent.Plus(a.Spent)
	n.turn, n.position = a.Turn, a.Position
	if a.Position == 0 {
		n.answer(a.Answer)
		return
	}
	if len(n.open) > 0 {
		n.open = n.open[1:]
	}
	outcome := "ok"
	if !a.OK {
		outcome = "failed"
	}
	n.done = append(n.done, ports.Done{Tool: a.Tool, Argument: a.Argument, Outcome: outcome, Note: a.Note})
	n.sources = append(n.sources, a.Sources...)
}

func (n *notes) answer(raw []byte) {
	var found ports.Findings
	if err := json.Unmarshal(raw, &found); err != nil {
		n.ended = "done" // our own record; unreadable only when it was meddled with
		return
	}
	if found.Language != "" {
		n.language = found.Language
	}
	n.facts = append(n.facts, found.Facts...)
	n.open = found.Actions
	if found.Done || len(found.Actions) == 0 {
		n.open, n.ended = nil, "done"
	}
}

func (n *notes) question() ports.Reading {
	return ports.Reading{
		Name: n.lead.Name, Company: n.lead.Company, EmailDomain: n.lead.Email.Domain(), Message: n.lead.Message,
		Tools: n.tools, Turn: n.turn + 1, TurnsLeft: MaxTurns - n.turn - 1, Sources: n.sources, Done: n.done,
	}
}

// nextSourceID numbers the sources of one action: s1, s2, …
func (n *notes) nextSourceID(offset int) string { return fmt.Sprintf("s%d", len(n.sources)+offset) }

// seen tells whether the same action was carried out before.
func (n *notes) seen(w ports.Wanted) bool {
	for _, d := range n.done {
		if d.Tool == w.Tool && strings.EqualFold(strings.TrimSpace(d.Argument), strings.TrimSpace(w.Argument)) {
			return true
		}
	}
	return false
}

// result keeps the facts whose quotation stands in their source, word for word, and numbers them.
func (n *notes) result() Research {
	r := Research{Language: language(n.language), Facts: []ports.Fact{}, Turns: n.turn, Ended: n.ended}
	texts := map[string]ports.SourceText{}
	for _, s := range n.sources {
		texts[s.ID] = s
		r.Sources = append(r.Sources, Source{ID: s.ID, Kind: s.Kind, URL: s.URL, Title: clip(s.Title, 200)})
	}
	known := map[string]bool{}
	for _, f := range n.facts {
		source, ok := texts[f.Source]
		claim, quotation := tidy(f.Claim), tidy(f.Quotation)
		if !ok || claim == "" || quotation == "" || !strings.Contains(tidy(source.Text), quotation) || known[claim+"\n"+f.Source] {
			continue
		}
		known[claim+"\n"+f.Source] = true
		r.Facts = append(r.Facts, ports.Fact{
			ID: fmt.Sprintf("f%d", len(r.Facts)+1), Claim: clip(claim, 300), Quotation: clip(quotation, 600),
			Source: f.Source, SourceKind: source.Kind, URL: source.URL,
		})
		if len(r.Facts) == maxFacts {
			break
		}
	}
	return r
}

// tidy makes texts comparable: visible characters with single spaces.
func tidy(s string) string {
	return strings.Join(strings.Fields(strings.Map(visibleRune, s)), " ")
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

var aLanguage = regexp.MustCompile(`^[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,3}$`)

// language keeps what has the form of a language tag (RFC 5646), else English.
func language(s string) string {
	if !aLanguage.MatchString(s) {
		return "en"
	}
	return s
}
