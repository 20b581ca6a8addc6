package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The lengths, in bytes, from which on a sentence that does not end is cut at the next space, and anywhere.
const (
	longSentence = 800
	longestRun   = 1600
)

// Sentences cuts a text into its sentences and lines, each an exact substring without surrounding space.
func Sentences(s string) []string {
	var sentences []string
	start := 0
	for i, r := range s {
		if !endsSentence(s, start, i, r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		sentences = appendTrimmed(sentences, s[start:end])
		start = end
	}
	return appendTrimmed(sentences, s[start:])
}

func appendTrimmed(sentences []string, piece string) []string {
	if piece = strings.TrimSpace(piece); strings.ContainsFunc(piece, wordRune) {
		return append(sentences, piece)
	}
	return sentences
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func endsSentence(s string, start, i int, r rune) bool {
	if i-start > longSentence && (unicode.IsSpace(r) || i-start > longestRun) {
		return true
	}
	switch r {
	case '\n', '\r', '。', '！', '？':
		return true
	case '!', '?', '…':
		return boundary(s[i+utf8.RuneLen(r):])
	case '.':
		return boundary(s[i+1:]) && !abbreviation(s[start:i])
	}
	return false
}

// boundary tells whether what follows a full stop begins something new. A closing quotation mark or bracket may follow first.
func boundary(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(r) || strings.ContainsRune(`"'”»)`, r)
}

// abbreviation tells whether the text before a full stop ends in a shortened word rather than in a sentence.
func abbreviation(before string) bool {
	last := Fold(before[strings.LastIndexFunc(before, unicode.IsSpace)+1:])
	last = strings.TrimLeft(last, "(\"'")
	if r, size := utf8.DecodeRuneInString(last); size == len(last) && unicode.IsLetter(r) {
		return true
	}
	return slices.Contains([]string{
		"e.g", "i.e", "z.b", "d.h", "p.ex", "p.ej", "u.a", "approx", "ca", "bzw", "inkl", "mr", "mrs", "ms", "dr", "prof", "sr", "sra", "vs",
		"inc", "ltd", "corp", "st", "str", "nr", "incl", "max", "min", "evtl", "ggf",
	}, last)
}

// Around returns an exact substring of s of at most limit runes that contains s[start:end], cut between words. Where s is
// short enough it is s itself.
func Around(s string, start, end, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	words := Words(s)
	first, last := 0, len(words)-1
	for first < last && words[first].End <= start && tooLong(s, words[first].Start, words[last].End, limit) {
		if words[last].Start >= end && words[last].End-end > start-words[first].Start {
			last--
			continue
		}
		first++
	}
	for last > first && words[last].Start >= end && tooLong(s, words[first].Start, words[last].End, limit) {
		last--
	}
	return s[words[first].Start:words[last].End]
}

func tooLong(s string, start, end, limit int) bool {
	return utf8.RuneCountInString(s[start:end]) > limit
}
