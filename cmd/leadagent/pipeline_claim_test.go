package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// TestOneWorkerCarriesARun: several workers, of two processes, are told of the same runs at once. Each run is carried on by one of them, and the
// model is asked no more than for one.
func TestOneWorkerCarriesARun(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	alone := f.prepared(0)
	turns := f.asked(model.RoleReader)
	require.Positive(t, turns)
	other := f.another(nil)
	const runs, workers = 6, 4
	for n := 1; n <= runs; n++ {
		id := f.take(aLead(n))
		working := make([]<-chan error, workers)
		for i := range working {
			p := []*floor{f, other}[i%2].pipeline
			working[i] = inBackground(func() error { return p.Advance(t.Context(), f.org, id) })
		}
		for _, w := range working {
			require.NoError(t, ends(t, w, "a worker"))
		}
		require.Equal(t, workflows.AwaitingReview, f.run(id).State)
		require.Len(t, f.drafts(id), 1)
		require.Equal(t, 1, f.count(`SELECT attempt FROM workflows WHERE id = $1`, string(id)), "one of them claimed it, once")
	}
	require.Equal(t, 1+runs, f.asked(model.RoleJudge))
	require.Equal(t, 1+runs, f.asked(model.RoleWriter))
	require.Equal(t, f.count(`SELECT count(*) FROM research_actions WHERE position = 0`), f.asked(model.RoleReader), "every answer of the reader was asked for once")
	require.Zero(t, f.count(`SELECT count(*) FROM workflow_steps WHERE status <> 'finished'`))

	before, asked := f.traces(alone), len(f.box.Model.Calls())
	for range 3 {
		f.advance(alone)
	}
	require.Equal(t, before, f.traces(alone), "a ring for a run that waits for a person does nothing")
	require.Len(t, f.box.Model.Calls(), asked)
}

// TestATaskOfAnotherOrganizationIsRefused: whatever a task says, a run is only touched by its own organization's.
func TestATaskOfAnotherOrganizationIsRefused(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	queued, waiting := f.take(aLead(1)), f.prepared(2)
	sending := f.approved(3)
	f.cardOf(waiting)
	require.NoError(t, f.press(waiting, "approve", slackManager))
	before, asked, mails := f.traces(queued)+f.traces(waiting)+f.traces(sending), len(f.box.Model.Calls()), len(f.box.Mailbox.Messages())
	cards := len(f.box.Slack.Messages("T0GLOBEX01")) + len(f.box.Slack.Messages("T0ACME0001"))
	for _, id := range []workflows.ID{queued, waiting, sending, workflows.ID(newID()), "not-an-id", ""} {
		for _, org := range []tenancy.OrgID{clerk.GlobexID, "org_unknown", ""} {
			require.NoError(t, f.pipeline.Advance(t.Context(), org, id))
			_ = f.pipeline.ShowCard(t.Context(), org, id) // an unknown run is an error there, a foreign one has no card
			_ = f.desk.DecideClicks(t.Context(), org, id) // likewise
		}
	}
	require.Equal(t, before, f.traces(queued)+f.traces(waiting)+f.traces(sending))
	require.Len(t, f.box.Model.Calls(), asked)
	require.Len(t, f.box.Mailbox.Messages(), mails)
	require.Equal(t, cards, len(f.box.Slack.Messages("T0GLOBEX01"))+len(f.box.Slack.Messages("T0ACME0001")))
	require.Equal(t, 1, f.count(`SELECT count(*) FROM webhook_events WHERE processed_at IS NULL`))
}

// TestAForgedTaskIsLogged puts a task into Redis that names the wrong organization, as whoever can write there could. A real worker refuses it.
func TestAForgedTaskIsLogged(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.take(aLead(1))
	f.exec(`UPDATE workflows SET wake_at = now() + interval '1 hour'`)
	f.exec(`DELETE FROM outbox`) // only the forged task rings
	worker := f.start(nil, "work")
	require.NoError(t, f.bell.Ring(t.Context(), []ports.Ring{
		{Org: clerk.GlobexID, Run: id, Kind: ports.RingRun, Queue: workflows.Research, Number: 1},
		{Org: "", Run: id, Kind: ports.RingRun, Queue: workflows.Research, Number: 2},
		{Org: clerk.AcmeID, Run: "not-an-id", Kind: ports.RingRun, Queue: workflows.Approvals, Number: 3},
	}))
	f.until(20*time.Second, "the tasks are refused", func() bool { return strings.Count(worker.log.String(), "task refused") == 3 })
	require.Contains(t, worker.log.String(), "the organization does not own the run")
	require.Equal(t, workflows.Queued, f.run(id).State)
	require.Empty(t, f.box.Model.Calls())
}

// TestBeforeItsTime: a run whose wake time is to come is left alone, by the database's clock.
func TestBeforeItsTime(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.take(aLead(1))
	f.exec(`UPDATE workflows SET wake_at = now() + interval '1 hour' WHERE id = $1`, string(id))
	before := f.traces(id)
	f.advance(id)
	require.Equal(t, before, f.traces(id))
	require.Empty(t, f.box.Model.Calls())
	f.exec(`UPDATE workflows SET wake_at = now() WHERE id = $1`, string(id))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
}

