package fiberhttp

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/web"
)

// Who may come through a door.
type who string

const (
	anybody  who = "anybody"           // no session is looked at
	vendor   who = "a vendor"          // a signature on the raw body is checked
	members  who = "members"           // a session cookie; unsafe methods need the token against forgery
	programs who = "members' programs" // a Bearer token, or a session cookie with the token against forgery
)

// Route is one door: its method and path, who may come, the permission that its use case asks for, in words, and what answers.
type Route struct {
	Method, Path string
	Who          who
	Needs        string
	Handle       fiber.Handler
	MaxBody      int // bytes; 0: forms' and the API's usual limit
}

// Routes lists every door. A route that is not in this table does not exist.
func (s *Server) Routes() []Route {
	table := []Route{
		{"GET", "/", anybody, "", s.home, 0},
		{"GET", "/healthz", anybody, "", s.healthy, 0},
		{"GET", "/readyz", anybody, "", s.ready, 0},
		{"GET", "/static/*", anybody, "", s.static, 0},
		{"GET", "/favicon.ico", anybody, "", s.named("favicon.svg"), 0},
		{"GET", web.EmbedPath, anybody, "", s.named("embed.js"), 0},
		{"GET", web.PathSignIn, anybody, "", s.signIn, 0},
		{"GET", "/signed-out", anybody, "", s.signedOut, 0},
		{"GET", "/f/:key", anybody, "", s.form, 0},
		{"POST", "/f/:key", anybody, "", s.submitForm, maxWebhookBody}, // it holds itself to less, so that a page with what was typed can say so
		{"GET", "/f/:key/thanks", anybody, "", s.thanks, 0},
		{"POST", "/api/submit", anybody, "", s.submitAPI, 0},
		{"OPTIONS", "/api/submit", anybody, "", s.submitPreflight, 0},
		{"POST", "/api/slack", vendor, "", s.slack, maxWebhookBody},
		{"POST", web.PathSignOut, members, "", s.signOut, 0},
	}
	table = append(table, s.memberRoutes()...)
	return append(table, s.apiRoutes()...)
}

func (s *Server) routes() {
	s.app.Use(s.begin, s.catch, s.headers)
	for _, r := range s.Routes() {
		limit := r.MaxBody
		if limit == 0 {
			limit = maxFormBody
		}
		chain := []fiber.Handler{plainBody(limit)}
		switch r.Who {
		case members:
			chain = append(chain, s.member)
		case programs:
			chain = append(chain, s.program)
		case anybody:
			chain = append(chain, hurry)
		case vendor:
		}
		s.app.Add(r.Method, r.Path, append(chain, r.Handle)...)
		if r.Method == fiber.MethodGet {
			s.app.Add(fiber.MethodHead, r.Path, append(chain, r.Handle)...)
		}
	}
	s.app.Use(func(*fiber.Ctx) error { return fiber.NewError(http.StatusNotFound) })
}
