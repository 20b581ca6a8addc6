package tenancy

import "strings"

// ParseUUID reads a UUID in its 36-character form (RFC 9562, section 4) and gives it back in lower case; false for anything else. The ids
// of leads, runs and all our other rows have this form.
func ParseUUID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return "", false
			}
		default:
			if !strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i])) {
				return "", false
			}
		}
	}
	return strings.ToLower(s), true
}
