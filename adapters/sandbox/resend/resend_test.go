package resend_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/adapters/sandbox/resend"
)

const good = `{"from":"Acme <sales@acme.example>","to":["jane@example.com"],"subject":"Hello","text":"Hi Jane"}`

type bench struct {
	t   *testing.T
	api *resend.Server
	box *mailbox.Server
	url string

	mu  sync.Mutex
	now time.Time
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	var err error
	b.box, err = mailbox.New(mailbox.Options{})
	require.NoError(t, err)
	b.api = resend.New(resend.Options{Key: "re_test", Domains: []string{"acme.example"}, Deliver: b.box.Add, Now: b.clock})
	server := httptest.NewServer(b.api)
	t.Cleanup(func() { b.api.Faults.Clear(); server.Close(); _ = b.box.Close() })
	b.url = server.URL
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// answer is an answer's status and document.
type answer struct {
	status            int
	StatusCode        int `json:"statusCode"`
	ID, Name, Message string
}

func (b *bench) call(method, path, body string, header ...string) answer {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, b.url+path, strings.NewReader(body))
	require.NoError(b.t, err)
	request.Header.Set("Authorization", "Bearer re_test")
	for i := 0; i+1 < len(header); i += 2 {
		request.Header[http.CanonicalHeaderKey(header[i])] = []string{header[i+1]}
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(b.t, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	got := answer{status: response.StatusCode}
	require.NoError(b.t, json.Unmarshal(raw, &got), string(raw))
	return got
}

func (b *bench) send(key, body string) answer {
	b.t.Helper()
	return b.call(http.MethodPost, "/emails", body, "Idempotency-Key", key)
}

func TestAcceptsAndDelivers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := b.call(http.MethodPost, "/emails", `{"from":"\"Acme, Inc.\" <sales@acme.example>","to":"jane@example.com","cc":["c@example.com"],"bcc":"b@example.com",
		"reply_to":["r@acme.example"],"subject":"Grüße","text":"Schön.\nZwei","html":"<p>Schön</p>","headers":{"X-Entity-Ref-ID":"7","Message-ID":"<7@acme.example>"}}`)
	require.Equal(t, http.StatusOK, got.status)
	require.Len(t, got.ID, 36)
	messages := b.box.Messages()
	require.Len(t, messages, 1)
	m := messages[0]
	require.Empty(t, m.Problem)
	require.Equal(t, "Acme, Inc. <sales@acme.example>", m.From)
	require.Equal(t, []string{"jane@example.com", "c@example.com", "b@example.com"}, m.Recipients)
	require.Equal(t, "r@acme.example", m.ReplyTo)
	require.Equal(t, "Grüße", m.Subject)
	require.Equal(t, "Schön.\nZwei", m.Text)
	require.Equal(t, "<p>Schön</p>", m.HTML)
	require.Equal(t, "7@acme.example", m.MessageID)
	require.NotContains(t, string(m.Raw), "b@example.com", "bcc is in the envelope alone")

	require.Equal(t, http.StatusOK, b.call(http.MethodPost, "/emails", good).status)
	require.NotEmpty(t, b.box.Messages()[1].MessageID)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, body string
		header             []string
		status             int
		named              string
	}{
		"no key":              {"POST", "/emails", good, []string{"Authorization", ""}, 401, "missing_api_key"},
		"another scheme":      {"POST", "/emails", good, []string{"Authorization", "Basic re_test"}, 401, "missing_api_key"},
		"wrong key":           {"POST", "/emails", good, []string{"Authorization", "Bearer re_other"}, 403, "invalid_api_key"},
		"elsewhere":           {"POST", "/email", good, nil, 404, "not_found"},
		"GET":                 {"GET", "/emails", "", nil, 405, "method_not_allowed"},
		"no JSON":             {"POST", "/emails", "from=a", nil, 400, "validation_error"},
		"a number":            {"POST", "/emails", `{"from":1}`, nil, 400, "validation_error"},
		"empty key":           {"POST", "/emails", good, []string{"Idempotency-Key", ""}, 400, "invalid_idempotency_key"},
		"long key":            {"POST", "/emails", good, []string{"Idempotency-Key", strings.Repeat("x", 257)}, 400, "invalid_idempotency_key"},
		"no sender":           {"POST", "/emails", `{"to":"a@b.example","subject":"s","text":"t"}`, nil, 422, "missing_required_field"},
		"no recipient":        {"POST", "/emails", `{"from":"a@acme.example","subject":"s","text":"t"}`, nil, 422, "missing_required_field"},
		"no subject":          {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example","text":"t"}`, nil, 422, "missing_required_field"},
		"no text":             {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example","subject":"s"}`, nil, 422, "missing_required_field"},
		"bad sender":          {"POST", "/emails", `{"from":"acme","to":"a@b.example","subject":"s","text":"t"}`, nil, 422, "validation_error"},
		"bad recipient":       {"POST", "/emails", `{"from":"a@acme.example","to":["a@b.example","b"],"subject":"s","text":"t"}`, nil, 422, "validation_error"},
		"two in one":          {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example, c@d.example","subject":"s","text":"t"}`, nil, 422, "validation_error"},
		"too many":            {"POST", "/emails", `{"from":"a@acme.example","to":[` + strings.Repeat(`"a@b.example",`, 50) + `"a@b.example"],"subject":"s","text":"t"}`, nil, 422, "validation_error"},
		"line break":          {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example","subject":"s\nBcc: x","text":"t"}`, nil, 422, "validation_error"},
		"header break":        {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example","subject":"s","text":"t","headers":{"X":"a\r\nBcc: x"}}`, nil, 422, "validation_error"},
		"header name":         {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example","subject":"s","text":"t","headers":{"X: y":"a"}}`, nil, 422, "validation_error"},
		"domain not verified": {"POST", "/emails", `{"from":"a@other.example","to":"a@b.example","subject":"s","text":"t"}`, nil, 403, "validation_error"},
		"attachment":          {"POST", "/emails", `{"from":"a@acme.example","to":"a@b.example","subject":"s","text":"t","attachments":[{}]}`, nil, 422, "validation_error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			got := b.call(c.method, c.path, c.body, c.header...)
			require.Equal(t, c.status, got.status, "%+v", got)
			require.Equal(t, c.status, got.StatusCode)
			require.Equal(t, c.named, got.Name)
			require.NotEmpty(t, got.Message)
			require.Empty(t, b.box.Messages())
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.send("one", good)
	require.Equal(t, http.StatusOK, first.status)
	require.Equal(t, first, b.send("one", good), "the same answer")
	other := b.send("one", strings.Replace(good, "Hi", "Bye", 1))
	require.Equal(t, "invalid_idempotent_request", other.Name)
	require.Equal(t, http.StatusConflict, other.status)
	require.NotEqual(t, first.ID, b.send("two", good).ID)
	require.Len(t, b.box.Messages(), 2)

	b.pass(24*time.Hour - time.Second)
	require.Equal(t, first, b.send("one", good))
	b.pass(time.Second)
	require.NotEqual(t, first.ID, b.send("one", good).ID, "a key is forgotten after a day")
	require.Len(t, b.box.Messages(), 3)

	require.Equal(t, http.StatusUnprocessableEntity, b.send("three", `{"from":"a@acme.example"}`).status)
	require.Equal(t, http.StatusOK, b.send("three", good).status, "what was refused keeps no key")
}

func TestOneKeyAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.api.Faults.Hold(resend.TargetAccept)
	ended := make(chan answer)
	go func() { ended <- b.send("one", good) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, b.api.Faults.AwaitHeld(ctx, resend.TargetAccept, 1))
	got := b.send("one", good)
	require.Equal(t, http.StatusConflict, got.status)
	require.Equal(t, "concurrent_idempotent_requests", got.Name)
	b.api.Faults.Release()
	first := <-ended
	require.Equal(t, http.StatusOK, first.status)
	require.Equal(t, first, b.send("one", good))
	require.Len(t, b.box.Messages(), 1)
}

func TestFaultsBeforeAndAfterAccepting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.api.Faults.FailNext(1, http.StatusTooManyRequests, http.Header{"Retry-After": {"2"}})
	require.Equal(t, "rate_limit_exceeded", b.send("one", good).Name)
	require.Empty(t, b.box.Messages())
	b.api.Faults.Plan(faults.Fault{Target: resend.TargetAccept, Kind: faults.KindStatus, Status: http.StatusBadGateway}, 1)
	require.Equal(t, http.StatusBadGateway, b.send("one", good).status)
	require.Len(t, b.box.Messages(), 1)
	require.Equal(t, http.StatusOK, b.send("one", good).status)
	require.Len(t, b.box.Messages(), 1)
	require.Len(t, b.api.Recorder.Requests(), 3)
}

func TestControl(t *testing.T) {
	t.Parallel()
	b := setup(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/_control/fail", strings.NewReader(`{"target":"send","status":503}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusNoContent, response.StatusCode)
	require.Equal(t, http.StatusServiceUnavailable, b.send("one", good).status)
	require.Len(t, b.api.Recorder.Requests(), 1)
}
