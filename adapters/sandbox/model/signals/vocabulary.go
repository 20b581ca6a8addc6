package signals

import (
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// Vocabulary finds signals in sentences. Build one with New; it never changes and is safe for concurrent use.
type Vocabulary struct {
	entries   []compiled
	needs     []text.Phrase
	wishes    []text.Phrase
	tools     []text.Phrase
	selves    []text.Phrase
	timelines []text.Phrase
	roles     []text.Phrase
	wondering []text.Phrase
	topics    []topic
}

type compiled struct {
	kind      Kind
	phrases   []text.Phrase
	negatable bool
}

// Finding is one signal in one sentence.
type Finding struct {
	Kind Kind
	// Detail is what the kind's claim goes on with: an exact substring of the sentence, or a topic's name.
	Detail string
	// Quotation is an exact substring of the sentence that shows the signal.
	Quotation string
}

// maxQuotation bounds a quotation, in characters.
const maxQuotation = 220

// New prepares the vocabulary.
func New() *Vocabulary {
	v := &Vocabulary{
		needs: phrases(needTriggers()), wishes: phrases(modalTriggers()), tools: phrases(toolTriggers()), selves: phrases(selfTriggers()),
		timelines: phrases(timelineWords()), roles: phrases(roleWords()), topics: topics(),
		wondering: phrases(wonderingWords()),
	}
	for _, group := range [][]entry{injectionWords(), buyingWords(), painWords(), troubleWords(), senderWords(), sellerWords()} {
		for _, e := range group {
			v.entries = append(v.entries, compiled{kind: e.kind, phrases: phrases(e.phrases), negatable: e.negatable})
		}
	}
	return v
}

func phrases(lines string) []text.Phrase {
	var parsed []text.Phrase
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			parsed = append(parsed, text.ParsePhrase(line))
		}
	}
	return parsed
}

// sentence is one sentence with its words.
type sentence struct {
	text  string
	words []text.Word
}

// quote returns the words from start up to end with as much around them as a quotation may have.
func (s sentence) quote(start, end int) string {
	if start >= end {
		return text.Around(s.text, 0, 0, maxQuotation)
	}
	return text.Around(s.text, s.words[start].Start, s.words[end-1].End, maxQuotation)
}

// raw returns the words from start up to end as they were written.
func (s sentence) raw(start, end int) string {
	if start >= end {
		return ""
	}
	return s.text[s.words[start].Start:s.words[end-1].End]
}

// Message finds what a sender's sentence shows. A sentence that speaks to the machine shows only that.
func (v *Vocabulary) Message(of string) []Finding {
	s := sentence{text: of, words: text.Words(of)}
	if injected, ok := v.injection(s); ok {
		return []Finding{injected}
	}
	found := v.listed(s)
	found = append(found, v.circumstances(s)...)
	return v.withQuestion(s, v.withNeed(s, found))
}

func (v *Vocabulary) injection(s sentence) (Finding, bool) {
	for _, e := range v.entries {
		if e.kind != Injection {
			continue
		}
		for _, p := range e.phrases {
			if start, end, ok := p.Find(s.words); ok {
				return Finding{Kind: Injection, Quotation: s.quote(start, end)}, true
			}
		}
	}
	return Finding{}, false
}

// listed finds the kinds that are plain lists of phrases.
func (v *Vocabulary) listed(s sentence) []Finding {
	var found []Finding
	for _, e := range v.entries {
		if e.kind == Injection {
			continue
		}
		for _, p := range e.phrases {
			start, end, ok := p.Find(s.words)
			if !ok || e.negatable && (negated(s.words, start) || denied(s.words[start:end])) {
				continue
			}
			found = append(found, Finding{Kind: e.kind, Quotation: s.quote(start, end)})
			break
		}
	}
	return found
}

// denied tells whether a match with a gap has swallowed a "not".
func denied(match []text.Word) bool {
	for _, w := range match {
		if denies(w.Folded) {
			return true
		}
	}
	return false
}

// negated tells whether one of the four words before start, in the same clause, takes back what follows.
func negated(words []text.Word, start int) bool {
	for i := start - 1; i >= 0 && i >= start-4; i-- {
		if words[i+1].Break {
			return false
		}
		if denies(words[i].Folded) {
			return true
		}
	}
	return false
}

func denies(word string) bool {
	switch word {
	case "not", "no", "never", "without", "isn", "aren", "don", "doesn", "didn", "nicht", "kein", "keine", "keinen", "keiner", "pas", "sans", "sin", "nunca", "ni":
		return true
	}
	return false
}
