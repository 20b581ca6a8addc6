package clerk

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrUnknown means that there is no such organization, person, membership or session.
var ErrUnknown = errors.New("sandbox clerk: unknown")

// AddOrganization adds an organization. With Automatic, this and the other changes below send their webhooks.
func (s *Server) AddOrganization(o Organization) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.announce("organization.created", s.orgObject(s.addOrganization(o)))
}

// AddPerson adds a user and their memberships.
func (s *Server) AddPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.announce("user.created", s.userObject(s.addPerson(p)))
	for _, m := range s.organizationsOf(p.ID) {
		s.announce("organizationMembership.created", s.membershipObject(m))
	}
}

// AddMembership makes a person a member of an organization.
func (s *Server) AddMembership(orgID, userID, role string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.org(orgID) == nil || s.user(userID) == nil || s.membership(orgID, userID) != nil {
		return fmt.Errorf("%w or already a member: %s in %s", ErrUnknown, userID, orgID)
	}
	s.announce("organizationMembership.created", s.membershipObject(s.addMembership(orgID, userID, role)))
	return nil
}

// SetRole changes a member's role. Tokens issued before keep the old one until they expire.
func (s *Server) SetRole(orgID, userID, role string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.membership(orgID, userID)
	if m == nil || roleName(role) == "" {
		return fmt.Errorf("%w membership or role: %s in %s as %s", ErrUnknown, userID, orgID, role)
	}
	s.setRole(m, role)
	return nil
}

// RevokeMembership removes a member. Sessions stay, without that organization.
func (s *Server) RevokeMembership(orgID, userID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.membership(orgID, userID)
	if m == nil {
		return fmt.Errorf("%w membership: %s in %s", ErrUnknown, userID, orgID)
	}
	s.dropMembership(m)
	return nil
}

// DeleteOrganization deletes an organization with its memberships.
func (s *Server) DeleteOrganization(orgID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.org(orgID)
	if o == nil {
		return fmt.Errorf("%w organization: %s", ErrUnknown, orgID)
	}
	s.dropOrganization(o)
	return nil
}

// OrganizationData is, like MembershipData and UserData, the "data" of the respective webhooks, for Emit and NewEvent; nil when
// there is none such.
func (s *Server) OrganizationData(orgID string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.org(orgID); o != nil {
		return s.orgObject(o)
	}
	return nil
}

// MembershipData is described at OrganizationData.
func (s *Server) MembershipData(orgID, userID string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.membership(orgID, userID); m != nil {
		return s.membershipObject(m)
	}
	return nil
}

// UserData is described at OrganizationData.
func (s *Server) UserData(userID string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.user(userID); u != nil {
		return s.userObject(u)
	}
	return nil
}

// DeletedData is the "data" of organization.deleted and user.deleted; kind is "organization" or "user".
func DeletedData(kind, id string) map[string]any { return deleted(kind, id) }

// SignIn signs a person in as the sign-in page would and returns the three cookies, for tests that need no browser.
func (s *Server) SignIn(userID, orgID string) ([]*http.Cookie, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(userID)
	if u == nil || (orgID != "" && s.membership(orgID, userID) == nil) {
		return nil, fmt.Errorf("%w: %s in %s", ErrUnknown, userID, orgID)
	}
	origin := ""
	if len(s.cfg.AppOrigins) > 0 {
		origin = s.cfg.AppOrigins[0]
	}
	c, x := s.signIn(nil, u, orgID)
	token, err := s.sessionToken(x, orgID, origin)
	if err != nil {
		return nil, err
	}
	jar := cookieCollector{}
	s.setCookies(jar, c, x, token)
	return (&http.Response{Header: http.Header(jar)}).Cookies(), nil
}

// cookieCollector is a response of which only the headers matter.
type cookieCollector http.Header

func (c cookieCollector) Header() http.Header         { return http.Header(c) }
func (c cookieCollector) Write(b []byte) (int, error) { return len(b), nil }
func (c cookieCollector) WriteHeader(int)             {}
