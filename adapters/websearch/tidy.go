package websearch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// line makes one line of a text: every run of white space and control characters becomes a space.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(visible(s), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// paragraphs keeps line breaks and tabs and drops every other control character.
func paragraphs(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(visible(s))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, s))
}

// visible drops whatever a person does not see: format and bidirectional characters, tags, zero-width characters, variation selectors,
// fillers that look like nothing. What a model reads is then what a reviewer can read.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u2800' || unicode.In(r, unicode.Cf, unicode.Co, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n]))
}
