package main

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAccountPortal(t *testing.T) {
	t.Parallel()
	for frontend, portal := range map[string]string{
		"https://clerk.example.com":                 "https://accounts.example.com",
		"https://happy-fox-12.clerk.accounts.dev":   "https://happy-fox-12.accounts.dev",
		"https://identity.example.com":              "https://identity.example.com",
		"https://clerk.leads.example.co.uk":         "https://accounts.leads.example.co.uk",
		"https://not-clerk.example.com/with/a/path": "https://not-clerk.example.com/with/a/path",
	} {
		require.Equal(t, portal, accountPortal(frontend))
	}
}

// TestProductionSignIn reads the sign-in page of a program that is configured as in production: its button leads to the account portal, and the pages may
// ask the Frontend API for fresh tokens.
func TestProductionSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vars["CLERK_PUBLISHABLE_KEY"] = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k" // clerk.example.com$
	w.serve(nil)
	page := fetch(t, w.base+"/sign-in?next=/leads")
	require.Contains(t, page, `href="https://accounts.example.com/sign-in?redirect_url=`)
	response, err := get(w.base + "/sign-in")
	require.NoError(t, err)
	require.Contains(t, response.Header.Get("Content-Security-Policy"), "connect-src 'self' https://clerk.example.com;")
}

// TestClosedForm: a form that was closed is not there any more, by any door.
func TestClosedForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	require.Equal(t, 1, w.count(`UPDATE forms SET active = false WHERE key = 'acme-demo' RETURNING 1`))
	_, err := w.trySubmit(aLead(1), "")
	require.ErrorContains(t, err, "404")
	response, err := get(w.base + "/f/acme-demo")
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, response.StatusCode)
	posted, err := http.PostForm(w.base+"/f/acme-demo", url.Values{"name": {"Jordan Reed"}})
	require.NoError(t, err)
	require.NoError(t, posted.Body.Close())
	require.Equal(t, http.StatusNotFound, posted.StatusCode)
	require.Zero(t, w.count(`SELECT count(*) FROM leads`))
}
