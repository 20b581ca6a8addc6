package mailbox

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message"
	// Importing charset lets go-message decode every charset that mail is written in.
	_ "github.com/emersion/go-message/charset"
	"github.com/emersion/go-message/mail"
)

// Message is one accepted email.
type Message struct {
	ID int `json:"id"`
	// EnvelopeFrom and Recipients are SMTP's own; From, To and the rest are the message's headers, decoded.
	EnvelopeFrom string    `json:"envelope_from"`
	Recipients   []string  `json:"recipients"`
	ReceivedAt   time.Time `json:"received_at"`
	From         string    `json:"from"`
	To           string    `json:"to"`
	ReplyTo      string    `json:"reply_to,omitempty"`
	Subject      string    `json:"subject"`
	Date         time.Time `json:"date"`
	MessageID    string    `json:"message_id"`
	// Text is the decoded text/plain body, with line ends as LF. HTML is the text/html body, where there is one.
	Text string `json:"text"`
	HTML string `json:"html,omitempty"`
	// Headers has every header as it came, in order, undecoded.
	Headers []Header `json:"headers"`
	// Problem says why the message could not be read whole; what could be read is in the other fields.
	Problem string `json:"problem,omitempty"`
	// Raw is the message as it was received.
	Raw []byte `json:"-"`
}

// Header is one header line, unfolded.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// read parses a message as far as it goes.
func read(id int, e envelope, raw []byte) Message {
	m := Message{ID: id, EnvelopeFrom: e.From, Recipients: e.Recipients, ReceivedAt: e.At, Raw: raw}
	reader, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil && (reader == nil || !message.IsUnknownCharset(err)) {
		m.Problem = err.Error()
		return m
	}
	m.readHeader(&reader.Header)
	m.readParts(reader)
	return m
}

func (m *Message) readHeader(h *mail.Header) {
	m.From, m.To, m.ReplyTo = addresses(h, "From"), addresses(h, "To"), addresses(h, "Reply-To")
	if subject, err := h.Subject(); err == nil {
		m.Subject = subject
	} else {
		m.Subject = h.Get("Subject")
	}
	if date, err := h.Date(); err == nil {
		m.Date = date
	}
	if id, err := h.MessageID(); err == nil {
		m.MessageID = id
	}
	for fields := h.Fields(); fields.Next(); {
		m.Headers = append(m.Headers, Header{Name: fields.Key(), Value: fields.Value()})
	}
}

// addresses writes an address list as people read it, or as it came where it is none.
func addresses(h *mail.Header, key string) string {
	list, err := h.AddressList(key)
	if err != nil {
		return h.Get(key)
	}
	var written []string
	for _, a := range list {
		if a.Name == "" {
			written = append(written, a.Address)
			continue
		}
		written = append(written, a.Name+" <"+a.Address+">")
	}
	return strings.Join(written, ", ")
}

func (m *Message) readParts(reader *mail.Reader) {
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && !message.IsUnknownCharset(err) {
			m.Problem = err.Error()
			return
		}
		inline, ok := part.Header.(*mail.InlineHeader)
		if !ok {
			continue
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			m.Problem = err.Error()
		}
		m.addPart(inline, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
}

func (m *Message) addPart(h *mail.InlineHeader, body string) {
	kind, _, err := h.ContentType()
	switch {
	case err != nil || kind == "text/plain" || kind == "":
		m.Text += body
	case kind == "text/html":
		m.HTML += body
	}
}
