package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// bench is an emulator that counts what takes effect, behind a switch and a recorder.
type bench struct {
	t        *testing.T
	faults   *faults.Switch
	recorder *faults.Recorder
	effects  atomic.Int64
	url      string
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, faults: &faults.Switch{}, recorder: &faults.Recorder{}}
	vendor := faults.Vendor{
		Target:    func(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/") },
		ErrorBody: func(faults.Fault) (string, []byte) { return "application/json", []byte(`{"error":"planned"}`) },
	}
	work := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.effects.Add(1)
		if f, ok := faults.FromContext(r.Context()); ok {
			_, _ = io.WriteString(w, string(f.Kind))
			return
		}
		_, _ = io.WriteString(w, "done")
	})
	mux := http.NewServeMux()
	mux.Handle(faults.ControlPrefix, faults.Control(b.faults, b.recorder))
	mux.Handle("/", b.recorder.Wrap(b.faults.Wrap(vendor, work)))
	server := httptest.NewServer(mux)
	t.Cleanup(func() { b.faults.Clear(); server.Close() })
	b.url = server.URL
	return b
}

// send posts a body and returns status and answer, or the transport's error.
func (b *bench) send(ctx context.Context, method, path, contentType, body string) (int, http.Header, string, error) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	var answer bytes.Buffer
	_, err = answer.ReadFrom(response.Body)
	return response.StatusCode, response.Header, answer.String(), err
}

func (b *bench) call(path string) (int, string) {
	b.t.Helper()
	status, _, answer, err := b.send(context.Background(), http.MethodPost, path, "text/plain", "body of "+path)
	if err != nil {
		b.t.Fatal(err)
	}
	return status, answer
}

func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestFailNextFailsThatManyCallsAndNoMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.faults.FailNext(2, http.StatusTooManyRequests, http.Header{"Retry-After": {"7"}})
	for range 2 {
		status, header, answer, err := b.send(context.Background(), http.MethodPost, "/a", "text/plain", "")
		if err != nil || status != http.StatusTooManyRequests || header.Get("Retry-After") != "7" || answer != `{"error":"planned"}` {
			t.Errorf("got %d %q %q %v", status, header.Get("Retry-After"), answer, err)
		}
	}
	if status, answer := b.call("/a"); status != http.StatusOK || answer != "done" {
		t.Errorf("after the planned failures: %d %q", status, answer)
	}
	if n := b.effects.Load(); n != 1 {
		t.Errorf("%d calls took effect, want 1", n)
	}
}

func TestAFaultStrikesOnlyItsTarget(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.faults.Plan(faults.Fault{Target: "writer", Kind: faults.KindStatus, Status: http.StatusServiceUnavailable}, faults.Forever)
	if status, _ := b.call("/reader"); status != http.StatusOK {
		t.Errorf("reader answered %d", status)
	}
	for range 3 {
		if status, _ := b.call("/writer"); status != http.StatusServiceUnavailable {
			t.Errorf("writer answered %d", status)
		}
	}
	b.faults.Clear()
	if status, _ := b.call("/writer"); status != http.StatusOK {
		t.Errorf("after Clear writer answered %d", status)
	}
}

func TestOtherKindsReachTheEmulator(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.faults.Plan(faults.Fault{Kind: "upside_down"}, 1)
	if _, answer := b.call("/a"); answer != "upside_down" {
		t.Errorf("answer %q", answer)
	}
}

func TestResetAfterAcceptTakesEffectAndAnswersNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.faults.ResetAfterAccept("a", 1)
	if status, _, _, err := b.send(context.Background(), http.MethodPost, "/a", "text/plain", ""); err == nil {
		t.Errorf("got an answer with status %d", status)
	}
	if n := b.effects.Load(); n != 1 {
		t.Errorf("%d calls took effect, want 1", n)
	}
}

func TestHoldStopsBeforeTheEffectAndReleaseLetsItGoOn(t *testing.T) {
	t.Parallel()
	b, answered := setup(t), make(chan int, 1)
	b.faults.Hold("a")
	go func() {
		status, _, _, _ := b.send(context.Background(), http.MethodPost, "/a", "text/plain", "x")
		answered <- status
	}()
	if err := b.faults.AwaitHeld(limited(t), "a", 1); err != nil {
		t.Fatal(err)
	}
	if n := b.effects.Load(); n != 0 {
		t.Errorf("%d calls took effect while held", n)
	}
	b.faults.Release()
	if status := <-answered; status != http.StatusOK || b.effects.Load() != 1 {
		t.Errorf("status %d, %d effects", status, b.effects.Load())
	}
}

