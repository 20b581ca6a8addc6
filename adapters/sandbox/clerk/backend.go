package clerk

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// backendRoutes: https://clerk.com/docs/reference/backend-api
func (s *Server) backendRoutes(mux *http.ServeMux) {
	route := func(pattern string, run func(*http.Request) (int, any, *refusal)) {
		mux.HandleFunc(pattern, s.authenticated(run))
	}
	route("GET /v1/jwks", func(*http.Request) (int, any, *refusal) {
		s.jwks++
		return http.StatusOK, s.keys.jwksDocument(), nil
	})

	route("GET /v1/organizations", s.listOrganizations)
	route("GET /v1/organizations/{org}", s.getOrganization)
	route("PATCH /v1/organizations/{org}", s.patchOrganization)
	route("PATCH /v1/organizations/{org}/metadata", s.patchMetadata)
	route("PUT /v1/organizations/{org}/metadata", s.putMetadata)
	route("DELETE /v1/organizations/{org}", s.removeOrganization)

	route("GET /v1/organizations/{org}/memberships", s.listMemberships)
	route("POST /v1/organizations/{org}/memberships", s.createMembership)
	route("PATCH /v1/organizations/{org}/memberships/{user}", s.patchMembership)
	route("DELETE /v1/organizations/{org}/memberships/{user}", s.deleteMembership)

	route("GET /v1/organizations/{org}/invitations", s.listInvitations)
	route("POST /v1/organizations/{org}/invitations", s.createInvitation)
	route("GET /v1/organizations/{org}/invitations/{invitation}", s.getInvitation)
	route("POST /v1/organizations/{org}/invitations/{invitation}/revoke", s.revokeInvitation)

	route("GET /v1/users", s.listUsers)
	route("GET /v1/users/count", s.countUsers)
	route("GET /v1/users/{user}", s.getUser)
	route("GET /v1/users/{user}/organization_memberships", s.listUserMemberships)

	route("GET /v1/sessions", s.listSessions)
	route("GET /v1/sessions/{session}", s.getSession)
	route("POST /v1/sessions/{session}/revoke", s.revokeSession)
}

// authenticated checks the secret key and runs a handler under the mutex.
func (s *Server) authenticated(run func(*http.Request) (int, any, *refusal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if no := s.refuseKey(r); no != nil {
			s.refuse(w, no)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		status, document, no := run(r)
		if no != nil {
			s.refuse(w, no)
			return
		}
		s.write(w, status, document)
	}
}

func (s *Server) refuseKey(r *http.Request) *refusal {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return &refusal{http.StatusUnauthorized, "authentication_invalid", "Invalid authentication: missing Bearer secret key."}
	}
	if subtle.ConstantTimeCompare([]byte(key), []byte(s.cfg.SecretKey)) != 1 {
		return &refusal{http.StatusUnauthorized, "clerk_key_invalid", "The provided Clerk Secret Key is invalid."}
	}
	return nil
}
