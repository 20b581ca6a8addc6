package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// approved is a run whose reply may go.
func (f *floor) approved(n int) workflows.ID {
	f.t.Helper()
	id := f.prepared(n)
	_, err := f.desk.Approve(f.t.Context(), f.admin(), id, 1)
	require.NoError(f.t, err)
	return id
}

// doubtful is a run whose connection broke after the message's final dot. The mailbox has the message; the program cannot know.
func (f *floor) doubtful(n int) workflows.ID {
	f.t.Helper()
	id := f.approved(n)
	f.box.Mailbox.Faults.ResetAfterAccept(mailbox.StageData, 1)
	f.advance(id)
	run := f.run(id)
	require.Equal(f.t, workflows.NeedsAttention, run.State)
	require.True(f.t, run.Doubt)
	require.Contains(f.t, run.Problem, "nobody knows whether it went out")
	require.Equal(f.t, []ports.EmailStatus{ports.EmailDoubtful}, statuses(f.emails(id)))
	return id
}

// TestDoubtIsNeverRepeatedByItself: however often the run is rung, swept and waited for.
func TestDoubtIsNeverRepeatedByItself(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.doubtful(1)
	for range 3 {
		f.exec(`UPDATE workflows SET lease_until = now() - interval '1 second'`)
		_, err := f.outbox.Sweep(t.Context(), 0, true)
		require.NoError(t, err)
		f.advance(id)
	}
	require.Equal(t, workflows.NeedsAttention, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	require.Len(t, f.emails(id), 1)
	_, err := f.desk.Retry(t.Context(), f.admin(), id)
	require.Contains(t, conflict(t, err).Message, "It went", "a retry would be a second email")
	_, err = f.desk.Approve(t.Context(), f.admin(), id, 1)
	_ = conflict(t, err)
	f.advance(id)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	require.Equal(t, "approved", f.leadStatus(id))
}

// TestItWent settles the doubt without another email.
func TestItWent(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.doubtful(1)
	run, err := f.desk.ConfirmSent(t.Context(), f.person(clerk.AcmeManagerID, tenancy.Dashboard), id)
	require.NoError(t, err)
	require.Equal(t, workflows.Completed, run.State)
	require.False(t, run.Doubt)
	require.Empty(t, run.Problem)
	require.False(t, run.CompletedAt.IsZero())
	f.advance(id)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	emails := f.emails(id)
	require.Equal(t, []ports.EmailStatus{ports.EmailSent}, statuses(emails))
	require.False(t, emails[0].SentAt.IsZero())
	_, err = f.desk.ConfirmSent(t.Context(), f.admin(), id)
	_ = conflict(t, err)
	_, err = f.desk.SendAgain(t.Context(), f.admin(), id)
	_ = conflict(t, err)
	f.finishedOnce(f.text(`SELECT lead_id::text FROM workflows WHERE id = $1`, string(id)))
	f.checkBooks(nil)
}

// TestSendAgain: exactly one more email, another message with the same words.
func TestSendAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.doubtful(1)
	run, err := f.desk.SendAgain(t.Context(), f.admin(), id)
	require.NoError(t, err)
	require.Equal(t, workflows.Sending, run.State)
	_, err = f.desk.SendAgain(t.Context(), f.admin(), id)
	_ = conflict(t, err)
	for range 3 {
		f.advance(id)
	}
	require.Equal(t, workflows.Completed, f.run(id).State)
	emails, messages := f.emails(id), f.box.Mailbox.Messages()
	require.Equal(t, []ports.EmailStatus{ports.EmailDoubtful, ports.EmailSent}, statuses(emails), "what was in doubt stays in doubt")
	require.Len(t, messages, 2)
	require.Equal(t, []string{emails[0].MessageID, emails[1].MessageID}, []string{messages[0].MessageID, messages[1].MessageID})
	require.NotEqual(t, emails[0].MessageID, emails[1].MessageID)
	require.Equal(t, messages[0].Subject, messages[1].Subject)
	require.Equal(t, messages[0].Text, messages[1].Text)
	require.Equal(t, messages[0].Recipients, messages[1].Recipients)
	require.Equal(t, messages[0].From, messages[1].From)
	require.Equal(t, 1, emails[1].DraftVersion)
	f.checkBooks(nil)
}

