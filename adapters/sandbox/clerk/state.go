package clerk

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// sessionLife is how long a session lasts. https://clerk.com/docs/guides/secure/session-options
const sessionLife = 7 * 24 * time.Hour

type organization struct {
	Organization
	public, private  json.RawMessage
	created, updated time.Time
}

type user struct {
	Person
	created, updated time.Time
	lastSignIn       time.Time
}

type membership struct {
	id, org, user, role string
	created, updated    time.Time
}

type invitation struct {
	id, org, email, role, status string
	created, updated             time.Time
}

// client is a browser; session a signed-in person in it.
type client struct {
	id, cookie string
	updated    time.Time
}

type session struct {
	id, client, user, org, status string
	created, updated              time.Time
}

func randomID(prefix string) string {
	raw := make([]byte, 13)
	// crypto/rand.Read never returns an error.
	_, _ = rand.Read(raw)
	return prefix + hex.EncodeToString(raw)
}

func find[T any](list []*T, match func(*T) bool) *T {
	i := slices.IndexFunc(list, match)
	if i < 0 {
		return nil
	}
	return list[i]
}

func (s *Server) org(idOrSlug string) *organization {
	return find(s.orgs, func(o *organization) bool { return o.ID == idOrSlug || o.Slug == idOrSlug })
}

func (s *Server) user(id string) *user {
	return find(s.users, func(u *user) bool { return u.ID == id })
}

func (s *Server) membership(org, user string) *membership {
	return find(s.memberships, func(m *membership) bool { return m.org == org && m.user == user })
}

func (s *Server) session(id string) *session {
	return find(s.sessions, func(x *session) bool { return x.id == id })
}

// live says whether a session can still get tokens.
func (s *Server) live(x *session) bool {
	return x.status == "active" && s.cfg.Now().Before(x.created.Add(sessionLife)) && s.user(x.user) != nil
}

func (s *Server) clientOf(cookie string) *client {
	if cookie == "" {
		return nil
	}
	return find(s.clients, func(c *client) bool { return c.cookie == cookie })
}

// activeSession is the newest live session of a browser.
func (s *Server) activeSession(c *client) *session {
	if c == nil {
		return nil
	}
	for _, x := range slices.Backward(s.sessions) {
		if x.client == c.id && s.live(x) {
			return x
		}
	}
	return nil
}

func (s *Server) addOrganization(o Organization) *organization {
	now := s.cfg.Now()
	added := &organization{
		Organization: o, public: json.RawMessage("{}"), private: json.RawMessage("{}"), created: now, updated: now,
	}
	s.orgs = append(s.orgs, added)
	return added
}

func (s *Server) addPerson(p Person) *user {
	now := s.cfg.Now()
	added := &user{Person: p, created: now, updated: now}
	s.users = append(s.users, added)
	for _, m := range p.Memberships {
		s.addMembership(m.OrgID, p.ID, m.Role)
	}
	return added
}

func (s *Server) addMembership(org, user, role string) *membership {
	now := s.cfg.Now()
	m := &membership{id: randomID("orgmem_"), org: org, user: user, role: fullRole(role), created: now, updated: now}
	s.memberships = append(s.memberships, m)
	return m
}

// removeMembership also takes the organization from the person's sessions, as Clerk does.
func (s *Server) removeMembership(m *membership) {
	s.memberships = slices.DeleteFunc(s.memberships, func(other *membership) bool { return other == m })
	for _, x := range s.sessions {
		if x.user == m.user && x.org == m.org {
			x.org = ""
		}
	}
}

func (s *Server) membershipsOf(match func(*membership) bool) []*membership {
	var out []*membership
	for _, m := range s.memberships {
		if match(m) {
			out = append(out, m)
		}
	}
	return out
}

func (s *Server) membersOf(org string) []*membership {
	return s.membershipsOf(func(m *membership) bool { return m.org == org })
}

func (s *Server) organizationsOf(user string) []*membership {
	return s.membershipsOf(func(m *membership) bool { return m.user == user })
}

func (s *Server) pending(org string) int {
	n := 0
	for _, i := range s.invitations {
		if i.org == org && i.status == "pending" {
			n++
		}
	}
	return n
}
