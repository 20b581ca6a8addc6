package leads

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadagent/leadagent/domain/fault"
)

// Limits of the fields, in Unicode characters after trimming.
const (
	MinName    = 2
	MaxName    = 50
	MinMessage = 10
	MaxMessage = 500
	MaxCompany = 100
	MaxEmail   = 254 // RFC 5321, 4.5.3.1.3
	MinDigits  = 10  // of a phone number
	MaxPhone   = 30
	maxSource  = 500
)

// Raw is a submission as it was typed. Nothing in it is trusted.
type Raw struct {
	Email, Name, Company, Phone, Message string
	Source                               Source
}

// Submission is a parsed inquiry: trimmed, free of invisible and control characters, within the limits.
type Submission struct {
	Email   EmailAddress
	Name    string
	Company string // empty when not given
	Phone   string // empty when not given
	Message string
	Source  Source
}

// EmailAddress is one valid address without a display name. Only ParseEmail makes one.
type EmailAddress struct{ address string }

// String is the address as it was typed.
func (a EmailAddress) String() string { return a.address }

// Normalised is the address in lower case, by which the same person is found again.
func (a EmailAddress) Normalised() string { return strings.ToLower(a.address) }

// Domain is what follows the @, in lower case.
func (a EmailAddress) Domain() string {
	_, domain, _ := strings.Cut(a.Normalised(), "@")
	return domain
}

// ParseEmail reads one address (RFC 5322 addr-spec) with a dotted domain. Display names, comments, quoted local parts, lists of addresses
// and line breaks are refused, so that an address can never become two or carry a header.
func ParseEmail(s string) (EmailAddress, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > MaxEmail || strings.ContainsAny(s, "\r\n\t\x00<>,;:\"()[]\\ %") || !utf8.ValidString(s) {
		return EmailAddress{}, false
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Name != "" || parsed.Address != s {
		return EmailAddress{}, false
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(local) > 64 || !validDomain(domain) || hasInvisible(s) {
		return EmailAddress{}, false
	}
	return EmailAddress{address: s}, true
}

// TrustedEmail is for an address that ParseEmail once accepted and that comes back from our own store.
func TrustedEmail(s string) EmailAddress { return EmailAddress{address: s} }

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, r := range label {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != '-' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return utf8.RuneCountInString(last) >= 2 && strings.IndexFunc(last, unicode.IsLetter) >= 0
}

// ParseSubmission checks every field and names all the bad ones at once in an Invalid fault.
func ParseSubmission(raw Raw) (Submission, error) {
	var bad []fault.Field
	reject := func(name, message string) { bad = append(bad, fault.Field{Name: name, Message: message}) }

	s := Submission{
		Name: line(raw.Name), Company: line(raw.Company), Phone: line(raw.Phone), Message: text(raw.Message), Source: tidySource(raw.Source),
	}
	if why := checkName(s.Name); why != "" {
		reject("name", why)
	}
	if email, ok := ParseEmail(raw.Email); ok {
		s.Email = email
	} else if strings.TrimSpace(raw.Email) == "" {
		reject("email", "Enter your email address.")
	} else {
		reject("email", "Enter an email address like name@company.com.")
	}
	if why := checkCompany(s.Company); why != "" {
		reject("company", why)
	}
	if why := checkPhone(s.Phone); why != "" {
		reject("phone", why)
	}
	if why := checkMessage(s.Message); why != "" {
		reject("message", why)
	}
	if len(bad) > 0 {
		return Submission{}, fault.InvalidFields(bad...)
	}
	return s, nil
}

func checkName(s string) string {
	switch n := utf8.RuneCountInString(s); {
	case blank(s):
		return "Enter your name."
	case n < MinName:
		return "Your name needs at least 2 characters."
	case n > MaxName:
		return "Your name can have at most 50 characters."
	}
	return ""
}

func checkCompany(s string) string {
	if utf8.RuneCountInString(s) > MaxCompany {
		return "The company can have at most 100 characters."
	}
	return ""
}

func checkPhone(s string) string {
	if s == "" {
		return ""
	}
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(" +-()", r):
		default:
			return "A phone number has only digits, spaces and + - ( )."
		}
	}
	if digits < MinDigits {
		return "A phone number needs at least 10 digits."
	}
	if len(s) > MaxPhone {
		return "A phone number can have at most 30 characters."
	}
	return ""
}

func checkMessage(s string) string {
	switch n := utf8.RuneCountInString(s); {
	case blank(s):
		return "Write a message."
	case n < MinMessage:
		return "Your message needs at least 10 characters."
	case n > MaxMessage:
		return "Your message can have at most 500 characters."
	}
	return ""
}

// ParseDetails checks the parts of a lead that members may correct. A nil pointer leaves a part as it is.
func ParseDetails(name, company, phone *string) error {
	var bad []fault.Field
	check := func(field string, value *string, rule func(string) string) {
		if value == nil {
			return
		}
		*value = line(*value)
		if why := rule(*value); why != "" {
			bad = append(bad, fault.Field{Name: field, Message: why})
		}
	}
	check("name", name, checkName)
	check("company", company, checkCompany)
	check("phone", phone, checkPhone)
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

// Fingerprint is the same for the same person with the same message, however spaced or capitalised. It is a SHA-256 in hexadecimal.
func (s Submission) Fingerprint() string {
	message := strings.Join(strings.Fields(strings.ToLower(s.Message)), " ")
	sum := sha256.Sum256([]byte(s.Email.Normalised() + "\n" + message))
	return hex.EncodeToString(sum[:])
}

// FirstName is how a reply greets the person.
func (s Submission) FirstName() string {
	if fields := strings.Fields(s.Name); len(fields) > 0 {
		return fields[0]
	}
	return s.Name
}

// line tidies a one-line field: every run of white space or control characters becomes one space.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(visible(s), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// text tidies a field that may have line breaks.
func text(s string) string {
	s = strings.ReplaceAll(visible(s), "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, s))
}

func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// invisible tells the characters that hide or reorder text: Unicode's format characters, such as direction marks, tags and zero-width spaces. Joiners
// stay, since scripts and emoji need them, and so do the few format characters that are drawn.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) && !joiner(r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

func joiner(r rune) bool { return r == 0x200C || r == 0x200D }

// blank tells whether a text has nothing to be seen: it is empty, or joiners alone.
func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !joiner(r) && !unicode.IsSpace(r) }) < 0
}

// hasInvisible tells whether an address has something in it that is not seen: a space of any kind, or anything without a shape. An address needs no
// joiners.
func hasInvisible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) >= 0
}

func tidySource(s Source) Source {
	s.Referrer, s.LandingPage = clip(line(s.Referrer)), clip(line(s.LandingPage))
	utm := map[string]string{}
	for _, key := range []string{"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"} {
		if v := clip(line(s.UTM[key])); v != "" {
			utm[key] = v
		}
	}
	s.UTM = utm
	return s
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxSource {
		return string(r[:maxSource])
	}
	return s
}
