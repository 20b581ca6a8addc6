package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
)

// lastTold is what Slack last showed to a person alone.
func (f *floor) lastTold(user string) string {
	list := f.box.Slack.Ephemerals(slack.DemoAcmeTeam, user)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].Text
}

// openPresses counts the presses that nobody has dealt with yet.
func (f *floor) openPresses() int {
	f.t.Helper()
	return f.count(`SELECT count(*) FROM webhook_events WHERE processed_at IS NULL`)
}

// TestAPressWaitsForSlack: while Slack does not say who pressed, the press stays; once it does, it is decided; after ten minutes the presser is
// told that it was not.
func TestAPressWaitsForSlack(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id, late := f.prepared(1), f.prepared(2)
	f.cardOf(id)
	f.cardOf(late)
	require.NoError(t, f.press(id, "approve", slackManager))
	f.box.Slack.Faults.Plan(faults.Fault{Target: "users.info", Kind: faults.KindStatus, Status: 503}, faults.Forever)
	err := f.desk.DecideClicks(t.Context(), f.org, id)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Equal(t, 1, f.openPresses())

	require.NoError(t, f.press(late, "approve", slackManager))
	f.exec(`UPDATE webhook_events SET received_at = now() - interval '11 minutes' WHERE workflow_id = $1`, string(late))
	require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, late))
	require.Contains(t, f.lastTold(slackManager), "was not recorded")
	require.Equal(t, workflows.AwaitingReview, f.run(late).State)

	f.box.Slack.Faults.Clear()
	require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, id))
	require.Equal(t, workflows.Sending, f.run(id).State)
	require.Zero(t, f.openPresses())
}

// TestAPressAfterSlackWentAway: the installation is gone, or its token does not count any more. The press is not kept for ever, nothing is
// decided, and nobody is told that they lack a permission which they have.
func TestAPressAfterSlackWentAway(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	gone, revoked := f.prepared(1), f.prepared(2)
	for _, id := range []workflows.ID{gone, revoked} {
		f.cardOf(id)
		require.NoError(t, f.press(id, "approve", slackManager))
	}
	require.NoError(t, f.press(gone, "reject", slackManager))

	f.box.Slack.Faults.Plan(faults.Fault{Target: "users.info", Kind: faults.KindStatus, Status: 200, Body: `{"ok":false,"error":"token_revoked"}`}, 1)
	require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, revoked))
	require.Contains(t, f.lastTold(slackManager), "decide in the dashboard")

	f.exec(`UPDATE slack_installations SET revoked_at = now()`)
	require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, gone))
	require.Zero(t, f.openPresses())
	require.Equal(t, 2, f.count(`SELECT count(*) FROM webhook_events WHERE error LIKE 'Slack is not connected%'`))
	for _, id := range []workflows.ID{gone, revoked} {
		require.Equal(t, workflows.AwaitingReview, f.run(id).State)
		require.Empty(t, f.decisions(id))
	}
	require.Zero(t, f.count(`SELECT count(*) FROM audit_log WHERE action = 'review.refused'`))
}

// TestTheCardTellsWhoseWordsWent: "edited" where a person wrote the words, not where the model wrote them anew.
func TestTheCardTellsWhoseWordsWent(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	redrafted, edited := f.prepared(1), f.prepared(2)
	require.NoError(t, f.redraft(redrafted, 1, "Shorter, please."))
	f.advance(redrafted)
	_, err := f.desk.Approve(t.Context(), f.admin(), redrafted, 2)
	require.NoError(t, err)
	_, err = f.desk.EditAndApprove(t.Context(), f.admin(), edited, 1, "New", "words")
	require.NoError(t, err)
	for id, says := range map[workflows.ID]bool{redrafted: false, edited: true} {
		f.advance(id)
		f.cardOf(id)
		lead := f.text(`SELECT lead_id::text FROM workflows WHERE id = $1`, string(id))
		require.True(t, f.cardSays(lead, "Approved by Maya Lindqvist"))
		require.Equal(t, says, f.cardSays(lead, "· edited"))
	}
}
