package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// leaseRow is what the database keeps of the hold on a run.
type leaseRow struct {
	Attempt, Tries, Failures, Rings int
	Held, Rung                      bool
	WakesIn                         *time.Duration
}

func (s *stage) hold(id workflows.ID) (row leaseRow) {
	s.t.Helper()
	s.require(s.super.QueryRow(s.t.Context(), `SELECT attempt, tries, failures, rings, lease_until IS NOT NULL, rung_at IS NOT NULL,
		wake_at - clock_timestamp() FROM workflows WHERE id = $1`, string(id)).
		Scan(&row.Attempt, &row.Tries, &row.Failures, &row.Rings, &row.Held, &row.Rung, &row.WakesIn))
	return row
}

// in requires a time about so far off.
func in(t *testing.T, want, got time.Duration) {
	t.Helper()
	require.InDelta(t, want.Seconds(), got.Seconds(), 10)
}

func fullRun(id workflows.ID, lead leads.ID) workflows.Run {
	at := time.Date(2026, 6, 1, 9, 0, 0, 1000, time.UTC)
	return workflows.Run{
		ID: id, LeadID: lead, State: workflows.NeedsAttention, Resume: workflows.Sending, Category: leads.FollowUp, DraftVersion: 3, Redrafts: 2,
		Feedback: "shorter", ApprovedBy: admin, DecidedAt: at, NotBefore: at.Add(time.Minute), ReviewDue: at.Add(time.Hour), Doubt: true,
		Problem: "nobody knows", CreatedAt: at.Add(-time.Hour), CompletedAt: at.Add(2 * time.Hour),
	}
}

func TestRunIsStoredAsItIs(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := s.lead(newLead("jane@acme.test", "Jane"))
	run := fullRun(workflows.ID(newID()), l.ID)
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.Create(ctx, run) })
	require.Equal(t, run, s.get(run.ID))
	s.do(func(ctx context.Context, st *ports.Store) error {
		got, err := st.Runs.OfLead(ctx, l.ID)
		require.Equal(t, run, got)
		return err
	})
	bare := workflows.Run{ID: run.ID, LeadID: run.LeadID, State: workflows.Rejected, RejectedBy: worker, CreatedAt: run.CreatedAt}
	s.save(bare)
	require.Equal(t, bare, s.get(run.ID), "what is zero is written as none")
}

func TestNewRunIsDueAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := s.lead(newLead("jane@acme.test", "Jane"))
	run := workflows.Run{ID: workflows.ID(newID()), LeadID: l.ID, State: workflows.Queued}
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.Create(ctx, run) })
	s.noted(run.ID, true)
	ring := s.ring(run.ID)
	require.Equal(t, "run", ring.Kind)
	require.Equal(t, "research", ring.Queue)
	in(t, 0, ring.In)
	in(t, 0, *s.hold(run.ID).WakesIn)
	s.do(func(ctx context.Context, st *ports.Store) error {
		again := run
		require.True(t, fault.Is(st.Runs.Create(ctx, again), fault.Conflict))
		again.ID = workflows.ID(newID())
		require.True(t, fault.Is(st.Runs.Create(ctx, again), fault.Conflict), "a lead has one run")
		return nil
	})
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Runs.Create(ctx, workflows.Run{ID: workflows.ID(newID()), LeadID: leads.ID(newID()), State: workflows.Queued})
	})
	s.claim(run.ID)
}

func TestClaim(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	refused := func(id workflows.ID) {
		t.Helper()
		s.do(func(ctx context.Context, st *ports.Store) error {
			lease, ok, err := st.Runs.Claim(ctx, id, time.Minute)
			require.False(t, ok)
			require.Zero(t, lease)
			return err
		})
	}
	run := s.run()
	exec(t, s.super, "UPDATE workflows SET rung_at = now(), rings = 3, waiting_for = 'a vendor', failures = 2")
	lease := s.claim(run.ID)
	s.noted(run.ID, false)
	require.Equal(t, run.ID, lease.Run)
	require.Equal(t, 1, lease.Attempt)
	in(t, time.Minute, time.Until(lease.Until))
	held := s.hold(run.ID)
	held.WakesIn = nil
	require.Equal(t, leaseRow{Attempt: 1, Tries: 1, Failures: 2, Held: true}, held)
	require.Empty(t, s.carriage(run.ID).WaitingFor)

	refused(run.ID) // held
	next := s.lose(lease)
	require.Equal(t, 2, next.Attempt)
	require.Equal(t, 2, s.carriage(run.ID).Tries)
	exec(t, s.super, "UPDATE workflows SET lease_until = NULL, wake_at = now() + interval '1 minute'")
	refused(run.ID) // not due
	run.State = workflows.Completed
	s.save(run)
	refused(run.ID) // ended
	refused(workflows.ID(newID()))
	refused("no id")
}

