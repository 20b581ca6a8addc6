package webfetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/doyensec/safeurl"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

const (
	// DefaultUserAgent names the product, so that a site's owner can tell and refuse it.
	DefaultUserAgent = "LeadAgent/1.0 (reads pages about companies that asked for a reply)"
	// DefaultTimeout bounds a fetch with all its redirects.
	DefaultTimeout = 10 * time.Second

	maxRedirects = 3
	maxPage      = 2 << 20  // bytes, on the wire and unpacked
	maxHeader    = 64 << 10 // bytes of an answer's header
	maxText      = 20_000   // characters of the text
	maxTitle     = 300      // characters
)

// Dial connects to a host of its own, such as one of the sandbox's corpus, and says by taken that the host is one of them. address is
// "host:port" as the URL has it. For an https URL the connection counts as secured already and is spoken to in plain HTTP. When taken is
// false, conn and err do not count and the host goes through the guard like any other.
type Dial func(ctx context.Context, network, address string) (conn net.Conn, taken bool, err error)

// Options say how pages are fetched. The zero value is what production uses.
type Options struct {
	UserAgent string        // empty: DefaultUserAgent
	Timeout   time.Duration // of a whole fetch; 0: DefaultTimeout
	// Dial is for dev and tests only, and is never to be reached by a setting; see the package's comment.
	Dial Dial
}

// Fetcher fetches pages. It is safe for concurrent use.
type Fetcher struct {
	gate      gate
	client    *safeurl.WrappedClient
	userAgent string
	timeout   time.Duration
}

var _ ports.Fetcher = (*Fetcher)(nil)

// New gives a fetcher. It fails only when the guard cannot be put together.
func New(o Options) (*Fetcher, error) { return newFetcher(gate{ports: []int{80, 443}}, o) }

func newFetcher(g gate, o Options) (*Fetcher, error) {
	if o.UserAgent == "" {
		o.UserAgent = DefaultUserAgent
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	client, err := guarded(g, o.Dial)
	if err != nil {
		return nil, err
	}
	return &Fetcher{gate: g, client: client, userAgent: o.UserAgent, timeout: o.Timeout}, nil
}

// Fetch implements ports.Fetcher. The source is of kind "page" and has no ID; its URL is the one that the page was read from in the end,
// without a fragment. Text is at most 20,000 characters. Pages of other types than HTML, XHTML and plain text are Refused too; a status other
// than 200 is Unavailable.
func (f *Fetcher) Fetch(ctx context.Context, page string) (ports.SourceText, error) {
	address, err := f.gate.parse(page)
	if err != nil {
		return ports.SourceText{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return ports.SourceText{}, refuse("That is not a web address.", err)
	}
	req.Header.Set("User-Agent", f.userAgent)
	req.Header.Set("Accept", "text/html, application/xhtml+xml, text/plain;q=0.8")
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := f.client.Do(req)
	if err != nil {
		return ports.SourceText{}, asFault(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := read(resp)
	if err != nil {
		return ports.SourceText{}, asFault(err)
	}
	final := *resp.Request.URL
	final.Fragment, final.RawFragment = "", ""
	title, text, err := content.text(f.gate, &final)
	if err != nil {
		return ports.SourceText{}, err
	}
	return ports.SourceText{Kind: "page", URL: final.String(), Title: title, Text: text}, nil
}

func refuse(message string, cause error) error {
	if cause == nil {
		return fault.New(fault.Refused, message)
	}
	return fault.Wrap(fault.Refused, cause, message)
}

// asFault sorts a failed fetch: what the guard stopped is Refused, everything else happened on the way.
func asFault(err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	// A failed request's error repeats the address, which a model made up from what a person wrote.
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	if stopped(err) {
		return refuse("That address is not on the public internet.", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, err, "The page did not come in time.")
	}
	return fault.Wrap(fault.Unavailable, fmt.Errorf("fetching a page: %w", err), "The page could not be reached.")
}
