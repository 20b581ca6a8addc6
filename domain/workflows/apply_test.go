package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// allowed is what may happen in each state, and where it leads. Everything else is a Conflict.
var allowed = map[workflows.State]map[workflows.EventKind]workflows.State{
	workflows.Queued: {
		workflows.Started: workflows.Researching, workflows.GaveUp: workflows.NeedsAttention, workflows.Broke: workflows.Failed,
		workflows.CancelledBy: workflows.Cancelled,
	},
	workflows.Researching: {
		workflows.Researched: workflows.Qualifying, workflows.GaveUp: workflows.NeedsAttention, workflows.Broke: workflows.Failed,
		workflows.CancelledBy: workflows.Cancelled,
	},
	workflows.Qualifying: {
		workflows.QualifiedAs: workflows.Drafting, workflows.GaveUp: workflows.NeedsAttention, workflows.Broke: workflows.Failed,
		workflows.CancelledBy: workflows.Cancelled,
	},
	workflows.Drafting: {
		workflows.Drafted: workflows.AwaitingReview, workflows.GaveUp: workflows.NeedsAttention, workflows.Broke: workflows.Failed,
		workflows.CancelledBy: workflows.Cancelled,
	},
	workflows.AwaitingReview: {
		workflows.Edited: workflows.AwaitingReview, workflows.ApprovedBy: workflows.Sending, workflows.RejectedBy: workflows.Rejected,
		workflows.RedraftWanted: workflows.Drafting, workflows.CancelledBy: workflows.Cancelled, workflows.RanOut: workflows.Expired,
	},
	workflows.Sending: {
		workflows.Sent: workflows.Completed, workflows.SendDoubtful: workflows.NeedsAttention, workflows.GaveUp: workflows.NeedsAttention,
		workflows.Broke: workflows.Failed, workflows.Undone: workflows.AwaitingReview,
	},
	workflows.NeedsAttention: {
		workflows.Retried: workflows.Researching, workflows.CancelledBy: workflows.Cancelled,
	},
	workflows.Failed:    {workflows.Retried: workflows.Researching, workflows.CancelledBy: workflows.Cancelled},
	workflows.Expired:   {workflows.Reopened: workflows.AwaitingReview},
	workflows.Completed: {}, workflows.Rejected: {}, workflows.Cancelled: {},
}

// in is a run in a state, with what a run in that state has.
func in(s workflows.State) workflows.Run {
	r := workflows.Run{ID: "r", LeadID: "l", State: s, DraftVersion: 3, ReviewDue: noon.Add(-time.Minute)}
	switch s {
	case workflows.Sending:
		r.ApprovedBy, r.DecidedAt, r.NotBefore = "user_a", noon.Add(-time.Second), noon.Add(time.Minute)
	case workflows.NeedsAttention, workflows.Failed:
		r.Resume, r.Problem = workflows.Researching, "stuck"
	default:
	}
	return r
}

func happening(kind workflows.EventKind) workflows.Event {
	return workflows.Event{
		Kind: kind, At: noon, By: "user_b", Version: 3, Category: leads.Qualified, Reply: true, Due: noon.Add(time.Hour), Note: "why",
	}
}

func TestApplyKnowsEveryPair(t *testing.T) {
	t.Parallel()
	require.Len(t, allowed, len(workflows.States()))
	for _, state := range workflows.States() {
		for _, kind := range workflows.EventKinds() {
			before := in(state)
			after, _, err := before.Apply(happening(kind))
			want, ok := allowed[state][kind]
			if !ok {
				require.Truef(t, fault.Is(err, fault.Conflict), "%s in %s: %v", kind, state, err)
				require.Equal(t, before, after, "a refused event changes nothing")
				continue
			}
			require.NoErrorf(t, err, "%s in %s", kind, state)
			require.Equalf(t, want, after.State, "%s in %s", kind, state)
			require.Equal(t, in(state), before, "Apply is pure")
			require.Equalf(t, after.State.Ended(), !after.CompletedAt.IsZero(), "an ended run, and no other, says when: %s in %s", kind, state)
		}
	}
}

func TestApprovalFixesTheVersionSeen(t *testing.T) {
	t.Parallel()
	run := in(workflows.AwaitingReview)
	for _, kind := range []workflows.EventKind{workflows.ApprovedBy, workflows.RejectedBy, workflows.Edited, workflows.RedraftWanted} {
		stale := happening(kind)
		stale.Version = 2
		_, _, err := run.Apply(stale)
		require.True(t, fault.Is(err, fault.Conflict), kind)
		var f *fault.Error
		require.ErrorAs(t, err, &f)
		require.Equal(t, "3", f.Details["current_version"], kind)
	}
	approved, effects, err := run.Apply(happening(workflows.ApprovedBy))
	require.NoError(t, err)
	require.Equal(t, []workflows.Effect{workflows.LeadApproved, workflows.QueueEmail, workflows.ShowCard}, effects)
	require.EqualValues(t, "user_b", approved.ApprovedBy)

	_, _, err = approved.Apply(happening(workflows.RejectedBy))
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, "user_b", f.Details["decided_by"], "the loser is told who won")
	require.Equal(t, noon.Format(time.RFC3339), f.Details["decided_at"])
}

