package resend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

const (
	// DefaultURL is Resend's host.
	DefaultURL = "https://api.resend.com"
	// DefaultTimeout bounds one call whose context has no earlier deadline.
	DefaultTimeout = time.Minute
	// KeysKept is how long Resend remembers an idempotency key (https://resend.com/docs/dashboard/emails/idempotency-keys).
	KeysKept = 24 * time.Hour

	agent = "leadagent"
)

// Options say how Resend is reached.
type Options struct {
	APIKey    string        // required; never shown in an error
	URL       string        // without /emails; empty: DefaultURL
	From      string        // the sender's address, with or without a display name
	KeyWindow time.Duration // how long a repeat under the same key counts as safe, at most KeysKept; 0: KeysKept
	HTTP      *http.Client  // its Transport carries the calls; nil: one like http.DefaultTransport that keeps no connections
	Timeout   time.Duration // of one call; 0: DefaultTimeout
}

// Resend sends through one account of Resend's. It is safe for concurrent use, and keeps no connection between emails: one that Resend has
// closed meanwhile would look like an email without an answer.
type Resend struct {
	key      string
	endpoint string
	from     netmail.Address
	window   time.Duration
	client   *http.Client
}

var _ ports.Mailer = (*Resend)(nil)

// New checks the options. An unusable one is an Invalid fault that names the setting, and never the key.
func New(o Options) (*Resend, error) {
	if o.APIKey == "" || strings.IndexFunc(o.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return nil, fault.New(fault.Invalid, "RESEND_API_KEY must be a key of Resend's dashboard, without spaces.")
	}
	if o.URL == "" {
		o.URL = DefaultURL
	}
	base, err := url.Parse(o.URL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fault.New(fault.Invalid, "RESEND_API_URL must be an http or https address without credentials or parameters.")
	}
	from, ok := parseFrom(o.From)
	if !ok {
		return nil, fault.New(fault.Invalid, "EMAIL_FROM must be one plain email address, such as sales@example.com.")
	}
	if o.KeyWindow == 0 {
		o.KeyWindow = KeysKept
	}
	if o.KeyWindow < 0 || o.KeyWindow > KeysKept {
		return nil, fault.Newf(fault.Invalid, "EMAIL_KEY_WINDOW must be above zero and at most %s: Resend keeps keys no longer.", KeysKept)
	}
	return &Resend{
		key: o.APIKey, endpoint: base.JoinPath("emails").String(), from: from, window: o.KeyWindow, client: client(o),
	}, nil
}

func client(o Options) *http.Client {
	c := &http.Client{
		Timeout: o.Timeout,
		// A redirect would carry the key to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if o.HTTP != nil {
		c.Transport = o.HTTP.Transport
	} else if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		standard = standard.Clone()
		standard.DisableKeepAlives = true
		c.Transport = standard
	}
	return c
}

// RepeatSafeFor implements ports.Mailer: within it Resend answers a repeat with the first one's id and sends nothing.
func (r *Resend) RepeatSafeFor() time.Duration { return r.window }

// Send implements ports.Mailer. The handover is called before the connection is made. Every send of the same email has the same key, and as
// long as neither the email nor the sender changes the same body. Doubtful is a lost or late answer, and one that does not
// tell what became of the email, such as a gateway's.
func (r *Resend) Send(ctx context.Context, e ports.Email, handover func(ctx context.Context) error) error {
	m, err := compose(r.from, e)
	if err != nil {
		return err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "The email could not be written.")
	}
	if err := handover(ctx); err != nil {
		return err
	}
	return r.post(ctx, keyOf(e), body)
}

// keyOf is the idempotency key: at most 256 characters, and Resend advises to say what it is of.
func keyOf(e ports.Email) string { return "email/" + e.ID }

func (r *Resend) post(ctx context.Context, key string, body []byte) error {
	var way passage
	req, err := http.NewRequestWithContext(way.watch(ctx), http.MethodPost, r.endpoint, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "The request to Resend could not be prepared.")
	}
	// The transport repeats a request with this key by itself after a lost answer, if it can have the body again. Then the first one's fate
	// would be forgotten over the second one's answer.
	req.GetBody = nil
	req.Header.Set("Authorization", "Bearer "+r.key)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Idempotency-Key", key)
	resp, err := r.client.Do(req)
	if err != nil {
		return way.fault(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 == 2 {
		return accepted(resp)
	}
	return r.statusFault(resp, time.Now())
}

// String tells where to, without the key.
func (r *Resend) String() string { return fmt.Sprintf("Resend at %s", r.endpoint) }
