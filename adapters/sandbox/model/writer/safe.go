package writer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// maxRepeated bounds a repeated detail, in characters.
const maxRepeated = 140

var linkLike = regexp.MustCompile(`(?i)://|www\.|@|\b[a-z0-9-]+\.[a-z]{2,}\b`)

// safe returns a detail as it may stand in an email, or nothing where it has markup, an address or anything like a link.
func safe(detail string) string {
	detail = strings.Join(strings.Fields(detail), " ")
	if detail == "" || linkLike.MatchString(detail) || strings.ContainsAny(detail, "<>{}[]|`\\=") || !text.Visible(detail) {
		return ""
	}
	detail = strings.Trim(detail, ` "“”„'«».`)
	if cut := text.Around(detail, 0, 0, maxRepeated); cut != detail {
		return cut + "…"
	}
	return detail
}

// plain returns a name as it may stand in an email: letters, digits and a little punctuation, on one line.
func plain(name string) string {
	if strings.ContainsAny(name, "<>{}=|`\\") || linkLike.MatchString(name) && strings.ContainsAny(name, "@/") {
		return ""
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(" &-.'’,", r) {
			return r
		}
		return -1
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	if !strings.ContainsFunc(name, unicode.IsLetter) || utf8.RuneCountInString(name) > 60 {
		return ""
	}
	return name
}

// firstName returns a given name fit for a greeting, or nothing.
func firstName(name string) string {
	name = strings.TrimSpace(name)
	ok := name != "" && utf8.RuneCountInString(name) <= 30
	for _, r := range name {
		ok = ok && (unicode.IsLetter(r) || unicode.IsMark(r) || strings.ContainsRune("-'’. ", r))
	}
	if !ok || !strings.ContainsFunc(name, unicode.IsLetter) {
		return ""
	}
	if name == strings.ToLower(name) || len(name) > 3 && name == strings.ToUpper(name) {
		first, size := utf8.DecodeRuneInString(name)
		return string(unicode.ToUpper(first)) + strings.ToLower(name[size:])
	}
	return name
}
