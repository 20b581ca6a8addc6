package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"time"

	"github.com/leadagent/leadagent/ports"
)

// Options tune an SMTP sender. The zero value is right for production.
type Options struct {
	Dial   time.Duration    // to connect and to greet; 0: 15 s
	Reply  time.Duration    // for an answer to a command; 0: 30 s
	Accept time.Duration    // for the answer to the message itself; 0: 2 min (RFC 5321, 4.5.3.2.6 is patient there)
	TLS    *tls.Config      // nil: the system's roots and TLS 1.2 or newer
	Hello  string           // how we greet; empty: the machine's name
	Clock  func() time.Time // for the Date header; nil: time.Now
}

// SMTP sends through one server. It is safe for concurrent use and keeps no connection between emails.
type SMTP struct {
	server endpoint
	from   netmail.Address
	Options
}

var _ ports.Mailer = (*SMTP)(nil)

// NewSMTP makes a sender from SMTP_URL (smtp://[user:pass@]host:port, where STARTTLS is required unless the host is loopback or the URL has
// ?tls=none; or smtps://…) and EMAIL_FROM (an address, with or without a display name). Its error names every mistake and never the
// password.
func NewSMTP(rawURL, from string, options Options) (*SMTP, error) {
	server, serverErr := parseEndpoint(rawURL)
	address, fromErr := parseFrom(from)
	if err := errors.Join(serverErr, fromErr); err != nil {
		return nil, err
	}
	return &SMTP{server: server, from: address, Options: options.withDefaults()}, nil
}

func parseFrom(from string) (netmail.Address, error) {
	parsed, err := netmail.ParseAddress(from)
	if err != nil {
		return netmail.Address{}, errors.New("the sender is not one email address")
	}
	if parsed.Address, err = mailbox(parsed.Address); err != nil || !ascii(parsed.Address) {
		return netmail.Address{}, errors.New("the sender is not a plain email address like sales@example.com")
	}
	return *parsed, nil
}

func (o Options) withDefaults() Options {
	o.Dial = orElse(o.Dial, 15*time.Second)
	o.Reply = orElse(o.Reply, 30*time.Second)
	o.Accept = orElse(o.Accept, 2*time.Minute)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Hello == "" {
		o.Hello = "localhost"
		if name, err := os.Hostname(); err == nil && validHello(name) {
			o.Hello = name
		}
	}
	return o
}

func orElse(d, standard time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return standard
}

func validHello(name string) bool {
	for _, r := range name {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return name != ""
}

// Send implements ports.Mailer. The handover is called once the recipient was accepted and before DATA; the context bounds all of it, and a
// context that ends after that leaves a Doubtful fault.
func (s *SMTP) Send(ctx context.Context, e ports.Email, handover func(ctx context.Context) error) error {
	l, err := compose(s.from, e, s.Clock())
	if err != nil {
		return err
	}
	c, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.address(l); err != nil {
		return err
	}
	if err := handover(ctx); err != nil {
		return err
	}
	return c.transmit(l.text)
}

// RepeatSafeFor implements ports.Mailer: SMTP knows no key by which a server could tell a repeat, so a doubt stays one.
func (s *SMTP) RepeatSafeFor() time.Duration { return 0 }

// String tells where to, without credentials.
func (s *SMTP) String() string { return fmt.Sprintf("SMTP server %s", s.server.address()) }
