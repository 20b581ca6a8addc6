package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// TestCancelInEveryState: before anything was approved it stops the run for good; after that, and once it has ended, it is refused.
func TestCancelInEveryState(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	manager := f.person(clerk.AcmeManagerID, tenancy.API)
	approve := func(id workflows.ID) { _, err := f.desk.Approve(t.Context(), manager, id, 1); require.NoError(t, err) }
	held := func(role model.Role, n int) workflows.ID {
		f.box.Model.FailNext(role, 1, 503, 0)
		id := f.take(aLead(n))
		f.advance(id)
		return id
	}
	for state, come := range map[workflows.State]func() workflows.ID{
		workflows.Queued:         func() workflows.ID { return f.take(aLead(1)) },
		workflows.Researching:    func() workflows.ID { return held(model.RoleReader, 2) },
		workflows.Qualifying:     func() workflows.ID { return held(model.RoleJudge, 3) },
		workflows.Drafting:       func() workflows.ID { return held(model.RoleWriter, 4) },
		workflows.AwaitingReview: func() workflows.ID { return f.prepared(5) },
		workflows.NeedsAttention: func() workflows.ID {
			f.box.Model.Break(model.RoleWriter, model.Safety, 1)
			id := f.take(aLead(6))
			f.advance(id)
			return id
		},
		workflows.Sending: func() workflows.ID { id := f.prepared(7); approve(id); return id },
		workflows.Completed: func() workflows.ID {
			id := f.prepared(8)
			approve(id)
			f.advance(id)
			return id
		},
		workflows.Rejected: func() workflows.ID {
			id := f.prepared(9)
			_, err := f.desk.Reject(t.Context(), manager, id, 1, "", "")
			require.NoError(t, err)
			return id
		},
		workflows.Expired:   func() workflows.ID { id := f.prepared(10); f.due(id); f.advance(id); return id },
		workflows.Cancelled: func() workflows.ID { id := f.prepared(11); f.cancel(id); return id },
		workflows.Failed: func() workflows.ID {
			id := f.prepared(12)
			f.exec(`UPDATE workflows SET status = 'failed', resume_status = 'drafting' WHERE id = $1`, string(id))
			return id
		},
	} {
		id := come()
		require.Equal(t, state, f.run(id).State)
		before, emails := f.leadStatus(id), len(f.emails(id))
		_, err := f.desk.Cancel(t.Context(), manager, id)
		switch state {
		case workflows.Queued, workflows.Researching, workflows.Qualifying, workflows.Drafting, workflows.AwaitingReview, workflows.NeedsAttention,
			workflows.Failed:
			require.NoError(t, err, string(state))
			asked := len(f.box.Model.Calls())
			f.due(id)
			f.advance(id)
			require.Equal(t, workflows.Cancelled, f.run(id).State, string(state))
			require.Len(t, f.box.Model.Calls(), asked, "%s: nothing is done for it any more", state)
			require.Equal(t, "closed", f.leadStatus(id), string(state))
			require.Empty(t, f.run(id).Problem, string(state))
		default:
			require.Equal(t, string(state), conflict(t, err).Details["status"])
			require.Equal(t, state, f.run(id).State)
			require.Equal(t, before, f.leadStatus(id))
		}
		require.Len(t, f.emails(id), emails, string(state))
	}
}

func (f *floor) cancel(id workflows.ID) {
	f.t.Helper()
	_, err := f.desk.Cancel(f.t.Context(), f.admin(), id)
	require.NoError(f.t, err)
}

// TestAnApprovedRunIsNotCancelled: not even while its email waits for a person.
func TestAnApprovedRunIsNotCancelled(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	_, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.NoError(t, err)
	f.box.Mailbox.Faults.ResetAfterAccept(mailbox.StageData, 1)
	f.advance(id)
	require.Equal(t, workflows.NeedsAttention, f.run(id).State)
	_, err = f.desk.Cancel(t.Context(), f.admin(), id)
	_ = conflict(t, err)
	require.Equal(t, "approved", f.leadStatus(id))
}

// TestCancelledUnderTheWorkersHands holds a call to the model, cancels the run, and lets the call go on: its worker finds that it lost the run and
// writes nothing.
func TestCancelledUnderTheWorkersHands(t *testing.T) {
	t.Parallel()
	for _, role := range []model.Role{model.RoleReader, model.RoleJudge, model.RoleWriter} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			f := newFloor(t, nil)
			f.box.Model.Hold(role)
			id := f.take(aLead(1))
			working := inBackground(func() error { return f.pipeline.Advance(t.Context(), f.org, id) })
			require.NoError(t, f.box.Model.Faults.AwaitHeld(t.Context(), string(role), 1))
			f.cancel(id)
			before := f.traces(id)
			f.box.Model.Release()
			require.NoError(t, ends(t, working, "the worker"))
			require.Equal(t, before, f.traces(id), "a worker that lost its run writes nothing")
			require.Equal(t, workflows.Cancelled, f.run(id).State)
			require.Equal(t, "closed", f.leadStatus(id))
			require.Empty(t, f.drafts(id))
			require.Empty(t, f.emails(id))
			require.Empty(t, f.box.Mailbox.Messages())
			require.Equal(t, 1, f.asked(role), "and asks nothing more")
		})
	}
}

// traces is everything that the database knows of a run.
func (f *floor) traces(id workflows.ID) string {
	f.t.Helper()
	return f.text(`SELECT jsonb_build_object('run', (SELECT to_jsonb(w) FROM workflows w WHERE id = $1),
		'steps', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.id) FROM workflow_steps s WHERE workflow_id = $1),
		'actions', (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.id) FROM research_actions a WHERE workflow_id = $1),
		'drafts', (SELECT jsonb_agg(to_jsonb(d) ORDER BY d.id) FROM drafts d WHERE workflow_id = $1),
		'emails', (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.id) FROM emails e WHERE workflow_id = $1),
		'decisions', (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.id) FROM decisions c WHERE workflow_id = $1),
		'lead', (SELECT to_jsonb(l) FROM leads l JOIN workflows w ON w.lead_id = l.id WHERE w.id = $1),
		'timeline', (SELECT count(*) FROM timeline WHERE workflow_id = $1), 'audit', (SELECT count(*) FROM audit_log))::text`, string(id))
}

// TestCancelAgainstTheApproval: both at once, many times over. One wins; the email goes if and only if it is the approval.
func TestCancelAgainstTheApproval(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	for n := range 8 {
		id := f.prepared(n)
		approved := inBackground(func() error { _, err := f.desk.Approve(t.Context(), f.admin(), id, 1); return err })
		cancelled := inBackground(func() error { _, err := f.desk.Cancel(t.Context(), f.admin(), id); return err })
		a, c := ends(t, approved, "the approval"), ends(t, cancelled, "the cancelling")
		require.True(t, (a == nil) != (c == nil), "%v, %v", a, c)
		f.advance(id)
		want := map[bool]workflows.State{true: workflows.Completed, false: workflows.Cancelled}[a == nil]
		require.Equal(t, want, f.run(id).State)
		require.Len(t, f.decisions(id), 1)
	}
	f.checkBooks(nil)
}

// TestADecisionDoesNotWaitForSlack: the card is brought up to date by a worker of its own.
func TestADecisionDoesNotWaitForSlack(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	f.box.Slack.Faults.Plan(faults.Fault{Target: faults.Any, Kind: faults.KindStatus, Status: 500}, faults.Forever)
	f.box.Slack.Faults.Latency(faults.Any, 20*time.Second)
	began := time.Now()
	_, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.NoError(t, err)
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Less(t, time.Since(began), 15*time.Second)
}
