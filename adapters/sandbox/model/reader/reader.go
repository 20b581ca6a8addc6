package reader

import (
	"slices"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// Reader answers research turns. Build one with New; it is safe for concurrent use.
type Reader struct {
	vocabulary *signals.Vocabulary
	company    *signals.Company
	languages  text.Languages
}

// New prepares a reader over a vocabulary.
func New(v *signals.Vocabulary) *Reader {
	return &Reader{vocabulary: v, company: signals.NewCompany(v), languages: text.NewLanguages()}
}

const (
	// maxSentences bounds how much of one source is read.
	maxSentences = 80
	// maxText bounds it too, in bytes.
	maxText = 60_000
	// maxFacts bounds the facts that one source gives.
	maxFacts = 14
	// maxPageFacts bounds the facts that a page or search result gives.
	maxPageFacts = 5
)

// Answer reads the turn's new sources and says what to look at next.
func (r *Reader) Answer(turn Turn) Answer {
	message := messageOf(turn)
	found := r.readMessage(message.Text)
	answer := Answer{Language: r.languages.Detect(message.Text), Facts: []Fact{}, Actions: []Action{}}
	plan := planner{turn: turn, about: errand(found), subject: r.subject(turn.Lead)}
	seen := r.earlier(&plan)
	answer.Actions = plan.next()
	answer.Done = len(answer.Actions) == 0
	if turn.Number <= 1 {
		answer.Facts = append(answer.Facts, facts(message.ID, found)...)
	}
	for _, source := range plan.fresh(answer.Done) {
		answer.Facts = append(answer.Facts, r.read(plan.subject, source, &seen)...)
	}
	return answer
}

func messageOf(turn Turn) Source {
	for _, s := range turn.Sources {
		if s.Kind == kindMessage {
			return s
		}
	}
	return Source{ID: kindMessage, Kind: kindMessage, Text: turn.Lead.Message}
}

// readMessage collects the message's findings, the first of each kind; questions by topic.
func (r *Reader) readMessage(message string) []signals.Finding {
	var found []signals.Finding
	sentences := text.Sentences(message)
	for _, sentence := range sentences[:min(len(sentences), maxSentences)] {
		for _, f := range r.vocabulary.Message(sentence) {
			if quotable(f) && !improved(found, f) && !known(found, f) {
				found = append(found, f)
			}
		}
	}
	found = withoutOtherQuestion(found)
	slices.SortStableFunc(found, func(a, b signals.Finding) int { return int(a.Kind) - int(b.Kind) })
	return found[:min(len(found), maxFacts)]
}

// improved puts a size in people in the place of one in things.
func improved(found []signals.Finding, f signals.Finding) bool {
	i := slices.IndexFunc(found, func(g signals.Finding) bool { return g.Kind == f.Kind })
	if i < 0 || f.Kind != signals.Size || !inPeople(f.Detail) || inPeople(found[i].Detail) && !dwarfs(f.Detail, found[i].Detail) {
		return false
	}
	found[i] = f
	return true
}

// few is a number of people that may be about something else than the team: "two people approve".
const few = 5

func dwarfs(size, other string) bool {
	return signals.Count(other) < few && signals.Count(size) > signals.Count(other)
}

func inPeople(size string) bool {
	return slices.ContainsFunc(text.Words(size), func(w text.Word) bool { return signals.People(w.Folded) })
}

// quotable keeps out what would not survive a check: quotations with invisible characters, and empty details.
func quotable(f signals.Finding) bool {
	return f.Quotation != "" && text.Visible(f.Quotation) && text.Visible(f.Detail)
}

func known(found []signals.Finding, f signals.Finding) bool {
	return slices.ContainsFunc(found, func(g signals.Finding) bool {
		return g.Kind == f.Kind && (f.Kind != signals.Question || g.Detail == f.Detail)
	})
}

// withoutOtherQuestion drops "asks about something else" where the message says plainly what it wants, and every question of
// somebody in trouble, who asks for help.
func withoutOtherQuestion(found []signals.Finding) []signals.Finding {
	if slices.ContainsFunc(found, func(f signals.Finding) bool { return f.Kind.Trouble() && f.Kind != signals.Problem }) {
		return slices.DeleteFunc(found, func(f signals.Finding) bool { return f.Kind == signals.Question })
	}
	clear := slices.ContainsFunc(found, func(f signals.Finding) bool {
		return f.Kind.Wants() || f.Kind.Trouble() || f.Kind.Elsewhere() || f.Kind == signals.Question && f.Detail != signals.TopicOther
	})
	if !clear {
		return found
	}
	return slices.DeleteFunc(found, func(f signals.Finding) bool {
		return f.Kind == signals.Question && f.Detail == signals.TopicOther
	})
}

func facts(source string, found []signals.Finding) []Fact {
	var list []Fact
	for _, f := range found {
		list = append(list, Fact{Claim: f.Kind.Claim(shorten(f.Detail)), Quotation: f.Quotation, Source: source})
	}
	return list
}

// maxDetail bounds a claim's detail, in characters.
const maxDetail = 120

func shorten(detail string) string {
	return text.Around(detail, 0, 0, maxDetail)
}

// read takes the facts from a source other than the message.
// It adds what it found to seen, and leaves out the kinds that are there.
func (r *Reader) read(of subject, source Source, seen *[]signals.Finding) []Fact {
	if source.Kind == kindCRM {
		return knownContact(source)
	}
	var found []signals.Finding
	sentences := text.Sentences(source.Text[:min(len(source.Text), maxText)])
	for _, sentence := range sentences[:min(len(sentences), maxSentences)] {
		for _, f := range r.company.Sentence(sentence, of.identity()) {
			if quotable(f) && !known(found, f) && !known(*seen, f) {
				found = append(found, f)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b signals.Finding) int { return int(a.Kind) - int(b.Kind) })
	found = found[:min(len(found), maxPageFacts)]
	*seen = append(*seen, found...)
	return facts(source.ID, found)
}

// earlier finds again what earlier turns reported of pages, so that the next page adds only news, and tells the plan whether any page
// had something to say.
func (r *Reader) earlier(p *planner) []signals.Finding {
	var seen, last []signals.Finding
	for _, s := range p.turn.Sources {
		if s.Kind == kindPage {
			seen = append(seen, last...)
			last = nil
			r.read(p.subject, s, &last)
		}
	}
	p.informed = len(seen)+len(last) > 0
	return seen
}

// knownContact quotes the first line that the organization's own records have, unless it says that there is none.
func knownContact(source Source) []Fact {
	sentences := text.Sentences(source.Text)
	if len(sentences) == 0 {
		return nil
	}
	words := text.Words(sentences[0])
	for _, w := range words[:min(len(words), 3)] {
		switch w.Folded {
		case "no", "none", "nothing", "not", "0", "empty":
			return nil
		}
	}
	quotation := text.Around(sentences[0], 0, 0, maxDetail)
	if !text.Visible(quotation) {
		return nil
	}
	return []Fact{{Claim: signals.KnownContact.Claim(""), Quotation: quotation, Source: source.ID}}
}
