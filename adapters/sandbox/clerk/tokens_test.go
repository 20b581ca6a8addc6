package clerk_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/jwks"
	"github.com/clerk/clerk-sdk-go/v2/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

func (b *bundle) verify(t *testing.T, token string) (*clerksdk.SessionClaims, error) {
	t.Helper()
	issuer := b.Issuer()
	return jwt.Verify(within(t), &jwt.VerifyParams{
		Token: token, JWKSClient: jwks.NewClient(b.sdk()), ProxyURL: &issuer,
		AuthorizedPartyHandler: func(azp string) bool { return azp == b.app.origin },
	})
}

func TestTokensOfBothVersionsVerify(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]clerk.TokenVersion{"v2": clerk.V2, "v1": clerk.V1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(c *clerk.Config) { c.Version = version })
			token, err := b.Token(clerk.AcmeManagerID, clerk.AcmeID, nil)
			require.NoError(t, err)
			claims, err := b.verify(t, token)
			require.NoError(t, err)
			assert.Equal(t, int(version), claims.Version)
			assert.Equal(t, clerk.AcmeManagerID, claims.Subject)
			assert.Equal(t, clerk.AcmeID, claims.ActiveOrganizationID)
			assert.Equal(t, "acme", claims.ActiveOrganizationSlug)
			assert.Equal(t, "org:manager", claims.ActiveOrganizationRole)
			assert.True(t, claims.HasPermission("org:leads:approve"), claims.ActiveOrganizationPermissions)
			assert.True(t, claims.HasPermission("org:analytics:view_all"))
			assert.False(t, claims.HasPermission("org:settings:manage"))
			assert.Len(t, claims.ActiveOrganizationPermissions, 7)
			assert.Equal(t, int64(60), *claims.Expiry-*claims.IssuedAt)
			assert.Equal(t, 1, b.JWKSFetches())
		})
	}
}

func TestV2ClaimsHaveClerksShape(t *testing.T) {
	t.Parallel()
	b := setup(t)
	claims := b.Claims(clerk.AcmeAdminID, clerk.AcmeID)
	o, ok := claims["o"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "admin", o["rol"], "without the prefix")
	for _, name := range []string{"azp", "exp", "fva", "iat", "iss", "nbf", "sid", "sts", "sub", "v", "fea"} {
		assert.Contains(t, claims, name)
	}
	assert.NotContains(t, b.Claims(clerk.AcmeAdminID, ""), "o", "no organization is active")
}

func TestBadTokensAreBad(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	mint := func(mutate func(map[string]any)) string {
		token, err := b.Token(clerk.AcmeAdminID, clerk.AcmeID, mutate)
		require.NoError(t, err)
		return token
	}
	forge := func(header map[string]any, key *rsa.PrivateKey) string {
		token, err := b.Forge(b.Claims(clerk.AcmeAdminID, clerk.AcmeID), header, key)
		require.NoError(t, err)
		return token
	}
	for name, token := range map[string]string{
		"expired":       mint(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() }),
		"not yet":       mint(func(c map[string]any) { c["nbf"] = time.Now().Add(time.Hour).Unix() }),
		"other issuer":  mint(func(c map[string]any) { c["iss"] = "https://clerk.evil.test" }),
		"other party":   mint(func(c map[string]any) { c["azp"] = "http://evil.test" }),
		"other key":     forge(nil, other),
		"unknown kid":   forge(map[string]any{"kid": "ins_other"}, other),
		"no signature":  forge(map[string]any{"alg": "none"}, nil),
		"empty signing": forge(nil, nil),
	} {
		_, err := b.verify(t, token)
		require.Error(t, err, name)
	}
}

func TestPublicKeyVerifiesWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key, err := clerksdk.JSONWebKeyFromPEM(b.PublicKeyPEM())
	require.NoError(t, err)
	token, err := b.Token(clerk.AcmeAdminID, clerk.AcmeID, nil)
	require.NoError(t, err)
	issuer := b.Issuer()
	_, err = jwt.Verify(within(t), &jwt.VerifyParams{Token: token, JWK: key, ProxyURL: &issuer})
	require.NoError(t, err)
	assert.Zero(t, b.JWKSFetches())
	block, _ := pem.Decode([]byte(b.PublicKeyPEM()))
	_, err = x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(t, err)
}
