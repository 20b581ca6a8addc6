package slack

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

type authorizePage struct {
	Title, Base, AppName, Form, Refused string
	Scopes                              []string
	Webhook                             bool
	Workspaces                          []installable
}

type installable struct {
	ID, Name         string
	People, Channels []link
}

// authorize is the page that asks a person to install the app: https://docs.slack.dev/authentication/installing-with-oauth
func (p *pages) authorize(w http.ResponseWriter, r *http.Request) {
	s := p.server
	query := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	scopes := strings.FieldsFunc(query.Get("scope"), func(c rune) bool { return c == ',' || c == ' ' })
	page := authorizePage{
		Title: "Install " + s.cfg.AppName + " · Slack sandbox", Base: p.base, AppName: s.cfg.AppName, Scopes: scopes,
		Form: p.base + "/oauth/v2/authorize?" + query.Encode(), Webhook: slices.Contains(scopes, "incoming-webhook"),
	}
	page.Refused = s.refusedAuthorization(query)
	if page.Refused != "" {
		p.render(w, http.StatusBadRequest, "authorize", page)
		return
	}
	for _, id := range s.order {
		if team := query.Get("team"); team == "" || team == id {
			page.Workspaces = append(page.Workspaces, installableOf(s.teams[id]))
		}
	}
	p.render(w, http.StatusOK, "authorize", page)
}

func installableOf(w *workspace) installable {
	out := installable{ID: w.ID, Name: w.Name}
	for _, person := range w.People {
		out.People = append(out.People, link{ID: person.ID, Name: person.shownName()})
	}
	for _, channel := range w.Channels {
		out.Channels = append(out.Channels, link{ID: channel.ID, Name: channel.Name})
	}
	return out
}

// refusedAuthorization is why Slack shows an error instead of the question, or "".
func (s *Server) refusedAuthorization(query url.Values) string {
	switch {
	case query.Get("client_id") != s.cfg.ClientID:
		return "Invalid client_id parameter"
	case !s.registered(query.Get("redirect_uri")):
		return "redirect_uri did not match any configured URIs. Passed URI: " + query.Get("redirect_uri")
	case query.Get("scope") == "" && query.Get("user_scope") == "":
		return "invalid_scope: no scope was requested"
	}
	return ""
}

// decide sends the person back to the app, with a code or with access_denied.
func (p *pages) decide(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	p.server.mu.Lock()
	refused := p.server.refusedAuthorization(query)
	team := p.server.teams[r.PostFormValue("team")]
	p.server.mu.Unlock()
	redirect, err := url.Parse(query.Get("redirect_uri"))
	if refused != "" || team == nil || err != nil {
		http.Error(w, "bad authorization request "+refused, http.StatusBadRequest)
		return
	}
	answer := redirect.Query()
	if state := query.Get("state"); state != "" {
		answer.Set("state", state)
	}
	if r.PostFormValue("decision") == "allow" {
		scopes := strings.FieldsFunc(query.Get("scope"), func(c rune) bool { return c == ',' || c == ' ' })
		answer.Set("code", p.server.Authorize(
			team.ID, r.PostFormValue("user"), r.PostFormValue("channel"), query.Get("redirect_uri"), scopes))
	} else {
		answer.Set("error", "access_denied")
	}
	redirect.RawQuery = answer.Encode()
	http.Redirect(w, r, redirect.String(), http.StatusSeeOther)
}
