package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

func TestOutcomeLines(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 12, 2, 0, 0, time.UTC)
	sent := []ports.Email{{Status: ports.EmailDropped}, {Status: ports.EmailSent, SentAt: at.Add(time.Minute)}}
	approved := func(state workflows.State, version int) workflows.Run {
		return workflows.Run{State: state, ApprovedBy: "user_1", DecidedAt: at, DraftVersion: version}
	}
	for name, c := range map[string]struct {
		run    workflows.Run
		emails []ports.Email
		want   string
	}{
		"in review":                 {workflows.Run{State: workflows.AwaitingReview}, nil, ""},
		"in review after an undo":   {workflows.Run{State: workflows.AwaitingReview}, []ports.Email{{Status: ports.EmailDropped}}, ""},
		"approved":                  {approved(workflows.Sending, 1), []ports.Email{{Status: ports.EmailQueued}}, "Approved by Sam 14:02"},
		"sent":                      {approved(workflows.Completed, 1), sent, "Approved by Sam 14:02 · sent 14:03"},
		"sent as edited":            {approved(workflows.Completed, 2), sent, "Approved by Sam 14:02 · sent 14:03 · edited"},
		"in doubt":                  {approved(workflows.NeedsAttention, 1), []ports.Email{{Status: ports.EmailDoubtful}}, "Approved by Sam 14:02"},
		"refused":                   {approved(workflows.NeedsAttention, 1), []ports.Email{{Status: ports.EmailRefused}}, "Approved by Sam 14:02"},
		"stopped before the review": {workflows.Run{State: workflows.NeedsAttention}, nil, ""},
		"closed without a reply":    {workflows.Run{State: workflows.Completed}, nil, ""},
		"handed over":               {workflows.Run{State: workflows.Sending}, []ports.Email{{Status: ports.EmailQueued}}, ""},
		"rejected":                  {workflows.Run{State: workflows.Rejected, RejectedBy: "user_1", DecidedAt: at}, nil, "Rejected by Sam 14:02"},
		"cancelled":                 {workflows.Run{State: workflows.Cancelled}, nil, "Cancelled"},
		"expired":                   {workflows.Run{State: workflows.Expired}, nil, "Expired: nobody decided in time"},
		"failed":                    {workflows.Run{State: workflows.Failed}, nil, ""},
		"queued again":              {workflows.Run{State: workflows.Queued}, nil, "Being redrafted"},
		"redrafted":                 {workflows.Run{State: workflows.Drafting, DraftVersion: 1}, nil, "Being redrafted"},
	} {
		require.Equal(t, c.want, outcome(c.run, "Sam", c.run.DraftVersion > 1, c.emails, zoneOf("Europe/Stockholm")), name)
	}
	for _, s := range workflows.States() {
		require.NotPanics(t, func() { outcome(workflows.Run{State: s}, "", false, nil, time.UTC) })
	}
	require.Equal(t, time.UTC, zoneOf("Nowhere/At_All"))
}
