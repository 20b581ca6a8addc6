package mail

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordBytes is how much text one encoded word holds, so that a word fits behind the longest field name on a line of 76 characters
// (RFC 2047, 2: a word has at most 75).
const wordBytes = 33

// longestPlainWord is the longest run without a space that is left as it is: header lines are folded at spaces.
const longestPlainWord = 60

// encoded gives text as it may stand in a header: itself where every reader takes it literally, else as encoded words (RFC 2047). It
// encodes more than the standard library does: text that looks like an encoded word would be shown as something else, runs of spaces
// would be folded away, and long words would break the line limit.
func encoded(text string) string {
	if literal(text) {
		return text
	}
	return encodedWords(text)
}

func encodedWords(text string) string {
	var words []string
	for _, piece := range pieces(text, wordBytes) {
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(piece))+"?=")
	}
	return strings.Join(words, " ")
}

// literal tells whether a header reader gives back exactly these characters.
func literal(text string) bool {
	if strings.Contains(text, "=?") || strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
		return false
	}
	word := 0
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c > '~' {
			return false
		}
		if word++; c == ' ' {
			word = 0
		}
		if word > longestPlainWord {
			return false
		}
	}
	return true
}

// phrase gives a display name as it may stand before an address (RFC 5322, 3.2.5).
func phrase(name string) string {
	for _, r := range name {
		if r > unicode.MaxASCII || (!unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-') {
			return encodedWords(name)
		}
	}
	return encoded(name)
}

// pieces cuts text into parts of at most most bytes without cutting a character.
func pieces(text string, most int) []string {
	var parts []string
	for len(text) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		if cut == 0 {
			cut = most
		}
		parts = append(parts, text[:cut])
		text = text[cut:]
	}
	return append(parts, text)
}

// oneLine makes control characters and line separators harmless: each becomes a space.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if breaksLine(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "")))
}

// breaksLine tells the characters that some reader takes for the end of a line, or that no header may hold.
func breaksLine(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
