package clerk_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/clerk"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

func TestClaimsOfBothVersions(t *testing.T) {
	t.Parallel()
	for _, version := range []emulator.TokenVersion{emulator.V1, emulator.V2} {
		for _, networkless := range []bool{false, true} {
			b := setupVersion(t, version, func(o *clerk.Options, s *emulator.Server) {
				if networkless {
					o.JWTKeyPEM = s.PublicKeyPEM()
				}
			})
			now := b.watch.Now()
			got, err := b.Verify(t.Context(), b.token(t, sam, acme, func(c map[string]any) { c["sid"] = "sess_1" }))
			require.NoError(t, err)
			require.Equal(t, ports.Claims{
				User: sam, Org: acme, OrgSlug: "acme", Role: tenancy.Manager, Session: "sess_1", IssuedAt: now, Expires: now.Add(time.Minute),
			}, got)

			got, err = b.Verify(t.Context(), b.token(t, sam, "", nil))
			require.NoError(t, err)
			require.Empty(t, got.Org)
			require.Zero(t, got.Role)
			require.Equal(t, !networkless, b.clerk.JWKSFetches() == 1)
		}
	}
}

// refused are tokens that Clerk issued but that must not count.
func refused(now time.Time) map[string]func(map[string]any) {
	set := func(key string, value any) func(map[string]any) {
		return func(c map[string]any) { c[key] = value }
	}
	return map[string]func(map[string]any){
		"another issuer":            set("iss", "https://clerk.evil.test"),
		"an issuer with our prefix": func(c map[string]any) { c["iss"] = c["iss"].(string) + ".evil.test" },
		"an issuer with a slash":    func(c map[string]any) { c["iss"] = c["iss"].(string) + "/" },
		"a development look-alike":  set("iss", "https://x.clerk.accounts.evil.test"),
		"no issuer":                 func(c map[string]any) { delete(c, "iss") },
		"another party":             set("azp", "https://evil.test"),
		"a party with our prefix":   set("azp", origin+".evil.test"),
		"no expiry":                 func(c map[string]any) { delete(c, "exp") },
		"expired":                   set("exp", now.Add(-time.Second).Unix()),
		"expires now":               set("exp", now.Unix()),
		"expired long ago":          set("exp", now.Add(-time.Hour).Unix()),
		"not yet valid":             set("nbf", now.Add(6*time.Second).Unix()),
		"issued in the future":      set("iat", now.Add(time.Minute).Unix()),
		"pending":                   set("sts", "pending"),
		"no user":                   func(c map[string]any) { delete(c, "sub") },
		"expiry that is no number":  set("exp", "never"),
	}
}

func TestRefusedClaims(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, mutate := range refused(b.watch.Now()) {
		_, err := b.Verify(t.Context(), b.token(t, sam, acme, mutate))
		requireRefused(t, name, err)
	}
}

// requireRefused wants the one fault and the one message that every bad token gets.
func requireRefused(t *testing.T, name string, err error) {
	t.Helper()
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err), "%s: %v", name, err)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, "Please sign in.", f.Message, name)
}

func TestAcceptedAtTheEdges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	now := b.watch.Now()
	for name, mutate := range map[string]func(map[string]any){
		"no party": func(c map[string]any) { delete(c, "azp") },
		"our clock is a bit behind": func(c map[string]any) {
			c["nbf"], c["iat"] = now.Add(4*time.Second).Unix(), now.Add(4*time.Second).Unix()
		},
		"the last second": func(c map[string]any) { c["exp"] = now.Add(time.Second).Unix() },
		"no status":       func(c map[string]any) { delete(c, "sts") },
	} {
		_, err := b.Verify(t.Context(), b.token(t, sam, acme, mutate))
		require.NoError(t, err, name)
	}
	anybody := setup(t, func(o *clerk.Options, _ *emulator.Server) { o.AuthorizedParties = nil })
	_, err := anybody.Verify(t.Context(), anybody.token(t, sam, acme, func(c map[string]any) { c["azp"] = "https://other.test" }))
	require.NoError(t, err)
}

func TestAnUnknownRoleIsNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got, err := b.Verify(t.Context(), b.token(t, sam, acme, func(c map[string]any) { c["o"].(map[string]any)["rol"] = "owner" }))
	require.NoError(t, err)
	require.Equal(t, tenancy.OrgID(acme), got.Org)
	require.Zero(t, got.Role)
}

