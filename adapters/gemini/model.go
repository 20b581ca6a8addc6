package gemini

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/generative-ai-go/genai"
	"google.golang.org/api/option"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

const (
	// DefaultModel is asked when no model is named: generally available since September 2026, with no announced end
	// (https://ai.google.dev/gemini-api/docs/deprecations).
	DefaultModel = "gemini-3.8-flash"
	// DefaultURL is the host of the Gemini API.
	DefaultURL = "https://generativelanguage.googleapis.com"
	// DefaultTimeout bounds one call.
	DefaultTimeout = 60 * time.Second
)

// Options say how the model is reached.
type Options struct {
	APIKey  string        // required; never shown in an error or a URL
	Model   string        // such as gemini-3.8-flash, with or without "models/"; empty: DefaultModel
	URL     string        // without /v1beta; empty: DefaultURL
	HTTP    *http.Client  // its Transport carries the calls; nil: one of our own
	Prices  Prices        // nil: DefaultPrices
	Timeout time.Duration // of one call; 0: DefaultTimeout
}

// Model is one Gemini model in its three roles. It is safe for concurrent use.
type Model struct {
	client  *genai.Client
	name    string
	price   Price
	timeout time.Duration
}

var (
	_ ports.Reader = (*Model)(nil)
	_ ports.Judge  = (*Model)(nil)
	_ ports.Writer = (*Model)(nil)
)

// modelNames is what a model's resource name may look like (https://ai.google.dev/api/models): it becomes part of a path.
var modelNames = regexp.MustCompile(`^(models/|tunedModels/)?[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// New connects to nothing yet: it checks the options and gives the model. An unusable option is an Invalid fault that names the setting.
func New(o Options) (*Model, error) {
	o = o.withDefaults()
	base, err := o.check()
	if err != nil {
		return nil, err
	}
	carrier := &transport{key: o.APIKey, base: base, model: o.Model, thinking: thinkingFor(o.Model), next: o.carrier()}
	client, err := genai.NewClient(context.Background(),
		option.WithAPIKey("unused"), // the transport sets the real one; this keeps the client from looking for credentials
		option.WithEndpoint(strings.TrimSuffix(base.String(), "/")),
		option.WithHTTPClient(&http.Client{Transport: carrier}))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "The AI model's client could not be made.")
	}
	return &Model{client: client, name: o.Model, price: o.Prices.of(o.Model), timeout: o.Timeout}, nil
}

// Close lets go of the connections.
func (m *Model) Close() error {
	if err := m.client.Close(); err != nil {
		return fmt.Errorf("closing the model's client: %w", err)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Model == "" {
		o.Model = DefaultModel
	}
	if o.URL == "" {
		o.URL = DefaultURL
	}
	if o.Prices == nil {
		o.Prices = DefaultPrices()
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	return o
}

func (o Options) check() (*url.URL, error) {
	if o.APIKey == "" || strings.IndexFunc(o.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return nil, fault.New(fault.Invalid, "GEMINI_API_KEY must be a key of Google AI Studio, without spaces.")
	}
	if !modelNames.MatchString(o.Model) {
		return nil, fault.New(fault.Invalid, "GEMINI_MODEL must be the name of a model, such as "+DefaultModel+".")
	}
	base, err := url.Parse(o.URL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fault.New(fault.Invalid, "GEMINI_API_URL must be an http or https address without credentials or parameters.")
	}
	return base, nil
}

func (o Options) carrier() http.RoundTripper {
	if o.HTTP != nil && o.HTTP.Transport != nil {
		return o.HTTP.Transport
	}
	own, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own = own.Clone()
	own.MaxResponseHeaderBytes = 64 << 10
	return own
}