func TestHoldAfterStopsBehindTheEffect(t *testing.T) {
	t.Parallel()
	b, done := setup(t), make(chan error, 1)
	b.faults.HoldAfter(faults.Any)
	ctx, leave := context.WithCancel(context.Background())
	go func() {
		_, _, _, err := b.send(ctx, http.MethodPost, "/a", "text/plain", "x")
		done <- err
	}()
	if err := b.faults.AwaitHeld(limited(t), "a", 1); err != nil {
		t.Fatal(err)
	}
	leave()
	if err := <-done; err == nil || b.effects.Load() != 1 {
		t.Errorf("error %v, %d effects; want an error and 1", err, b.effects.Load())
	}
	for deadline := limited(t); b.faults.Held(faults.Any) > 0; runtime.Gosched() {
		if deadline.Err() != nil {
			t.Fatal("the call of a caller who left stays held")
		}
	}
}

func TestLatencyDelaysItsTarget(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.faults.Latency("a", 80*time.Millisecond)
	start := time.Now()
	b.call("/a")
	if took := time.Since(start); took < 80*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestRecorderKeepsRequestsWhole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.call("/a?x=1")
	b.call("/b")
	requests, err := b.recorder.Await(limited(t), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := requests[0]
	if first.Method != http.MethodPost || first.Path != "/a" || first.Query != "x=1" || first.Body != "body of /a?x=1" || first.Header.Get("Content-Type") != "text/plain" || first.Time.IsZero() {
		t.Errorf("recorded %+v", first)
	}
	only, err := b.recorder.Await(limited(t), 1, func(r faults.Request) bool { return r.Path == "/b" })
	if err != nil || len(only) != 1 {
		t.Errorf("matching: %v, %v", only, err)
	}
	b.recorder.Clear()
	if n := len(b.recorder.Requests()); n != 0 {
		t.Errorf("%d requests after Clear", n)
	}
}

func TestControlSteersOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	order := func(path, body string) {
		t.Helper()
		if status, _, answer, err := b.send(context.Background(), http.MethodPost, "/_control/"+path, "application/json", body); err != nil || status != http.StatusNoContent {
			t.Fatalf("%s: %d %q %v", path, status, answer, err)
		}
	}
	order("fail", `{"target":"a","status":429,"header":{"Retry-After":["3"]},"times":1}`)
	if status, _ := b.call("/a"); status != http.StatusTooManyRequests {
		t.Errorf("status %d, want 429", status)
	}
	order("hold", `{"target":"a","when":"after"}`)
	done := make(chan int, 1)
	go func() {
		status, _, _, _ := b.send(context.Background(), http.MethodPost, "/a", "text/plain", "x")
		done <- status
	}()
	if err := b.faults.AwaitHeld(limited(t), "a", 1); err != nil {
		t.Fatal(err)
	}
	order("release", `{}`)
	if status := <-done; status != http.StatusOK {
		t.Errorf("released call answered %d", status)
	}
	_, _, answer, err := b.send(context.Background(), http.MethodGet, "/_control/requests", "", "")
	var listed struct{ Requests []faults.Request }
	if err != nil || json.Unmarshal([]byte(answer), &listed) != nil || len(listed.Requests) != 2 {
		t.Errorf("listed %s, %v", answer, err)
	}
}

func TestControlRefusesWhatAWebPageCouldSend(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if status, _, _, err := b.send(context.Background(), http.MethodPost, "/_control/fail", "text/plain", `{"status":500}`); err != nil || status != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d %v", status, err)
	}
	if status, _, _, err := b.send(context.Background(), http.MethodPost, "/_control/fail", "application/json", `{"statsu":500}`); err != nil || status != http.StatusBadRequest {
		t.Errorf("misspelt field: %d %v", status, err)
	}
	if status, _ := b.call("/a"); status != http.StatusOK {
		t.Errorf("a refused order had an effect: %d", status)
	}
}
