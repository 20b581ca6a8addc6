package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/fixtures"
)

// TestThirtyLeads sends thirty varied, realistic leads through the web process and two workers. It proves the plumbing, not a model's judgement.
func TestThirtyLeads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.start(nil, "work")
	w.start(nil, "work")
	all, err := fixtures.Leads()
	require.NoError(t, err)
	require.Len(t, all, 30)
	ids := make([]string, len(all))
	for i, l := range all {
		ids[i] = w.submit(submissionBody{
			Form: "globex-demo", Email: l.Email, Name: l.Name, Company: l.Company, Phone: l.Phone, Message: l.Message,
		}, "")
	}
	for i, l := range all {
		w.until(time.Minute, l.Shows+" is settled or awaits a person", func() bool {
			state := w.state(ids[i])
			return state == "awaiting_review" || state == "completed"
		})
		var category, reason, status string
		w.query(`SELECT qualification_category, qualification_reason, status FROM leads WHERE id = $1`, []any{ids[i]}, &category, &reason, &status)
		require.Contains(t, l.Categories, category, "%s: %s", l.Shows, reason)
		require.NotEmpty(t, reason, l.Shows)
		switch category {
		case "QUALIFIED", "FOLLOW_UP":
			require.Equal(t, "awaiting_review", w.state(ids[i]), l.Shows)
			require.Equal(t, "pending", status, l.Shows)
		default:
			require.Equal(t, "completed", w.state(ids[i]), l.Shows)
			require.Equal(t, "closed", status, l.Shows)
		}
	}
	for _, m := range w.box.Mailbox.Messages() {
		require.Equal(t, []string{"support@globex.example"}, m.Recipients, "nothing reaches a prospect without an approval")
	}
	w.checkBooks(ids)
}

// TestServeAndTwoWorkers does what `dev` does with processes of their own: submit, review, approve, reject, read the mail; then ends them politely.
func TestServeAndTwoWorkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	web := w.serve(nil)
	workers := []*process{w.start(nil, "work"), w.start(nil, "work")}
	var ids []string
	for n := range 10 {
		ids = append(ids, w.submit(aLead(n), ""))
	}
	for _, id := range ids {
		w.awaitState(id, "awaiting_review", 30*time.Second)
	}
	for _, id := range ids[:5] {
		w.approve(id)
	}
	for _, id := range ids[5:] {
		var run string
		var version int
		w.query(`SELECT id, draft_version FROM workflows WHERE lead_id = $1`, []any{id}, &run, &version)
		code, answer := w.api(clerk.AcmeManagerID, http.MethodPost, "/api/workflows/"+run+"/reject", map[string]any{"draft_version": version, "reason": "tone"})
		require.Equal(t, http.StatusOK, code, answer)
		require.Equal(t, "rejected", answer["status"])
	}
	for _, id := range ids[:5] {
		w.awaitState(id, "completed", 30*time.Second)
	}
	require.Len(t, w.box.Mailbox.Messages(), 5)
	for _, m := range w.box.Mailbox.Messages() {
		var subject, body, to string
		w.query(`SELECT subject, body, to_address FROM emails WHERE message_id = $1`, []any{m.MessageID}, &subject, &body, &to)
		require.Equal(t, subject, m.Subject)
		require.Equal(t, body, trimEnd(m.Text), "what was sent is what was approved")
		require.Equal(t, []string{to}, m.Recipients)
	}
	w.checkBooks(ids)
	for _, p := range append(workers, web) {
		require.Less(t, p.stop(), 15*time.Second)
		require.NoError(t, p.err, "a polite end is no failure")
	}
}

func trimEnd(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// TestSlackApproval presses the buttons of the cards in the emulated Slack, as people who may and who may not.
func TestSlackApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.start(nil, "work")
	lead := w.submit(aLead(1), "")
	w.awaitState(lead, "awaiting_review", 20*time.Second)
	card := w.card(lead)

	_, err := w.box.Slack.Press(t.Context(), card.team, card.ts, "approve", slackGuest)
	require.NoError(t, err)
	w.until(10*time.Second, "the guest is told", func() bool { return len(w.box.Slack.Ephemerals(card.team, slackGuest)) > 0 })
	_, err = w.box.Slack.Press(t.Context(), card.team, card.ts, "approve", slackMember)
	require.NoError(t, err)
	w.until(10*time.Second, "the member is told", func() bool { return len(w.box.Slack.Ephemerals(card.team, slackMember)) > 0 })
	require.Equal(t, "awaiting_review", w.state(lead), "neither may approve")
	require.Equal(t, 2, w.count(`SELECT count(*) FROM audit_log WHERE action = 'review.refused'`))

	pressed, err := w.box.Slack.PressTwice(t.Context(), card.team, card.ts, "approve", slackManager)
	require.NoError(t, err)
	require.True(t, pressed[0].Acknowledged())
	w.awaitState(lead, "completed", 20*time.Second)
	require.Len(t, w.box.Mailbox.Messages(), 1, "a double click is one approval")
	require.Equal(t, 1, w.count(`SELECT count(*) FROM decisions WHERE decision = 'approved' AND surface = 'slack' AND decided_by = $1`, clerk.AcmeManagerID))
	w.until(20*time.Second, "the card shows the outcome", func() bool { return w.cardSays(lead, "Approved by Daniel Okafor") && w.cardSays(lead, "sent ") })
	require.Equal(t, 1, w.count(`SELECT count(*) FROM audit_log WHERE action = 'run.approved' AND actor_id = $1 AND surface = 'slack'`, clerk.AcmeManagerID))
	w.checkBooks([]string{lead})
}
