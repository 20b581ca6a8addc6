package clerk

import (
	"net/http"
	"net/mail"
	"strings"
)

func (s *Server) listInvitations(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	query := r.URL.Query()
	var all []object
	for _, i := range s.invitations {
		if i.org == o.ID && one(query["status"], i.status) && one(query["email_address"], i.email) {
			all = append(all, s.invitationObject(i))
		}
	}
	return paged(all, r)
}

func (s *Server) createInvitation(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	var body struct {
		Email string `json:"email_address"`
		Role  string `json:"role"`
	}
	if no := readJSON(r, &body); no != nil {
		return 0, nil, no
	}
	i, no := s.invite(o, body.Email, body.Role)
	if no != nil {
		return 0, nil, no
	}
	return http.StatusOK, s.invitationObject(i), nil
}

func (s *Server) invite(o *organization, email, role string) (*invitation, *refusal) {
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email {
		return nil, invalid("form_param_format_invalid", "email_address must be a valid email address.")
	}
	if no := s.refuseSeat(o, role); no != nil {
		return nil, no
	}
	if no := s.refuseInvitee(o, email); no != nil {
		return nil, no
	}
	now := s.cfg.Now()
	i := &invitation{id: randomID("orginv_"), org: o.ID, email: email, role: role, status: "pending", created: now, updated: now}
	s.invitations = append(s.invitations, i)
	s.announce("organizationInvitation.created", s.invitationObject(i))
	return i, nil
}

// accept makes the invited person a member, and a user if nobody has that address yet.
func (s *Server) accept(i *invitation, firstName, lastName string) *user {
	u := find(s.users, func(u *user) bool { return strings.EqualFold(u.Email, i.email) })
	if u == nil {
		u = s.addPerson(Person{ID: randomID("user_"), FirstName: firstName, LastName: lastName, Email: i.email})
		s.announce("user.created", s.userObject(u))
	}
	i.status, i.updated = "accepted", s.cfg.Now()
	s.announce("organizationInvitation.accepted", s.invitationObject(i))
	if s.membership(i.org, u.ID) == nil {
		s.announce("organizationMembership.created", s.membershipObject(s.addMembership(i.org, u.ID, i.role)))
	}
	return u
}

func (s *Server) refuseInvitee(o *organization, email string) *refusal {
	for _, m := range s.membersOf(o.ID) {
		if u := s.user(m.user); u != nil && strings.EqualFold(u.Email, email) {
			return &refusal{http.StatusBadRequest, "already_a_member_in_organization", email + " is already a member of the organization."}
		}
	}
	for _, i := range s.invitations {
		if i.org == o.ID && i.status == "pending" && strings.EqualFold(i.email, email) {
			return &refusal{http.StatusBadRequest, "duplicate_record", "There are already pending invitations for " + email + "."}
		}
	}
	return nil
}

func (s *Server) invitationOf(r *http.Request) *invitation {
	return find(s.invitations, func(i *invitation) bool {
		return i.id == r.PathValue("invitation") && i.org == r.PathValue("org")
	})
}

func (s *Server) getInvitation(r *http.Request) (int, any, *refusal) {
	i := s.invitationOf(r)
	if i == nil {
		return 0, nil, notFound("organization invitation")
	}
	return http.StatusOK, s.invitationObject(i), nil
}

func (s *Server) revokeInvitation(r *http.Request) (int, any, *refusal) {
	i := s.invitationOf(r)
	if i == nil {
		return 0, nil, notFound("organization invitation")
	}
	if i.status != "pending" {
		return 0, nil, &refusal{http.StatusBadRequest, "organization_invitation_not_pending", "The invitation is not pending."}
	}
	i.status, i.updated = "revoked", s.cfg.Now()
	document := s.invitationObject(i)
	s.announce("organizationInvitation.revoked", document)
	return http.StatusOK, document, nil
}
