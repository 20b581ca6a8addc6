package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// Stages of a delivery, which are the targets of faults. Faults are faults.KindStatus with an SMTP code (550, 451, …) and
// faults.KindReset, which cuts the connection: at StageData after the message is kept, at the others before any reply.
const (
	StageConnect = "connect"
	StageMail    = "mail"
	StageRcpt    = "rcpt"
	// StageData is after the final dot, before the reply to it.
	StageData = "data"
)

const (
	maxMessageBytes = 25 << 20
	maxRecipients   = 100
	idleTimeout     = 5 * time.Minute
)

// Options configure a Server.
type Options struct {
	// Dir keeps messages as .eml files between starts; empty keeps them in memory.
	Dir string
	// Domain is the server's name in its greeting; empty is "sandbox.localhost".
	Domain string
	// Username and Password, when set, must be given by AUTH PLAIN.
	Username, Password string
	// TLS, when set, offers STARTTLS.
	TLS *tls.Config
}

// Server catches mail and shows it. It is safe for concurrent use.
type Server struct {
	// Faults decides what befalls deliveries. Its targets are the stages.
	Faults *faults.Switch

	options  Options
	smtp     *smtp.Server
	lifetime context.Context //nolint:containedctx // ends held deliveries at Close; a server has no call that it could come with
	end      context.CancelFunc
	pages    http.Handler

	mu       sync.Mutex
	messages []Message
	lastID   int
	changed  chan struct{}
}

// New prepares a server and reads the messages of Options.Dir, which it creates.
func New(o Options) (*Server, error) {
	if o.Domain == "" {
		o.Domain = "sandbox.localhost"
	}
	lifetime, end := context.WithCancel(context.Background())
	s := &Server{Faults: &faults.Switch{}, options: o, lifetime: lifetime, end: end}
	if err := s.restore(); err != nil {
		end()
		return nil, err
	}
	pages, err := s.routes()
	if err != nil {
		end()
		return nil, err
	}
	s.pages = pages
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain, s.smtp.TLSConfig = o.Domain, o.TLS
	s.smtp.AllowInsecureAuth, s.smtp.EnableSMTPUTF8 = true, true
	s.smtp.MaxMessageBytes, s.smtp.MaxRecipients = maxMessageBytes, maxRecipients
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = idleTimeout, idleTimeout
	s.smtp.ErrorLog = log.New(discard{}, "", 0)
	return s, nil
}

// discard swallows the SMTP server's log: a cut connection is what a test asked for.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// Listen accepts SMTP on an address, for example "127.0.0.1:0", until Close, and returns the address that was bound.
func (s *Server) Listen(ctx context.Context, address string) (net.Addr, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening for mail on %s: %w", address, err)
	}
	go func() {
		// Serve ends with an error when Close closes the listener; there is nobody to tell.
		_ = s.smtp.Serve(listener)
	}()
	return listener.Addr(), nil
}

// Close ends held deliveries, open connections and the listener.
func (s *Server) Close() error {
	s.end()
	s.Faults.Clear()
	if err := s.smtp.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("closing the mailbox: %w", err)
	}
	return nil
}

// Messages returns what was accepted, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Wait returns the messages once there are at least n, or with the context's error and those that there are.
func (s *Server) Wait(ctx context.Context, n int) ([]Message, error) {
	for {
		s.mu.Lock()
		messages := append([]Message(nil), s.messages...)
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if len(messages) >= n {
			return messages, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return messages, fmt.Errorf("waiting for %d messages, have %d: %w", n, len(messages), ctx.Err())
		}
	}
}

// Add keeps a message that came by another way than SMTP: its envelope, and the message itself (RFC 5322).
func (s *Server) Add(from string, recipients []string, raw []byte) error {
	return s.keep(envelope{From: from, Recipients: slices.Clone(recipients), At: time.Now().UTC()}, raw)
}

// find returns the message with the id.
func (s *Server) find(id int) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}

// keep stores a delivery, on disk first.
func (s *Server) keep(e envelope, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.lastID + 1
	m := read(id, e, raw)
	if err := s.save(m); err != nil {
		return err
	}
	s.lastID = id
	s.messages = append(s.messages, m)
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return nil
}

// ServeHTTP shows the mailbox: / lists, /messages/{id} shows, /messages/{id}.eml is the original, /messages.json is for programs. Below
// /_control/ tests steer the faults.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.pages.ServeHTTP(w, r) }
