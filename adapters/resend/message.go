package resend

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// message is the body of POST /emails (https://resend.com/docs/api-reference/emails/send-email).
type message struct {
	From    string            `json:"from"`
	To      []string          `json:"to"`
	ReplyTo string            `json:"reply_to,omitempty"`
	Subject string            `json:"subject"`
	Text    string            `json:"text"`
	Headers map[string]string `json:"headers,omitempty"`
}

// compose writes the email for Resend. Everything is checked again here, whoever called: one recipient, no line break in what becomes a
// header. Resend may put a Message-ID of its own in the place of ours; nothing depends on it.
func compose(from netmail.Address, e ports.Email) (message, error) {
	if !validID(e.ID) {
		return message{}, fault.New(fault.Internal, "The email's id is not valid.")
	}
	if !validMessageID(e.MessageID) {
		return message{}, fault.New(fault.Internal, "The email's message id is not valid.")
	}
	to, err := mailbox(e.To.String())
	if err != nil {
		return message{}, fault.Wrap(fault.Refused, err, "The recipient's address is not valid.")
	}
	if strings.ContainsFunc(e.Subject, breaksLine) {
		return message{}, fault.New(fault.Refused, "The subject has a line break or a control character in it.")
	}
	m := message{
		From: sender(from, e.FromName), To: []string{to}, Subject: e.Subject, Text: e.Body,
		Headers: map[string]string{"Message-ID": "<" + e.MessageID + ">"},
	}
	if e.ReplyTo != "" {
		if m.ReplyTo, err = mailbox(e.ReplyTo); err != nil {
			return message{}, fault.Wrap(fault.Refused, err, "The reply-to address is not valid.")
		}
	}
	return m, nil
}

func parseFrom(from string) (netmail.Address, bool) {
	parsed, err := netmail.ParseAddress(from)
	if err != nil {
		return netmail.Address{}, false
	}
	parsed.Address, err = mailbox(parsed.Address)
	return *parsed, err == nil && ascii(parsed.Address)
}

// sender is the address with the display name before it, in the one form that Resend documents: Name <email@example.com>. A name with
// characters that mean something there is quoted (RFC 5322, 3.2.4).
func sender(from netmail.Address, name string) string {
	if name = oneLine(name); name == "" {
		name = oneLine(from.Name)
	}
	if name == "" {
		return from.Address
	}
	if strings.ContainsFunc(name, special) {
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + from.Address + ">"
}

func special(r rune) bool {
	return r != ' ' && r != '-' && r <= unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// mailbox checks an address and gives it with a domain beyond ASCII in its A-label form (RFC 5890).
func mailbox(address string) (string, error) {
	parsed, ok := leads.ParseEmail(address)
	if !ok {
		return "", fmt.Errorf("%d bytes that are not one plain address", len(address))
	}
	local, domain, _ := strings.Cut(parsed.String(), "@")
	if ascii(domain) {
		return local + "@" + domain, nil
	}
	label, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("domain of the address: %w", err)
	}
	return local + "@" + label, nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// validID takes what can stand in the idempotency key's header.
func validID(id string) bool {
	return id != "" && len(id) <= 200 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// validMessageID takes id-left "@" id-right without brackets (RFC 5322, 3.6.4), at most 250 characters so that it stays on a line.
func validMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	return ok && left != "" && right != "" && len(id) <= 250 &&
		!strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[],;:\"`, r) })
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