// TestTwoPeopleSettleADoubt at the same moment, one each way: one of them decides.
func TestTwoPeopleSettleADoubt(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	for n := range 4 {
		id := f.doubtful(n)
		before := len(f.box.Mailbox.Messages())
		went := inBackground(func() error { _, err := f.desk.ConfirmSent(t.Context(), f.admin(), id); return err })
		again := inBackground(func() error {
			_, err := f.desk.SendAgain(t.Context(), f.person(clerk.BothID, tenancy.API), id)
			return err
		})
		w, a := ends(t, went, "it went"), ends(t, again, "send again")
		require.True(t, (w == nil) != (a == nil), "%v, %v", w, a)
		f.advance(id)
		require.Equal(t, workflows.Completed, f.run(id).State)
		require.Equal(t, map[bool]int{true: 0, false: 1}[w == nil], len(f.box.Mailbox.Messages())-before)
	}
	f.checkBooks(nil)
}

// TestRefusedForGood: the server's own words reach the person, and Retry hands over the same email.
func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{mailbox.StageMail, mailbox.StageRcpt, mailbox.StageData} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t, nil)
			id := f.approved(1)
			f.box.Mailbox.Faults.Plan(faults.Fault{Target: stage, Kind: faults.KindStatus, Status: 550, Body: "No such user here"}, 2)
			for range 2 {
				f.advance(id)
				run := f.run(id)
				require.Equal(t, workflows.NeedsAttention, run.State)
				require.False(t, run.Doubt, "it is known that it did not go")
				require.Contains(t, run.Problem, "550")
				require.Contains(t, run.Problem, "No such user here")
				require.Equal(t, []ports.EmailStatus{ports.EmailRefused}, statuses(f.emails(id)))
				f.advance(id)
				require.Equal(t, workflows.NeedsAttention, f.run(id).State, "only a person goes on")
				_, err := f.desk.SendAgain(t.Context(), f.admin(), id)
				_ = conflict(t, err)
				_, err = f.desk.ConfirmSent(t.Context(), f.admin(), id)
				_ = conflict(t, err)
				_, err = f.desk.Retry(t.Context(), f.admin(), id)
				require.NoError(t, err)
			}
			f.advance(id)
			require.Equal(t, workflows.Completed, f.run(id).State)
			require.Len(t, f.box.Mailbox.Messages(), 1)
			require.Equal(t, []ports.EmailStatus{ports.EmailSent}, statuses(f.emails(id)))
			require.Empty(t, f.emails(id)[0].Problem)
			f.checkBooks(nil)
		})
	}
}

// TestRefusedForNow: a 4xx, a server that hangs up or cannot be reached, before anything was taken, is tried again by itself, visibly.
func TestRefusedForNow(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]faults.Fault{
		"451 to the recipient":          {Target: mailbox.StageRcpt, Kind: faults.KindStatus, Status: 451, Body: "Greylisted"},
		"451 to the message":            {Target: mailbox.StageData, Kind: faults.KindStatus, Status: 451, Body: "Try later"},
		"421 at the door":               {Target: mailbox.StageConnect, Kind: faults.KindStatus, Status: 421},
		"hung up at the door":           {Target: mailbox.StageConnect, Kind: faults.KindReset},
		"hung up before the message":    {Target: mailbox.StageRcpt, Kind: faults.KindReset},
		"hung up at the sender's words": {Target: mailbox.StageMail, Kind: faults.KindReset},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			f := newFloor(t, nil)
			id := f.approved(1)
			f.box.Mailbox.Faults.Plan(fault, faults.Forever)
			for failures := 1; failures <= 2; failures++ {
				f.advance(id)
				carriage := f.carriage(id)
				require.Equal(t, workflows.Sending, f.run(id).State)
				require.Equal(t, "the mail server", carriage.WaitingFor)
				require.Equal(t, failures, carriage.Failures)
				require.True(t, carriage.WakeAt.After(time.Now()), "it waits")
				require.Equal(t, []ports.EmailStatus{ports.EmailQueued}, statuses(f.emails(id)))
				f.advance(id) // a ring before its time
				require.Equal(t, failures, f.carriage(id).Failures)
				f.due(id)
			}
			f.box.Mailbox.Faults.Clear()
			f.advance(id)
			require.Equal(t, workflows.Completed, f.run(id).State)
			require.Len(t, f.box.Mailbox.Messages(), 1)
			require.Empty(t, f.carriage(id).WaitingFor)
			f.checkBooks(nil)
		})
	}
}

