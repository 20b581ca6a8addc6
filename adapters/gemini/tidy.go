package gemini

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

// visible drops what hides or reorders text: format characters, variation selectors, fillers that look like nothing. The two joiners and the
// emoji selector stay, since scripts and emoji need them.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x200C, r == 0x200D, r == 0xFE0F:
			return r
		case unicode.In(r, unicode.Cf, unicode.Co), unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, ""))
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n]))
}
