package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/mail"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// received is one message as the server took it.
type received struct {
	from string
	to   []string
	data []byte
	user string
	tls  bool
}

// server is a real SMTP server that keeps what it takes and fails where it is told to.
type server struct {
	addr  string
	roots *tls.Config

	mu   sync.Mutex
	got  []received
	fail map[string]error // by MAIL, RCPT, DATA
}

func (s *server) messages() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

func (s *server) failing(command string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fail[command]
}

type session struct {
	*server
	conn *smtp.Conn
	in   received
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "agent" || password != "p@ss:word" {
			return &smtp.SMTPError{Code: 535, Message: "no such account"}
		}
		s.in.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.in.from = from
	return s.failing("MAIL")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.in.to = append(s.in.to, to)
	return s.failing("RCPT")
}

func (s *session) Data(r io.Reader) error {
	var err error
	if s.in.data, err = io.ReadAll(r); err != nil {
		return err
	}
	if err := s.failing("DATA"); err != nil {
		return err
	}
	_, s.in.tls = s.conn.TLSConnectionState()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, s.in)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// listen starts a server; with encrypted it offers STARTTLS, with implicit it speaks TLS from the first byte.
func listen(t *testing.T, encrypted, implicit bool) *server {
	t.Helper()
	s := &server{fail: map[string]error{}}
	back := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	back.Domain, back.AllowInsecureAuth, back.EnableSMTPUTF8 = "catcher.test", true, true
	back.MaxLineLength = 2000
	back.ErrorLog = quiet{}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if encrypted || implicit {
		pair := httptest.NewUnstartedServer(nil)
		pair.StartTLS()
		t.Cleanup(pair.Close)
		config := &tls.Config{Certificates: pair.TLS.Certificates, MinVersion: tls.VersionTLS12}
		s.roots = &tls.Config{RootCAs: x509Pool(pair), MinVersion: tls.VersionTLS12}
		if implicit {
			listener = tls.NewListener(listener, config)
		} else {
			back.TLSConfig = config
		}
	}
	s.addr = listener.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = back.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = listener.Close() // the server does not know it yet if nobody ever came
		_ = back.Close()
		<-done
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// scripted is a server that says exactly what a test wants, and nothing after its last line.
type scripted struct {
	addr  string
	heard chan string // what it read after the script's end, once the client hung up
}

// script serves one connection: each step waits for a line with the given beginning (DOT: for the end of the message), then answers. The
// answer HANGUP closes the connection, SILENCE never answers.
func script(t *testing.T, steps ...[2]string) *scripted {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &scripted{addr: listener.Addr().String(), heard: make(chan string, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		s.heard <- play(conn, steps)
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return s
}

func play(conn net.Conn, steps [][2]string) string {
	var heard bytes.Buffer
	read := func(until string) bool {
		buffer := make([]byte, 4096)
		for !strings.Contains(heard.String(), until) {
			n, err := conn.Read(buffer)
			heard.Write(buffer[:n])
			if err != nil {
				return false
			}
		}
		_, rest, _ := strings.Cut(heard.String(), until)
		if !strings.HasSuffix(until, "\r\n") {
			_, rest, _ = strings.Cut(rest, "\r\n")
		}
		heard.Reset()
		heard.WriteString(rest)
		return true
	}
	for _, step := range steps {
		await, answer := step[0], step[1]
		if await == "DOT" {
			await = "\r\n.\r\n"
		}
		if await != "" && !read(await) {
			return heard.String()
		}
		switch answer {
		case "HANGUP":
			return ""
		case "SILENCE":
		default:
			_, _ = io.WriteString(conn, answer+"\r\n")
		}
	}
	_, _ = io.Copy(&heard, conn)
	return heard.String()
}

// sender sends to addr, plainly and with short patience.
func sender(t *testing.T, addr string) *mail.SMTP {
	t.Helper()
	const patience = 300 * time.Millisecond
	s, err := mail.NewSMTP("smtp://"+addr, "sales@acme.test", mail.Options{Dial: patience, Reply: patience, Accept: patience, Clock: noon})
	require.NoError(t, err)
	return s
}

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func email() ports.Email {
	return ports.Email{
		FromName: "Acme", ReplyTo: "team@acme.test", To: leads.TrustedEmail("jane@example.com"), Subject: "About your inquiry",
		Body: "Hello Jane,\n\nthank you.\n", MessageID: "0197.1@acme.test",
	}
}

// handed counts the calls of handover.
type handed struct{ times int }

func (h *handed) over(context.Context) error {
	h.times++
	return nil
}

var errOwn = errors.New("the lease is gone")
