package clerk

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// TokenVersion is a version of Clerk's session token claims.
type TokenVersion int

// The two versions in use: https://clerk.com/docs/guides/sessions/session-tokens
const (
	V2 TokenVersion = 2
	V1 TokenVersion = 1
)

// tokenLife is how long a session token is valid, clockSkew how far before its issue it is so already.
const (
	tokenLife = 60 * time.Second
	clockSkew = 10 * time.Second
)

// Config describes the emulated Clerk instance.
type Config struct {
	// BaseURL is where the emulator is reachable, without a final slash, for example http://localhost:8090/clerk. It is also the
	// tokens' issuer; the Backend API and the Frontend API are at BaseURL + "/v1".
	BaseURL string
	// SecretKey authenticates the Backend API (sk_test_…). WebhookSecret signs webhooks (whsec_ and base64).
	SecretKey, WebhookSecret string
	// WebhookURL receives webhooks. With Automatic, every change sends one, repeated as Svix does until it is answered 2xx.
	WebhookURL string
	Automatic  bool
	// AppOrigins may call the Frontend API with credentials, and be redirected to after signing in.
	AppOrigins    []string
	Organizations []Organization
	People        []Person
	// Key signs the tokens; nil generates one of 2048 bits.
	Key *rsa.PrivateKey
	// Version is the claims' version; zero means V2.
	Version TokenVersion
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Organization is an organization as it is seeded.
type Organization struct {
	// ID begins with org_.
	ID, Name, Slug string
	// MaxMembers limits memberships and open invitations together; zero means none.
	MaxMembers int
}

// Person is a user as they are seeded.
type Person struct {
	// ID begins with user_.
	ID, FirstName, LastName, Email string
	// EmailUnverified leaves the address without a verification.
	EmailUnverified bool
	Memberships     []Membership
}

// Name is the full name.
func (p Person) Name() string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

// Membership ties a person to an organization with a role: "org:admin", "org:manager" or "org:member". The prefix may be left out.
type Membership struct {
	OrgID, Role string
}

func (c Config) withDefaults() (Config, error) {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.Version == 0 {
		c.Version = V2
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Key == nil {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return c, fmt.Errorf("sandbox clerk: generate key: %w", err)
		}
		c.Key = key
	}
	return c, nil
}

// check names every mistake of the configuration at once.
func (c Config) check() error {
	var mistakes []error
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" {
		mistakes = append(mistakes, fmt.Errorf("BaseURL %q is not an absolute URL", c.BaseURL))
	}
	if !strings.HasPrefix(c.SecretKey, "sk_") {
		mistakes = append(mistakes, errors.New("SecretKey does not begin with sk_"))
	}
	if _, err := signingKey(c.WebhookSecret); err != nil {
		mistakes = append(mistakes, err)
	}
	known := map[string]bool{}
	for _, org := range c.Organizations {
		if !strings.HasPrefix(org.ID, "org_") {
			mistakes = append(mistakes, fmt.Errorf("organization id %q does not begin with org_", org.ID))
		}
		known[org.ID] = true
	}
	for _, person := range c.People {
		mistakes = append(mistakes, person.check(known)...)
	}
	return errors.Join(mistakes...)
}

func (p Person) check(known map[string]bool) []error {
	var mistakes []error
	if !strings.HasPrefix(p.ID, "user_") {
		mistakes = append(mistakes, fmt.Errorf("user id %q does not begin with user_", p.ID))
	}
	for _, m := range p.Memberships {
		if !known[m.OrgID] {
			mistakes = append(mistakes, fmt.Errorf("%s is a member of %s, which does not exist", p.ID, m.OrgID))
		}
		if roleName(m.Role) == "" {
			mistakes = append(mistakes, fmt.Errorf("%s has the unknown role %q", p.ID, m.Role))
		}
	}
	return mistakes
}

// signingKey decodes a webhook secret: https://docs.svix.com/receiving/verifying-payloads/how-manual
func signingKey(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) == 0 {
		return nil, errors.New("WebhookSecret is not whsec_ followed by base64")
	}
	return key, nil
}

// fullRole is a role's key with its prefix.
func fullRole(role string) string { return "org:" + strings.TrimPrefix(role, "org:") }

// roleName is a role's name for people, or "" for an unknown role.
func roleName(role string) string {
	switch fullRole(role) {
	case "org:admin":
		return "Admin"
	case "org:manager":
		return "Manager"
	case "org:member":
		return "Member"
	}
	return ""
}