// TestLeaseLostInTheMiddle holds a call of a worker, lets its lease run out, and lets another worker claim the run: what the first brings back
// is not written, and the run comes out as if one had carried it.
func TestLeaseLostInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, role := range []model.Role{model.RoleReader, model.RoleJudge, model.RoleWriter} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			f := newFloor(t, nil)
			other := f.another(nil)
			id := f.take(aLead(1))
			f.box.Model.Hold(role)
			first := inBackground(func() error { return f.pipeline.Advance(t.Context(), f.org, id) })
			require.NoError(t, f.box.Model.Faults.AwaitHeld(t.Context(), string(role), 1))
			f.exec(`UPDATE workflows SET lease_until = now() - interval '1 second' WHERE id = $1`, string(id))
			second := inBackground(func() error { return other.pipeline.Advance(t.Context(), f.org, id) })
			require.NoError(t, f.box.Model.Faults.AwaitHeld(t.Context(), string(role), 2))
			f.box.Model.Release()
			require.NoError(t, ends(t, first, "the first worker"))
			require.NoError(t, ends(t, second, "the second worker"))

			require.Equal(t, workflows.AwaitingReview, f.run(id).State)
			require.Equal(t, 2, f.count(`SELECT attempt FROM workflows WHERE id = $1`, string(id)))
			step := map[model.Role]string{model.RoleReader: "research", model.RoleJudge: "qualify", model.RoleWriter: "draft"}[role]
			require.Equal(t, 2, f.count(`SELECT attempt FROM workflow_steps WHERE workflow_id = $1 AND name = $2`, string(id), step))
			require.Len(t, f.drafts(id), 1)
			require.Zero(t, f.count(`SELECT count(*) FROM workflow_steps WHERE status <> 'finished'`))
			require.Equal(t, 2, f.asked(role)-map[bool]int{true: f.count(`SELECT count(*) - 1 FROM research_actions WHERE position = 0`)}[role == model.RoleReader])
			f.tokensAddUp(id)
		})
	}
}

// tokensAddUp: what the run is said to have cost is what its recorded calls cost.
func (f *floor) tokensAddUp(id workflows.ID) {
	f.t.Helper()
	require.Equal(f.t, f.text(`SELECT (tokens_in, tokens_out, cost_micros)::text FROM workflows WHERE id = $1`, string(id)),
		f.text(`SELECT (sum(tokens_in), sum(tokens_out), sum(cost_micros))::text FROM workflow_steps WHERE workflow_id = $1`, string(id)))
	require.Equal(f.t, f.text(`SELECT (tokens_in, tokens_out, cost_micros)::text FROM workflow_steps WHERE workflow_id = $1 AND name = 'research'`, string(id)),
		f.text(`SELECT (sum(tokens_in), sum(tokens_out), sum(cost_micros))::text FROM research_actions WHERE workflow_id = $1`, string(id)))
	require.NotEqual(f.t, "(0,0,0)", f.text(`SELECT (tokens_in, tokens_out, cost_micros)::text FROM workflows WHERE id = $1`, string(id)))
}

// TestTheHeartBeats: a call that takes longer than the lease keeps the run with its worker.
func TestTheHeartBeats(t *testing.T) {
	t.Parallel()
	f := newFloor(t, map[string]string{"LEASE_TTL": "1500ms"})
	other := f.another(nil)
	id := f.take(aLead(1))
	f.box.Model.Hold(model.RoleJudge)
	working := inBackground(func() error { return f.pipeline.Advance(t.Context(), f.org, id) })
	require.NoError(t, f.box.Model.Faults.AwaitHeld(t.Context(), string(model.RoleJudge), 1))
	began := f.text(`SELECT lease_until::text FROM workflows WHERE id = $1`, string(id))
	f.until(20*time.Second, "the first lease is long over", func() bool {
		require.NoError(t, other.pipeline.Advance(t.Context(), f.org, id))
		return f.count(`SELECT (now() > $1::timestamptz + interval '1 second')::int`, began) == 1
	})
	require.Equal(t, 1, f.asked(model.RoleJudge), "the other worker kept its hands off")
	f.box.Model.Release()
	require.NoError(t, ends(t, working, "the worker"))
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Equal(t, 1, f.count(`SELECT attempt FROM workflows WHERE id = $1`, string(id)))
}

// TestAPoisonRunEndsWithAPerson: workers die of it again and again; in the end nobody claims it any more, and Retry gives it as many tries again.
func TestAPoisonRunEndsWithAPerson(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.take(aLead(1))
	const most = 10
	for try := 1; try <= most; try++ {
		f.dies(id)
		require.Equal(t, try, f.carriage(id).Tries)
	}
	f.advance(id)
	run := f.run(id)
	require.Equal(t, workflows.NeedsAttention, run.State)
	require.Contains(t, run.Problem, "stopped again and again")
	require.Empty(t, f.box.Model.Calls(), "the eleventh does not try it")
	require.Zero(t, f.carriage(id).Tries)
	_, err := f.desk.Retry(t.Context(), f.admin(), id)
	require.NoError(t, err)
	for range most - 1 {
		f.dies(id)
	}
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State, "the tenth came through")
}

// dies claims a run as a worker does that is killed before it did anything.
func (f *floor) dies(id workflows.ID) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) error {
		_, ok, err := s.Runs.Claim(ctx, id, time.Minute)
		if err == nil && !ok {
			err = fmt.Errorf("run %s could not be claimed", id)
		}
		return err
	})
	f.exec(`UPDATE workflows SET lease_until = now() - interval '1 second' WHERE id = $1`, string(id))
}
