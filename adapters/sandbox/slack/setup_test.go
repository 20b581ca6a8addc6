package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

// bundle is an emulator behind a path prefix, as the sandbox mounts it, an app that it talks to, and slack-go's client.
type bundle struct {
	*slack.Server
	base  string
	app   *app
	api   *slackgo.Client
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// app is the program's side: it verifies signatures with slack-go and answers as the test says.
type app struct {
	mu       sync.Mutex
	received []slackgo.InteractionCallback
	raw      [][]byte
	headers  []http.Header
	refused  int
	answer   func(http.ResponseWriter, slackgo.InteractionCallback)
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	verifier, err := slackgo.NewSecretsVerifier(r.Header, slack.DemoSigningSecret)
	if err == nil {
		_, _ = verifier.Write(body)
		err = verifier.Ensure()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.refused++
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	a.raw, a.headers = append(a.raw, body), append(a.headers, r.Header.Clone())
	if r.Header.Get("Content-Type") == "application/json" {
		var envelope struct {
			Challenge string `json:"challenge"`
		}
		_ = json.Unmarshal(body, &envelope)
		_, _ = io.WriteString(w, envelope.Challenge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	callback, err := slackgo.InteractionCallbackParse(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.received = append(a.received, callback)
	if a.answer != nil {
		a.answer(w, callback)
	}
}

func (a *app) respond(answer func(http.ResponseWriter, slackgo.InteractionCallback)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = answer
}

func (a *app) callbacks() []slackgo.InteractionCallback {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]slackgo.InteractionCallback(nil), a.received...)
}

func setup(t *testing.T, change ...func(*slack.Config)) *bundle {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	base := "http://" + front.Listener.Addr().String() + "/slack"
	b := &bundle{base: base, app: &app{}, clock: &clock{now: time.Now()}}
	back := httptest.NewServer(b.app)
	t.Cleanup(back.Close)
	cfg := slack.Config{
		BaseURL: base, AppID: slack.DemoAppID, ClientID: slack.DemoClientID, ClientSecret: slack.DemoClientSecret,
		SigningSecret: slack.DemoSigningSecret, InteractivityURL: back.URL + "/api/slack",
		RedirectURLs: []string{"http://app.test/slack/callback"}, Teams: slack.DemoTeams(), Now: b.clock.Now,
	}
	for _, apply := range change {
		apply(&cfg)
	}
	server, err := slack.New(cfg)
	require.NoError(t, err)
	b.Server = server
	front.Config.Handler = http.StripPrefix("/slack", server)
	front.Start()
	t.Cleanup(front.Close)
	b.api = b.client(slack.DemoAcmeToken)
	return b
}

func (b *bundle) client(token string) *slackgo.Client {
	return slackgo.New(token, slackgo.OptionAPIURL(b.base+"/api/"))
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func plainText(text string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, text, false, false)
}

// card posts a review card with two buttons and returns its timestamp.
func (b *bundle) card(t *testing.T) string {
	t.Helper()
	approve := slackgo.NewButtonBlockElement("approve", "run-1:3", plainText("Approve & send")).WithStyle(slackgo.StylePrimary)
	reject := slackgo.NewButtonBlockElement("reject", "run-1:3", plainText("Reject"))
	_, ts, err := b.api.PostMessageContext(within(t), slack.DemoAcmeChannel,
		slackgo.MsgOptionText("QUALIFIED · Jane Doe, Acme", false),
		slackgo.MsgOptionBlocks(
			slackgo.NewHeaderBlock(plainText("QUALIFIED · Jane Doe, Acme")),
			slackgo.NewSectionBlock(plainText("<!channel> <@U0ACMEADMIN> *not bold* https://evil.example"), nil, nil),
			slackgo.NewActionBlock("decide", approve, reject),
		),
		slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: "review_card", EventPayload: map[string]any{"run": "run-1"}}),
	)
	require.NoError(t, err)
	return ts
}
