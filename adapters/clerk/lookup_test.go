package clerk_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/clerk"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org, member, err := b.Lookup(t.Context(), acme, sam)
	require.NoError(t, err)
	require.Equal(t, tenancy.Organization{ID: acme, Name: "Acme", Slug: "acme", CreatedAt: b.watch.Now()}, org)
	require.Equal(t, tenancy.Member{UserID: sam, Email: "sam@acme.test", Name: "Sam Lee", Role: tenancy.Manager, Active: true}, member)

	_, member, err = b.Lookup(t.Context(), acme, ida)
	require.NoError(t, err)
	require.Equal(t, tenancy.Member{UserID: ida, Name: "Ida", Role: tenancy.Admin, Active: true}, member, "an address that nobody verified counts for nothing")
}

func TestLookupOfNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		org  tenancy.OrgID
		user tenancy.UserID
	}{
		{globex, sam}, {"org_gone", sam}, {acme, "user_gone"}, {"", sam}, {acme, ""}, {"../users", sam}, {acme + "?x=", sam}, {acme, "user_2sam&user_id=user_2ida"},
	} {
		_, _, err := b.Lookup(t.Context(), c.org, c.user)
		require.Equal(t, fault.NotFound, fault.KindOf(err), "%v: %v", c, err)
	}
}

func TestLookupWhileClerkIsAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, target := range []string{"GET /v1/organizations/" + acme + "/memberships", "GET /v1/users/" + sam} {
		for _, status := range []int{http.StatusInternalServerError, http.StatusTooManyRequests, http.StatusUnauthorized} {
			b.clerk.Faults.Plan(faults.Fault{Target: target, Kind: faults.KindStatus, Status: status}, 1)
			_, _, err := b.Lookup(t.Context(), acme, sam)
			require.Equal(t, fault.Unavailable, fault.KindOf(err), "%s %d: %v", target, status, err)
			require.NotContains(t, err.Error(), secret)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := b.Lookup(gone, acme, sam)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
}

// oddly answers every question in one way.
func oddly(t *testing.T, answer http.HandlerFunc) *clerk.Identity {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	i, err := clerk.New(clerk.Options{SecretKey: secret, Issuer: "https://clerk.example.com", APIURL: s.URL, HTTP: &http.Client{Timeout: 300 * time.Millisecond}})
	require.NoError(t, err)
	return i
}

func TestOddAnswers(t *testing.T) {
	t.Parallel()
	member := `"public_user_data":{"user_id":"user_2ida"},"role":"org:admin"`
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   fault.Kind
	}{
		"a page of a proxy": {say(http.StatusNotFound, "<html>not found</html>"), fault.Unavailable},
		"broken JSON":       {say(http.StatusOK, `{"data":[`), fault.Unavailable},
		"nobody":            {say(http.StatusOK, `{"data":[],"total_count":0}`), fault.NotFound},
		"nothing":           {say(http.StatusOK, `{"data":[null]}`), fault.NotFound},
		"somebody else":     {say(http.StatusOK, `{"data":[{`+member+`,"organization":{"id":"org_2acme"}}]}`), fault.NotFound},
		"no person":         {say(http.StatusOK, `{"data":[{"organization":{"id":"org_2acme"}}]}`), fault.NotFound},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.test/", http.StatusFound)
		}, fault.Unavailable},
		"another organization": {
			say(http.StatusOK, `{"data":[{"public_user_data":{"user_id":"user_2sam"},"organization":{"id":"org_2globex"}}]}`), fault.NotFound,
		},
		"a status within": {say(http.StatusNotFound, `{"errors":[{"code":"x"}],"status":200}`), fault.NotFound},
		"silence":         {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := oddly(t, c.answer).Lookup(t.Context(), acme, sam)
			require.Equal(t, c.kind, fault.KindOf(err), "%v", err)
		})
	}
}

func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestRevokedMembershipIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t, func(*clerk.Options, *emulator.Server) {})
	require.NoError(t, b.clerk.RevokeMembership(acme, sam))
	_, _, err := b.Lookup(t.Context(), acme, sam)
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}
