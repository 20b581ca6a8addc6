package clerk

import (
	"net/http"
	"strings"
)

// listUsers answers with a bare array, unlike the other lists; countUsers is its counterpart.
func (s *Server) listUsers(r *http.Request) (int, any, *refusal) {
	document, no := page(s.matchingUsers(r), r.URL.Query())
	if no != nil {
		return 0, nil, no
	}
	return http.StatusOK, document["data"], nil
}

func (s *Server) countUsers(r *http.Request) (int, any, *refusal) {
	return http.StatusOK, object{"object": "total_count", "total_count": len(s.matchingUsers(r))}, nil
}

func (s *Server) matchingUsers(r *http.Request) []object {
	query := r.URL.Query()
	var all []object
	for _, u := range s.users {
		if one(query["user_id"], u.ID) && one(query["email_address"], u.Email) && s.inOneOf(query["organization_id"], u.ID) {
			all = append(all, s.userObject(u))
		}
	}
	return all
}

// inOneOf applies organization_id: a plain or "+" id includes, "-" excludes.
func (s *Server) inOneOf(filter []string, user string) bool {
	included, wanted := false, false
	for _, f := range filter {
		id, exclude := strings.CutPrefix(f, "-")
		member := s.membership(strings.TrimPrefix(id, "+"), user) != nil
		if exclude {
			if member {
				return false
			}
			continue
		}
		wanted = true
		included = included || member
	}
	return !wanted || included
}

func (s *Server) getUser(r *http.Request) (int, any, *refusal) {
	u := s.user(r.PathValue("user"))
	if u == nil {
		return 0, nil, notFound("user")
	}
	return http.StatusOK, s.userObject(u), nil
}

func (s *Server) listSessions(r *http.Request) (int, any, *refusal) {
	query := r.URL.Query()
	var all []object
	for _, x := range s.sessions {
		if one(query["user_id"], x.user) && one(query["client_id"], x.client) && one(query["status"], x.status) {
			all = append(all, s.sessionObject(x))
		}
	}
	document, no := page(all, query)
	if no != nil {
		return 0, nil, no
	}
	if query.Get("paginated") != "true" {
		return http.StatusOK, document["data"], nil
	}
	return http.StatusOK, document, nil
}

func (s *Server) getSession(r *http.Request) (int, any, *refusal) {
	x := s.session(r.PathValue("session"))
	if x == nil {
		return 0, nil, notFound("session")
	}
	return http.StatusOK, s.sessionObject(x), nil
}

func (s *Server) revokeSession(r *http.Request) (int, any, *refusal) {
	x := s.session(r.PathValue("session"))
	if x == nil {
		return 0, nil, notFound("session")
	}
	return http.StatusOK, s.endSession(x, "revoked"), nil
}

// endSession gives a session its last status: revoked by the app, removed or ended by the person.
func (s *Server) endSession(x *session, status string) object {
	x.status, x.updated = status, s.cfg.Now()
	document := s.sessionObject(x)
	s.announce("session."+status, document)
	return document
}
