package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// letter is an email that is ready to be transmitted.
type letter struct {
	from, to string // the envelope's addresses, without brackets
	utf8     bool   // an address has characters beyond ASCII before the @ (RFC 6531)
	text     []byte // headers and body
}

// compose renders the email. Everything is checked again here, whoever called: one recipient, no line break in any header.
func compose(from netmail.Address, e ports.Email, now time.Time) (letter, error) {
	to, err := mailbox(e.To.String())
	if err != nil {
		return letter{}, fault.Wrap(fault.Refused, err, "The recipient's address is not valid.")
	}
	if strings.ContainsFunc(e.Subject, breaksLine) {
		return letter{}, fault.New(fault.Refused, "The subject has a line break or a control character in it.")
	}
	if !validMessageID(e.MessageID) {
		return letter{}, fault.New(fault.Internal, "The email's message id is not valid.")
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	m.SetMessageIDWithValue(e.MessageID)
	m.SetDateWithValue(now)
	m.SetGenHeader("From", sender(from, e.FromName))
	m.ToMailAddress(&netmail.Address{Address: to})
	m.SetGenHeader(gomail.HeaderSubject, encoded(e.Subject))
	if e.ReplyTo != "" {
		replyTo, err := mailbox(e.ReplyTo)
		if err != nil {
			return letter{}, fault.Wrap(fault.Refused, err, "The reply-to address is not valid.")
		}
		m.ReplyToMailAddress(&netmail.Address{Address: replyTo})
	}
	m.SetBodyString(gomail.TypeTextPlain, normalised(e.Body))
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return letter{}, fault.Wrap(fault.Internal, err, "The email could not be written.")
	}
	return letter{from: from.Address, to: to, utf8: !ascii(to), text: text.Bytes()}, nil
}

func sender(from netmail.Address, name string) string {
	if name = oneLine(name); name == "" {
		name = oneLine(from.Name)
	}
	if name == "" {
		return "<" + from.Address + ">"
	}
	return phrase(name) + " <" + from.Address + ">"
}

// mailbox checks an address and gives it as it stands on the wire: a domain beyond ASCII in its A-label form (RFC 5890).
func mailbox(address string) (string, error) {
	parsed, ok := leads.ParseEmail(address)
	if !ok {
		return "", fmt.Errorf("%d bytes that are not one plain address", len(address))
	}
	local, domain, _ := strings.Cut(parsed.String(), "@")
	if !ascii(domain) {
		a, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", fmt.Errorf("domain of the address: %w", err)
		}
		domain = a
	}
	return local + "@" + domain, nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// validMessageID takes id-left "@" id-right without brackets (RFC 5322, 3.6.4), at most 250 characters so that it stays on a line.
func validMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	return ok && left != "" && right != "" && len(id) <= 250 &&
		!strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[],;:\"`, r) })
}

// normalised has one kind of line end and ends with exactly one, which the transport would add anyway.
func normalised(body string) string {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	body = strings.ReplaceAll(body, "\r", "\n")
	return strings.ReplaceAll(strings.TrimRight(body, "\n")+"\n", "\n", "\r\n")
}
