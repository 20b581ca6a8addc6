package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/web"
)

// nearLimit puts an organization on the smallest plan, with a number of leads used already.
func (w *world) nearLimit(org, form, overLimit string, used int) {
	w.t.Helper()
	answered(w.t, w.postJSON(sentJSON(5000, "form", form))) // makes the period's row
	w.exec(`UPDATE organizations SET plan = 'starter', over_limit = $2 WHERE org_id = $1`, org, overLimit)
	w.exec(`UPDATE usage_periods SET used = $2, lead_limit = 100 WHERE org_id = $1`, org, used)
}

func (w *world) used(org string) int {
	w.t.Helper()
	return w.count(`SELECT used FROM usage_periods WHERE org_id = $1`, org)
}

// floodAtLimit sends as many different leads at once as it is told and counts the statuses. A request that is put off is sent again.
func (w *world) floodAtLimit(form string, n int) map[int]int {
	w.t.Helper()
	type outcome struct {
		answer sent
		err    error
	}
	outcomes := make(chan outcome, n)
	begin := make(chan struct{})
	for i := range n {
		body := sentJSON(i, "form", form)
		go func() {
			<-begin
			answer, err := w.patiently(func() *http.Request {
				return w.request(http.MethodPost, "/api/submit", body, "Content-Type", "application/json")
			})
			outcomes <- outcome{answer, err}
		}()
	}
	close(begin)
	counts := map[int]int{}
	for range n {
		o := <-outcomes
		require.NoError(w.t, o.err)
		counts[o.answer.status]++
	}
	return counts
}

// TestPlanLimit floods organizations that have one lead left.
func TestPlanLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	t.Run("the rest is held", func(t *testing.T) {
		w := w.with(t)
		w.nearLimit(clerk.AcmeID, "acme-demo", "hold", 99)
		require.Equal(t, map[int]int{http.StatusAccepted: 200}, w.floodAtLimit("acme-demo", 200), "all are thanked alike")
		require.Equal(t, 100, w.used(clerk.AcmeID), "the limit is never exceeded by one")
		const fresh = ` AND email <> 'person5000@company5000.example'`
		require.Equal(t, 1, w.count(`SELECT count(*) FROM leads WHERE org_id = $1 AND status = 'pending'`+fresh, clerk.AcmeID))
		require.Equal(t, 199, w.count(`SELECT count(*) FROM leads WHERE org_id = $1 AND status = 'held'`+fresh, clerk.AcmeID), "none is dropped")
		require.Zero(t, w.count(`SELECT count(*) FROM workflows w JOIN leads l ON l.id = w.lead_id WHERE l.status = 'held'`), "none is processed")

		form := w.postForm("acme-demo", w.typed(300).Encode())
		require.Equal(t, http.StatusSeeOther, form.status, form.body)
		require.Equal(t, 1, w.count(`SELECT count(*) FROM leads WHERE email = $1 AND status = 'held'`, aLead(300).Email))
		_, untouched := w.watched(t)
		answered(t, w.postJSON(sentJSON(7)))
		untouched()
		answered(t, w.postJSON(sentJSON(301, web.FieldHoneypot, "x")))
		w.requireQuarantined(aLead(301).Email)
		require.Equal(t, 100, w.used(clerk.AcmeID))
		code, usage := w.api(clerk.AcmeAdminID, http.MethodGet, "/api/usage", nil)
		require.Equal(t, http.StatusOK, code)
		require.InDelta(t, 100, usage["used"], 0)
		require.InDelta(t, 0, usage["remaining"], 0)
	})
	t.Run("the rest is refused", func(t *testing.T) {
		w := w.with(t)
		w.nearLimit(clerk.GlobexID, "globex-demo", "refuse", 99)
		leads := w.count(`SELECT count(*) FROM leads WHERE org_id = $1`, clerk.GlobexID)
		require.Equal(t, map[int]int{http.StatusAccepted: 1, http.StatusTooManyRequests: 49}, w.floodAtLimit("globex-demo", 50))
		require.Equal(t, 100, w.used(clerk.GlobexID))
		require.Equal(t, leads+1, w.count(`SELECT count(*) FROM leads WHERE org_id = $1`, clerk.GlobexID))

		w, untouched := w.watched(t)
		problem := requireProblem(t, w.postJSON(sentJSON(400, "form", "globex-demo"), "Idempotency-Key", "over"), http.StatusTooManyRequests)
		require.Equal(t, "usage_limit_reached", problem.Code)
		typed := w.typed(400, web.FieldTimeToken, w.stamp("globex-demo", 5e9))
		page := w.postForm("globex-demo", typed.Encode())
		requirePage(t, page, http.StatusTooManyRequests)
		requireKept(t, page.body, typed)
		untouched()

		w.exec(`UPDATE organizations SET plan = 'pro' WHERE org_id = $1`, clerk.GlobexID)
		again := w.postJSON(sentJSON(400, "form", "globex-demo"), "Idempotency-Key", "over")
		answered(t, again)
		require.Empty(t, again.header.Get(replayed), "a refusal is not remembered")
		require.Equal(t, 101, w.used(clerk.GlobexID))
		w.exec(`UPDATE organizations SET plan = 'starter' WHERE org_id = $1`, clerk.GlobexID)
		requireProblem(t, w.postJSON(sentJSON(401, "form", "globex-demo")), http.StatusTooManyRequests)
		require.Equal(t, 101, w.used(clerk.GlobexID), "a lower plan takes nothing back and lets nothing in")
	})
}
