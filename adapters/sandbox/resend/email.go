package resend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	netmail "net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-message/mail"
)

// maxRecipients is how many addresses `to` takes. "Send Email".
const maxRecipients = 50

// request is the body of POST /emails. "Send Email".
type request struct {
	From    string            `json:"from"`
	To      texts             `json:"to"`
	Cc      texts             `json:"cc"`
	Bcc     texts             `json:"bcc"`
	ReplyTo texts             `json:"reply_to"`
	Subject string            `json:"subject"`
	HTML    string            `json:"html"`
	Text    string            `json:"text"`
	Headers map[string]string `json:"headers"`

	Attachments json.RawMessage `json:"attachments"`
	Tags        json.RawMessage `json:"tags"`
	Template    json.RawMessage `json:"template"`
	ScheduledAt json.RawMessage `json:"scheduled_at"`
}

// email is a request that passed the checks.
type email struct {
	request
	from                 *netmail.Address
	to, cc, bcc, replyTo []*netmail.Address
}

// read checks a request's body.
func (s *Server) read(body []byte) (email, *problem) {
	var e email
	if err := json.Unmarshal(body, &e.request); err != nil {
		return e, &problem{http.StatusBadRequest, "validation_error", "The request body is not valid JSON, or a field has the wrong type."}
	}
	if bad := e.complete(); bad != nil {
		return e, bad
	}
	if bad := e.addresses(); bad != nil {
		return e, bad
	}
	_, domain, _ := strings.Cut(e.from.Address, "@")
	if len(s.options.Domains) > 0 && !slices.Contains(s.options.Domains, strings.ToLower(domain)) {
		return e, notVerified(domain)
	}
	if strings.ContainsFunc(e.Subject, unicode.IsControl) {
		return e, invalid("The `\\n` is not allowed in the `subject` field.")
	}
	for name, value := range e.Headers {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }) || strings.ContainsFunc(value, unicode.IsControl) {
			return e, invalid("Invalid `headers` field.")
		}
	}
	return e, nil
}

func (e *email) complete() *problem {
	switch {
	case e.From == "":
		return missing("from")
	case len(e.To) == 0:
		return missing("to")
	case e.Subject == "":
		return missing("subject")
	case e.HTML == "" && e.Text == "":
		return missing("html` or `text")
	}
	for field, raw := range map[string]json.RawMessage{
		"attachments": e.Attachments, "tags": e.Tags, "template": e.Template, "scheduled_at": e.ScheduledAt,
	} {
		if len(raw) > 0 && string(raw) != "null" {
			return invalid("The sandbox does not know the `%s` field.", field)
		}
	}
	return nil
}

func (e *email) addresses() *problem {
	from, bad := parse("from", texts{e.From})
	if bad != nil {
		return bad
	}
	e.from = from[0]
	for field, list := range map[string]struct {
		given texts
		into  *[]*netmail.Address
	}{"to": {e.To, &e.to}, "cc": {e.Cc, &e.cc}, "bcc": {e.Bcc, &e.bcc}, "reply_to": {e.ReplyTo, &e.replyTo}} {
		if *list.into, bad = parse(field, list.given); bad != nil {
			return bad
		}
	}
	if len(e.to) > maxRecipients {
		return invalid("The `to` field takes at most %d addresses.", maxRecipients)
	}
	return nil
}

// parse takes one address for each text.
func parse(field string, given texts) ([]*netmail.Address, *problem) {
	var list []*netmail.Address
	for _, text := range given {
		address, err := netmail.ParseAddress(text)
		if err != nil || strings.ContainsFunc(text, unicode.IsControl) {
			return nil, notAddress(field)
		}
		list = append(list, address)
	}
	return list, nil
}

// recipients are everybody who gets the email.
func (e *email) recipients() []string {
	var all []string
	for _, a := range slices.Concat(e.to, e.cc, e.bcc) {
		all = append(all, a.Address)
	}
	return all
}

// render writes the email as RFC 5322 has it.
func (e *email) render(id string, now time.Time) ([]byte, error) {
	var h mail.Header
	for name, value := range e.Headers {
		h.SetText(name, value)
	}
	if !h.Has("Message-Id") {
		h.SetMessageID(id + "@resend.sandbox.localhost")
	}
	h.SetDate(now)
	for name, list := range map[string][]*netmail.Address{"From": {e.from}, "To": e.to, "Cc": e.cc, "Reply-To": e.replyTo} {
		if len(list) > 0 {
			h.SetAddressList(name, list)
		}
	}
	h.SetSubject(e.Subject)
	var raw bytes.Buffer
	if err := e.write(&raw, h); err != nil {
		return nil, fmt.Errorf("writing an email: %w", err)
	}
	return raw.Bytes(), nil
}

func (e *email) write(raw *bytes.Buffer, h mail.Header) error {
	w, err := mail.CreateInlineWriter(raw, h)
	if err != nil {
		return err
	}
	for _, part := range [][2]string{{"text/plain", e.Text}, {"text/html", e.HTML}} {
		if part[1] == "" {
			continue
		}
		var inline mail.InlineHeader
		inline.SetContentType(part[0], map[string]string{"charset": "utf-8"})
		inline.Set("Content-Transfer-Encoding", "quoted-printable")
		body, err := w.CreatePart(inline)
		if err != nil {
			return err
		}
		if _, err := body.Write([]byte(part[1])); err != nil {
			return err
		}
		if err := body.Close(); err != nil {
			return err
		}
	}
	return w.Close()
}
