package clerk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	cookieClient  = "__client"
	cookieSession = "__session"
	cookieUpdated = "__client_uat"
)

// frontendRoutes: https://clerk.com/docs/reference/frontend-api. ClerkJS posts forms, and for lack of other verbs across
// origins names them in _method.
func (s *Server) frontendRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/jwks.json", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.jwks++
		s.write(w, http.StatusOK, s.keys.jwksDocument())
	})
	route := func(pattern string, run func(*visit) (any, *refusal)) { mux.HandleFunc(pattern, s.visited(run)) }
	route("GET /v1/client", s.getClient)
	route("POST /v1/client", s.postClient)
	route("DELETE /v1/client", s.endClient)
	route("POST /v1/client/sessions/{session}/tokens", s.issueToken)
	route("POST /v1/client/sessions/{session}/touch", s.touchSession)
	route("POST /v1/client/sessions/{session}/remove", s.removeSession)
	route("POST /v1/client/sessions/{session}/end", s.removeSession)
	route("GET /v1/me/organization_memberships", s.myMemberships)
	mux.HandleFunc("OPTIONS /v1/client", s.preflight)
	mux.HandleFunc("OPTIONS /v1/client/", s.preflight)
	mux.HandleFunc("OPTIONS /v1/me/", s.preflight)
}

// visit is a call from a browser.
type visit struct {
	request *http.Request
	writer  http.ResponseWriter
	client  *client
	session *session
	origin  string
}

func (s *Server) visited(run func(*visit) (any, *refusal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		origin := r.Header.Get("Origin")
		if !s.permit(w, origin) {
			s.refuse(w, &refusal{http.StatusBadRequest, "origin_invalid", "The Request HTTP Origin header must be one of the application's."})
			return
		}
		v := &visit{request: r, writer: w, client: s.clientOf(clientCookie(r)), origin: origin}
		if id := r.PathValue("session"); id != "" {
			if no := s.admit(v, id); no != nil {
				s.refuse(w, no)
				return
			}
		}
		document, no := run(v)
		if no != nil {
			s.refuse(w, no)
			return
		}
		s.write(w, http.StatusOK, document)
	}
}

// permit sets the CORS headers for one of the app's origins. A request without an origin is no cross-origin request.
func (s *Server) permit(w http.ResponseWriter, origin string) bool {
	w.Header().Add("Vary", "Origin")
	if origin == "" || origin == originOf(s.cfg.BaseURL) {
		return true
	}
	if !slices.Contains(s.cfg.AppOrigins, origin) {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Allow-Credentials", "true")
	w.Header().Set("Access-Control-Expose-Headers", "Authorization, Clerk-Trace-Id")
	return true
}

func (s *Server) preflight(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.permit(w, r.Header.Get("Origin")) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// admit finds the session of a call; it has to be a live one of this very browser.
func (s *Server) admit(v *visit, id string) *refusal {
	if v.client == nil {
		return &refusal{http.StatusUnauthorized, "signed_out", "You are signed out"}
	}
	x := s.session(id)
	if x == nil || x.client != v.client.id {
		return notFound("session")
	}
	if !s.live(x) {
		return &refusal{http.StatusUnauthorized, "authentication_invalid", "Invalid authentication: the session is not active."}
	}
	v.session = x
	return nil
}

func clientCookie(r *http.Request) string {
	c, err := r.Cookie(cookieClient)
	if err != nil {
		return ""
	}
	return c.Value
}

func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// cookiePath keeps __client to the emulator, as the Frontend API's own domain keeps it in production.
func (s *Server) cookiePath() string {
	u, err := url.Parse(s.cfg.BaseURL)
	if err != nil || u.Path == "" {
		return "/"
	}
	return strings.TrimSuffix(u.Path, "/")
}
