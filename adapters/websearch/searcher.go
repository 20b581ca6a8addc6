package websearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

const (
	// DefaultURL is Exa's host.
	DefaultURL = "https://api.exa.ai"
	// DefaultTimeout bounds one search.
	DefaultTimeout = 20 * time.Second

	results    = 5
	maxText    = 2_000   // characters of each result's text
	maxTitle   = 300     // characters
	maxQuery   = 400     // characters; what is longer is cut
	maxAddress = 2_048   // bytes of a result's URL; a longer one is dropped
	maxAnswer  = 1 << 20 // bytes
)

// Options say how Exa is reached.
type Options struct {
	APIKey  string        // required; never shown in an error
	URL     string        // without /search; empty: DefaultURL
	HTTP    *http.Client  // its Transport carries the calls; nil: http.DefaultTransport
	Timeout time.Duration // of one search; 0: DefaultTimeout
}

// Searcher searches with Exa. It is safe for concurrent use.
type Searcher struct {
	key      string
	endpoint string
	client   *http.Client
}

var _ ports.Searcher = (*Searcher)(nil)

// New checks the options. An unusable one is an Invalid fault that names the setting.
func New(o Options) (*Searcher, error) {
	if o.APIKey == "" || strings.IndexFunc(o.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return nil, fault.New(fault.Invalid, "EXA_API_KEY must be a key of Exa's dashboard, without spaces.")
	}
	if o.URL == "" {
		o.URL = DefaultURL
	}
	base, err := url.Parse(o.URL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fault.New(fault.Invalid, "EXA_API_URL must be an http or https address without credentials or parameters.")
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	client := &http.Client{
		Timeout: o.Timeout,
		// A redirect would carry the key to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if o.HTTP != nil {
		client.Transport = o.HTTP.Transport
	}
	return &Searcher{key: o.APIKey, endpoint: base.JoinPath("search").String(), client: client}, nil
}

// request is Exa's search request; "auto" is its default kind of search.
type request struct {
	Query      string   `json:"query"`
	Type       string   `json:"type"`
	NumResults int      `json:"numResults"`
	Contents   contents `json:"contents"`
}

type contents struct {
	Text struct {
		MaxCharacters int `json:"maxCharacters"`
	} `json:"text"`
}

// Search implements ports.Searcher: at most five results, the best first, each of kind "search" and without an ID. Results without an http
// or https address and those without any text are left out, and so are repeated ones; none found is no fault. Beside Busy and Unavailable
// it gives Unusable for an answer that cannot be read and Refused for a wrong key, used-up credits or a query that is not accepted.
func (s *Searcher) Search(ctx context.Context, query string) ([]ports.SourceText, error) {
	query = cut(line(query), maxQuery)
	if query == "" {
		return nil, fault.New(fault.Refused, "There was nothing to search for.")
	}
	resp, err := s.post(ctx, query)
	if err != nil {
		return nil, onTheWay(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, statusFault(resp, time.Now())
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, onTheWay(err)
	}
	if len(raw) > maxAnswer {
		return nil, fault.New(fault.Unusable, "The web search's answer was far too long.")
	}
	return found(raw)
}

func (s *Searcher) post(ctx context.Context, query string) (*http.Response, error) {
	ask := request{Query: query, Type: "auto", NumResults: results}
	ask.Contents.Text.MaxCharacters = maxText
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("writing the search: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("preparing the search: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Api-Key", s.key)
	return s.client.Do(req)
}

func onTheWay(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, err, "The web search did not answer in time.")
	}
	return fault.Wrap(fault.Unavailable, err, "The web search could not be reached.")
}
