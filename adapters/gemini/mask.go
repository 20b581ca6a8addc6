package gemini

import (
	"regexp"
	"strings"
	"unicode"
)

// addresses finds email addresses, generously: whatever has a sign before and a dotted or dotless host after an at sign.
var addresses = regexp.MustCompile(`[^\s@<>()\[\]",;:]+@[^\s@<>()\[\]",;:]+`)

// numbers finds runs of digits with what people write between the digits of a phone number. Commas are left out, so that a sum of money does
// not look like one.
var numbers = regexp.MustCompile(`\+?\(?\p{Nd}(?:[ \x{00A0}\x{202F}().\-/]{0,3}\p{Nd}){5,}`)

// dates are the runs of digits that are no phone number however long they are.
var dates = regexp.MustCompile(`^(?:\d{4}-\d{2}-\d{2}(?:\D+\d{4}-\d{2}-\d{2})?|\d{1,2}([./-])\d{1,2}[./-](?:19|20)\d{2})$`)

// masked takes email addresses and phone numbers out of a text. The judge has no use for either, and what it never sees it cannot repeat.
func masked(s string) string {
	s = addresses.ReplaceAllString(s, "[address]")
	return numbers.ReplaceAllStringFunc(s, func(found string) string {
		if !phoneLike(found) {
			return found
		}
		return "[phone]"
	})
}

// phoneLike tells phone numbers from amounts: ten digits or more, or fewer with a leading plus, bracket or zero, or the local form 555-0123.
func phoneLike(s string) bool {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	switch {
	case dates.MatchString(s):
		return false
	case digits >= 10:
		return true
	case strings.HasPrefix(s, "+"), strings.HasPrefix(s, "("), strings.HasPrefix(s, "0"):
		return digits >= 7
	default:
		return localNumbers.MatchString(s)
	}
}

// localNumbers is the form of a number without its area code.
var localNumbers = regexp.MustCompile(`^\d{3}[-. ]\d{4}$`)
