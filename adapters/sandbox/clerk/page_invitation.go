package clerk

import (
	"net/http"
	"strings"
)

type invitationPage struct {
	head
	Email, Organization, Role string
	Known                     bool
}

// invitation is where the link of an invitation leads.
func (p *pages) invitation(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	i, o := s.openInvitation(r.PathValue("invitation"))
	if i == nil {
		p.closedInvitation(w)
		return
	}
	known := find(s.users, func(u *user) bool { return strings.EqualFold(u.Email, i.email) }) != nil
	p.render(w, http.StatusOK, "invitation", invitationPage{
		head: head{Title: "Join " + o.Name, Base: p.base}, Email: i.email, Organization: o.Name, Role: roleName(i.role), Known: known,
	})
}

func (s *Server) openInvitation(id string) (*invitation, *organization) {
	i := find(s.invitations, func(i *invitation) bool { return i.id == id && i.status == "pending" })
	if i == nil {
		return nil, nil
	}
	o := s.org(i.org)
	if o == nil {
		return nil, nil
	}
	return i, o
}

func (p *pages) closedInvitation(w http.ResponseWriter) {
	p.render(w, http.StatusNotFound, "problem", head{
		Title: "Not joined", Base: p.base, Problem: "This invitation was accepted or revoked, or never existed.",
	})
}

// join accepts an invitation and signs the person in.
func (p *pages) join(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	i, _ := s.openInvitation(r.PathValue("invitation"))
	if i == nil {
		p.closedInvitation(w)
		return
	}
	u := s.accept(i, strings.TrimSpace(r.PostFormValue("first_name")), strings.TrimSpace(r.PostFormValue("last_name")))
	redirect, _ := s.destination("")
	c, x := s.signIn(s.clientOf(clientCookie(r)), u, i.org)
	p.admitted(w, r, c, x, redirect)
}
