package writer

import (
	"strings"
	"unicode/utf8"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// maxKnowledge bounds the sentence taken from a document, in characters.
const maxKnowledge = 240

// fromKnowledge answers from the organization's own documents: the sentence that shares most with what was asked, word for word,
// where it is in the letter's language and has no link.
func (d *draft) fromKnowledge() string {
	asked := d.askedWords()
	best, bestScore := "", 1
	for _, document := range d.order.Knowledge {
		for _, sentence := range text.Sentences(document.Text) {
			if !d.tellable(sentence) {
				continue
			}
			if score := overlap(asked, sentence+" "+document.Title); score > bestScore {
				best, bestScore = sentence, score
			}
		}
	}
	if best == "" {
		return ""
	}
	return strings.ReplaceAll(d.words.knowledge, "{what}", finished(best))
}

func finished(sentence string) string {
	sentence = strings.TrimLeft(strings.Join(strings.Fields(sentence), " "), "-*# ")
	if strings.HasSuffix(sentence, ".") || strings.HasSuffix(sentence, "!") || strings.HasSuffix(sentence, "?") {
		return sentence
	}
	return sentence + "."
}

func (d *draft) tellable(sentence string) bool {
	n := utf8.RuneCountInString(sentence)
	if n < 25 || n > maxKnowledge || linkLike.MatchString(sentence) || strings.ContainsAny(sentence, "<>{}[]|`#") || !text.Visible(sentence) || strings.HasSuffix(sentence, "?") {
		return false
	}
	return d.writer.languages.Detect(sentence) == d.language
}

// askedWords collects stems of what the facts ask for.
func (d *draft) askedWords() []string {
	var stems []string
	add := func(words string) {
		for _, w := range text.Words(words) {
			if len(w.Folded) > 3 && !d.writer.languages.Common(w.Folded) {
				stems = append(stems, w.Folded[:min(len(w.Folded), 6)])
			}
		}
	}
	for _, t := range d.topics {
		add(t.text)
	}
	for _, f := range d.order.Facts {
		if kind, _ := signals.ParseClaim(f.Claim); kind == signals.Question || kind == signals.Need || kind == signals.Pricing || kind == signals.Trial || kind == signals.Unknown {
			add(f.Quotation)
		}
	}
	if d.has(signals.Pricing) && !d.wishes.drops(signals.Pricing) {
		add("price prices pricing plan costs preise kosten prix tarifs precios month monat mois")
	}
	return stems
}

// overlap counts the distinct stems that a text shares with what was asked.
func overlap(stems []string, of string) int {
	words, seen := text.Words(of), map[string]bool{}
	for _, stem := range stems {
		for _, w := range words {
			if len(w.Folded) > 3 && strings.HasPrefix(w.Folded, stem) {
				seen[stem] = true
			}
		}
	}
	return len(seen)
}