// Two workers that claim at the same moment: the second waits for the first's transaction and then finds the run held.
func TestOnlyOneOfTwoClaimsWins(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	wins := make(chan bool, 8)
	for range cap(wins) {
		go func() {
			var won bool
			err := s.within(func(ctx context.Context, st *ports.Store) (err error) {
				_, won, err = st.Runs.Claim(ctx, run.ID, time.Minute)
				return err
			})
			wins <- won && err == nil
		}()
	}
	won := 0
	for range cap(wins) {
		if <-wins {
			won++
		}
	}
	require.Equal(t, 1, won)
	require.Equal(t, 1, s.hold(run.ID).Attempt)
}

func TestExtend(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	lease := s.claim(run.ID)
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.Extend(ctx, lease, time.Hour) })
	require.Greater(t, one[time.Time](t, s.super, "SELECT lease_until FROM workflows"), time.Now().Add(50*time.Minute))
}

func TestSaveHeldGoesOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	s.forget()
	lease := s.lose(s.claim(run.ID))
	exec(t, s.super, "UPDATE workflows SET failures = 4")
	s.commits()
	run.State = workflows.Researching
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.SaveHeld(ctx, lease, run) })
	s.noted(run.ID, false)
	held := s.hold(run.ID)
	require.Equal(t, leaseRow{Attempt: 2, Held: true, WakesIn: held.WakesIn}, held, "tries and failures start anew")
	in(t, 0, *held.WakesIn)
	require.Empty(t, s.outbox(run.ID))
	require.Equal(t, run, s.get(run.ID))

	run.State, run.ReviewDue = workflows.AwaitingReview, time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.SaveHeld(ctx, lease, run) })
	require.Equal(t, run.ReviewDue, s.carriage(run.ID).WakeAt)
	run.State = workflows.NeedsAttention
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.SaveHeld(ctx, lease, run) })
	require.Zero(t, s.carriage(run.ID).WakeAt)
	require.Empty(t, s.outbox(run.ID))
}

func TestSaveTakesTheHoldAndFollowsTheState(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	lease := s.claim(run.ID)
	exec(t, s.super, "UPDATE workflows SET failures = 4, rung_at = now(), rings = 2, waiting_for = 'a vendor'")
	exec(t, s.super, "UPDATE outbox SET ring = 7")
	s.commits()
	for _, c := range []struct {
		state workflows.State
		set   func(*workflows.Run)
		queue string
		wait  time.Duration
	}{
		{workflows.Drafting, nil, "research", 0},
		{workflows.Sending, func(r *workflows.Run) { r.NotBefore = time.Now().Add(time.Hour) }, "approvals", time.Hour},
		{workflows.Sending, func(r *workflows.Run) { r.NotBefore = time.Now().Add(-time.Hour) }, "approvals", 0},
		{workflows.AwaitingReview, func(r *workflows.Run) { r.ReviewDue = time.Now().Add(72 * time.Hour) }, "approvals", 72 * time.Hour},
		{workflows.AwaitingReview, func(r *workflows.Run) { r.ReviewDue = time.Time{} }, "", 0},
		{workflows.Queued, nil, "research", 0},
		{workflows.Completed, nil, "", 0},
		{workflows.Failed, nil, "", 0},
	} {
		run.State = c.state
		if c.set != nil {
			c.set(&run)
		}
		before := s.hold(run.ID).Attempt
		s.save(run)
		s.noted(run.ID, true)
		row := s.hold(run.ID)
		require.Equal(t, leaseRow{Attempt: before + 1, WakesIn: row.WakesIn}, row)
		require.Empty(t, s.carriage(run.ID).WaitingFor)
		if c.queue == "" {
			require.Nil(t, row.WakesIn, c.state)
			require.Empty(t, s.outbox(run.ID), c.state)
			continue
		}
		ring := s.ring(run.ID)
		require.Equal(t, c.queue, ring.Queue, c.state)
		require.Nil(t, ring.Ring, "a row that was asked for anew is no longer the relay's")
		in(t, c.wait, ring.In)
		in(t, c.wait, *row.WakesIn)
	}
	s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error { return st.Runs.SaveHeld(ctx, lease, run) })
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Runs.Save(ctx, workflows.Run{ID: workflows.ID(newID()), State: workflows.Queued})
	})
}

