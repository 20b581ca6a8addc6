package clerk

import (
	"net/http"
	"strconv"
	"time"
)

func (s *Server) getClient(v *visit) (any, *refusal) {
	if v.client == nil {
		return object{"response": nil, "client": nil}, nil
	}
	return object{"response": s.clientObject(v), "client": nil}, nil
}

// postClient carries ClerkJS's DELETE in the form of a POST.
func (s *Server) postClient(v *visit) (any, *refusal) {
	if method := v.request.URL.Query().Get("_method"); method != http.MethodDelete {
		return nil, &refusal{http.StatusMethodNotAllowed, "method_not_allowed", "Method not allowed"}
	}
	return s.endClient(v)
}

// endClient signs out of every session of the browser.
func (s *Server) endClient(v *visit) (any, *refusal) {
	if v.client != nil {
		for _, x := range s.sessions {
			if x.client == v.client.id && s.live(x) {
				s.endSession(x, "removed")
			}
		}
	}
	s.forgetCookies(v.writer)
	return object{"response": nil, "client": nil}, nil
}

// issueToken gives a fresh token for the session's active organization, or for organization_id where the form has it; an empty one
// means none.
func (s *Server) issueToken(v *visit) (any, *refusal) {
	org := v.session.org
	if err := v.request.ParseForm(); err == nil && v.request.PostForm.Has("organization_id") {
		org = v.request.PostForm.Get("organization_id")
	}
	if org != "" && s.membership(org, v.session.user) == nil {
		return nil, notFound("organization")
	}
	token, err := s.sessionToken(v.session, org, v.origin)
	if err != nil {
		return nil, &refusal{http.StatusInternalServerError, "internal_error", err.Error()}
	}
	return object{"object": "token", "jwt": token}, nil
}

// touchSession makes an organization the session's active one. An empty active_organization_id means none.
func (s *Server) touchSession(v *visit) (any, *refusal) {
	if err := v.request.ParseForm(); err != nil {
		return nil, &refusal{http.StatusBadRequest, "request_body_invalid", "The request body is invalid."}
	}
	if v.request.PostForm.Has("active_organization_id") {
		org := v.request.PostForm.Get("active_organization_id")
		if org != "" && s.membership(org, v.session.user) == nil {
			return nil, notFound("organization")
		}
		v.session.org = org
	}
	v.session.updated, v.client.updated = s.cfg.Now(), s.cfg.Now()
	return object{"response": s.clientSession(v, v.session), "client": s.clientObject(v)}, nil
}

func (s *Server) removeSession(v *visit) (any, *refusal) {
	s.endSession(v.session, "removed")
	if s.activeSession(v.client) == nil {
		s.forgetCookies(v.writer)
	}
	return object{"response": s.sessionObject(v.session), "client": s.clientObject(v)}, nil
}

func (s *Server) myMemberships(v *visit) (any, *refusal) {
	x := s.activeSession(v.client)
	if x == nil {
		return nil, &refusal{http.StatusUnauthorized, "signed_out", "You are signed out"}
	}
	var all []object
	for _, m := range s.organizationsOf(x.user) {
		all = append(all, s.membershipObject(m))
	}
	document, no := page(all, v.request.URL.Query())
	if no != nil {
		return nil, no
	}
	return object{"response": document, "client": s.clientObject(v)}, nil
}

func (s *Server) clientObject(v *visit) object {
	sessions := []object{}
	var last any
	for _, x := range s.sessions {
		if x.client == v.client.id && s.live(x) {
			sessions = append(sessions, s.clientSession(v, x))
			last = x.id
		}
	}
	return object{
		"object": "client", "id": v.client.id, "sessions": sessions, "sign_in": nil, "sign_up": nil, "last_active_session_id": last,
		"cookie_expires_at": nil, "created_at": millis(v.client.updated), "updated_at": millis(v.client.updated),
	}
}

// clientSession is a session as the Frontend API shows it: with the person, their organizations and a token.
func (s *Server) clientSession(v *visit, x *session) object {
	out := s.sessionObject(x)
	out["factor_verification_age"] = []int{0, -1}
	if u := s.user(x.user); u != nil {
		person := s.userObject(u)
		delete(person, "private_metadata")
		var memberships []object
		for _, m := range s.organizationsOf(u.ID) {
			memberships = append(memberships, s.membershipObject(m))
		}
		person["organization_memberships"] = memberships
		out["user"], out["public_user_data"] = person, publicUser(u)
	}
	if token, err := s.sessionToken(x, x.org, v.origin); err == nil {
		out["last_active_token"] = object{"object": "token", "jwt": token}
	}
	return out
}

// signIn makes a browser and a session for a person, active in an organization.
func (s *Server) signIn(c *client, u *user, org string) (*client, *session) {
	now := s.cfg.Now()
	if c == nil {
		c = &client{id: randomID("client_"), cookie: randomID("")}
		s.clients = append(s.clients, c)
	}
	// The sandbox is a single-session instance: a new sign-in takes the place of the old one.
	for _, x := range s.sessions {
		if x.client == c.id && x.status == "active" {
			x.status = "replaced"
		}
	}
	c.updated, u.lastSignIn = now, now
	x := &session{id: randomID("sess_"), client: c.id, user: u.ID, org: org, status: "active", created: now, updated: now}
	s.sessions = append(s.sessions, x)
	s.announce("session.created", s.sessionObject(x))
	return c, x
}

// setCookies sets the three cookies of a signed-in browser. __client belongs to the Frontend API. The other two are what ClerkJS
// writes on the app's own host: on one host name they reach the app, since cookies do not tell ports apart. ClerkJS has to read
// them, so they are not HttpOnly.
func (s *Server) setCookies(w http.ResponseWriter, c *client, x *session, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieClient, Value: c.cookie, Path: s.cookiePath(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Expires: x.created.Add(sessionLife),
	})
	for name, value := range map[string]string{
		cookieSession: token, cookieUpdated: strconv.FormatInt(c.updated.Unix(), 10),
	} {
		http.SetCookie(w, &http.Cookie{
			Name: name, Value: value, Path: "/", SameSite: http.SameSiteLaxMode, Expires: x.created.Add(sessionLife),
		})
	}
}

// forgetCookies leaves __client_uat at 0, which says "signed out" rather than "never been here".
func (s *Server) forgetCookies(w http.ResponseWriter) {
	past := time.Unix(1, 0)
	http.SetCookie(w, &http.Cookie{Name: cookieClient, Path: s.cookiePath(), HttpOnly: true, Expires: past, MaxAge: -1})
	http.SetCookie(w, &http.Cookie{Name: cookieSession, Path: "/", Expires: past, MaxAge: -1})
	http.SetCookie(w, &http.Cookie{Name: cookieUpdated, Value: "0", Path: "/", SameSite: http.SameSiteLaxMode})
}
