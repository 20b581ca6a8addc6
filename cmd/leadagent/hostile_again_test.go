package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

const replayed = "Idempotency-Replayed"

// together sends a request many times at once and gives all answers.
func (w *world) together(n int, request func(i int) *http.Request) []sent {
	w.t.Helper()
	answers := make([]sent, n)
	errs := make([]error, n)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		r := request(i)
		all.Go(func() {
			<-begin
			answers[i], errs[i] = try(r)
		})
	}
	close(begin)
	all.Wait()
	for _, err := range errs {
		require.NoError(w.t, err)
	}
	return answers
}

// patiently sends a request again until it is not put off any more, as the 503's Retry-After asks for.
func (w *world) patiently(request func() *http.Request) (sent, error) {
	for {
		answer, err := try(request())
		if err != nil || answer.status != http.StatusServiceUnavailable || answer.header.Get("Retry-After") == "" {
			return answer, err
		}
	}
}

// TestIdempotency repeats submissions in every way in which networks and people do.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	submit := func(w *world, body, key string) sent { return w.postJSON(body, "Idempotency-Key", key) }

	t.Run("one after the other", func(t *testing.T) {
		w := w.with(t)
		first := submit(w, sentJSON(1), "one")
		id := answered(t, first)
		require.Empty(t, first.header.Get(replayed))
		left := w.rows()
		for range 3 {
			again := submit(w, sentJSON(1), "one")
			require.Equal(t, id, answered(t, again))
			require.Equal(t, "true", again.header.Get(replayed))
			require.Equal(t, first.body, again.body, "the answer is the first one's, byte for byte")
			requireSecured(t, again)
		}
		require.Equal(t, left, w.rows(), "a replay leaves nothing")
	})
	t.Run("with another body", func(t *testing.T) {
		w, untouched := w.watched(t)
		for _, body := range []string{sentJSON(2), sentJSON(1, "phone", "0123456789"), sentJSON(1) + " "} {
			requireProblem(t, submit(w, body, "one"), http.StatusUnprocessableEntity)
		}
		untouched()
	})
	t.Run("at another organization", func(t *testing.T) {
		w := w.with(t)
		other := submit(w, sentJSON(1, "form", "globex-demo"), "one")
		answered(t, other)
		require.Empty(t, other.header.Get(replayed), "a key is one organization's")
	})
	t.Run("fifty at once", func(t *testing.T) {
		w := w.with(t)
		leads := w.count(`SELECT count(*) FROM leads`)
		answers := w.together(50, func(int) *http.Request {
			return w.request(http.MethodPost, "/api/submit", sentJSON(3), "Content-Type", "application/json", "Idempotency-Key", "fifty")
		})
		firsts := 0
		for _, a := range answers {
			require.Equal(t, answered(t, answers[0]), answered(t, a))
			if a.header.Get(replayed) == "" {
				firsts++
			}
		}
		require.Equal(t, 1, firsts, "all but one are replays")
		require.Equal(t, leads+1, w.count(`SELECT count(*) FROM leads`))
		require.Equal(t, 1, w.count(`SELECT count(*) FROM workflows WHERE lead_id = $1`, answered(t, answers[0])))
	})
	t.Run("fifty at once with different bodies", func(t *testing.T) {
		w := w.with(t)
		leads := w.count(`SELECT count(*) FROM leads`)
		won := 0
		for _, a := range w.together(50, func(i int) *http.Request {
			return w.request(http.MethodPost, "/api/submit", sentJSON(100+i), "Content-Type", "application/json", "Idempotency-Key", "quarrel")
		}) {
			if a.status == http.StatusAccepted {
				won++
				continue
			}
			requireProblem(t, a, http.StatusUnprocessableEntity)
		}
		require.Equal(t, 1, won)
		require.Equal(t, leads+1, w.count(`SELECT count(*) FROM leads`))
	})
	for name, key := range map[string]string{
		"256 long": strings.Repeat("k", 256), "4,000 long": strings.Repeat("k", 4000), "beyond ASCII": "schlüssel", "with a tab": "a\tb",
	} {
		t.Run("a key "+name, func(t *testing.T) {
			w, untouched := w.watched(t)
			body := requireProblem(t, submit(w, sentJSON(4), key), http.StatusUnprocessableEntity)
			require.Equal(t, []string{"Idempotency-Key"}, body.fields())
			untouched()
		})
	}
	t.Run("a key 255 long", func(t *testing.T) {
		w := w.with(t)
		key := strings.Repeat("k", 255)
		id := answered(t, submit(w, sentJSON(4), key))
		again := submit(w, sentJSON(4), key)
		require.Equal(t, id, answered(t, again))
		require.Equal(t, "true", again.header.Get(replayed))
		require.Equal(t, id, answered(t, submit(w, sentJSON(4), strings.Repeat("k", 254)+"l")), "the same message joins the first lead")
	})
	t.Run("a refused submission leaves its key free", func(t *testing.T) {
		w := w.with(t)
		requireProblem(t, submit(w, sentJSON(5, "name", ""), "refused"), http.StatusUnprocessableEntity)
		again := submit(w, sentJSON(5), "refused")
		answered(t, again)
		require.Empty(t, again.header.Get(replayed))
	})
	t.Run("a key a day old is a new one", func(t *testing.T) {
		w := w.with(t)
		id := answered(t, submit(w, sentJSON(6), "old"))
		w.exec(`UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'old'`)
		again := submit(w, sentJSON(7), "old")
		require.NotEqual(t, id, answered(t, again))
		require.Empty(t, again.header.Get(replayed))
	})
	t.Run("the same message of the same person", func(t *testing.T) {
		w := w.with(t)
		id := answered(t, w.postJSON(sentJSON(8)))
		left := w.rows()
		spaced := "  " + strings.ToUpper(aLead(8).Message) + "\n"
		for _, body := range []string{sentJSON(8), sentJSON(8, "message", spaced), sentJSON(8, "email", strings.ToUpper(aLead(8).Email)), sentJSON(8, "name", "J. Reed", "phone", "0123456789")} {
			answer := w.postJSON(body)
			require.Equal(t, id, answered(t, answer))
		}
		form := w.postForm("acme-demo", w.typed(8).Encode())
		require.Equal(t, http.StatusSeeOther, form.status)
		var reference string
		w.query(`SELECT reference FROM leads WHERE id = $1`, []any{id}, &reference)
		require.Contains(t, form.header.Get("Location"), reference)
		require.Equal(t, left, w.rows(), "no lead, no run, no quota")
		require.NotEqual(t, id, answered(t, w.postJSON(sentJSON(8, "message", "Another message by me."))))
		require.NotEqual(t, id, answered(t, w.postJSON(sentJSON(8, "form", "globex-demo"))))
		w.exec(`UPDATE leads SET created_at = now() - interval '24 hours 1 second' WHERE id = $1`, id)
		require.NotEqual(t, id, answered(t, w.postJSON(sentJSON(8))), "a day later it is a lead of its own")
	})
	t.Run("a double click on the form", func(t *testing.T) {
		w := w.with(t)
		leads := w.count(`SELECT count(*) FROM leads`)
		body := w.typed(9).Encode()
		answers := w.together(20, func(int) *http.Request {
			return w.request(http.MethodPost, "/f/acme-demo", body, "Content-Type", "application/x-www-form-urlencoded")
		})
		for _, a := range answers {
			require.Equal(t, http.StatusSeeOther, a.status, a.body)
			require.Equal(t, answers[0].header.Get("Location"), a.header.Get("Location"), "one reference")
		}
		require.Equal(t, leads+1, w.count(`SELECT count(*) FROM leads`))
	})
	t.Run("by a member's program", func(t *testing.T) {
		w := w.with(t)
		token, err := w.box.Clerk.Token(clerk.AcmeMemberID, clerk.AcmeID, nil)
		require.NoError(t, err)
		for i, body := range []string{sentJSON(10), strings.Replace(sentJSON(11), `"form":"acme-demo",`, "", 1)} {
			key := []string{"program-0", "program-1"}[i]
			id := answered(t, w.postJSON(body, "Authorization", "Bearer "+token, "Idempotency-Key", key))
			again := w.postJSON(body, "Authorization", "Bearer "+token, "Idempotency-Key", key)
			require.Equal(t, id, answered(t, again))
			require.Equal(t, "true", again.header.Get(replayed))
			require.Equal(t, 1, w.count(`SELECT count(*) FROM leads WHERE id = $1 AND org_id = $2 AND user_id = $3`, id, clerk.AcmeID, clerk.AcmeMemberID))
		}
		_, untouched := w.watched(t)
		foreign := requireProblem(t, w.postJSON(sentJSON(12, "form", "globex-demo"), "Authorization", "Bearer "+token), http.StatusNotFound)
		unknown := requireProblem(t, w.postJSON(sentJSON(12, "form", "no-such-form"), "Authorization", "Bearer "+token), http.StatusNotFound)
		foreign.Instance, unknown.Instance = "", ""
		require.Equal(t, unknown, foreign, "another organization's form is like none")
		for _, bad := range []string{"Bearer x", "Bearer ", "Basic YTpi", "Bearer " + token + "x", "bearer"} {
			requireProblem(t, w.postJSON(sentJSON(12), "Authorization", bad), http.StatusUnauthorized)
		}
		untouched()
	})
	require.Zero(t, w.count(`SELECT count(*) FROM usage_periods u WHERE used <> (SELECT count(*) FROM workflows w WHERE w.org_id = u.org_id)`), "each run is counted once")
}