func TestRelease(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for _, c := range []struct {
		name     string
		state    workflows.State
		wait     time.Duration
		reason   string
		failed   bool
		queue    string
		in       time.Duration
		failures int
	}{
		{"a run that stays due", workflows.Researching, 0, "", false, "research", 0, 0},
		{"a vendor that fails", workflows.Researching, time.Hour, "The model is busy.", true, "research", time.Hour, 1},
		{"a wait that is nobody's fault", workflows.Sending, time.Minute, "The budget is used up.", false, "approvals", time.Minute, 0},
		{"a run that awaits review", workflows.AwaitingReview, 0, "", false, "approvals", 2 * time.Hour, 0},
		{"an ended run is not put off", workflows.Completed, time.Hour, "", false, "", 0, 0},
		{"nor one for a person", workflows.NeedsAttention, time.Hour, "Ask.", true, "", 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := s.run()
			lease := s.claim(run.ID)
			run.State, run.ReviewDue = c.state, time.Now().Add(2*time.Hour).UTC()
			s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.SaveHeld(ctx, lease, run) })
			exec(t, s.super, "UPDATE workflows SET tries = 3, rung_at = now() WHERE id = $1", string(run.ID))
			s.commits()
			s.do(func(ctx context.Context, st *ports.Store) error {
				return st.Runs.Release(ctx, lease, c.wait, c.reason, c.failed)
			})
			s.noted(run.ID, true)
			row := s.hold(run.ID)
			require.Equal(t, leaseRow{Attempt: 1, Failures: c.failures, WakesIn: row.WakesIn}, row)
			require.Equal(t, c.reason, s.carriage(run.ID).WaitingFor)
			if c.queue == "" {
				require.Nil(t, row.WakesIn)
				require.Empty(t, s.outbox(run.ID))
				return
			}
			in(t, c.in, *row.WakesIn)
			ring := s.ring(run.ID)
			in(t, c.in, ring.In)
			require.Equal(t, c.queue, ring.Queue)
			s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error { return st.Runs.Release(ctx, lease, 0, "", false) })
		})
	}
}

func TestSpending(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run, other := s.run(), s.run()
	lease, second := s.claim(run.ID), s.claim(other.ID)
	spend := func(l ports.Lease, in, out int64) {
		s.do(func(ctx context.Context, st *ports.Store) error {
			return st.Runs.Spend(ctx, l, ports.Spent{TokensIn: in, TokensOut: out, CostMicros: 10})
		})
	}
	today := func() (n int64) {
		s.do(func(ctx context.Context, st *ports.Store) (err error) {
			n, err = st.Runs.SpentToday(ctx)
			return err
		})
		return n
	}
	require.Zero(t, today())
	spend(lease, 100, 10)
	spend(lease, 200, 20)
	spend(second, 1000, 0)
	c := s.carriage(run.ID)
	require.Equal(t, []int64{300, 30, 20}, []int64{c.TokensIn, c.TokensOut, c.CostMicros})
	require.EqualValues(t, 1330, today())

	exec(t, s.super, "UPDATE workflows SET spent_on = spent_on - 1")
	require.Zero(t, today(), "yesterday's tokens are not today's")
	spend(lease, 5, 0)
	require.EqualValues(t, 5, today())
	require.EqualValues(t, 305, s.carriage(run.ID).TokensIn)
	s.require(s.withinOf(s.organization("org_other"), func(ctx context.Context, st *ports.Store) error {
		n, err := st.Runs.SpentToday(ctx)
		require.Zero(t, n)
		return err
	}))
}
