package clerk_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/domain/fault"
)

func TestEndRevokesTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cookies, err := b.clerk.SignIn(sam, acme)
	require.NoError(t, err)
	var token string
	for _, c := range cookies {
		if c.Name == "__session" {
			token = c.Value
		}
	}
	claims, err := b.Verify(t.Context(), token)
	require.NoError(t, err)
	require.NoError(t, b.End(t.Context(), claims.Session))
	revoked := 0
	for _, r := range b.clerk.Recorder.Requests() {
		if r.Path == "/v1/sessions/"+claims.Session+"/revoke" && r.Method == http.MethodPost {
			revoked++
		}
	}
	require.Equal(t, 1, revoked)
	require.NoError(t, b.End(t.Context(), claims.Session), "ending twice is no error")
	require.NoError(t, b.End(t.Context(), "sess_unknown"))
	require.NoError(t, b.End(t.Context(), "../users"), "an id that is none of Clerk's is never asked about")

	b.clerk.Faults.Plan(faults.Fault{Target: "POST /v1/sessions/" + claims.Session + "/revoke", Kind: faults.KindStatus, Status: 503}, 1)
	require.Equal(t, fault.Unavailable, fault.KindOf(b.End(t.Context(), claims.Session)))
}
