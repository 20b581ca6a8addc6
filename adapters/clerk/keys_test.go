package clerk_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/clerk"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/domain/fault"
)

func TestUnknownKeysCauseOneFetchAMinute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	flood := func() {
		var all sync.WaitGroup
		for worker := range 10 {
			all.Go(func() {
				for i := range 100 {
					token, err := b.clerk.Forge(b.clerk.Claims(sam, acme), map[string]any{"kid": fmt.Sprintf("ins_%d_%d", worker, i)}, foreign)
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := b.Verify(t.Context(), token); fault.KindOf(err) != fault.Unauthenticated {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	flood()
	require.Equal(t, 1, b.clerk.JWKSFetches())
	_, err = b.Verify(t.Context(), b.token(t, sam, acme, nil))
	require.NoError(t, err, "who has a good token does not suffer")
	require.Equal(t, 1, b.clerk.JWKSFetches())

	b.watch.advance(59 * time.Second)
	flood()
	require.Equal(t, 1, b.clerk.JWKSFetches())
	b.watch.advance(2 * time.Second)
	flood()
	require.Equal(t, 2, b.clerk.JWKSFetches())
}

func TestKnownKeysAreFetchedAgainNowAndThen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	verify := func() {
		_, err := b.Verify(t.Context(), b.token(t, sam, acme, nil))
		require.NoError(t, err)
	}
	verify()
	b.watch.advance(9 * time.Minute)
	verify()
	require.Equal(t, 1, b.clerk.JWKSFetches())
	b.watch.advance(2 * time.Minute)
	verify()
	require.Eventually(t, func() bool { return b.clerk.JWKSFetches() == 2 }, 5*time.Second, 5*time.Millisecond)

	// While Clerk is away the known keys go on counting.
	b.clerk.Faults.Plan(faults.Fault{Target: "GET /v1/jwks", Kind: faults.KindStatus, Status: http.StatusServiceUnavailable}, 100)
	b.watch.advance(time.Hour)
	verify()
	verify()
}

func TestKeysThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.clerk.Faults.Plan(faults.Fault{Target: "GET /v1/jwks", Kind: faults.KindStatus, Status: http.StatusInternalServerError}, 1)
	token := b.token(t, sam, acme, nil)
	_, err := b.Verify(t.Context(), token)
	requireRefused(t, "no keys", err)
	_, err = b.Verify(t.Context(), token)
	requireRefused(t, "not asked again at once", err)
	require.Zero(t, b.clerk.JWKSFetches())
	b.watch.advance(6 * time.Second)
	_, err = b.Verify(t.Context(), token)
	require.NoError(t, err, "a failure is forgotten sooner than a success")

	wrong := setup(t, func(o *clerk.Options, _ *emulator.Server) { o.SecretKey = "sk_test_wrong" })
	_, err = wrong.Verify(t.Context(), wrong.token(t, sam, acme, nil))
	requireRefused(t, "a wrong secret key", err)
	require.NotContains(t, err.Error(), "sk_test_wrong")
}

func TestSeveralPEMKeys(t *testing.T) {
	t.Parallel()
	older := setup(t)
	b := setup(t, func(o *clerk.Options, s *emulator.Server) {
		o.JWTKeyPEM = strings.ReplaceAll(older.clerk.PublicKeyPEM()+","+s.PublicKeyPEM(), "\n", `\n`)
	})
	_, err := b.Verify(t.Context(), b.token(t, sam, acme, nil))
	require.NoError(t, err)
	_, err = b.Verify(t.Context(), older.token(t, sam, acme, func(c map[string]any) { c["iss"] = b.clerk.Issuer() }))
	require.NoError(t, err)
	_, err = b.Verify(t.Context(), setup(t).token(t, sam, acme, func(c map[string]any) { c["iss"] = b.clerk.Issuer() }))
	requireRefused(t, "a key that is not listed", err)
	require.Zero(t, b.clerk.JWKSFetches())
}
