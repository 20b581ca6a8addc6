package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// TestUndo takes an approval back while the organization's delay lasts. Nothing is handed over meanwhile, and after it nothing can be taken back.
func TestUndo(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.exec(`UPDATE organizations SET undo_delay = '1 hour' WHERE org_id = $1`, clerk.AcmeID)
	id := f.prepared(1)

	run, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.NoError(t, err)
	require.WithinDuration(t, run.DecidedAt.Add(time.Hour), run.NotBefore, time.Millisecond)
	f.advance(id)
	f.advance(id)
	require.Equal(t, workflows.Sending, f.run(id).State)
	require.Empty(t, f.box.Mailbox.Messages(), "not before the delay is over")
	require.WithinDuration(t, run.NotBefore, f.carriage(id).WakeAt, time.Second)

	run, err = f.desk.Undo(t.Context(), f.person(clerk.AcmeManagerID, tenancy.API), id)
	require.NoError(t, err)
	require.Equal(t, workflows.AwaitingReview, run.State)
	require.Empty(t, run.ApprovedBy)
	require.True(t, run.NotBefore.IsZero())
	require.WithinDuration(t, time.Now().Add(72*time.Hour), run.ReviewDue, time.Minute, "the review begins anew")
	require.Equal(t, "pending", f.leadStatus(id))
	require.Equal(t, ports.EmailDropped, f.emails(id)[0].Status)
	f.advance(id)
	require.Empty(t, f.box.Mailbox.Messages())
	_, err = f.desk.Undo(t.Context(), f.admin(), id)
	conflict(t, err)

	_, err = f.desk.EditAndApprove(t.Context(), f.admin(), id, 1, "Better", "words")
	require.NoError(t, err)
	f.due(id)
	_, err = f.desk.Undo(t.Context(), f.admin(), id)
	require.Contains(t, conflict(t, err).Message, "too late")
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	require.Equal(t, "Better", f.box.Mailbox.Messages()[0].Subject)
	require.Equal(t, []ports.EmailStatus{ports.EmailDropped, ports.EmailSent}, statuses(f.emails(id)))
	_, err = f.desk.Undo(t.Context(), f.admin(), id)
	conflict(t, err)
	var kinds []workflows.EventKind
	for _, d := range f.decisions(id) {
		kinds = append(kinds, d.Kind)
	}
	require.Equal(t, []workflows.EventKind{workflows.ApprovedBy, workflows.Undone, workflows.ApprovedBy}, kinds)
	f.checkBooks(nil)
}

func statuses(emails []ports.Email) []ports.EmailStatus {
	var list []ports.EmailStatus
	for _, e := range emails {
		list = append(list, e.Status)
	}
	return list
}

// TestUndoAgainstTheWorker: an undo and the worker's hand-over at the same moment. Whoever wins, the email went if and only if the approval stands.
func TestUndoAgainstTheWorker(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.exec(`UPDATE organizations SET undo_delay = '200 milliseconds' WHERE org_id = $1`, clerk.AcmeID)
	for n := range 6 {
		id := f.prepared(n)
		run, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
		require.NoError(t, err)
		undone := inBackground(func() error {
			timer := time.NewTimer(time.Until(run.NotBefore) + time.Duration(n-3)*5*time.Millisecond)
			defer timer.Stop()
			<-timer.C
			_, err := f.desk.Undo(t.Context(), f.admin(), id)
			return err
		})
		f.until(20*time.Second, "the run goes on", func() bool {
			f.advance(id)
			return f.run(id).State != workflows.Sending
		})
		if ends(t, undone, "the undo") == nil {
			require.Equal(t, workflows.AwaitingReview, f.run(id).State)
			require.Equal(t, []ports.EmailStatus{ports.EmailDropped}, statuses(f.emails(id)))
			continue
		}
		require.Equal(t, workflows.Completed, f.run(id).State)
		require.Equal(t, []ports.EmailStatus{ports.EmailSent}, statuses(f.emails(id)))
	}
	f.checkBooks(nil)
}

// TestReviewRunsOut: nobody decided in time. A person may reopen it, and then it is decided as any other.
func TestReviewRunsOut(t *testing.T) {
	t.Parallel()
	f := newFloor(t, map[string]string{"REVIEW_EXPIRE": "300ms"})
	id := f.prepared(1)
	require.WithinDuration(t, time.Now(), f.run(id).ReviewDue, 10*time.Second, "the process's default")
	f.until(20*time.Second, "the review expires", func() bool {
		f.advance(id)
		return f.run(id).State == workflows.Expired
	})
	require.Equal(t, "pending", f.leadStatus(id))
	_, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.Contains(t, conflict(t, err).Message, "expired")
	require.Equal(t, "expired", conflict(t, err).Details["status"])
	f.advance(id)
	require.Equal(t, workflows.Expired, f.run(id).State, "it stays expired")

	f.exec(`UPDATE organizations SET review_expire = '1 hour' WHERE org_id = $1`, clerk.AcmeID)
	run, err := f.desk.Reopen(t.Context(), f.admin(), id)
	require.NoError(t, err)
	require.Equal(t, workflows.AwaitingReview, run.State)
	require.WithinDuration(t, time.Now().Add(time.Hour), run.ReviewDue, time.Minute, "the organization's own time")
	require.True(t, run.CompletedAt.IsZero())
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State, "the clock of before does not count")
	f.exec(`UPDATE workflows SET wake_at = now() - interval '1 second' WHERE id = $1`, string(id))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State, "a worker that looks too early")
	require.WithinDuration(t, run.ReviewDue, f.carriage(id).WakeAt, time.Second, "comes again in time")
	_, err = f.desk.Reopen(t.Context(), f.admin(), id)
	conflict(t, err)
	_, err = f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.NoError(t, err)
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	require.Equal(t, 1, f.asked(model.RoleWriter), "nothing was drafted anew")
	f.checkBooks(nil)
}

// TestDecisionAgainstTheClock: a decision in the moment in which the review runs out is either taken or refused, never both.
func TestDecisionAgainstTheClock(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	for n := range 5 {
		id := f.prepared(n)
		f.due(id)
		approved := inBackground(func() error { _, err := f.desk.Approve(t.Context(), f.admin(), id, 1); return err })
		f.advance(id)
		if ends(t, approved, "the approval") == nil {
			f.advance(id)
			require.Equal(t, workflows.Completed, f.run(id).State)
			continue
		}
		require.Equal(t, workflows.Expired, f.run(id).State)
		require.Empty(t, f.emails(id))
	}
	f.checkBooks(nil)
}
