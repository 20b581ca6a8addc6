package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
)

// judged scripts the judge's next answer.
func (f *floor) judged(category string) {
	f.box.Model.Script(model.RoleJudge, `{"category":"`+category+`","reason":"Because the test says so.","confidence":0.9}`)
}

// TestSupportIsHandedOver: to the support address, with the person's words and address, and the lead is closed. The prospect gets nothing.
func TestSupportIsHandedOver(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.judged("SUPPORT")
	lead := aLead(1)
	id := f.take(lead)
	f.advance(id)
	run := f.run(id)
	require.Equal(t, workflows.Sending, run.State, "the hand-over is sent by the queue of approvals")
	require.Equal(t, "closed", f.leadStatus(id))
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	messages := f.box.Mailbox.Messages()
	require.Len(t, messages, 1)
	require.Equal(t, []string{"support@acme.example"}, messages[0].Recipients)
	require.Equal(t, lead.Email, messages[0].ReplyTo)
	require.Equal(t, "Support question from "+lead.Name, messages[0].Subject)
	for _, words := range []string{lead.Message, lead.Email, lead.Company, "Replying to this email answers the person."} {
		require.Contains(t, messages[0].Text, words)
	}
	require.Empty(t, f.decisions(id), "nobody had to approve what stays in the house")
	require.Empty(t, f.drafts(id))
	require.Zero(t, f.asked(model.RoleWriter))
	_, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	conflict(t, err)
	f.checkBooks(nil)
}

// TestSupportWithoutAnAddress is only closed; with one that is none a person is asked, and Retry takes the corrected one.
func TestSupportWithoutAnAddress(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.exec(`UPDATE organizations SET support_address = ''`)
	f.judged("SUPPORT")
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Equal(t, "closed", f.leadStatus(id))
	require.Empty(t, f.emails(id))

	f.exec(`UPDATE organizations SET support_address = 'help desk'`)
	f.judged("SUPPORT")
	second := f.take(aLead(2))
	f.advance(second)
	require.Equal(t, workflows.NeedsAttention, f.run(second).State)
	require.Contains(t, f.run(second).Problem, "support address")
	require.Equal(t, "pending", f.leadStatus(second), "nothing was settled")
	f.exec(`UPDATE organizations SET support_address = 'help@acme.example'`)
	_, err := f.desk.Retry(t.Context(), f.admin(), second)
	require.NoError(t, err)
	f.advance(second)
	f.advance(second)
	require.Equal(t, workflows.Completed, f.run(second).State)
	require.Equal(t, []string{"help@acme.example"}, f.box.Mailbox.Messages()[0].Recipients)
	require.Equal(t, 2, f.asked(model.RoleJudge), "the judgement was not asked for again")
}

// TestADoubtfulHandover waits for a person as any email does.
func TestADoubtfulHandover(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.judged("SUPPORT")
	id := f.take(aLead(1))
	f.advance(id)
	f.box.Mailbox.Faults.ResetAfterAccept(mailbox.StageData, 1)
	f.advance(id)
	require.True(t, f.run(id).Doubt)
	_, err := f.desk.SendAgain(t.Context(), f.admin(), id)
	require.NoError(t, err)
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 2)
	require.Equal(t, "closed", f.leadStatus(id))
}

// TestUnqualified is closed; where the organization declines politely, the decline is a draft like any other.
func TestUnqualified(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.judged("UNQUALIFIED")
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Equal(t, "closed", f.leadStatus(id))
	require.Empty(t, f.emails(id))
	require.Zero(t, f.asked(model.RoleWriter))

	f.exec(`UPDATE organizations SET decline_politely = true`)
	f.judged("UNQUALIFIED")
	second := f.take(aLead(2))
	f.advance(second)
	require.Equal(t, workflows.AwaitingReview, f.run(second).State)
	require.Equal(t, "pending", f.leadStatus(second))
	require.Equal(t, "UNQUALIFIED", f.input(model.RoleWriter)["category"])
	require.Empty(t, f.box.Mailbox.Messages(), "not without an approval")
	_, err := f.desk.Approve(t.Context(), f.admin(), second, 1)
	require.NoError(t, err)
	f.advance(second)
	require.Len(t, f.box.Mailbox.Messages(), 1)
	require.Equal(t, []string{aLead(2).Email}, f.box.Mailbox.Messages()[0].Recipients)
	require.Equal(t, "approved", f.leadStatus(second))
}

// redraft sends the draft back to the writer, as a reviewer does.
func (f *floor) redraft(id workflows.ID, version int, feedback string) error {
	f.t.Helper()
	_, err := f.desk.Redraft(f.t.Context(), f.admin(), id, version, feedback)
	return err
}

// TestRedrafts: the writer gets the reviewer's words, each round is a step and a version of its own, and after three it is the person's turn.
func TestRedrafts(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	require.Equal(t, "1", conflict(t, f.redraft(id, 2, "of a version that there is not")).Details["current_version"])
	require.True(t, fault.Is(f.redraft(id, 1, " \n"), fault.Invalid), "the writer needs to know what to do better")
	require.True(t, fault.Is(f.redraft(id, 0, "better"), fault.Invalid))
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	for round := 1; round <= workflows.MaxRedrafts; round++ {
		feedback := []string{"Shorter, please.", "Friendlier, please.", "Mention the demo."}[round-1]
		require.NoError(t, f.redraft(id, round, feedback))
		run := f.run(id)
		require.Equal(t, [2]any{workflows.Drafting, round}, [2]any{run.State, run.DraftVersion})
		_, err := f.desk.Approve(t.Context(), f.admin(), id, round)
		require.Contains(t, conflict(t, err).Message, "being prepared", "the old draft is not sent while a new one is written")
		f.advance(id)
		run = f.run(id)
		require.Equal(t, [2]any{workflows.AwaitingReview, round + 1}, [2]any{run.State, run.DraftVersion})
		require.Equal(t, feedback, f.input(model.RoleWriter)["feedback"])
		require.Empty(t, run.Feedback, "it served its purpose")
		require.Equal(t, 1+round, f.asked(model.RoleWriter))
	}
	require.Contains(t, conflict(t, f.redraft(id, 4, "again")).Message, "redrafted 3 times")
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Len(t, f.drafts(id), 4)
	require.Equal(t, 1, f.asked(model.RoleJudge), "the judgement stands")
	require.Equal(t, 4, f.count(`SELECT count(*) FROM workflow_steps WHERE workflow_id = $1 AND name LIKE 'draft%' AND status = 'finished'`, string(id)))
	_, err := f.desk.Approve(t.Context(), f.admin(), id, 4)
	require.NoError(t, err)
	f.advance(id)
	require.Equal(t, f.drafts(id)[3].Body, trimEnd(f.box.Mailbox.Messages()[0].Text))
}
