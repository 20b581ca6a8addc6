package mailbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
)

type bench struct {
	t       *testing.T
	server  *mailbox.Server
	address string
	url     string
}

func setup(t *testing.T, o mailbox.Options) *bench {
	t.Helper()
	server, err := mailbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	address, err := server.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.StripPrefix("/mailbox", server))
	t.Cleanup(func() { _ = server.Close(); web.Close() })
	return &bench{t: t, server: server, address: address.String(), url: web.URL + "/mailbox"}
}

func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

const german = "From: =?utf-8?q?Acme_Vertrieb?= <sales@acme.example>\r\nTo: =?utf-8?b?SsO8cmdlbiBLZcOfbGVy?= <jk@kessler.example>\r\n" +
	"Subject: =?utf-8?q?Ihr_Angebot_=E2=80=93_30_Pl=C3=A4tze?=\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\nMessage-ID: <one@acme.example>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSch=C3=B6ne Gr=C3=BC=C3=9Fe,\r\nRobin\r\n"

func (b *bench) send(body string, to ...string) error {
	return smtp.SendMail(b.address, nil, "sales@acme.example", to, []byte(body))
}

func (b *bench) get(path string) (int, http.Header, string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Header, body.String()
}

func TestKeepsAndDecodesWhatIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	if err := b.send(german, "jk@kessler.example"); err != nil {
		t.Fatal(err)
	}
	messages, err := b.server.Wait(limited(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	m := messages[0]
	if m.Subject != "Ihr Angebot – 30 Plätze" || m.From != "Acme Vertrieb <sales@acme.example>" || m.To != "Jürgen Keßler <jk@kessler.example>" || m.Text != "Schöne Grüße,\nRobin\n" {
		t.Errorf("decoded %+v", m)
	}
	if m.EnvelopeFrom != "sales@acme.example" || len(m.Recipients) != 1 || m.Recipients[0] != "jk@kessler.example" || m.MessageID != "one@acme.example" || m.Problem != "" {
		t.Errorf("envelope %+v", m)
	}
	if string(m.Raw) != german {
		t.Errorf("raw %q", m.Raw)
	}
}

func TestReadsMultipartsAndOldCharsets(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	const body = "From: a@b.example\r\nTo: c@d.example\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n" +
		"--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--x--\r\n"
	if err := b.send(body, "c@d.example"); err != nil {
		t.Fatal(err)
	}
	if m := b.server.Messages()[0]; m.Subject != "Grüße" || strings.TrimSpace(m.Text) != "Grüße" || !strings.Contains(m.HTML, "<p>Hi</p>") {
		t.Errorf("%+v", m)
	}
}

func TestRefusalsHaveTheirCodeAndKeepNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stage string
		code  int
	}{{mailbox.StageRcpt, 550}, {mailbox.StageRcpt, 451}, {mailbox.StageMail, 421}, {mailbox.StageData, 554}, {mailbox.StageData, 452}} {
		t.Run(fmt.Sprintf("%s %d", c.stage, c.code), func(t *testing.T) {
			t.Parallel()
			b := setup(t, mailbox.Options{})
			b.server.Faults.Plan(faults.Fault{Target: c.stage, Kind: faults.KindStatus, Status: c.code}, 1)
			var refused *textproto.Error
			if err := b.send(german, "jk@kessler.example"); !errors.As(err, &refused) || refused.Code != c.code {
				t.Errorf("got %v, want %d", err, c.code)
			}
			if n := len(b.server.Messages()); n != 0 {
				t.Errorf("%d messages kept", n)
			}
			if err := b.send(german, "jk@kessler.example"); err != nil || len(b.server.Messages()) != 1 {
				t.Errorf("the next delivery: %v", err)
			}
		})
	}
}

func TestADropBeforeDataKeepsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	b.server.Faults.Plan(faults.Fault{Target: mailbox.StageRcpt, Kind: faults.KindReset}, 1)
	var reply *textproto.Error
	if err := b.send(german, "jk@kessler.example"); err == nil || errors.As(err, &reply) {
		t.Errorf("got %v, want a broken connection", err)
	}
	if n := len(b.server.Messages()); n != 0 {
		t.Errorf("%d messages kept", n)
	}
}

func TestADropAfterTheFinalDotKeepsTheMessageAndTellsNobody(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	b.server.Faults.ResetAfterAccept(mailbox.StageData, 1)
	var reply *textproto.Error
	if err := b.send(german, "jk@kessler.example"); err == nil || errors.As(err, &reply) {
		t.Errorf("got %v, want a broken connection", err)
	}
	if n := len(b.server.Messages()); n != 1 {
		t.Errorf("%d messages kept, want 1", n)
	}
}

func TestHoldsOnBothSidesOfAcceptance(t *testing.T) {
	t.Parallel()
	for kept, hold := range []func(*faults.Switch){func(s *faults.Switch) { s.Hold(mailbox.StageData) }, func(s *faults.Switch) { s.HoldAfter(mailbox.StageData) }} {
		b, sent := setup(t, mailbox.Options{}), make(chan error, 1)
		hold(b.server.Faults)
		go func() { sent <- b.send(german, "jk@kessler.example") }()
		if err := b.server.Faults.AwaitHeld(limited(t), mailbox.StageData, 1); err != nil {
			t.Fatal(err)
		}
		if n := len(b.server.Messages()); n != kept {
			t.Errorf("%d messages while held, want %d", n, kept)
		}
		b.server.Faults.Release()
		if err := <-sent; err != nil || len(b.server.Messages()) != 1 {
			t.Errorf("after release: %v", err)
		}
	}
}

