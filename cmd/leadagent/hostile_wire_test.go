package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/web"
)

// This file is how the hostile tests speak to the program: requests that a well-behaved client would not send, and what every answer must have.

// with is the world as a subtest sees it.
func (w *world) with(t *testing.T) *world {
	other := *w
	other.t = t
	return &other
}

// sent is an answer as it came.
type sent struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// plainClient follows no redirect and keeps no cookie. It opens a connection for every request, so that one case cannot spoil the next.
func plainClient() *http.Client {
	return &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	}
}

// try sends a request.
func try(request *http.Request) (sent, error) {
	began := time.Now()
	response, err := plainClient().Do(request)
	if err != nil {
		return sent{}, err
	}
	defer func() { _ = response.Body.Close() }()
	answer := sent{status: response.StatusCode, header: response.Header, took: time.Since(began)}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return answer, nil // it does not end
	}
	body, err := io.ReadAll(response.Body)
	answer.body, answer.took = string(body), time.Since(began)
	return answer, err
}

// send sends a request that is answered.
func (w *world) send(request *http.Request) sent {
	w.t.Helper()
	answer, err := try(request)
	require.NoError(w.t, err)
	return answer
}

// request makes a request to the web process; headers are names and values by turns. The host is as the program listens, whatever the path is.
func (w *world) request(method, path, body string, headers ...string) *http.Request {
	w.t.Helper()
	base, err := url.Parse(w.base)
	require.NoError(w.t, err)
	request, err := http.NewRequest(method, w.base, strings.NewReader(body))
	require.NoError(w.t, err)
	request.URL = &url.URL{Scheme: base.Scheme, Host: base.Host, Opaque: "//" + base.Host + path}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	return request
}

// postJSON posts a body to the public API.
func (w *world) postJSON(body string, headers ...string) sent {
	w.t.Helper()
	return w.send(w.request(http.MethodPost, "/api/submit", body, append([]string{"Content-Type", "application/json"}, headers...)...))
}

// postForm posts a body to a hosted form.
func (w *world) postForm(key, body string, headers ...string) sent {
	w.t.Helper()
	return w.send(w.request(http.MethodPost, "/f/"+key, body, append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...))
}

