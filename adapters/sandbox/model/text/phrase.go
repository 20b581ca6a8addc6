package text

import "strings"

// maxGap is how many words ".." may stand for.
const maxGap = 4

// Phrase is a sequence of words to look for.
type Phrase struct {
	elements []element
}

type element struct {
	gap          bool
	alternatives []alternative
}

type alternative struct {
	stem   string
	prefix bool
}

// ParsePhrase reads the notation of vocabularies: words separated by spaces, where "stem*" is any word that starts so, "a|b" either
// word, "*" any one word, and ".." up to four words. Everything is folded.
func ParsePhrase(notation string) Phrase {
	var p Phrase
	for _, field := range strings.Fields(notation) {
		if field == ".." {
			p.elements = append(p.elements, element{gap: true})
			continue
		}
		var e element
		for option := range strings.SplitSeq(field, "|") {
			stem, prefix := strings.CutSuffix(option, "*")
			e.alternatives = append(e.alternatives, alternative{stem: Fold(stem), prefix: prefix})
		}
		p.elements = append(p.elements, e)
	}
	return p
}

// Find returns the first place of the phrase among the words, as a half-open range of indexes. No match crosses the end of a
// sentence that the caller has not cut off.
func (p Phrase) Find(words []Word) (start, end int, found bool) {
	for start = range words {
		if end, found = match(p.elements, words, start); found {
			return start, end, true
		}
	}
	return 0, 0, false
}

func match(elements []element, words []Word, at int) (int, bool) {
	if len(elements) == 0 {
		return at, true
	}
	if elements[0].gap {
		for skip := 0; skip <= maxGap && at+skip <= len(words); skip++ {
			if end, ok := match(elements[1:], words, at+skip); ok {
				return end, true
			}
		}
		return 0, false
	}
	if at >= len(words) || !elements[0].accepts(words[at].Folded) {
		return 0, false
	}
	return match(elements[1:], words, at+1)
}

func (e element) accepts(word string) bool {
	for _, a := range e.alternatives {
		if word == a.stem || a.prefix && strings.HasPrefix(word, a.stem) {
			return true
		}
	}
	return false
}