func TestAuthenticationWhereAPasswordIsSet(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{Username: "acme", Password: "secret"})
	host, _, err := net.SplitHostPort(b.address)
	if err != nil {
		t.Fatal(err)
	}
	for password, good := range map[string]bool{"secret": true, "wrong": false} {
		err := smtp.SendMail(b.address, smtp.PlainAuth("", "acme", password, host), "sales@acme.example", []string{"jk@kessler.example"}, []byte(german))
		if (err == nil) != good {
			t.Errorf("password %q: %v", password, err)
		}
	}
	if err := b.send(german, "jk@kessler.example"); err == nil {
		t.Error("accepted without a password")
	}
	if n := len(b.server.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestOffersStartTLS(t *testing.T) {
	t.Parallel()
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	b := setup(t, mailbox.Options{TLS: &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}})
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	client, err := smtp.Dial(b.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.StartTLS(&tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12}); err != nil {
		t.Fatal(err)
	}
	if err := client.Mail("sales@acme.example"); err != nil {
		t.Error(err)
	}
}

func TestADirectoryKeepsMessagesBetweenStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := setup(t, mailbox.Options{Dir: dir})
	if err := first.send(german, "jk@kessler.example", "copy@kessler.example"); err != nil {
		t.Fatal(err)
	}
	before := first.server.Messages()[0]
	if err := first.server.Close(); err != nil {
		t.Fatal(err)
	}
	second := setup(t, mailbox.Options{Dir: dir})
	after := second.server.Messages()
	if len(after) != 1 || string(after[0].Raw) != german || strings.Join(after[0].Recipients, " ") != strings.Join(before.Recipients, " ") || !after[0].ReceivedAt.Equal(before.ReceivedAt) {
		t.Fatalf("after a restart: %+v", after)
	}
	if err := second.send(german, "jk@kessler.example"); err != nil || second.server.Messages()[1].ID != 2 {
		t.Errorf("the next message: %v, %+v", err, second.server.Messages())
	}
	if err := second.server.Clear(); err != nil || len(setup(t, mailbox.Options{Dir: dir}).server.Messages()) != 0 {
		t.Errorf("after Clear: %v", err)
	}
}

func TestPagesShowMailAndRunNothingOfIt(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	if _, _, body := b.get("/"); !strings.Contains(body, "No email yet") || !strings.Contains(body, "This is the sandbox: no email leaves this machine") {
		t.Errorf("empty list: %s", body)
	}
	hostile := strings.ReplaceAll(german, "Robin", "<script>alert(1)</script>")
	hostile = strings.ReplaceAll(hostile, "=?utf-8?q?Ihr_Angebot_=E2=80=93_30_Pl=C3=A4tze?=", "<img src=x onerror=alert(2)>")
	if err := b.send(hostile, "jk@kessler.example"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/messages/1"} {
		status, header, body := b.get(path)
		if status != http.StatusOK || strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(body, "style=") || !strings.Contains(body, "This is the sandbox: no email leaves this machine") {
			t.Errorf("%s: %d %s", path, status, body)
		}
		if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "style-src 'self'") {
			t.Errorf("%s: CSP %q", path, csp)
		}
	}
	if _, _, body := b.get("/messages/1"); !strings.Contains(body, "Schöne Grüße") || !strings.Contains(body, "Jürgen Keßler &lt;jk@kessler.example&gt;") {
		t.Errorf("message: %s", body)
	}
	if _, header, body := b.get("/messages/1.eml"); body != hostile || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		t.Errorf("original: %v %q", header, body)
	}
	if _, header, body := b.get("/mailbox.css"); !strings.HasPrefix(header.Get("Content-Type"), "text/css") || !strings.Contains(body, "prefers-color-scheme: dark") {
		t.Errorf("style: %v", header)
	}
	for _, path := range []string{"/messages/2", "/messages/x", "/other"} {
		if status, _, _ := b.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestThePrefixWithoutItsSlashLeadsToTheList(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	if status, _, body := b.get(""); status != http.StatusOK || !strings.Contains(body, "<h1>Mailbox</h1>") {
		t.Errorf("%d %s", status, body)
	}
}

func TestMessagesAsJSON(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	if _, _, body := b.get("/messages.json"); strings.TrimSpace(body) != `{"messages":[]}` {
		t.Errorf("empty: %s", body)
	}
	if err := b.send(german, "jk@kessler.example"); err != nil {
		t.Fatal(err)
	}
	_, _, body := b.get("/messages.json")
	var listed struct{ Messages []mailbox.Message }
	if err := json.Unmarshal([]byte(body), &listed); err != nil || len(listed.Messages) != 1 || listed.Messages[0].Text != "Schöne Grüße,\nRobin\n" || len(listed.Messages[0].Headers) < 6 {
		t.Errorf("%v %s", err, body)
	}
}

func TestFaultsCanBeSteeredOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t, mailbox.Options{})
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.url+"/_control/fail", strings.NewReader(`{"target":"rcpt","status":550,"body":"No such user"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if err := b.send(german, "jk@kessler.example"); err == nil || !strings.Contains(err.Error(), "No such user") {
		t.Errorf("got %v", err)
	}
}
