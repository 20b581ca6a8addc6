package clerk_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/stretchr/testify/require"
	svix "github.com/svix/svix-webhooks/go"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

// bundle is an emulator behind a path prefix, as the sandbox mounts it, and an app that takes its webhooks.
type bundle struct {
	*clerk.Server
	base string
	app  *app
}

// app verifies webhooks with Svix' own library.
type app struct {
	origin   string
	mu       sync.Mutex
	accepted []string
	bodies   []string
	answer   int
	arrived  chan struct{}
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	verifier, err := svix.NewWebhook(clerk.DemoWebhookSecret)
	if err == nil {
		err = verifier.Verify(body, r.Header)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	id := r.Header.Get("svix-id")
	if id == "" {
		id = r.Header.Get("webhook-id")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.accepted, a.bodies = append(a.accepted, id), append(a.bodies, string(body))
	status := a.answer
	a.answer = 0
	if status != 0 {
		w.WriteHeader(status)
	}
	select {
	case a.arrived <- struct{}{}:
	default:
	}
}

func setup(t *testing.T, change ...func(*clerk.Config)) *bundle {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	b := &bundle{base: "http://" + front.Listener.Addr().String() + "/clerk", app: &app{arrived: make(chan struct{}, 100)}}
	back := httptest.NewServer(b.app)
	t.Cleanup(back.Close)
	b.app.origin = back.URL
	cfg := clerk.Config{
		BaseURL: b.base, SecretKey: clerk.DemoSecretKey, WebhookSecret: clerk.DemoWebhookSecret, WebhookURL: back.URL + "/api/webhooks/clerk",
		AppOrigins: []string{back.URL}, Organizations: clerk.DemoOrganizations(), People: clerk.DemoPeople(),
	}
	for _, apply := range change {
		apply(&cfg)
	}
	server, err := clerk.New(cfg)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	b.Server = server
	front.Config.Handler = http.StripPrefix("/clerk", server)
	front.Start()
	t.Cleanup(front.Close)
	return b
}

// sdk is the configuration of clerk-sdk-go's clients for this emulator.
func (b *bundle) sdk() *clerksdk.ClientConfig {
	return &clerksdk.ClientConfig{BackendConfig: clerksdk.BackendConfig{
		URL: clerksdk.String(b.APIURL()), Key: clerksdk.String(clerk.DemoSecretKey),
	}}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// browser keeps cookies as a browser does and follows no redirects.
type browser struct {
	t      *testing.T
	b      *bundle
	client *http.Client
}

func (b *bundle) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{t: t, b: b, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (w *browser) do(method, path string, form url.Values, origin string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(within(w.t), method, w.b.base+path, strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	response, err := w.client.Do(r)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return answer{response.StatusCode, response.Header, string(body)}
}

// cookie is what the app at its own port would see.
func (w *browser) cookie(name string) string {
	w.t.Helper()
	home, err := url.Parse(w.b.app.origin + "/dashboard")
	require.NoError(w.t, err)
	for _, c := range w.client.Jar.Cookies(home) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (w *browser) signIn(user, org string) answer {
	w.t.Helper()
	return w.do(http.MethodPost, "/sign-in", url.Values{
		"user": {user}, "organization": {org}, "redirect_url": {w.b.app.origin + "/leads?status=pending"},
	}, "")
}
