package reader

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
)

// about says how much looking around a message deserves.
type about int

const (
	aboutBuying about = iota
	aboutTrouble
	aboutNothing
)

// errand weighs the message's findings only as far as research needs: sellers, applicants and their like are worth none.
func errand(found []signals.Finding) about {
	wants, trouble, elsewhere := 0, 0, 0
	for _, f := range found {
		switch {
		case f.Kind == signals.Seller || f.Kind == signals.Scam || f.Kind == signals.Applicant:
			elsewhere += 2
		case f.Kind.Elsewhere() && f.Kind != signals.Offer:
			elsewhere++
		case f.Kind.Trouble():
			trouble++
		case f.Kind.Wants() && f.Kind != signals.Meeting, f.Kind == signals.Size, f.Kind == signals.Budget:
			wants++
		}
	}
	switch {
	case elsewhere > wants:
		return aboutNothing
	case trouble > 0 && trouble >= wants:
		return aboutTrouble
	}
	return aboutBuying
}

// maxPages bounds how many pages of a company are opened.
const maxPages = 2

// planner decides the next read actions from what was done so far.
type planner struct {
	turn    Turn
	about   about
	subject subject
	// informed tells that a page was opened and said something of the company.
	informed bool
}

func (p planner) next() []Action {
	if p.about == aboutNothing || p.turn.Left < 0 {
		return []Action{}
	}
	if len(p.turn.Done) == 0 {
		return p.opening()
	}
	if p.about == aboutTrouble {
		return []Action{}
	}
	if page, ok := p.page(); ok {
		return []Action{{Tool: toolFetch, Argument: page}}
	}
	return p.stack()
}

// opening looks the company up on the web and in the organization's own records.
func (p planner) opening() []Action {
	actions := []Action{}
	company, domain := p.subject.name, p.subject.domain
	if p.about == aboutBuying && p.has(toolSearch) && company+domain != "" {
		actions = append(actions, Action{Tool: toolSearch, Argument: strings.TrimSpace(company + " " + domain)})
	}
	if known := firstOf(domain, company); known != "" && p.has(toolCRM) {
		actions = append(actions, Action{Tool: toolCRM, Argument: known})
	}
	if topic := p.knowledgeQuery(); topic != "" && p.has(toolKnowledge) {
		actions = append(actions, Action{Tool: toolKnowledge, Argument: topic})
	}
	return actions
}

// knowledgeQuery is empty for senders without a company, whose questions the writer answers from what it is given.
func (p planner) knowledgeQuery() string {
	if p.about != aboutBuying {
		return ""
	}
	return "pricing plans onboarding security integrations"
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (p planner) has(tool string) bool {
	return slices.ContainsFunc(p.turn.Tools, func(t Tool) bool { return t.Name == tool })
}

// page picks the next page worth opening: a search result of the lead's own company that was not opened before.
func (p planner) page() (string, bool) {
	if !p.has(toolFetch) || p.informed || p.opened() >= maxPages {
		return "", false
	}
	best, bestScore := "", 0
	for _, candidate := range p.candidates() {
		if p.tried(candidate.address) {
			continue
		}
		if score := p.relevance(candidate); score > bestScore {
			best, bestScore = candidate.address, score
		}
	}
	return best, best != ""
}

func (p planner) opened() int {
	n := 0
	for _, d := range p.turn.Done {
		if d.Tool == toolFetch {
			n++
		}
	}
	return n
}

func (p planner) tried(address string) bool {
	return slices.ContainsFunc(p.turn.Done, func(d Done) bool {
		return d.Tool == toolFetch && strings.TrimSuffix(d.Argument, "/") == strings.TrimSuffix(address, "/")
	})
}

type candidate struct {
	address string
	text    string
}

var addressPattern = regexp.MustCompile(`https?://[^\s<>"')\]]+`)

// candidates lists the addresses of search results, given beside the text or within it.
func (p planner) candidates() []candidate {
	var list []candidate
	for _, s := range p.turn.Sources {
		if s.Kind != kindSearch {
			continue
		}
		if s.URL != "" {
			list = append(list, candidate{address: s.URL, text: s.Title + " " + s.Text})
			continue
		}
		for _, address := range addressPattern.FindAllString(s.Text, 10) {
			list = append(list, candidate{address: strings.TrimRight(address, ".,;"), text: s.Title})
		}
	}
	return list
}

// relevance is 0 for a page that is not the company's; of its pages those that describe it count most.
func (p planner) relevance(c candidate) int {
	parsed, err := url.Parse(c.address)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" {
		return 0
	}
	if !p.subject.owns(strings.ToLower(parsed.Hostname())) {
		return 0
	}
	return 10 + pageWorth(parsed.Path)
}

func pageWorth(path string) int {
	switch strings.Trim(strings.ToLower(path), "/") {
	case "about", "about-us", "company", "ueber-uns", "a-propos", "sobre-nosotros":
		return 20
	case "":
		return 15
	case "team", "careers":
		return 5
	}
	return 1
}

// stack asks for the fingerprints of the page that was opened first, once.
func (p planner) stack() []Action {
	used := slices.ContainsFunc(p.turn.Done, func(d Done) bool { return d.Tool == toolStack })
	if used || !p.has(toolStack) {
		return []Action{}
	}
	for _, d := range p.turn.Done {
		if d.Tool == toolFetch && d.Outcome == "ok" {
			return []Action{{Tool: toolStack, Argument: d.Argument}}
		}
	}
	return []Action{}
}

// fresh returns the sources that no earlier turn has reported. Search results are reported only where no page was to be had, since
// a page says the same in more words.
func (p planner) fresh(done bool) []Source {
	fetched := p.opened() > 0
	var pages, others []Source
	for _, s := range p.turn.Sources {
		switch s.Kind {
		case kindMessage:
		case kindPage:
			pages = append(pages, s)
		case kindSearch:
			if done && len(p.ownResults()) > 0 && !p.read() {
				others = append(others, s)
			}
		default:
			if !fetched {
				others = append(others, s)
			}
		}
	}
	if len(pages) > 0 && p.lastWasPage() {
		others = append(others, pages[len(pages)-1])
	}
	return p.relevantOnly(others)
}

// read tells whether a page was opened with success.
func (p planner) read() bool {
	return slices.ContainsFunc(p.turn.Done, func(d Done) bool { return d.Tool == toolFetch && d.Outcome == "ok" })
}

func (p planner) lastWasPage() bool {
	if len(p.turn.Done) == 0 {
		return p.turn.Number <= 1
	}
	last := p.turn.Done[len(p.turn.Done)-1]
	return last.Tool == toolFetch && last.Outcome == "ok"
}

func (p planner) ownResults() []candidate {
	return slices.DeleteFunc(p.candidates(), func(c candidate) bool { return p.relevance(c) == 0 })
}

// relevantOnly leaves out search results of other companies.
func (p planner) relevantOnly(sources []Source) []Source {
	return slices.DeleteFunc(sources, func(s Source) bool {
		return s.Kind == kindSearch && s.URL != "" && p.relevance(candidate{address: s.URL}) == 0
	})
}
