// Package fiberhttp turns HTTP into calls of use cases and their results into pages, JSON and event streams, on Fiber. It decides nothing about leads
// or permissions: use cases do. routes.go lists every door and who may come through it.
package fiberhttp

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/app/metering"
	"github.com/leadagent/leadagent/app/review"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// Limits of requests.
const (
	maxFormBody    = 256 << 10 // bytes; forms and the API
	maxWebhookBody = 1 << 20   // bytes; vendors' callbacks
	requestTime    = 10 * time.Second
	publicTime     = 1800 * time.Millisecond
	readTime       = 15 * time.Second
	writeTime      = 30 * time.Second
	idleTime       = 75 * time.Second
	headerBytes    = 16 << 10
)

// Config is what the outside decides.
type Config struct {
	BaseURL        string   // public address without a final slash; the only source of links
	TrustedProxies []string // addresses and networks whose X-Forwarded-For counts
	FrontendAPI    string   // origin of the identity provider's frontend API; empty: none
	SignInURL      string   // the identity provider's sign-in page; redirect_url is added
	Sandbox        *web.Sandbox
	CSRFKey        []byte
	Version        string
	Pace           Pace // of event streams; zero values have the defaults
}

// Deps are the use cases and ports that requests are turned into.
type Deps struct {
	Intake    *intake.Intake
	Desk      *review.Desk
	Accounts  *accounts.Accounts
	Console   *console.Console
	Metering  *metering.Metering
	Directory ports.Directory
	Live      ports.Live
	Clicks    ports.Clicks // nil: Slack is not connected to this program
	Ready     func(ctx context.Context) error
	NewID     ports.NewID
	Now       ports.Clock
	Log       *slog.Logger
}

// Server is the web process's HTTP side.
type Server struct {
	Deps
	config  Config
	base    *url.URL
	proxies proxies
	app     *fiber.App
	stop    context.CancelFunc // ends open event streams
	open    context.Context    //nolint:containedctx // lives as long as the server; event streams outlive their requests
}

// New makes a Server. The error names a BaseURL or a trusted proxy that is no address.
func New(config Config, deps Deps) (*Server, error) {
	config.BaseURL = strings.TrimSuffix(config.BaseURL, "/")
	base, err := url.Parse(config.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("base URL %q is no address", config.BaseURL)
	}
	trusted, err := parseProxies(config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s := &Server{Deps: deps, config: config, base: base, proxies: trusted}
	s.open, s.stop = context.WithCancel(context.Background())
	s.app = fiber.New(fiber.Config{
		Immutable: true, DisableStartupMessage: true, ErrorHandler: s.unread, BodyLimit: maxWebhookBody, ReadTimeout: readTime,
		WriteTimeout: writeTime, IdleTimeout: idleTime, ReadBufferSize: headerBytes, DisableDefaultDate: false, ServerHeader: "",
		EnableTrustedProxyCheck: true, // and none is named: what a client's headers say of host and scheme counts for nothing
		StrictRouting:           true, CaseSensitive: true, UnescapePath: false,
	})
	s.app.Server().Handler = s.knownMethods(s.app.Server().Handler)
	s.routes()
	return s, nil
}

// Serve answers on the listener until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	if err := s.app.Listener(lingering{l}); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Shutdown ends event streams, lets running requests finish within the given time, and closes.
func (s *Server) Shutdown(within time.Duration) error {
	s.stop()
	if err := s.app.ShutdownWithTimeout(within); err != nil {
		return fmt.Errorf("shut the web server down: %w", err)
	}
	return nil
}

// secure tells whether the public address is https, and so cookies are Secure.
func (s *Server) secure() bool { return s.base.Scheme == "https" }

// origin is the public origin, as browsers send it.
func (s *Server) origin() string { return s.base.Scheme + "://" + s.base.Host }
