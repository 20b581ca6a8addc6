package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

// How soon the loss of the database is told, and how soon its return is noticed. The first has half a second more than the promise, for a machine
// that runs other tests besides.
const (
	toldWithin = 2*time.Second + 500*time.Millisecond
	backWithin = 10 * time.Second
)

// TestPostgresAway takes the database away from a running web process: once as a server that ends, once as a host that falls silent.
func TestPostgresAway(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(*wire){"ended": (*wire).Cut, "silent": (*wire).Freeze} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proxy, through := wireTo(t, w.db.AppURL)
			metrics := freeAddr(t)
			web := w.serve(map[string]string{"DATABASE_URL": through, "METRICS_ADDR": metrics})
			worker := w.start(map[string]string{"DATABASE_URL": through}, "work")
			first := w.submit(aLead(1), "")
			w.awaitState(first, "awaiting_review", 30*time.Second)
			require.Equal(t, http.StatusOK, w.send(w.request(http.MethodGet, "/f/acme-demo", "")).status)

			before := w.rows()
			away(proxy)
			for round := range 2 { // with connections that were good a moment ago, then without any
				w.requireAway(metrics)
				require.Equal(t, before, w.rows(), "round %d: nothing was acknowledged, nothing is stored", round)
			}
			proxy.Mend()
			back := time.Now()
			w.until(backWithin, "the form takes submissions again", func() bool {
				return w.send(w.request(http.MethodPost, "/api/submit", sentJSON(2), "Content-Type", "application/json")).status == http.StatusAccepted
			})
			w.until(time.Until(back.Add(backWithin)), "ready again", func() bool {
				return w.send(w.request(http.MethodGet, "/readyz", "")).status == http.StatusOK && fetchStatus(t, "http://"+metrics+"/readyz") == http.StatusOK
			})
			second := answered(t, w.postJSON(sentJSON(2)))
			w.awaitState(second, "awaiting_review", 60*time.Second)
			w.approve(second)
			w.awaitState(second, "completed", 30*time.Second)
			for _, p := range []*process{web, worker} {
				select {
				case <-p.done:
					t.Fatal("a process ended with the database")
				default:
				}
			}
			w.checkBooks([]string{first, second})
		})
	}
}

// TestPostgresLostAmongSubmissions cuts the database off while submissions stream in. What was acknowledged is there; what was not may be repeated under
// its key, and is there once.
func TestPostgresLostAmongSubmissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proxy, through := wireTo(t, w.db.AppURL)
	w.serve(map[string]string{"DATABASE_URL": through})
	const all = 120
	request := func(n int) *http.Request {
		return w.request(http.MethodPost, "/api/submit", sentJSON(n), "Content-Type", "application/json", "Idempotency-Key", aKey(n))
	}
	type outcome struct {
		n      int
		answer sent
		err    error
	}
	outcomes := make(chan outcome, all)
	for n := range all {
		r := request(n)
		go func() {
			answer, err := try(r)
			outcomes <- outcome{n, answer, err}
		}()
	}
	accepted := map[int]string{}
	for i := range all {
		o := <-outcomes
		require.NoError(t, o.err)
		if i == all/4 {
			proxy.Cut()
		}
		if o.answer.status == http.StatusAccepted {
			accepted[o.n] = answered(t, o.answer)
			continue
		}
		requireProblem(t, o.answer, http.StatusServiceUnavailable)
		requireWait(t, o.answer, 10*time.Second)
	}
	t.Logf("%d of %d were accepted", len(accepted), all)
	proxy.Mend()
	var ids []string
	for n := range all {
		answer, err := w.patiently(func() *http.Request { return request(n) })
		require.NoError(t, err)
		id := answered(t, answer)
		if known := accepted[n]; known != "" {
			require.Equal(t, known, id, "a repeated request gives the same lead")
		}
		ids = append(ids, id)
	}
	require.Equal(t, all, w.count(`SELECT count(*) FROM leads`), "one submission, one lead")
	w.checkBooks(ids)
}

func fetchStatus(t *testing.T, address string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	answer, err := try(request)
	require.NoError(t, err)
	return answer.status
}

// requireAway asks at every kind of door while the database is away.
func (w *world) requireAway(metrics string) {
	w.t.Helper()
	token, err := w.box.Clerk.Token(clerk.AcmeAdminID, clerk.AcmeID, nil)
	require.NoError(w.t, err)
	typed := w.typed(50)
	requests := map[string]*http.Request{
		"submit":    w.request(http.MethodPost, "/api/submit", sentJSON(51), "Content-Type", "application/json"),
		"keyed":     w.request(http.MethodPost, "/api/submit", sentJSON(52), "Content-Type", "application/json", "Idempotency-Key", "away"),
		"form":      w.request(http.MethodPost, "/f/acme-demo", typed.Encode(), "Content-Type", "application/x-www-form-urlencoded"),
		"form page": w.request(http.MethodGet, "/f/acme-demo", ""),
		"API":       w.request(http.MethodGet, "/api/leads", "", "Authorization", "Bearer "+token),
		"page":      w.request(http.MethodGet, "/leads", "", "Cookie", cookies(w.signIn(clerk.AcmeAdminID))),
		"readyz":    w.request(http.MethodGet, "/readyz", ""),
	}
	type outcome struct {
		name   string
		answer sent
		err    error
	}
	outcomes := make(chan outcome)
	for name, request := range requests {
		go func() {
			answer, err := try(request)
			outcomes <- outcome{name, answer, err}
		}()
	}
	for range requests {
		o := <-outcomes
		require.NoError(w.t, o.err, o.name)
		w.t.Logf("%s: %d after %s", o.name, o.answer.status, o.answer.took)
		require.Equal(w.t, http.StatusServiceUnavailable, o.answer.status, "%s: %s", o.name, o.answer.body)
		requireWait(w.t, o.answer, 10*time.Second)
		requireSecured(w.t, o.answer)
		require.Less(w.t, o.answer.took, toldWithin, o.name)
		switch o.name {
		case "form":
			requireKept(w.t, o.answer.body, typed)
		case "submit", "keyed", "API":
			requireProblem(w.t, o.answer, http.StatusServiceUnavailable)
		}
	}
	require.Equal(w.t, http.StatusOK, w.send(w.request(http.MethodGet, "/healthz", "")).status, "the process lives")
	require.Equal(w.t, http.StatusOK, fetchStatus(w.t, "http://"+metrics+"/healthz"))
	require.Equal(w.t, http.StatusServiceUnavailable, fetchStatus(w.t, "http://"+metrics+"/readyz"))
}
