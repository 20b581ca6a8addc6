package clerk

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/jwks"
	"github.com/clerk/clerk-sdk-go/v2/organization"
	"github.com/clerk/clerk-sdk-go/v2/organizationmembership"
	clerksession "github.com/clerk/clerk-sdk-go/v2/session"
	"github.com/clerk/clerk-sdk-go/v2/user"

	"github.com/leadagent/leadagent/ports"
)

// patience is how long one question to Clerk may take.
const patience = 5 * time.Second

// mostAnswered is how much of an answer of Clerk's is read, in bytes.
const mostAnswered = 1 << 20

// Options configure an Identity.
type Options struct {
	SecretKey         string       // CLERK_SECRET_KEY; for the Backend API
	JWTKeyPEM         string       // CLERK_JWT_KEY; one or more PEM public keys, then no key is ever fetched. Empty: keys come from the Backend API
	Issuer            string       // CLERK_ISSUER; exactly as it stands in the tokens
	AuthorizedParties []string     // CLERK_AUTHORIZED_PARTIES; origins that tokens may be issued to. Empty: any
	APIURL            string       // CLERK_API_URL; empty: https://api.clerk.com/v1
	HTTP              *http.Client // its transport and time-out are used; nil: the default transport and five seconds
	Clock             ports.Clock  // nil: time.Now
}

// Identity implements ports.Identity on Clerk. It is safe for concurrent use.
type Identity struct {
	issuer      string
	parties     []string
	clock       ports.Clock
	keys        keySource
	memberships *organizationmembership.Client
	orgs        *organization.Client
	users       *user.Client
	sessions    *clerksession.Client
}

var _ ports.Identity = (*Identity)(nil)

// New makes an Identity. Its error names every mistake of the options and none of the secrets.
func New(o Options) (*Identity, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	pems, err := parsePEM(o.JWTKeyPEM)
	if err := errors.Join(o.check(), err); err != nil {
		return nil, fmt.Errorf("clerk: %w", err)
	}
	config := o.backend()
	i := &Identity{
		issuer: o.Issuer, parties: slices.Clone(o.AuthorizedParties), clock: o.Clock, memberships: organizationmembership.NewClient(config),
		orgs: organization.NewClient(config), users: user.NewClient(config), sessions: clerksession.NewClient(config),
	}
	if len(pems) > 0 {
		i.keys = givenKeys(pems)
	} else {
		i.keys = newKeyCache(jwks.NewClient(config), o.Clock)
	}
	return i, nil
}

func (o Options) check() error {
	var mistakes []error
	if o.SecretKey == "" {
		mistakes = append(mistakes, errors.New("the secret key is missing"))
	}
	if o.Issuer == "" {
		mistakes = append(mistakes, errors.New("the issuer is missing; it is the address of the Frontend API, such as https://clerk.example.com"))
	}
	if u, err := url.Parse(o.APIURL); o.APIURL != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		mistakes = append(mistakes, errors.New("the API's address is not an absolute URL"))
	}
	return errors.Join(mistakes...)
}

// backend configures the SDK's clients.
func (o Options) backend() *clerksdk.ClientConfig {
	base, timeout := http.DefaultTransport, patience
	if o.HTTP != nil && o.HTTP.Transport != nil {
		base = o.HTTP.Transport
	}
	if o.HTTP != nil && o.HTTP.Timeout > 0 {
		timeout = o.HTTP.Timeout
	}
	client := &http.Client{Transport: careful{base}, Timeout: timeout}
	config := &clerksdk.ClientConfig{BackendConfig: clerksdk.BackendConfig{HTTPClient: client, Key: &o.SecretKey}}
	if o.APIURL != "" {
		config.URL = &o.APIURL
	}
	return config
}

// careful keeps an answer from filling the memory, since the SDK reads all of it, and follows nobody elsewhere, since the secret key is
// meant for one host.
type careful struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c careful) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.base.RoundTrip(r)
	if err != nil {
		return nil, err //nolint:wrapcheck // a RoundTripper passes errors on as they are
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return nil, errors.Join(fmt.Errorf("the answer is a redirect (%d)", response.StatusCode), response.Body.Close())
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, mostAnswered), response.Body}
	return response, nil
}