// TestTheMailServerStaysAway: after many tries a person is asked, and nothing was sent.
func TestTheMailServerStaysAway(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.approved(1)
	f.box.Mailbox.Faults.Plan(faults.Fault{Target: mailbox.StageRcpt, Kind: faults.KindStatus, Status: 451, Body: "Greylisted"}, faults.Forever)
	f.exec(`UPDATE workflows SET failures = 19 WHERE id = $1`, string(id))
	f.advance(id)
	run := f.run(id)
	require.Equal(t, workflows.NeedsAttention, run.State)
	require.Contains(t, run.Problem, "tried 20 times")
	require.Contains(t, run.Problem, "Greylisted")
	require.False(t, run.Doubt)
	f.box.Mailbox.Faults.Clear()
	_, err := f.desk.Retry(t.Context(), f.admin(), id)
	require.NoError(t, err)
	require.Zero(t, f.carriage(id).Failures, "counting starts anew")
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 1)
}

// TestTwoWorkersOneEmail: two workers find the same approved run at once.
func TestTwoWorkersOneEmail(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	other := f.another(nil)
	for n := range 6 {
		id := f.approved(n)
		one := inBackground(func() error { return f.pipeline.Advance(t.Context(), f.org, id) })
		two := inBackground(func() error { return other.pipeline.Advance(t.Context(), f.org, id) })
		require.NoError(t, ends(t, one, "one worker"))
		require.NoError(t, ends(t, two, "the other worker"))
		require.Equal(t, workflows.Completed, f.run(id).State)
		require.Len(t, f.box.Mailbox.Messages(), n+1)
	}
	f.checkBooks(nil)
}

// TestLeaseLostBeforeTheMessage: a worker that lost its hold while it talked to the mail server transmits nothing; its successor sends.
func TestLeaseLostBeforeTheMessage(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.approved(1)
	f.box.Mailbox.Faults.Hold(mailbox.StageRcpt)
	slow := inBackground(func() error { return f.pipeline.Advance(t.Context(), f.org, id) })
	require.NoError(t, f.box.Mailbox.Faults.AwaitHeld(t.Context(), mailbox.StageRcpt, 1))
	f.exec(`UPDATE workflows SET lease_until = now() - interval '1 second' WHERE id = $1`, string(id))
	successor := f.another(nil)
	second := inBackground(func() error { return successor.pipeline.Advance(t.Context(), f.org, id) })
	require.NoError(t, f.box.Mailbox.Faults.AwaitHeld(t.Context(), mailbox.StageRcpt, 2))
	f.box.Mailbox.Faults.Release()
	require.NoError(t, ends(t, slow, "the slow worker"))
	require.NoError(t, ends(t, second, "its successor"))
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	require.Equal(t, []ports.EmailStatus{ports.EmailSent}, statuses(f.emails(id)))
	f.checkBooks(nil)
}

// TestAFoundMarkIsADoubt: a worker that died while the message was on its way leaves the mark, and its successor asks a person.
func TestAFoundMarkIsADoubt(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.approved(1)
	f.exec(`UPDATE emails SET status = 'handing_over', handed_over_at = now() WHERE workflow_id = $1`, string(id))
	f.advance(id)
	require.Equal(t, workflows.NeedsAttention, f.run(id).State)
	require.True(t, f.run(id).Doubt)
	require.Equal(t, []ports.EmailStatus{ports.EmailDoubtful}, statuses(f.emails(id)))
	require.Empty(t, f.box.Mailbox.Messages())
}

// TestASentMarkIsNotSentAgain: a worker that died between the record of the email and the run's.
func TestASentMarkIsNotSentAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.approved(1)
	f.exec(`UPDATE emails SET status = 'sent', sent_at = now() WHERE workflow_id = $1`, string(id))
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Empty(t, f.box.Mailbox.Messages())
}

// TestWhatLeavesIsWhatWasApproved: the address in the database and the settings of the moment of approval count, not later ones.
func TestWhatLeavesIsWhatWasApproved(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.approved(1)
	draft := f.drafts(id)[0]
	f.exec(`UPDATE drafts SET subject = 'changed', body = 'changed'`)
	f.exec(`UPDATE workflows SET email_subject = 'changed', email_draft = 'changed'`)
	f.exec(`UPDATE organizations SET sender_name = 'Changed'`)
	f.advance(id)
	messages := f.box.Mailbox.Messages()
	require.Len(t, messages, 1)
	require.Equal(t, draft.Subject, messages[0].Subject)
	require.Equal(t, draft.Body, trimEnd(messages[0].Text))
	require.NotContains(t, messages[0].From, "Changed")
	require.Equal(t, "hello@leadagent.example", messages[0].EnvelopeFrom)
}
