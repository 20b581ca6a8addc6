// Package sandbox puts the emulated vendors together on one address, for `dev` and for tests: the model, search and its corpus of pages, Slack,
// identity, a mailbox, and an email API that delivers into it. Nothing in it reaches the outside, and `serve` never starts it.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/exa"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/adapters/sandbox/resend"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

// Options say where the sandbox is and which program it serves.
type Options struct {
	Listener net.Listener // for everything that is spoken over HTTP; closed by Close
	BaseURL  string       // how Listener is reached, without a final slash
	AppURL   string       // the program's public address, without a final slash
	MailDir  string       // keeps caught mail between starts; empty: memory
}

// Sandbox is the running emulators. The fields are for tests that steer and observe them.
type Sandbox struct {
	Model   *model.Server
	Exa     *exa.Server
	Slack   *slack.Server
	Clerk   *clerk.Server
	Mailbox *mailbox.Server
	Resend  *resend.Server

	baseURL  string
	smtpAddr string
	corpus   net.Listener
	hosts    map[string]bool
	servers  []*http.Server
}

// The keys that the emulators take.
const (
	geminiKey = "sandbox-gemini"
	exaKey    = "sandbox-exa"
	resendKey = "re_sandbox"
)

// Start runs the emulators until Close.
func Start(o Options) (*Sandbox, error) {
	s := &Sandbox{baseURL: strings.TrimSuffix(o.BaseURL, "/"), Model: model.New(model.Options{Key: geminiKey})}
	if err := s.make(o); err != nil {
		return nil, errors.Join(err, o.Listener.Close())
	}
	if err := s.listen(); err != nil {
		s.Close()
		return nil, errors.Join(err, o.Listener.Close())
	}
	pages, err := s.Exa.Pages()
	if err != nil {
		s.Close()
		return nil, errors.Join(fmt.Errorf("corpus: %w", err), o.Listener.Close())
	}
	s.serve(s.corpus, pages)
	s.serve(o.Listener, s.routes())
	return s, nil
}

func (s *Sandbox) make(o Options) error {
	var errs [4]error
	s.Exa, errs[0] = exa.New(exa.Options{Key: exaKey})
	s.Slack, errs[1] = slack.New(slack.Config{
		BaseURL: s.baseURL + "/slack", AppID: slack.DemoAppID, AppName: "Lead Agent", ClientID: slack.DemoClientID,
		ClientSecret: slack.DemoClientSecret, SigningSecret: slack.DemoSigningSecret, InteractivityURL: o.AppURL + "/api/slack",
		RedirectURLs: []string{o.AppURL + "/slack/callback"}, Teams: slack.DemoTeams(),
	})
	s.Clerk, errs[2] = clerk.New(clerk.Config{
		BaseURL: s.baseURL + "/clerk", SecretKey: clerk.DemoSecretKey, WebhookSecret: clerk.DemoWebhookSecret,
		WebhookURL: o.AppURL + "/api/webhooks/clerk", AppOrigins: []string{o.AppURL}, Organizations: clerk.DemoOrganizations(),
		People: clerk.DemoPeople(),
	})
	s.Mailbox, errs[3] = mailbox.New(mailbox.Options{Dir: o.MailDir})
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	s.Resend = resend.New(resend.Options{Key: resendKey, Deliver: s.Mailbox.Add})
	s.hosts = map[string]bool{}
	for _, host := range s.Exa.Hosts() {
		s.hosts[host] = true
	}
	return nil
}

func (s *Sandbox) listen() error {
	addr, err := s.Mailbox.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("sandbox: mailbox: %w", err)
	}
	s.smtpAddr = addr.String()
	var lc net.ListenConfig
	if s.corpus, err = lc.Listen(context.Background(), "tcp", "127.0.0.1:0"); err != nil {
		return fmt.Errorf("sandbox: corpus: %w", err)
	}
	return nil
}

func (s *Sandbox) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }() // ends with Close
}

func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	for prefix, h := range map[string]http.Handler{
		"/gemini": s.Model, "/exa": s.Exa, "/slack": s.Slack, "/clerk": s.Clerk, "/mailbox": s.Mailbox,
		"/resend": s.Resend,
	} {
		mux.Handle(prefix+"/", http.StripPrefix(prefix, h))
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/mailbox/", http.StatusSeeOther) })
	return mux
}

// Close ends everything.
func (s *Sandbox) Close() {
	for _, server := range s.servers {
		_ = server.Close() // nothing is lost with it
	}
	s.Clerk.Close()
	s.Resend.Faults.Clear()
	_ = s.Mailbox.Close() // likewise
	if s.corpus != nil {
		_ = s.corpus.Close() // closed already where its server ran
	}
}

// MailboxURL is the page of caught mail.
func (s *Sandbox) MailboxURL() string { return s.baseURL + "/mailbox/" }

// SlackURL is the page of the emulated Slack.
func (s *Sandbox) SlackURL() string { return s.baseURL + "/slack/" }

// Dial connects to the corpus for the hosts of its pages, whatever the port, and leaves every other host to the caller.
func (s *Sandbox) Dial(ctx context.Context, network, address string) (net.Conn, bool, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !s.hosts[strings.ToLower(host)] {
		return nil, false, nil //nolint:nilerr // an address that cannot be split is not ours
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, s.corpus.Addr().String())
	return conn, true, err
}

// Credentials are what the program has to be configured with to use the sandbox.
type Credentials struct {
	ClerkPublishableKey, ClerkSecretKey, ClerkIssuer, ClerkAPIURL, ClerkWebhookSecret string
	SlackClientID, SlackClientSecret, SlackSigningSecret, SlackAPIURL                 string
	GeminiAPIKey, GeminiAPIURL                                                        string
	ExaAPIKey, ExaAPIURL                                                              string
	SMTPURL                                                                           string // either this
	ResendAPIKey, ResendAPIURL                                                        string // or these
}

// Credentials gives them.
func (s *Sandbox) Credentials() Credentials {
	return Credentials{
		ClerkPublishableKey: s.Clerk.PublishableKey(), ClerkSecretKey: clerk.DemoSecretKey, ClerkIssuer: s.Clerk.Issuer(),
		ClerkAPIURL: s.Clerk.APIURL(), ClerkWebhookSecret: clerk.DemoWebhookSecret,
		SlackClientID: slack.DemoClientID, SlackClientSecret: slack.DemoClientSecret, SlackSigningSecret: slack.DemoSigningSecret,
		SlackAPIURL:  s.baseURL + "/slack/api/",
		GeminiAPIKey: geminiKey, GeminiAPIURL: s.baseURL + "/gemini",
		ExaAPIKey: exaKey, ExaAPIURL: s.baseURL + "/exa",
		SMTPURL: "smtp://" + s.smtpAddr, ResendAPIKey: resendKey, ResendAPIURL: s.baseURL + "/resend",
	}
}
