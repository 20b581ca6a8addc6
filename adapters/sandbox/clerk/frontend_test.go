package clerk_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

// clientView is the part of the Frontend API's client that a page reads.
type clientView struct {
	Response *struct {
		Last     string `json:"last_active_session_id"`
		Sessions []struct {
			ID    string `json:"id"`
			Org   string `json:"last_active_organization_id"`
			Token struct {
				JWT string `json:"jwt"`
			} `json:"last_active_token"`
			User struct {
				Memberships []struct {
					Role string `json:"role"`
				} `json:"organization_memberships"`
			} `json:"user"`
		} `json:"sessions"`
	} `json:"response"`
}

func (w *browser) clientView() clientView {
	w.t.Helper()
	got := w.do(http.MethodGet, "/v1/client", nil, w.b.app.origin)
	require.Equal(w.t, http.StatusOK, got.status, got.body)
	var view clientView
	require.NoError(w.t, json.Unmarshal([]byte(got.body), &view))
	return view
}

func (w *browser) token(form url.Values) (string, int) {
	w.t.Helper()
	got := w.do(http.MethodPost, "/v1/client/sessions/"+w.clientView().Response.Last+"/tokens", form, w.b.app.origin)
	var answer struct {
		JWT string `json:"jwt"`
	}
	require.NoError(w.t, json.Unmarshal([]byte(got.body), &answer))
	return answer.JWT, got.status
}

func TestSigningInSetsTheCookiesThatTheAppSees(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	page := w.do(http.MethodGet, "/sign-in?redirect_url="+url.QueryEscape(b.app.origin+"/leads"), nil, "")
	assert.Contains(t, page.body, "Sandbox.")
	assert.Contains(t, page.body, "Maya Lindqvist")
	assert.NotContains(t, page.body, "style=")
	assert.Nil(t, w.clientView().Response, "nobody is signed in")

	entered := w.signIn(clerk.AcmeManagerID, clerk.AcmeID)
	assert.Equal(t, http.StatusSeeOther, entered.status)
	assert.Equal(t, b.app.origin+"/leads?status=pending", entered.header.Get("Location"))
	claims, err := b.verify(t, w.cookie("__session"))
	require.NoError(t, err)
	assert.Equal(t, clerk.AcmeManagerID, claims.Subject)
	assert.Equal(t, b.app.origin, claims.AuthorizedParty)
	assert.NotEqual(t, "0", w.cookie("__client_uat"))
	assert.Empty(t, w.cookie("__client"), "the Frontend API's own cookie stays with it")

	view := w.clientView()
	require.Len(t, view.Response.Sessions, 1)
	assert.Equal(t, clerk.AcmeID, view.Response.Sessions[0].Org)
	fresh, _ := w.token(nil)
	claims, err = b.verify(t, fresh)
	require.NoError(t, err)
	assert.Equal(t, view.Response.Last, claims.SessionID)
}

func TestSwitchingOrganizations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	w.signIn(clerk.BothID, clerk.AcmeID)
	id := w.clientView().Response.Last
	touched := w.do(http.MethodPost, "/v1/client/sessions/"+id+"/touch", url.Values{"active_organization_id": {clerk.GlobexID}}, b.app.origin)
	require.Equal(t, http.StatusOK, touched.status)
	token, _ := w.token(nil)
	claims, err := b.verify(t, token)
	require.NoError(t, err)
	assert.Equal(t, clerk.GlobexID, claims.ActiveOrganizationID)
	assert.Equal(t, "org:member", claims.ActiveOrganizationRole)

	token, _ = w.token(url.Values{"organization_id": {clerk.AcmeID}})
	claims, err = b.verify(t, token)
	require.NoError(t, err)
	assert.Equal(t, "org:manager", claims.ActiveOrganizationRole, "one token may be for another organization")

	assert.Contains(t, w.do(http.MethodGet, "/switch", nil, "").body, "Globex")
	switched := w.do(http.MethodPost, "/switch", url.Values{"organization": {clerk.AcmeID}}, "")
	assert.Equal(t, http.StatusSeeOther, switched.status)
	claims, err = b.verify(t, w.cookie("__session"))
	require.NoError(t, err)
	assert.Equal(t, clerk.AcmeID, claims.ActiveOrganizationID)

	w.signIn(clerk.AcmeAdminID, clerk.AcmeID)
	id = w.clientView().Response.Last
	foreign := w.do(http.MethodPost, "/v1/client/sessions/"+id+"/touch", url.Values{"active_organization_id": {clerk.GlobexID}}, b.app.origin)
	assert.Equal(t, http.StatusNotFound, foreign.status)
	assert.Equal(t, http.StatusForbidden, w.do(http.MethodPost, "/switch", url.Values{"organization": {clerk.GlobexID}}, "").status)
}

func TestRevokedMembershipLeavesTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	w.signIn(clerk.BothID, clerk.AcmeID)
	require.NoError(t, b.SetRole(clerk.AcmeID, clerk.BothID, "org:member"))
	token, _ := w.token(nil)
	claims, err := b.verify(t, token)
	require.NoError(t, err)
	assert.Equal(t, "org:member", claims.ActiveOrganizationRole, "the next token has the new role")
	require.NoError(t, b.RevokeMembership(clerk.AcmeID, clerk.BothID))
	token, _ = w.token(nil)
	claims, err = b.verify(t, token)
	require.NoError(t, err)
	assert.Empty(t, claims.ActiveOrganizationID)
	require.ErrorIs(t, b.RevokeMembership(clerk.AcmeID, clerk.BothID), clerk.ErrUnknown)
}

func TestSigningOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, leave := range map[string]func(*browser) answer{
		"page": func(w *browser) answer { return w.do(http.MethodPost, "/sign-out", url.Values{}, "") },
		"clerkjs": func(w *browser) answer {
			return w.do(http.MethodPost, "/v1/client?_method=DELETE", url.Values{}, b.app.origin)
		},
		"session": func(w *browser) answer {
			return w.do(http.MethodPost, "/v1/client/sessions/"+w.clientView().Response.Last+"/remove", nil, b.app.origin)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := b.browser(t)
			w.signIn(clerk.AcmeAdminID, clerk.AcmeID)
			id := w.clientView().Response.Last
			assert.Equal(t, http.StatusOK, w.do(http.MethodGet, "/sign-out", nil, "").status)
			require.NotEmpty(t, w.cookie("__session"), "looking at the page changes nothing")
			assert.Less(t, leave(w).status, 400)
			assert.Empty(t, w.cookie("__session"))
			assert.Equal(t, "0", w.cookie("__client_uat"))
			assert.Equal(t, http.StatusUnauthorized, w.do(http.MethodPost, "/v1/client/sessions/"+id+"/tokens", nil, b.app.origin).status)
		})
	}
}

func TestCORSIsForTheAppAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	w.signIn(clerk.AcmeAdminID, clerk.AcmeID)
	allowed := w.do(http.MethodGet, "/v1/client", nil, b.app.origin)
	assert.Equal(t, b.app.origin, allowed.header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "true", allowed.header.Get("Access-Control-Allow-Credentials"))
	foreign := w.do(http.MethodGet, "/v1/client", nil, "http://evil.test")
	assert.Equal(t, http.StatusBadRequest, foreign.status)
	assert.Empty(t, foreign.header.Get("Access-Control-Allow-Origin"))
	assert.NotContains(t, foreign.body, "jwt")
	assert.Equal(t, http.StatusNoContent, w.do(http.MethodOptions, "/v1/client/sessions/x/tokens", nil, b.app.origin).status)
	assert.Equal(t, http.StatusForbidden, w.do(http.MethodOptions, "/v1/client", nil, "http://evil.test").status)
	posted := w.do(http.MethodPost, "/sign-in", url.Values{"user": {clerk.AcmeMemberID}}, "http://evil.test")
	assert.Equal(t, http.StatusForbidden, posted.status, "another site cannot sign the browser in")
}

