package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is one word, number or currency sign of a text.
type Word struct {
	// Folded is the word in lower case without diacritics: "Vorführung" is "vorfuhrung".
	Folded string
	// Start and End are byte offsets into the text: text[Start:End] is the word as it was written.
	Start, End int
	// Break tells that punctuation stands between the word before and this one.
	Break bool
}

const currencySigns = "$€£"

// Words splits a text. Apostrophes and hyphens separate words, so "don't" is "don" and "t"; a number keeps its group and
// decimal separators, so "1.200" is one word.
func Words(s string) []Word {
	var words []Word
	broken := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsDigit(r):
			end := numberEnd(s, i)
			words = append(words, Word{Folded: Fold(s[i:end]), Start: i, End: end, Break: broken})
			i, broken = end, false
		case unicode.IsLetter(r):
			end := wordEnd(s, i)
			words = append(words, Word{Folded: Fold(s[i:end]), Start: i, End: end, Break: broken})
			i, broken = end, false
		case strings.ContainsRune(currencySigns, r):
			words = append(words, Word{Folded: string(r), Start: i, End: i + size, Break: broken})
			i, broken = i+size, false
		default:
			broken = broken || strings.ContainsRune(".,;:!?()[]{}\n–—…", r)
			i += size
		}
	}
	return words
}

func wordEnd(s string, start int) int {
	for i, r := range s[start:] {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !invisible(r) {
			return start + i
		}
	}
	return len(s)
}

// numberEnd keeps "1,200", "1.200", "1 200", "1'200", "3.5", "10k" and "2nd" together.
func numberEnd(s string, start int) int {
	end := wordEnd(s, start)
	for {
		r, size := utf8.DecodeRuneInString(s[end:])
		next := end + size
		if size == 0 || !strings.ContainsRune(".,' ’\u00a0\u202f", r) || !startsGroup(s[next:], r) {
			return end
		}
		end = wordEnd(s, next)
	}
}

// startsGroup reports whether s goes on with the digits of the same number. After a space only a group of exactly three counts.
func startsGroup(s string, separator rune) bool {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if separator == '.' || separator == ',' {
		return digits > 0 && digits <= 3
	}
	return digits == 3
}

func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) }

// Fold puts a text into lower case and takes diacritics and invisible runes out of it.
func Fold(s string) string {
	var folded strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.IsMark(r), invisible(r):
		case r == 'ß':
			folded.WriteString("ss")
		case r == 'ø':
			folded.WriteByte('o')
		case r == 'æ':
			folded.WriteString("ae")
		case r == 'ł':
			folded.WriteByte('l')
		default:
			folded.WriteRune(r)
		}
	}
	return folded.String()
}

// Visible tells whether a text has no invisible or control characters.
func Visible(s string) bool {
	for _, r := range s {
		if invisible(r) || unicode.IsControl(r) {
			return false
		}
	}
	return true
}