// raw sends bytes that no HTTP client would make, and reads the answer.
func (w *world) raw(text string) sent {
	w.t.Helper()
	base, err := url.Parse(w.base)
	require.NoError(w.t, err)
	conn, err := net.Dial("tcp", base.Host)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(w.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = conn.Write([]byte(strings.ReplaceAll(text, "HOST", base.Host)))
	require.NoError(w.t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return sent{status: response.StatusCode, header: response.Header, body: string(body)}
}

// requireSecured holds what stands on every answer, whatever its status.
func requireSecured(t *testing.T, answer sent) {
	t.Helper()
	csp := answer.header.Get("Content-Security-Policy")
	require.Contains(t, csp, "default-src 'none'", "headers: %v", answer.header)
	require.NotContains(t, csp, "unsafe-")
	require.Equal(t, "nosniff", answer.header.Get("X-Content-Type-Options"))
	require.NotEmpty(t, answer.header.Get("Referrer-Policy"))
	require.NotEmpty(t, answer.header.Get("Permissions-Policy"))
	require.NotEmpty(t, answer.header.Get("Cross-Origin-Opener-Policy"))
	require.Contains(t, answer.header.Get("Cache-Control"), "no-store")
	require.NotEmpty(t, answer.header.Get("X-Request-Id"))
	require.Empty(t, answer.header.Get("Server"), "the program does not say what it is built with")
}

// problemBody is an RFC 9457 document.
type problemBody struct {
	Type, Title, Detail, Code, Instance string
	Status                              int
	Errors                              []struct{ Field, Message string }
}

// requireProblem wants a problem document with the status, and secured headers.
func requireProblem(t *testing.T, answer sent, status int) problemBody {
	t.Helper()
	require.Equal(t, status, answer.status, answer.body)
	requireSecured(t, answer)
	require.Equal(t, "application/problem+json", answer.header.Get("Content-Type"))
	var body problemBody
	require.NoError(t, json.Unmarshal([]byte(answer.body), &body), answer.body)
	require.Equal(t, status, body.Status)
	require.NotEmpty(t, body.Type)
	require.NotEmpty(t, body.Title)
	require.NotEmpty(t, body.Detail)
	require.NotEmpty(t, body.Code)
	return body
}

// fields names the fields that a problem complains of.
func (p problemBody) fields() []string {
	names := make([]string, len(p.Errors))
	for i, e := range p.Errors {
		names[i] = e.Field
	}
	return names
}

// requirePage wants a page of ours with the status, and secured headers.
func requirePage(t *testing.T, answer sent, status int) {
	t.Helper()
	require.Equal(t, status, answer.status, answer.body)
	requireSecured(t, answer)
	require.Equal(t, "text/html; charset=utf-8", answer.header.Get("Content-Type"))
	require.Contains(t, answer.body, "<!doctype html>")
}

// rows counts everything that a submission could have left.
func (w *world) rows() string {
	w.t.Helper()
	var rows string
	w.query(`SELECT format('%s leads, %s runs, %s keys, %s used, %s audited', (SELECT count(*) FROM leads), (SELECT count(*) FROM workflows),
		(SELECT count(*) FROM idempotency_keys), (SELECT coalesce(sum(used), 0) FROM usage_periods),
		(SELECT count(*) FROM audit_log WHERE action LIKE 'lead.%'))`, nil, &rows)
	return rows
}

// watched is the world as a subtest sees it that must leave nothing behind.
func (w *world) watched(t *testing.T) (seen *world, untouched func()) {
	t.Helper()
	seen = w.with(t)
	before := seen.rows()
	return seen, func() {
		t.Helper()
		require.Equal(t, before, seen.rows(), "something was stored")
	}
}

// exec runs a statement as the superuser, past every policy.
func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	var n int
	w.query(`WITH changed AS (`+sql+` RETURNING 1) SELECT count(*) FROM changed`, args, &n)
	require.NotZero(w.t, n, "nothing was changed: %s", sql)
}

// stamp is a time token as the form would have carried it that long ago.
func (w *world) stamp(form string, age time.Duration) string {
	w.t.Helper()
	config, problems := readConfig(w.environ(nil))
	require.Empty(w.t, problems)
	keys, err := config.encryptionKeys()
	require.NoError(w.t, err)
	return intake.NewStamps(derive(keys[0], "form stamps"), func() time.Time { return time.Now().Add(-age) }).Issue(form)
}

// fields are a person's answers on the hosted form, as a browser sends them.
func (w *world) typed(n int, changes ...string) url.Values {
	w.t.Helper()
	lead := aLead(n)
	values := url.Values{
		web.FieldName: {lead.Name}, web.FieldEmail: {lead.Email}, web.FieldCompany: {lead.Company}, web.FieldMessage: {lead.Message},
		web.FieldTimeToken: {w.stamp(lead.Form, time.Minute)}, web.FieldHoneypot: {""},
	}
	for i := 0; i < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
	}
	return values
}

// sentJSON is a lead's body, with changes: names and values by turns.
func sentJSON(n int, changes ...any) string {
	var body map[string]any
	raw, _ := json.Marshal(aLead(n))
	_ = json.Unmarshal(raw, &body) // our own
	for i := 0; i+1 < len(changes); i += 2 {
		name, _ := changes[i].(string)
		body[name] = changes[i+1]
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // strings and numbers
	return strings.TrimSpace(out.String())
}

// served is one more web process of the same world, on an address of its own.
func (w *world) served(changes map[string]string) (*world, *process) {
	w.t.Helper()
	other := *w
	address := freeAddr(w.t)
	other.base = "http://" + strings.Replace(address, "127.0.0.1", "localhost", 1)
	all := map[string]string{"HTTP_ADDR": address}
	for name, value := range changes {
		all[name] = value
	}
	p := other.serve(all)
	return &other, p
}

// answered reads what the API answered to a submission.
func answered(t *testing.T, answer sent) (id string) {
	t.Helper()
	require.Equal(t, http.StatusAccepted, answer.status, answer.body)
	var body struct{ ID, Status string }
	require.NoError(t, json.Unmarshal([]byte(answer.body), &body))
	require.Equal(t, "received", body.Status)
	require.NotEmpty(t, body.ID)
	return body.ID
}
