package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/web"
)

// person is a member of an organization with what their program and their browser send.
type person struct {
	id, name string
	role     tenancy.Role
	token    string // of their program
	cookie   string // of their browser
	csrf     string
}

func acmePeople() []person {
	return []person{
		{id: clerk.AcmeAdminID, name: "admin", role: tenancy.Admin},
		{id: clerk.AcmeManagerID, name: "manager", role: tenancy.Manager},
		{id: clerk.AcmeMemberID, name: "member", role: tenancy.Worker},
	}
}

// signIn gives the cookies of a person who has signed in.
func (w *world) signIn(id string) []*http.Cookie {
	w.t.Helper()
	list, err := w.box.Clerk.SignIn(id, orgOf(id))
	require.NoError(w.t, err)
	return list
}

// cookies is the Cookie header that a browser would send.
func cookies(list []*http.Cookie) string {
	pairs := make([]string, len(list))
	for i, c := range list {
		pairs[i] = c.Name + "=" + c.Value
	}
	return strings.Join(pairs, "; ")
}

var aCSRFField = regexp.MustCompile(`name="` + web.CSRFField + `" value="([^"]+)"`)

// enter signs the person in afresh, since a session's token lasts a minute, and reads the token against forgery from a page as a browser would.
func (w *world) enter(p person) person {
	w.t.Helper()
	var err error
	p.token, err = w.box.Clerk.Token(p.id, orgOf(p.id), nil)
	require.NoError(w.t, err)
	p.cookie = cookies(w.signIn(p.id))
	page := w.send(w.request(http.MethodGet, "/leads", "", "Cookie", p.cookie))
	require.Equal(w.t, http.StatusOK, page.status, page.body)
	found := aCSRFField.FindStringSubmatch(page.body)
	require.NotNil(w.t, found, "a page has a form with the token")
	p.csrf = found[1]
	return p
}

// browse makes a request of the person's browser; the form is posted with the token against forgery.
func (w *world) browse(p person, method, path string, form url.Values) *http.Request {
	w.t.Helper()
	if method == http.MethodGet {
		return w.request(method, path, "", "Cookie", p.cookie)
	}
	values := url.Values{web.CSRFField: {p.csrf}}
	for name, all := range form {
		values[name] = all
	}
	return w.request(method, path, values.Encode(), "Cookie", p.cookie, "Content-Type", "application/x-www-form-urlencoded", "Origin", w.base)
}

// program makes a request of the person's program.
func (w *world) program(p person, method, path, body string) *http.Request {
	w.t.Helper()
	return w.request(method, path, body, "Authorization", "Bearer "+p.token, "Content-Type", "application/json")
}
