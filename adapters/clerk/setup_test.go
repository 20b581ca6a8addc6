package clerk_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/clerk"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

const (
	origin = "https://app.example.com"
	acme   = "org_2acme"
	globex = "org_2globex"
	sam    = "user_2sam"
	ida    = "user_2ida"
	secret = "sk_test_0123456789"
)

// watch is a clock that tests set.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// bundle is an emulated Clerk and an identity that asks it.
type bundle struct {
	*clerk.Identity
	clerk *emulator.Server
	watch *watch
}

func setup(t *testing.T, change ...func(*clerk.Options, *emulator.Server)) bundle {
	t.Helper()
	return setupVersion(t, emulator.V2, change...)
}

func setupVersion(t *testing.T, version emulator.TokenVersion, change ...func(*clerk.Options, *emulator.Server)) bundle {
	t.Helper()
	w := &watch{now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	front := httptest.NewUnstartedServer(nil)
	base := "http://" + front.Listener.Addr().String() + "/clerk"
	server, err := emulator.New(emulator.Config{
		BaseURL: base, SecretKey: secret, WebhookSecret: "whsec_c2VjcmV0", AppOrigins: []string{origin}, Version: version, Now: w.Now,
		Organizations: []emulator.Organization{{ID: acme, Name: "Acme", Slug: "acme"}, {ID: globex, Name: "Globex", Slug: "globex"}},
		People: []emulator.Person{
			{ID: sam, FirstName: "Sam", LastName: "Lee", Email: "sam@acme.test", Memberships: []emulator.Membership{{OrgID: acme, Role: "manager"}}},
			{ID: ida, FirstName: "Ida", Email: "ida@acme.test", EmailUnverified: true, Memberships: []emulator.Membership{{OrgID: acme, Role: "admin"}}},
		},
	})
	require.NoError(t, err)
	t.Cleanup(server.Close)
	front.Config.Handler = http.StripPrefix("/clerk", server)
	front.Start()
	t.Cleanup(front.Close)
	options := clerk.Options{SecretKey: secret, Issuer: server.Issuer(), AuthorizedParties: []string{origin}, APIURL: server.APIURL(), Clock: w.Now}
	for _, c := range change {
		c(&options, server)
	}
	identity, err := clerk.New(options)
	require.NoError(t, err)
	return bundle{Identity: identity, clerk: server, watch: w}
}

func (b bundle) token(t *testing.T, user, org string, mutate func(map[string]any)) string {
	t.Helper()
	token, err := b.clerk.Token(user, org, mutate)
	require.NoError(t, err)
	return token
}
