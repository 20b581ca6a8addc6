package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
)

// resumeWithin is how soon a killed worker's run goes on.
const resumeWithin = 30 * time.Second

// TestWorkerKilledInEachStep holds a call of the step in the vendor's emulator, kills the worker that waits for it, and sees another one finish the run.
func TestWorkerKilledInEachStep(t *testing.T) {
	t.Parallel()
	for _, role := range []model.Role{model.RoleReader, model.RoleJudge, model.RoleWriter} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve(nil)
			w.box.Model.Hold(role)
			worker := w.start(nil, "work")
			lead := w.submit(aLead(1), "")
			w.until(20*time.Second, "the call is held", func() bool { return w.box.Model.Faults.Held(string(role)) == 1 })
			worker.kill()
			w.box.Model.Release()
			w.start(nil, "work")
			w.awaitState(lead, "awaiting_review", resumeWithin)
			w.finishedOnce(lead)
			w.approve(lead)
			w.awaitState(lead, "completed", 20*time.Second)
			require.Len(t, w.box.Mailbox.Messages(), 1)
			w.checkBooks([]string{lead})
		})
	}
}

// finishedOnce: every finished step of the lead's run stands there once, and no turn of research was recorded twice.
func (w *world) finishedOnce(lead string) {
	w.t.Helper()
	require.Zero(w.t, w.count(`SELECT count(*) FROM (SELECT s.name FROM workflow_steps s JOIN workflows w ON w.id = s.workflow_id
		WHERE w.lead_id = $1 GROUP BY s.name HAVING count(*) > 1) twice`, lead))
	require.Zero(w.t, w.count(`SELECT count(*) FROM workflow_steps s JOIN workflows w ON w.id = s.workflow_id
		WHERE w.lead_id = $1 AND s.status <> 'finished'`, lead), "every step that began is finished")
}

// TestWorkerKilledWhileSending: before the message itself is transmitted a successor may begin anew; after that only a person may.
func TestWorkerKilledWhileSending(t *testing.T) {
	t.Parallel()
	t.Run("before the message", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.serve(nil)
		worker := w.start(nil, "work")
		lead := w.submit(aLead(1), "")
		w.awaitState(lead, "awaiting_review", 20*time.Second)
		w.box.Mailbox.Faults.Hold(mailbox.StageRcpt)
		w.approve(lead)
		w.until(20*time.Second, "the recipient is being checked", func() bool { return w.box.Mailbox.Faults.Held(mailbox.StageRcpt) > 0 })
		worker.kill()
		w.box.Mailbox.Faults.Release()
		w.start(nil, "work")
		w.awaitState(lead, "completed", resumeWithin)
		require.Len(t, w.box.Mailbox.Messages(), 1)
		w.checkBooks([]string{lead})
	})
	t.Run("after the message", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.serve(nil)
		worker := w.start(nil, "work")
		lead := w.submit(aLead(1), "")
		w.awaitState(lead, "awaiting_review", 20*time.Second)
		w.box.Mailbox.Faults.Hold(mailbox.StageData)
		w.approve(lead)
		w.until(20*time.Second, "the message is transmitted", func() bool { return w.box.Mailbox.Faults.Held(mailbox.StageData) > 0 })
		worker.kill()
		w.box.Mailbox.Faults.Release()
		w.start(nil, "work")
		w.awaitState(lead, "needs_attention", resumeWithin)
		require.LessOrEqual(t, len(w.box.Mailbox.Messages()), 1, "a doubt is never repeated by itself")
		require.Equal(t, 1, w.count(`SELECT count(*) FROM emails WHERE status = 'doubtful'`))
		w.checkBooks([]string{lead})
	})
}

// TestRedisFlushed: everything that Redis knew is gone; the work is done all the same.
func TestRedisFlushed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.box.Model.Hold(model.RoleReader)
	w.start(nil, "work")
	var ids []string
	for n := range 20 {
		ids = append(ids, w.submit(aLead(n), ""))
	}
	w.until(20*time.Second, "some calls are held", func() bool { return w.box.Model.Faults.Held(string(model.RoleReader)) > 0 })
	w.flushRedis()
	w.box.Model.Release()
	for _, id := range ids {
		w.awaitState(id, "awaiting_review", time.Minute)
	}
	w.checkBooks(ids)
}

// TestRedisDown: without Redis the form accepts, and the work is done once it is back.
func TestRedisDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.start(nil, "work")
	w.redis.Kill()
	var ids []string
	for n := range 5 {
		ids = append(ids, w.submit(aLead(n), ""))
	}
	require.NoError(t, w.redis.Restart(t.Context()))
	for _, id := range ids {
		w.awaitState(id, "awaiting_review", time.Minute)
	}
	w.checkBooks(ids)
}

// TestWebKilledAroundTheCommit kills the web process while submissions stream in. What was acknowledged is there; what was not may be repeated
// under its key and is there once.
func TestWebKilledAroundTheCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(nil, "work")
	accepted := map[int]string{}
	const each, rounds = 30, 4
	next := 0
	for range rounds {
		web := w.serve(nil)
		answers := make(chan [2]any, each)
		for range each {
			n := next
			next++
			go func() {
				id, err := w.trySubmit(aLead(n), aKey(n))
				if err != nil {
					id = ""
				}
				answers <- [2]any{n, id}
			}()
		}
		for i := range each {
			a := <-answers
			if id, _ := a[1].(string); id != "" {
				n, _ := a[0].(int)
				accepted[n] = id
			}
			if i == each/4 {
				web.kill()
			}
		}
	}
	w.serve(nil)
	var ids []string
	for n := range next {
		id := w.submit(aLead(n), aKey(n))
		if known := accepted[n]; known != "" {
			require.Equal(t, known, id, "a repeated request gives the same lead")
		}
		ids = append(ids, id)
	}
	require.Equal(t, next, w.count(`SELECT count(*) FROM leads`), "one submission, one lead")
	for _, id := range ids {
		w.awaitState(id, "awaiting_review", time.Minute)
	}
	w.checkBooks(ids)
}

func aKey(n int) string { return "key-" + string(rune('a'+n%26)) + time.Duration(n).String() }

// TestVendorsDownAlone: a vendor that fails leaves the run waiting, visibly, and the rest goes on.
func TestVendorsDownAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.start(nil, "work")
	w.box.Slack.Faults.Plan(faults.Fault{Target: "chat.postMessage", Kind: faults.KindStatus, Status: 503}, faults.Forever)
	w.box.Model.FailNext(model.RoleJudge, 2, 503, 0)
	lead := w.submit(aLead(1), "")
	w.until(20*time.Second, "the run waits, visibly", func() bool {
		return w.count(`SELECT count(*) FROM timeline WHERE kind = 'waiting' AND data->>'for' = 'the model'`) > 0
	})
	w.awaitState(lead, "awaiting_review", resumeWithin)
	w.approve(lead)
	w.awaitState(lead, "completed", 20*time.Second)
	require.Len(t, w.box.Mailbox.Messages(), 1, "the review does not need Slack")
	w.checkBooks([]string{lead})
}