func TestRedirectsStayWithTheApp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	for _, target := range []string{
		"http://evil.test/", "//evil.test", "javascript:alert(1)", b.app.origin + ".evil.test/", b.app.origin + "@evil.test", "/\\evil.test",
	} {
		got := w.do(http.MethodPost, "/sign-in", url.Values{"user": {clerk.AcmeAdminID}, "organization": {clerk.AcmeID}, "redirect_url": {target}}, "")
		assert.Equal(t, http.StatusBadRequest, got.status, target)
		assert.Equal(t, http.StatusBadRequest, w.do(http.MethodGet, "/sign-in?redirect_url="+url.QueryEscape(target), nil, "").status, target)
	}
	assert.Empty(t, w.cookie("__session"))
}

func TestSessionsBelongToTheirBrowser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.browser(t), b.browser(t)
	one.signIn(clerk.AcmeAdminID, clerk.AcmeID)
	two.signIn(clerk.GlobexAdminID, clerk.GlobexID)
	got := two.do(http.MethodPost, "/v1/client/sessions/"+one.clientView().Response.Last+"/tokens", nil, b.app.origin)
	assert.Equal(t, http.StatusNotFound, got.status)
}

func TestMembersPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	assert.Contains(t, w.do(http.MethodGet, "/organizations/"+clerk.AcmeID, nil, "").body, "Priya Raman")
	changed := w.do(http.MethodPost, "/organizations/"+clerk.AcmeID, url.Values{"do": {"role"}, "user": {clerk.AcmeMemberID}, "role": {"org:manager"}}, "")
	assert.Equal(t, http.StatusSeeOther, changed.status)
	assert.Equal(t, "org:manager", b.MembershipData(clerk.AcmeID, clerk.AcmeMemberID)["role"])
	w.do(http.MethodPost, "/organizations/"+clerk.AcmeID, url.Values{"do": {"remove"}, "user": {clerk.AcmeMemberID}}, "")
	assert.Nil(t, b.MembershipData(clerk.AcmeID, clerk.AcmeMemberID))
	again := w.do(http.MethodPost, "/organizations/"+clerk.AcmeID, url.Values{"do": {"remove"}, "user": {clerk.AcmeMemberID}}, "")
	assert.Equal(t, http.StatusUnprocessableEntity, again.status)
	for _, path := range []string{"/static/clerk.css", "/npm/@clerk/clerk-js@5/dist/clerk.browser.js", "/.well-known/jwks.json"} {
		assert.Equal(t, http.StatusOK, w.do(http.MethodGet, path, nil, "").status, path)
	}
}

func TestInvitationIsAcceptedOnItsPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	w.do(http.MethodPost, "/organizations/"+clerk.AcmeID, url.Values{"do": {"invite"}, "email": {"sam@acme.example"}, "role": {"org:manager"}}, "")
	link := regexp.MustCompile(`/invitations/orginv_[0-9a-f]+`).FindString(w.do(http.MethodGet, "/organizations/"+clerk.AcmeID, nil, "").body)
	require.NotEmpty(t, link)
	assert.Contains(t, w.do(http.MethodGet, link, nil, "").body, "invited to Acme as Manager")
	joined := w.do(http.MethodPost, link, url.Values{"first_name": {"Sam"}, "last_name": {"Oduya"}}, "")
	assert.Equal(t, http.StatusSeeOther, joined.status)
	claims, err := b.verify(t, w.cookie("__session"))
	require.NoError(t, err)
	assert.Equal(t, "org:manager", claims.ActiveOrganizationRole)
	public, ok := b.MembershipData(clerk.AcmeID, claims.Subject)["public_user_data"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "sam@acme.example", public["identifier"])
	assert.Equal(t, http.StatusNotFound, w.do(http.MethodPost, link, url.Values{}, "").status, "an invitation is accepted once")
}
