package clerk

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) listMemberships(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	query := r.URL.Query()
	var all []object
	for _, m := range s.membersOf(o.ID) {
		u := s.user(m.user)
		if u != nil && one(query["user_id"], m.user) && one(query["role"], m.role) && one(query["email_address"], u.Email) {
			all = append(all, s.membershipObject(m))
		}
	}
	return paged(all, r)
}

// one says whether a filter is absent or names the value, case aside.
func one(filter []string, value string) bool {
	return len(filter) == 0 || slices.ContainsFunc(filter, func(f string) bool { return strings.EqualFold(f, value) })
}

type membershipBody struct {
	UserID string `json:"user_id"`
	Role   string `json:"role"`
}

func (s *Server) createMembership(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	var body membershipBody
	if no := readJSON(r, &body); no != nil {
		return 0, nil, no
	}
	if s.user(body.UserID) == nil {
		return 0, nil, notFound("user")
	}
	if no := s.refuseSeat(o, body.Role); no != nil {
		return 0, nil, no
	}
	if s.membership(o.ID, body.UserID) != nil {
		return 0, nil, &refusal{http.StatusBadRequest, "already_a_member_in_organization", "The user is already a member of the organization."}
	}
	document := s.membershipObject(s.addMembership(o.ID, body.UserID, body.Role))
	s.announce("organizationMembership.created", document)
	return http.StatusOK, document, nil
}

// refuseSeat is why an organization takes nobody more in that role. Open invitations count.
func (s *Server) refuseSeat(o *organization, role string) *refusal {
	if !strings.HasPrefix(role, "org:") || roleName(role) == "" {
		return &refusal{http.StatusNotFound, "resource_not_found", "Organization role not found"}
	}
	if o.MaxMembers > 0 && len(s.membersOf(o.ID))+s.pending(o.ID) >= o.MaxMembers {
		return &refusal{
			http.StatusForbidden, "organization_membership_quota_exceeded",
			"You have reached your limit of organization memberships, including outstanding invitations.",
		}
	}
	return nil
}

func (s *Server) patchMembership(r *http.Request) (int, any, *refusal) {
	m := s.membership(r.PathValue("org"), r.PathValue("user"))
	if m == nil {
		return 0, nil, notFound("organization membership")
	}
	var body membershipBody
	if no := readJSON(r, &body); no != nil {
		return 0, nil, no
	}
	if !strings.HasPrefix(body.Role, "org:") || roleName(body.Role) == "" {
		return 0, nil, &refusal{http.StatusNotFound, "resource_not_found", "Organization role not found"}
	}
	return http.StatusOK, s.setRole(m, body.Role), nil
}

func (s *Server) setRole(m *membership, role string) object {
	m.role, m.updated = fullRole(role), s.cfg.Now()
	document := s.membershipObject(m)
	s.announce("organizationMembership.updated", document)
	return document
}

func (s *Server) deleteMembership(r *http.Request) (int, any, *refusal) {
	m := s.membership(r.PathValue("org"), r.PathValue("user"))
	if m == nil {
		return 0, nil, notFound("organization membership")
	}
	return http.StatusOK, s.dropMembership(m), nil
}

func (s *Server) dropMembership(m *membership) object {
	document := s.membershipObject(m)
	s.removeMembership(m)
	s.announce("organizationMembership.deleted", document)
	return document
}

func (s *Server) listUserMemberships(r *http.Request) (int, any, *refusal) {
	if s.user(r.PathValue("user")) == nil {
		return 0, nil, notFound("user")
	}
	var all []object
	for _, m := range s.organizationsOf(r.PathValue("user")) {
		all = append(all, s.membershipObject(m))
	}
	return paged(all, r)
}
