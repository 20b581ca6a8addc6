package resend_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/resend"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/resend"
	"github.com/leadagent/leadagent/domain/fault"
)

func document(status int, name string) string {
	return fmt.Sprintf(`{"statusCode":%d,"name":%q,"message":"echo %s to jane@example.com, see re_other"}`, status, name, theKey)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		header []string
		kind   fault.Kind // 0: sent
		words  string
		wait   time.Duration
	}{
		"sent":                     {200, `{"id":"49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}`, nil, 0, "", 0},
		"created":                  {201, `{"id":"49a3999c"}`, nil, 0, "", 0},
		"no id":                    {200, `{}`, nil, fault.Doubtful, "could not be read", 0},
		"not JSON":                 {200, `<html>`, nil, fault.Doubtful, "could not be read", 0},
		"nothing":                  {204, ``, nil, fault.Doubtful, "could not be read", 0},
		"endless":                  {200, `{"id":"` + strings.Repeat("x", 1<<20) + `"}`, nil, fault.Doubtful, "could not be read", 0},
		"redirect":                 {302, ``, []string{"Location", "/elsewhere"}, fault.Refused, "RESEND_API_URL", 0},
		"bad request":              {400, document(400, "validation_error"), nil, fault.Refused, "It said: echo … to … see …", 0},
		"bad idempotency key":      {400, document(400, "invalid_idempotency_key"), nil, fault.Refused, "did not accept the email", 0},
		"no key":                   {401, document(401, "missing_api_key"), nil, fault.Refused, "RESEND_API_KEY", 0},
		"restricted key":           {401, document(401, "restricted_api_key"), nil, fault.Refused, "RESEND_API_KEY", 0},
		"wrong key":                {403, document(403, "invalid_api_key"), nil, fault.Refused, "RESEND_API_KEY", 0},
		"wrong key, old form":      {400, document(400, "invalid_api_key"), nil, fault.Refused, "RESEND_API_KEY", 0},
		"domain not verified":      {403, document(403, "validation_error"), nil, fault.Refused, "verify the domain of EMAIL_FROM", 0},
		"wrong address":            {404, document(404, "not_found"), nil, fault.Refused, "RESEND_API_URL", 0},
		"wrong method":             {405, document(405, "method_not_allowed"), nil, fault.Refused, "RESEND_API_URL", 0},
		"slow request":             {408, ``, nil, fault.Unavailable, "not available", 0},
		"same key, another body":   {409, document(409, "invalid_idempotent_request"), nil, fault.Refused, "has this email already", 0},
		"same key at once":         {409, document(409, "concurrent_idempotent_requests"), nil, fault.Unavailable, "still busy", 0},
		"too long":                 {413, ``, nil, fault.Refused, "too long", 0},
		"bad field":                {422, document(422, "validation_error"), nil, fault.Refused, "did not accept the email. It said", 0},
		"missing field":            {422, document(422, "missing_required_field"), nil, fault.Refused, "did not accept the email", 0},
		"no document":              {422, `nope`, nil, fault.Refused, "did not accept the email.", 0},
		"rate":                     {429, document(429, "rate_limit_exceeded"), []string{"Retry-After", "3"}, fault.Busy, "asked us to wait", 3 * time.Second},
		"rate, fraction":           {429, ``, []string{"Retry-After", "0.5"}, fault.Busy, "", 500 * time.Millisecond},
		"rate, reset":              {429, ``, []string{"Ratelimit-Reset", "2"}, fault.Busy, "", 2 * time.Second},
		"rate, nonsense":           {429, ``, []string{"Retry-After", "NaN"}, fault.Busy, "", 0},
		"rate, past":               {429, ``, []string{"Retry-After", "-5"}, fault.Busy, "", 0},
		"rate, for ever":           {429, ``, []string{"Retry-After", "1e300"}, fault.Busy, "", time.Hour},
		"rate, old date":           {429, ``, []string{"Retry-After", "Fri, 20 Nov 2020 12:00:00 GMT"}, fault.Busy, "", 0},
		"day's quota":              {429, document(429, "daily_quota_exceeded"), nil, fault.Busy, "daily quota", time.Hour},
		"day's quota with a wait":  {429, document(429, "daily_quota_exceeded"), []string{"Retry-After", "60"}, fault.Busy, "daily quota", time.Minute},
		"month's quota":            {429, document(429, "monthly_quota_exceeded"), nil, fault.Refused, "monthly quota", 0},
		"security":                 {451, document(451, "security_error"), nil, fault.Refused, "did not accept", 0},
		"defect of theirs":         {500, document(500, "application_error"), nil, fault.Doubtful, "went wrong", 0},
		"bad gateway":              {502, `<html>`, nil, fault.Doubtful, "went wrong", 0},
		"outage":                   {503, ``, []string{"Retry-After", "7"}, fault.Unavailable, "not available", 7 * time.Second},
		"gateway lost patience":    {504, ``, nil, fault.Doubtful, "went wrong", 0},
		"a name that is none":      {500, `{"name":"jane@example.com ` + theKey + `"}`, nil, fault.Doubtful, "went wrong", 0},
		"a document of other type": {500, `{"name":{"a":1},"message":[1]}`, nil, fault.Doubtful, "went wrong", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h handed
			err := says(t, c.status, c.body, c.header...).Send(t.Context(), email(), h.over)
			require.Equal(t, c.kind, fault.KindOf(err), "%v", err)
			require.Equal(t, 1, h.times)
			require.Equal(t, c.wait, fault.RetryAfter(err))
			if err == nil {
				return
			}
			require.ErrorContains(t, err, c.words)
			for _, secret := range []string{theKey, "jane@example.com", "re_other"} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	err = sender(t, "http://"+listener.Addr().String()).Send(t.Context(), email(), new(handed).over)
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)

	strange := httptest.NewTLSServer(http.NotFoundHandler()) // a certificate that nobody trusts
	t.Cleanup(strange.Close)
	err = sender(t, strange.URL).Send(t.Context(), email(), new(handed).over)
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
}

func TestHandoverComesBeforeTheRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	err := b.Send(t.Context(), email(), func(context.Context) error { return errOwn })
	require.ErrorIs(t, err, errOwn)
	require.Empty(t, b.api.Recorder.Requests())
	require.NoError(t, b.Send(t.Context(), email(), func(context.Context) error {
		require.Empty(t, b.api.Recorder.Requests())
		return nil
	}))
}

// A lost answer is a doubt, and the same email sent again is the same email.
func TestALostAnswerIsADoubtThatARepeatEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.api.Faults.ResetAfterAccept(emulator.TargetSend, 1)
	err := b.Send(t.Context(), email(), new(handed).over)
	require.Equal(t, fault.Doubtful, fault.KindOf(err), "%v", err)
	require.Len(t, b.box.Messages(), 1)
	require.NoError(t, b.Send(t.Context(), email(), new(handed).over))
	require.Len(t, b.box.Messages(), 1)
}

func TestContextEndsEverything(t *testing.T) {
	t.Parallel()
	t.Run("before the request", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := b.Send(ctx, email(), func(context.Context) error {
			cancel()
			return nil
		})
		require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
		require.Empty(t, b.api.Recorder.Requests())
	})
	t.Run("after the request", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.api.Faults.HoldAfter(emulator.TargetSend)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		require.Equal(t, fault.Doubtful, fault.KindOf(b.Send(ctx, email(), new(handed).over)))
	})
	t.Run("own patience", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.api.Faults.HoldAfter(emulator.TargetSend)
		impatient := sender(t, b.url, func(o *resend.Options) { o.Timeout = 300 * time.Millisecond })
		require.Equal(t, fault.Doubtful, fault.KindOf(impatient.Send(t.Context(), email(), new(handed).over)))
	})
	t.Run("silence instead of TLS", func(t *testing.T) {
		t.Parallel()
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		err = sender(t, "https://"+listener.Addr().String()).Send(ctx, email(), new(handed).over)
		require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	})
}

// The standard transport repeats a request with an idempotency key by itself when a kept connection breaks. The first one's doubt would be
// lost with that.
func TestTheTransportRepeatsNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*resend.Options){
		"own transport":        func(*resend.Options) {},
		"one with connections": func(o *resend.Options) { o.HTTP = &http.Client{Transport: &http.Transport{}} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			r := sender(t, b.url, change)
			require.NoError(t, r.Send(t.Context(), email(), new(handed).over))
			second := email()
			second.ID = "0197-2"
			b.api.Faults.ResetAfterAccept(emulator.TargetSend, 1)
			b.api.Faults.Plan(faults.Fault{Target: emulator.TargetSend, Kind: faults.KindStatus, Status: 403}, 1)
			err := r.Send(t.Context(), second, new(handed).over)
			require.Equal(t, fault.Doubtful, fault.KindOf(err), "%v", err)
			require.Len(t, b.api.Recorder.Requests(), 2)
		})
	}
}

func TestNoConnectionIsKept(t *testing.T) {
	t.Parallel()
	var from []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from = append(from, r.RemoteAddr)
		_, _ = w.Write([]byte(`{"id":"1"}`))
	}))
	t.Cleanup(server.Close)
	r := sender(t, server.URL)
	for range 2 {
		require.NoError(t, r.Send(t.Context(), email(), new(handed).over))
	}
	require.NotEqual(t, from[0], from[1])
}

func TestARedirectIsNotFollowedWithTheKey(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
	t.Cleanup(elsewhere.Close)
	err := says(t, http.StatusTemporaryRedirect, "", "Location", elsewhere.URL).Send(t.Context(), email(), new(handed).over)
	require.Equal(t, fault.Refused, fault.KindOf(err))
	require.Zero(t, seen.Load())
}

func TestOverHTTP2(t *testing.T) {
	t.Parallel()
	var protocol atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol.Store(r.Proto)
		if r.Header.Get("Idempotency-Key") == "email/lost" {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(`{"id":"1"}`))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	r := sender(t, server.URL, func(o *resend.Options) { o.HTTP = server.Client() })
	require.NoError(t, r.Send(t.Context(), email(), new(handed).over))
	require.Equal(t, "HTTP/2.0", protocol.Load())
	e := email()
	e.ID = "lost"
	require.Equal(t, fault.Doubtful, fault.KindOf(r.Send(t.Context(), e, new(handed).over)))
}