func TestForgedTokens(t *testing.T) {
	t.Parallel()
	for _, networkless := range []bool{false, true} {
		b := setup(t, func(o *clerk.Options, s *emulator.Server) {
			if networkless {
				o.JWTKeyPEM = s.PublicKeyPEM()
			}
		})
		foreign, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		claims := b.clerk.Claims(sam, acme)
		forge := func(header map[string]any, key *rsa.PrivateKey) string {
			token, err := b.clerk.Forge(claims, header, key)
			require.NoError(t, err)
			return token
		}
		good := b.token(t, sam, acme, nil)
		parts := strings.Split(good, ".")
		document := `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`
		for name, token := range map[string]string{
			"empty":                   "",
			"not a token":             "hello",
			"dots":                    "..",
			"huge":                    strings.Repeat("a", 1<<20),
			"alg none":                forge(map[string]any{"alg": "none"}, nil),
			"alg None":                forge(map[string]any{"alg": "None"}, nil),
			"no signature":            forge(nil, nil),
			"a foreign key":           forge(nil, foreign),
			"a foreign kid":           forge(map[string]any{"kid": "ins_foreign"}, foreign),
			"HS256, the PEM":          hs256(t, claims, b.clerk.KeyID(), []byte(b.clerk.PublicKeyPEM())),
			"RS256 renamed to RS512":  forge(map[string]any{"alg": "RS512"}, foreign),
			"an access token":         b.withHeader(t, claims, map[string]any{"typ": "at+jwt"}),
			"a key in the header":     forge(map[string]any{"jwk": map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, foreign),
			"a tampered role":         tampered(t, good, `"rol":"manager"`, `"rol":"admin"`),
			"a tampered organization": tampered(t, good, acme, globex),
			"JSON serialization":      document,
			"with spaces":             " " + good,
			"with a line end":         good + "\n",
			"a fourth part":           good + ".x",
		} {
			_, err := b.Verify(t.Context(), token)
			requireRefused(t, name, err)
		}
		_, err = b.Verify(t.Context(), good)
		require.NoError(t, err)
	}
}

// withHeader is a token of the true key with other header fields.
func (b bundle) withHeader(t *testing.T, claims, header map[string]any) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	other := setup(t) // only for its signer
	token, err := other.clerk.Forge(claims, header, key)
	require.NoError(t, err)
	_, err = b.Verify(t.Context(), token)
	require.Contains(t, err.Error(), "of type", "refused for its type, before its key is looked at")
	return token
}

// hs256 signs with a secret, as if the public key were one.
func hs256(t *testing.T, claims map[string]any, kid string, secret []byte) string {
	t.Helper()
	head, err := json.Marshal(map[string]any{"alg": "HS256", "kid": kid, "typ": "JWT"})
	require.NoError(t, err)
	body, err := json.Marshal(claims)
	require.NoError(t, err)
	input := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func tampered(t *testing.T, token, old, replacement string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	require.Contains(t, string(claims), old)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(claims), old, replacement)))
	return strings.Join(parts, ".")
}

func TestMistakesOfTheOptions(t *testing.T) {
	t.Parallel()
	_, err := clerk.New(clerk.Options{JWTKeyPEM: "hush", APIURL: "clerk"})
	for _, want := range []string{"secret key", "issuer", "PEM", "address"} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "hush")
	_, err = clerk.New(clerk.Options{SecretKey: "s", Issuer: "i", JWTKeyPEM: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"})
	require.ErrorContains(t, err, "PEM key 1")
}

func TestFrontendAPI(t *testing.T) {
	t.Parallel()
	key := func(prefix, host string) string { return prefix + base64.StdEncoding.EncodeToString([]byte(host)) }
	for _, c := range []struct{ key, want string }{
		{key("pk_test_", "quick.fox-1.clerk.accounts.dev$"), "quick.fox-1.clerk.accounts.dev"},
		{key("pk_live_", "clerk.example.com$"), "clerk.example.com"},
		{strings.TrimRight(key("pk_live_", "clerk.example.co$"), "="), "clerk.example.co"},
		{key("pk_test_", "localhost:8090/clerk$"), "localhost:8090/clerk"},
		{"", ""}, {"pk_test_", ""}, {"pk_test_!!!", ""}, {key("sk_test_", "clerk.example.com$"), ""}, {key("pk_test_", "clerk.example.com"), ""},
		{key("pk_test_", "$"), ""}, {key("pk_test_", "a$b$"), ""}, {key("pk_test_", "evil.test/\"><script>$"), ""}, {key("pk_test_", "user@evil.test$"), ""},
	} {
		got, err := clerk.FrontendAPI(c.key)
		require.Equal(t, c.want, got)
		require.Equal(t, c.want == "", err != nil)
	}
}
