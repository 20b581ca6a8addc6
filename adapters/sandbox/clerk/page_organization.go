package clerk

import (
	"net/http"
	"strings"
)

type organizationPage struct {
	head
	ID, Name    string
	Members     []memberRow
	Invitations []memberRow
	Others      []personChoice
	Roles       []roleChoice
}

type memberRow struct {
	ID, Name, Email string
	Roles           []roleChoice
}

type roleChoice struct {
	Key, Name string
	Current   bool
}

func roles(current string) []roleChoice {
	var out []roleChoice
	for _, key := range []string{"org:admin", "org:manager", "org:member"} {
		out = append(out, roleChoice{key, roleName(key), key == current})
	}
	return out
}

// organization is the counterpart of Clerk's OrganizationProfile: members, roles, invitations. The sandbox asks nobody who they are.
func (p *pages) organization(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.org(r.PathValue("org"))
	if o == nil {
		http.NotFound(w, r)
		return
	}
	p.showOrganization(w, http.StatusOK, o, "")
}

func (p *pages) showOrganization(w http.ResponseWriter, status int, o *organization, problem string) {
	s := p.server
	page := organizationPage{
		head: head{Title: "Members of " + o.Name, Base: p.base, Problem: problem}, ID: o.ID, Name: o.Name, Roles: roles("org:member"),
	}
	for _, m := range s.membersOf(o.ID) {
		if u := s.user(m.user); u != nil {
			page.Members = append(page.Members, memberRow{ID: u.ID, Name: u.Name(), Email: u.Email, Roles: roles(m.role)})
		}
	}
	for _, u := range s.users {
		if s.membership(o.ID, u.ID) == nil {
			page.Others = append(page.Others, personChoice{UserID: u.ID, Name: u.Name(), Email: u.Email})
		}
	}
	for _, i := range s.invitations {
		if i.org == o.ID && i.status == "pending" {
			page.Invitations = append(page.Invitations, memberRow{ID: i.id, Email: i.email, Name: roleName(i.role)})
		}
	}
	p.render(w, status, "organization", page)
}

// manage carries out one of the page's forms.
func (p *pages) manage(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.org(r.PathValue("org"))
	if o == nil {
		http.NotFound(w, r)
		return
	}
	if problem := s.managed(o, r); problem != "" {
		p.showOrganization(w, http.StatusUnprocessableEntity, o, problem)
		return
	}
	http.Redirect(w, r, p.base+"/organizations/"+o.ID, http.StatusSeeOther)
}

func (s *Server) managed(o *organization, r *http.Request) (problem string) {
	userID, role := r.PostFormValue("user"), r.PostFormValue("role")
	m := s.membership(o.ID, userID)
	switch r.PostFormValue("do") {
	case "role":
		if m == nil || roleName(role) == "" || !strings.HasPrefix(role, "org:") {
			return "There is no such member or role."
		}
		s.setRole(m, role)
	case "remove":
		if m == nil {
			return "There is no such member."
		}
		s.dropMembership(m)
	case "add":
		if m != nil || s.user(userID) == nil {
			return "There is no such person, or they are a member already."
		}
		if no := s.refuseSeat(o, role); no != nil {
			return no.message
		}
		s.announce("organizationMembership.created", s.membershipObject(s.addMembership(o.ID, userID, role)))
	case "invite":
		if _, no := s.invite(o, r.PostFormValue("email"), role); no != nil {
			return no.message
		}
	default:
		return "Nothing was asked for."
	}
	return ""
}
