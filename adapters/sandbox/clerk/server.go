package clerk

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// Server is the emulated Clerk. It is an http.Handler whose paths begin at Config.BaseURL, and is safe for concurrent use.
type Server struct {
	// Faults breaks calls. A target is a method and a path with placeholders left as they came: "GET /v1/jwks".
	Faults *faults.Switch
	// Recorder holds every call of the Backend and Frontend API.
	Recorder *faults.Recorder

	cfg     Config
	keys    keyring
	handler http.Handler

	// crossOrigin refuses forms that another site posts to the pages.
	crossOrigin *http.CrossOriginProtection

	// insist delivers an event in the background until it is taken or stop is called.
	insist  func(Event)
	stop    context.CancelFunc
	closed  bool
	sending sync.WaitGroup

	mu          sync.Mutex
	orgs        []*organization
	users       []*user
	memberships []*membership
	invitations []*invitation
	clients     []*client
	sessions    []*session
	deliveries  []Delivery
	jwks        int
}

// New makes a Clerk instance. Its error names every mistake of the configuration. Close ends what it does in the background.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("sandbox clerk: %w", err)
	}
	keys, err := newKeyring(cfg.Key)
	if err != nil {
		return nil, err
	}
	s := &Server{Faults: &faults.Switch{}, Recorder: &faults.Recorder{}, cfg: cfg, keys: keys, crossOrigin: http.NewCrossOriginProtection()}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.insist = func(e Event) { s.sending.Go(func() { s.deliverUntilTaken(background, e) }) }
	for _, org := range cfg.Organizations {
		s.addOrganization(org)
	}
	for _, person := range cfg.People {
		s.addPerson(person)
	}
	for _, origin := range append([]string{originOf(cfg.BaseURL)}, cfg.AppOrigins...) {
		if err := s.crossOrigin.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("sandbox clerk: origin %q: %w", origin, err)
		}
	}
	s.handler = s.routes()
	return s, nil
}

// ServeHTTP answers for the Backend API, the Frontend API and the hosted pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close stops repeating webhooks and waits for those under way.
func (s *Server) Close() {
	// Under the mutex, so that no announcement begins after the wait has.
	s.mu.Lock()
	s.closed = true
	s.stop()
	s.mu.Unlock()
	s.sending.Wait()
}

// Issuer is the "iss" of every token, and what CLERK_ISSUER has to be.
func (s *Server) Issuer() string { return s.cfg.BaseURL }

// APIURL is what CLERK_API_URL has to be.
func (s *Server) APIURL() string { return s.cfg.BaseURL + "/v1" }

// SetApp tells where the app is, for tests that start it after the sandbox: its origin and its webhook URL. Either may be empty to
// leave it as it is.
func (s *Server) SetApp(origin, webhook string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if origin != "" {
		if err := s.crossOrigin.AddTrustedOrigin(origin); err != nil {
			return fmt.Errorf("sandbox clerk: origin %q: %w", origin, err)
		}
		s.cfg.AppOrigins = append([]string{origin}, s.cfg.AppOrigins...)
	}
	if webhook != "" {
		s.cfg.WebhookURL = webhook
	}
	return nil
}

// PublishableKey is what CLERK_PUBLISHABLE_KEY takes: it holds the Frontend API's host. Since the sandbox lives below a path, pages
// also need FrontendAPI. https://clerk.com/docs/guides/how-clerk-works/overview (publishable key)
func (s *Server) PublishableKey() string {
	_, host, _ := strings.Cut(s.cfg.BaseURL, "://")
	return "pk_test_" + base64.StdEncoding.EncodeToString([]byte(host+"$"))
}

// FrontendAPI is the address that pages reach Clerk at. ClerkJS is below it at /npm/@clerk/clerk-js@5/dist/clerk.browser.js, the hosted
// pages at /sign-in, /sign-out, /switch and /organizations/{id}.
func (s *Server) FrontendAPI() string { return s.cfg.BaseURL }

// JWKSFetches counts how often the key set was read, over either API.
func (s *Server) JWKSFetches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jwks
}

func (s *Server) routes() http.Handler {
	api := http.NewServeMux()
	s.backendRoutes(api)
	s.frontendRoutes(api)
	vendor := faults.Vendor{
		Target: func(r *http.Request) string { return r.Method + " " + r.URL.Path }, ErrorBody: errorBody,
	}
	watched := s.Recorder.Wrap(s.Faults.Wrap(vendor, api))

	mux := http.NewServeMux()
	mux.Handle("/v1/", watched)
	mux.Handle("/.well-known/", watched)
	mux.Handle(faults.ControlPrefix, faults.Control(s.Faults, s.Recorder))
	s.controlRoutes(mux)
	s.pageRoutes(mux)
	return mux
}

// errorBody is Clerk's error document for a planned status.
func errorBody(f faults.Fault) (contentType string, body []byte) {
	code := strings.ReplaceAll(strings.ToLower(http.StatusText(f.Status)), " ", "_")
	return "application/json", fmt.Appendf(nil,
		`{"errors":[{"message":%q,"long_message":%q,"code":%q}],"clerk_trace_id":"sandbox"}`,
		http.StatusText(f.Status), http.StatusText(f.Status), code)
}