func TestWhatFollowsAJudgement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		event    workflows.Event
		state    workflows.State
		effects  []workflows.Effect
		category leads.Category
	}{
		{"reply", workflows.Event{Category: leads.FollowUp, Reply: true}, workflows.Drafting, nil, leads.FollowUp},
		{"support with an address", workflows.Event{Category: leads.Support, HandOver: true}, workflows.Sending,
			[]workflows.Effect{workflows.LeadClosed, workflows.HandOver}, leads.Support},
		{"support without", workflows.Event{Category: leads.Support}, workflows.Completed, []workflows.Effect{workflows.LeadClosed}, leads.Support},
		{"unqualified", workflows.Event{Category: leads.Unqualified}, workflows.Completed, []workflows.Effect{workflows.LeadClosed}, leads.Unqualified},
	} {
		c.event.Kind, c.event.At = workflows.QualifiedAs, noon
		after, effects, err := in(workflows.Qualifying).Apply(c.event)
		require.NoError(t, err, c.name)
		require.Equal(t, c.state, after.State, c.name)
		require.Equal(t, c.effects, effects, c.name)
		require.Equal(t, c.category, after.Category, c.name)
	}
}

func TestUndoOnlyWhileItLasts(t *testing.T) {
	t.Parallel()
	late := happening(workflows.Undone)
	late.At = noon.Add(time.Minute)
	_, _, err := in(workflows.Sending).Apply(late)
	require.True(t, fault.Is(err, fault.Conflict))

	after, effects, err := in(workflows.Sending).Apply(happening(workflows.Undone))
	require.NoError(t, err)
	require.Empty(t, after.ApprovedBy)
	require.Contains(t, effects, workflows.DropEmail)

	handover := in(workflows.Sending)
	handover.ApprovedBy = ""
	_, _, err = handover.Apply(happening(workflows.Undone))
	require.True(t, fault.Is(err, fault.Conflict), "a hand-over to support was nobody's approval")
}

func TestADoubtIsSettledByAPersonAlone(t *testing.T) {
	t.Parallel()
	doubtful, _, err := in(workflows.Sending).Apply(happening(workflows.SendDoubtful))
	require.NoError(t, err)
	require.True(t, doubtful.Doubt)
	for _, kind := range []workflows.EventKind{workflows.Retried, workflows.CancelledBy} {
		_, _, err := doubtful.Apply(happening(kind))
		require.True(t, fault.Is(err, fault.Conflict), kind)
	}
	again, effects, err := doubtful.Apply(happening(workflows.SendAgain))
	require.NoError(t, err)
	require.Equal(t, workflows.Sending, again.State)
	require.Contains(t, effects, workflows.RepeatEmail)
	went, _, err := doubtful.Apply(happening(workflows.ConfirmedSent))
	require.NoError(t, err)
	require.Equal(t, workflows.Completed, went.State)
	for _, kind := range []workflows.EventKind{workflows.SendAgain, workflows.ConfirmedSent} {
		_, _, err := in(workflows.NeedsAttention).Apply(happening(kind))
		require.True(t, fault.Is(err, fault.Conflict), "without a doubt there is nothing to settle: %s", kind)
	}
}

func TestRedraftsAreBounded(t *testing.T) {
	t.Parallel()
	run := in(workflows.AwaitingReview)
	for range workflows.MaxRedrafts {
		after, _, err := run.Apply(happening(workflows.RedraftWanted))
		require.NoError(t, err)
		require.Equal(t, "why", after.Feedback)
		after.State = workflows.AwaitingReview
		run = after
	}
	_, _, err := run.Apply(happening(workflows.RedraftWanted))
	require.True(t, fault.Is(err, fault.Conflict))
}

func TestWake(t *testing.T) {
	t.Parallel()
	for _, s := range workflows.States() {
		at, queue, due := in(s).Wake(noon)
		switch {
		case s == workflows.Sending:
			require.Equal(t, noon.Add(time.Minute), at, "not before the undo time has passed")
			require.Equal(t, workflows.Approvals, queue)
		case s == workflows.AwaitingReview:
			require.Equal(t, noon.Add(-time.Minute), at)
			require.Equal(t, workflows.Approvals, queue)
		case s.Working():
			require.Equal(t, noon, at)
			require.Equal(t, workflows.Research, queue)
		default:
			require.False(t, due, s)
		}
	}
}
