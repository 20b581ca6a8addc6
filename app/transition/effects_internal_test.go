package transition

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
)

func inquiry() leads.Lead {
	email, _ := leads.ParseEmail("jordan@northwind.example")
	return leads.Lead{
		Submission: leads.Submission{Email: email, Name: "Jordan Reed", Company: "Northwind", Phone: "+49 30 1234567", Message: "I cannot sign in.\nPlease help."},
		CreatedAt:  time.Date(2026, 6, 1, 14, 2, 0, 0, time.FixedZone("", 2*3600)),
	}
}

func TestHandoverText(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 5, 0, 0, time.UTC)
	require.Equal(t, `A support question came in through the contact form.

Name: Jordan Reed
Email: jordan@northwind.example
Company: Northwind
Phone: +49 30 1234567
Received: 1 June 2026 12:02 UTC
Handed over: 1 June 2026 12:05 UTC

I cannot sign in.
Please help.

Replying to this email answers the person.
`, handoverText(inquiry(), now))

	brief := inquiry()
	brief.Company, brief.Phone = "", ""
	text := handoverText(brief, now)
	require.NotContains(t, text, "Company")
	require.NotContains(t, text, "Phone")
	require.True(t, strings.HasPrefix(text, "A support question"))
}

// TestWhatAPersonDoesIsADecision: every event of a person but an edit, which is a draft version, leaves a row among the decisions.
func TestWhatAPersonDoesIsADecision(t *testing.T) {
	t.Parallel()
	people := map[workflows.EventKind]bool{
		workflows.ApprovedBy: true, workflows.RejectedBy: true, workflows.Undone: true, workflows.RedraftWanted: true, workflows.CancelledBy: true,
		workflows.Retried: true, workflows.ConfirmedSent: true, workflows.SendAgain: true, workflows.Reopened: true,
	}
	for _, k := range workflows.EventKinds() {
		require.Equal(t, people[k], isDecision(k), string(k))
	}
}

// TestChangedNamesEveryColumn: each field of a run that an event may write is named in the audit entry.
func TestChangedNamesEveryColumn(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for field, after := range map[string]workflows.Run{
		"status": {State: workflows.Sending}, "category": {Category: leads.Qualified}, "draft_version": {DraftVersion: 1},
		"approved_by": {ApprovedBy: "u"}, "rejected_by": {RejectedBy: "u"}, "decided_at": {DecidedAt: at}, "not_before": {NotBefore: at},
		"review_due_at": {ReviewDue: at}, "feedback": {Feedback: "shorter"}, "error": {Problem: "x"}, "completed_at": {CompletedAt: at},
		"redrafts": {Redrafts: 1}, "doubt": {Doubt: true}, "resume_status": {Resume: workflows.Sending},
	} {
		require.Equal(t, []string{field}, changed(workflows.Run{}, after), field)
	}
	require.Empty(t, changed(workflows.Run{DecidedAt: at}, workflows.Run{DecidedAt: at.In(time.FixedZone("", 3600))}), "the same moment")
}
