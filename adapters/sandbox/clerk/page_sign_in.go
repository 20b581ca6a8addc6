package clerk

import (
	"net/http"
	"net/url"
)

type signInPage struct {
	head
	SignedInAs    string
	Organizations []personList
}

type personList struct {
	ID, Name string
	People   []personChoice
}

type personChoice struct {
	UserID, OrgID, Name, Email, Role string
	Current                          bool
}

func (p *pages) signIn(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	redirect, ok := s.destination(r.URL.Query().Get("redirect_url"))
	if !ok {
		p.strange(w)
		return
	}
	page := signInPage{head: head{Title: "Sign in", Base: p.base, Redirect: redirect}}
	current := s.activeSession(s.clientOf(clientCookie(r)))
	if current != nil {
		page.SignedInAs = s.user(current.user).Name()
	}
	for _, o := range s.orgs {
		page.Organizations = append(page.Organizations, s.choices(o, current))
	}
	p.render(w, http.StatusOK, "sign-in", page)
}

func (s *Server) choices(o *organization, current *session) personList {
	list := personList{ID: o.ID, Name: o.Name}
	for _, m := range s.membersOf(o.ID) {
		if u := s.user(m.user); u != nil {
			list.People = append(list.People, personChoice{
				UserID: u.ID, OrgID: o.ID, Name: u.Name(), Email: u.Email, Role: roleName(m.role),
				Current: current != nil && current.user == u.ID && current.org == o.ID,
			})
		}
	}
	return list
}

// strange refuses a redirect_url that is not the app's.
func (p *pages) strange(w http.ResponseWriter) {
	p.render(w, http.StatusBadRequest, "problem", head{
		Title: "Not redirected", Base: p.base, Problem: "The redirect_url does not belong to one of the application's origins.",
	})
}

// enter signs the chosen person in.
func (p *pages) enter(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	redirect, ok := s.destination(r.PostFormValue("redirect_url"))
	if !ok {
		p.strange(w)
		return
	}
	u, org := s.user(r.PostFormValue("user")), r.PostFormValue("organization")
	if u == nil || (org != "" && s.membership(org, u.ID) == nil) {
		p.render(w, http.StatusUnprocessableEntity, "problem", head{
			Title: "Not signed in", Base: p.base, Problem: "There is no such person in that organization any more.",
		})
		return
	}
	c, x := s.signIn(s.clientOf(clientCookie(r)), u, org)
	p.admitted(w, r, c, x, redirect)
}

// admitted sets the cookies for a session and sends the browser on.
func (p *pages) admitted(w http.ResponseWriter, r *http.Request, c *client, x *session, redirect string) {
	token, err := p.server.sessionToken(x, x.org, originOf(redirect))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.server.setCookies(w, c, x, token)
	p.onward(w, r, redirect)
}

func (p *pages) onward(w http.ResponseWriter, r *http.Request, redirect string) {
	if redirect == "" {
		redirect = p.base + "/sign-in"
	}
	http.Redirect(w, r, redirect, http.StatusSeeOther)
}

func (p *pages) signOut(w http.ResponseWriter, r *http.Request) {
	p.server.mu.Lock()
	redirect, ok := p.server.destination(r.URL.Query().Get("redirect_url"))
	p.server.mu.Unlock()
	if !ok {
		p.strange(w)
		return
	}
	p.render(w, http.StatusOK, "sign-out", head{Title: "Sign out", Base: p.base, Redirect: redirect})
}

// leave ends every session of the browser.
func (p *pages) leave(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	redirect, ok := s.destination(r.PostFormValue("redirect_url"))
	if !ok {
		p.strange(w)
		return
	}
	// endClient cannot refuse.
	_, _ = s.endClient(&visit{request: r, writer: w, client: s.clientOf(clientCookie(r))})
	p.onward(w, r, redirect)
}

type switchPage struct {
	head
	Choices []personChoice
}

// switcher lists the organizations of the person who is signed in.
func (p *pages) switcher(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	redirect, ok := s.destination(r.URL.Query().Get("redirect_url"))
	if !ok {
		p.strange(w)
		return
	}
	x := s.activeSession(s.clientOf(clientCookie(r)))
	if x == nil {
		http.Redirect(w, r, p.base+"/sign-in?redirect_url="+url.QueryEscape(redirect), http.StatusSeeOther)
		return
	}
	page := switchPage{head: head{Title: "Switch organization", Base: p.base, Redirect: redirect}}
	for _, m := range s.organizationsOf(x.user) {
		if o := s.org(m.org); o != nil {
			page.Choices = append(page.Choices, personChoice{OrgID: o.ID, Name: o.Name, Role: roleName(m.role), Current: x.org == o.ID})
		}
	}
	p.render(w, http.StatusOK, "switch", page)
}

// change makes another organization the active one.
func (p *pages) change(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	redirect, ok := s.destination(r.PostFormValue("redirect_url"))
	if !ok {
		p.strange(w)
		return
	}
	c := s.clientOf(clientCookie(r))
	x, org := s.activeSession(c), r.PostFormValue("organization")
	if x == nil || s.membership(org, x.user) == nil {
		p.render(w, http.StatusForbidden, "problem", head{
			Title: "Not switched", Base: p.base, Problem: "You are signed out, or no member of that organization.",
		})
		return
	}
	x.org, c.updated = org, s.cfg.Now()
	p.admitted(w, r, c, x, redirect)
}
