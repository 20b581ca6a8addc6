package mailbox

import (
	"crypto/subtle"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// envelope is what SMTP says of a message, beside its own headers.
type envelope struct {
	From       string
	Recipients []string
	At         time.Time
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	envelope envelope
	signedIn bool
}

var _ smtp.AuthSession = (*session)(nil)

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	started := &session{server: s, conn: c, signedIn: s.options.Username == ""}
	if err := started.pass(StageConnect); err != nil {
		return nil, err
	}
	return started, nil
}

// pass waits out what the stage has planned and returns the error that the client shall see.
func (s *session) pass(stage string) error {
	fault, failing, err := s.server.Faults.Admit(s.server.lifetime, stage)
	switch {
	case err != nil:
		return unavailable()
	case !failing:
		return nil
	case fault.Kind == faults.KindReset:
		s.cut()
		return unavailable()
	}
	return refusal(fault)
}

// refusal words a planned SMTP code. Enhanced codes: RFC 3463.
func refusal(f faults.Fault) *smtp.SMTPError {
	class := 4
	if f.Status >= 500 {
		class = 5
	}
	message := f.Body
	if message == "" {
		message = "The sandbox was told to refuse this"
	}
	return &smtp.SMTPError{Code: f.Status, EnhancedCode: smtp.EnhancedCode{class, 1, 1}, Message: message}
}

func unavailable() *smtp.SMTPError {
	return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Closing"}
}

// cut resets the connection, so that the client sees no reply at all.
func (s *session) cut() {
	conn := s.conn.Conn()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// AuthMechanisms offers PLAIN where a password is set.
func (s *session) AuthMechanisms() []string {
	if s.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks the one user.
func (s *session) Auth(string) (sasl.Server, error) {
	o := s.server.options
	return sasl.NewPlainServer(func(_, username, password string) error {
		if subtle.ConstantTimeCompare([]byte(username+"\x00"+password), []byte(o.Username+"\x00"+o.Password)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.signedIn = true
		return nil
	}), nil
}

// Mail takes the sender.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.signedIn {
		return smtp.ErrAuthRequired
	}
	s.envelope = envelope{From: from}
	return s.pass(StageMail)
}

// Rcpt takes a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.pass(StageRcpt); err != nil {
		return err
	}
	s.envelope.Recipients = append(s.envelope.Recipients, to)
	return nil
}

// Data takes the message. A hold before StageData leaves it unkept, a hold after it kept and unanswered.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("reading a message: %w", err)
	}
	fault, failing, err := s.server.Faults.Admit(s.server.lifetime, StageData)
	if err != nil {
		return unavailable()
	}
	if failing && fault.Kind == faults.KindStatus {
		return refusal(fault)
	}
	kept := s.envelope
	kept.At, kept.Recipients = time.Now().UTC(), slices.Clone(kept.Recipients)
	if err := s.server.keep(kept, raw); err != nil {
		return err
	}
	if err := s.server.Faults.Depart(s.server.lifetime, StageData); err != nil {
		s.cut()
		return unavailable()
	}
	if failing && fault.Kind == faults.KindReset {
		s.cut()
	}
	return nil
}

// Reset forgets the message in the making.
func (s *session) Reset() { s.envelope = envelope{} }

// Logout has nothing to free.
func (s *session) Logout() error { return nil }
