package clerk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	clerkjwt "github.com/clerk/clerk-sdk-go/v2/jwt"
	"github.com/go-jose/go-jose/v3/jwt"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// leeway is how far ahead of ours the clock that issued a token may be; an expired token gets none.
const leeway = 5 * time.Second

// longestToken is the size of a token that is looked at, in bytes. Cookies end at 4 KiB; tokens in headers may be larger.
const longestToken = 16 << 10

// Verify implements ports.Identity. It checks what Clerk asks for in https://clerk.com/docs/guides/sessions/manual-jwt-verification: signature,
// expiry, not-before and authorized party; and beyond that the exact issuer, that there is an expiry, and that the session is not
// pending (https://clerk.com/docs/guides/sessions/session-tokens, sts).
func (i *Identity) Verify(ctx context.Context, token string) (ports.Claims, error) {
	claims, err := i.verify(ctx, token)
	if err != nil {
		return ports.Claims{}, fault.Wrap(fault.Unauthenticated, err, "Please sign in.")
	}
	return claims, nil
}

func (i *Identity) verify(ctx context.Context, token string) (ports.Claims, error) {
	id, err := keyOf(token)
	if err != nil {
		return ports.Claims{}, err
	}
	keys, err := i.keys.find(ctx, id)
	if err != nil {
		return ports.Claims{}, err
	}
	var failed error
	for _, key := range keys {
		claims, status, err := i.verifyWith(ctx, token, key)
		if err == nil {
			return i.read(claims, status)
		}
		failed = errors.Join(failed, err)
	}
	return ports.Claims{}, failed
}

// keyOf reads the header, of which nothing can be trusted yet: it only tells which key to look for.
func keyOf(token string) (string, error) {
	// The library reads other serializations too, which no session token comes in (RFC 7515, 7.1).
	if token == "" || len(token) > longestToken || strings.Count(token, ".") != 2 || strings.ContainsFunc(token, notCompact) {
		return "", fmt.Errorf("%d bytes that are no token", len(token))
	}
	parsed, err := jwt.ParseSigned(token)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	if len(parsed.Headers) != 1 || parsed.Headers[0].Algorithm != signature {
		return "", errors.New("the token is not signed by " + signature)
	}
	// Other kinds of token, such as OAuth access tokens (RFC 9068: at+jwt), are signed with the same key.
	if kind, named := parsed.Headers[0].ExtraHeaders["typ"]; named && kind != "JWT" {
		return "", fmt.Errorf("a token of type %.20v", kind)
	}
	return parsed.Headers[0].KeyID, nil
}

// notCompact tells the characters that the compact serialization does not have.
func notCompact(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.'
}

// session is the claim that the SDK does not read.
type session struct {
	Status string `json:"sts"`
}

func (i *Identity) verifyWith(ctx context.Context, token string, key *clerksdk.JSONWebKey) (*clerksdk.SessionClaims, session, error) {
	var more session
	params := &clerkjwt.VerifyParams{
		Token: token, JWK: key, ProxyURL: &i.issuer, Leeway: leeway, Clock: clock(i.clock),
		CustomClaimsConstructor: func(context.Context) any { return &more },
	}
	if len(i.parties) > 0 {
		params.AuthorizedPartyHandler = i.authorized
	}
	claims, err := clerkjwt.Verify(ctx, params)
	if err != nil {
		return nil, session{}, fmt.Errorf("verify the token: %w", err)
	}
	return claims, more, nil
}

// authorized tells whether a token may be presented here. Tokens that were not issued to a browser, such as those of native apps, name no
// party; Clerk asks to check the party where there is one.
func (i *Identity) authorized(party string) bool {
	return party == "" || slices.Contains(i.parties, party)
}

// read makes our claims of verified ones.
func (i *Identity) read(c *clerksdk.SessionClaims, more session) (ports.Claims, error) {
	switch {
	case c.Subject == "":
		return ports.Claims{}, errors.New("the token names no user")
	case c.Expiry == nil:
		return ports.Claims{}, errors.New("the token never expires")
	case !i.clock().Before(time.Unix(*c.Expiry, 0)):
		return ports.Claims{}, errors.New("the token has expired")
	case more.Status == "pending":
		return ports.Claims{}, errors.New("the session is pending")
	}
	claims := ports.Claims{
		User: tenancy.UserID(c.Subject), Org: tenancy.OrgID(c.ActiveOrganizationID), OrgSlug: c.ActiveOrganizationSlug,
		Session: c.SessionID, Expires: time.Unix(*c.Expiry, 0).UTC(),
	}
	if claims.Org != "" {
		claims.Role = tenancy.ParseRole(c.ActiveOrganizationRole)
	}
	if c.IssuedAt != nil {
		claims.IssuedAt = time.Unix(*c.IssuedAt, 0).UTC()
	}
	return claims, nil
}

// clock is ours as the SDK wants it.
type clock ports.Clock

// Now implements the SDK's Clock.
func (c clock) Now() time.Time { return c() }
