package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/leadagent/leadagent/domain/fault"
)

// goodbye is how long the end of a conversation may take; nothing depends on it.
const goodbye = 2 * time.Second

// conversation is one connection to the server, past its greeting, encryption and sign-in.
type conversation struct {
	client  *smtp.Client
	wire    *wire
	release func() bool
	options Options
}

// open connects, encrypts and signs in.
func (s *SMTP) open(ctx context.Context) (*conversation, error) {
	dialer := net.Dialer{Timeout: s.Dial}
	conn, err := dialer.DialContext(ctx, "tcp", s.server.address())
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "The mail server could not be reached.")
	}
	w, release := newWire(ctx, conn)
	c := &conversation{wire: w, release: release, options: s.Options}
	if err := c.begin(ctx, s); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conversation) begin(ctx context.Context, s *SMTP) error {
	if err := c.greet(ctx, s); err != nil {
		return err
	}
	if s.server.security == startTLS {
		if offered, _ := c.client.Extension("STARTTLS"); !offered {
			return fault.New(fault.Refused, "The mail server offers no encryption (STARTTLS), so nothing was sent to it.")
		}
		if err := c.step(func() error { return c.client.StartTLS(s.tlsConfig()) }); err != nil {
			return beforeTransmission(err, "to encrypt the connection")
		}
	}
	if s.server.user == "" {
		return nil
	}
	return c.signIn(s.server)
}

func (c *conversation) greet(ctx context.Context, s *SMTP) error {
	if err := c.wire.allow(s.Dial); err != nil {
		return beforeTransmission(err, "the connection")
	}
	var conn net.Conn = c.wire
	if s.server.security == implicitTLS {
		secured := tls.Client(c.wire, s.tlsConfig())
		if err := secured.HandshakeContext(ctx); err != nil {
			return beforeTransmission(err, "the connection")
		}
		conn = secured
	}
	client, err := smtp.NewClient(conn, s.server.host)
	if err != nil {
		return beforeTransmission(err, "the connection")
	}
	c.client = client
	if err := c.step(func() error { return client.Hello(s.Hello) }); err != nil {
		return beforeTransmission(err, "our greeting")
	}
	return nil
}

func (s *SMTP) tlsConfig() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = s.server.host
	}
	return config
}

func (c *conversation) signIn(server endpoint) error {
	_, offered := c.client.Extension("AUTH")
	method := authentication(server, strings.Fields(strings.ToUpper(offered)))
	if method == nil {
		return fault.New(fault.Refused, "The mail server offers no way to sign in that is spoken here.")
	}
	if err := c.step(func() error { return c.client.Auth(method) }); err != nil {
		return beforeTransmission(err, "our sign-in")
	}
	return nil
}

// authentication picks a mechanism that the server offers. Without encryption those come first that do not show the password.
func authentication(server endpoint, offered []string) smtp.Auth {
	order := []string{"PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5"}
	if server.security == plain {
		order = []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"}
	}
	made := map[string]func() smtp.Auth{
		"PLAIN": func() smtp.Auth {
			return smtp.PlainAuth("", server.user, server.password, server.host, server.credentialsInClear)
		},
		"LOGIN": func() smtp.Auth {
			return smtp.LoginAuth(server.user, server.password, server.host, server.credentialsInClear)
		},
		"SCRAM-SHA-256": func() smtp.Auth { return smtp.ScramSHA256Auth(server.user, server.password) },
		"SCRAM-SHA-1":   func() smtp.Auth { return smtp.ScramSHA1Auth(server.user, server.password) },
		"CRAM-MD5":      func() smtp.Auth { return smtp.CRAMMD5Auth(server.user, server.password) },
	}
	for _, name := range order {
		for _, o := range offered {
			if o == name {
				return made[name]()
			}
		}
	}
	return nil
}

// address names sender and recipient.
func (c *conversation) address(l letter) error {
	if offered, _ := c.client.Extension("SMTPUTF8"); l.utf8 && !offered {
		return fault.New(fault.Refused, "The mail server does not take addresses with letters beyond ASCII (SMTPUTF8).")
	}
	c.client.SkipSMTPUTF8(!l.utf8)
	if err := c.step(func() error { return c.client.Mail("<" + l.from + ">") }); err != nil {
		return beforeTransmission(err, "the sender")
	}
	if err := c.step(func() error { return c.client.Rcpt("<" + l.to + ">") }); err != nil {
		return recipientFault(err)
	}
	return nil
}

// transmit sends the message and waits for the server to take it.
func (c *conversation) transmit(text []byte) error {
	if err := c.wire.allow(c.options.Reply); err != nil {
		return beforeTransmission(err, "to take the message")
	}
	data, err := c.client.Data()
	if err != nil {
		// Not a byte of the message has left.
		return beforeTransmission(err, "to take the message")
	}
	if err := c.wire.allow(c.options.Accept); err != nil {
		return afterTransmission(err)
	}
	_, writing := data.Write(text)
	// A server that refuses in the middle answers before it hangs up, so the answer is looked for even when the writing failed. The final
	// dot does not leave then, since the writer keeps its error.
	answer := data.Close()
	taken := answer == nil
	if said, ok := reply(answer); ok {
		taken = said.Code/100 == 2
	}
	switch {
	case taken && writing == nil:
		return nil
	case taken:
		return afterTransmission(writing)
	default:
		return afterTransmission(errors.Join(answer, writing))
	}
}

// step gives one command and its answer their time.
func (c *conversation) step(do func() error) error {
	if err := c.wire.allow(c.options.Reply); err != nil {
		return err
	}
	return do()
}

// close says goodbye and hangs up. Whatever fails here changes nothing.
func (c *conversation) close() {
	c.release()
	if c.client != nil && c.wire.allow(min(goodbye, c.options.Reply)) == nil {
		_ = c.client.Quit()
	}
	_ = c.wire.Close()
}
