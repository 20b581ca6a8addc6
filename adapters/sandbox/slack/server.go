package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// triggerLife is how long a trigger_id can open a view.
// https://docs.slack.dev/interactivity/handling-user-interaction (trigger_id)
const triggerLife = 3 * time.Second

// Server is the emulated Slack. It is an http.Handler whose paths begin at Config.BaseURL, and is safe for concurrent use.
type Server struct {
	// Faults breaks calls. Targets are Web API method names ("chat.postMessage") and TargetResponseURL.
	Faults *faults.Switch
	// Recorder holds what the app sent: Web API calls, response URLs and OAuth.
	Recorder *faults.Recorder

	cfg     Config
	handler http.Handler

	mu         sync.Mutex
	order      []string
	teams      map[string]*workspace
	grants     map[string]*grant
	triggers   map[string]*trigger
	hooks      map[string]*hook
	views      []*View
	codes      map[string]*authorization
	deliveries []Delivery
	lastMicros int64
	version    int
	changed    chan struct{}
}

// New makes a Slack with the configured workspaces. Its error names every mistake of the configuration.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("sandbox slack: %w", err)
	}
	s := &Server{
		Faults: &faults.Switch{}, Recorder: &faults.Recorder{}, cfg: cfg,
		teams: map[string]*workspace{}, grants: map[string]*grant{}, triggers: map[string]*trigger{},
		hooks: map[string]*hook{}, codes: map[string]*authorization{}, changed: make(chan struct{}),
	}
	for _, team := range cfg.Teams {
		s.addTeam(team)
	}
	s.handler = s.routes()
	return s, nil
}

// ServeHTTP answers for slack.com and hooks.slack.com.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// AddTeam adds a workspace, or replaces the one of the same id.
func (s *Server) AddTeam(team Team) error {
	if mistakes := team.check(); len(mistakes) > 0 {
		return fmt.Errorf("sandbox slack: %w", errors.Join(mistakes...))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addTeam(team)
	return nil
}

func (s *Server) addTeam(team Team) {
	if !slices.Contains(s.order, team.ID) {
		s.order = append(s.order, team.ID)
	}
	s.teams[team.ID] = newWorkspace(team)
	if team.BotToken != "" {
		s.grants[team.BotToken] = &grant{token: team.BotToken, team: team.ID, scopes: slices.Clone(defaultScopes())}
	}
}

// SetAppURL tells where the app listens, for tests that start it after the sandbox. Events go there too. redirect is added
// to the registered OAuth redirect URLs unless it is empty.
func (s *Server) SetAppURL(interactivity, redirect string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.InteractivityURL, s.cfg.EventsURL = interactivity, interactivity
	if redirect != "" {
		s.cfg.RedirectURLs = append(s.cfg.RedirectURLs, redirect)
	}
}

// RevokeTokens makes every bot token of a team answer token_revoked, as after an uninstall.
func (s *Server) RevokeTokens(team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		if g.team == team {
			g.revoked = true
		}
	}
	s.touch()
}

// Wait returns when holds is true, looking again after every change, or with the context's error.
func (s *Server) Wait(ctx context.Context, holds func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for a change in the sandbox's Slack: %w", ctx.Err())
		}
	}
}

// Messages returns the messages of a team, oldest first, replies in threads included and ephemeral ones not.
func (s *Server) Messages(team string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.teams[team]
	if w == nil {
		return nil
	}
	return copied(w.messages)
}

// Ephemerals returns the ephemeral messages that a person of a team was shown, oldest first.
func (s *Server) Ephemerals(team, user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.teams[team]
	if w == nil {
		return nil
	}
	all := copied(w.ephemerals)
	return slices.DeleteFunc(all, func(m Message) bool { return m.EphemeralTo != user })
}

func copied(messages []*Message) []Message {
	out := make([]Message, 0, len(messages))
	for _, m := range messages {
		out = append(out, *m)
	}
	return out
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	vendor := faults.Vendor{Target: target, ErrorBody: errorBody}
	watched := func(h http.HandlerFunc) http.Handler { return s.Recorder.Wrap(s.Faults.Wrap(vendor, h)) }
	mux.Handle("/api/{method}", watched(s.serveAPI))
	mux.Handle("POST /actions/{team}/{id}/{secret}", watched(s.serveHook))
	mux.Handle("POST /services/{team}/{channel}/{secret}", watched(s.serveIncomingWebhook))
	s.controlRoutes(mux)
	s.pageRoutes(mux)
	return mux
}

// target names a call for the switch: the Web API method, or the response URL.
func target(r *http.Request) string {
	if method, ok := strings.CutPrefix(r.URL.Path, "/api/"); ok {
		return method
	}
	if strings.HasPrefix(r.URL.Path, "/actions/") {
		return TargetResponseURL
	}
	return r.URL.Path
}
