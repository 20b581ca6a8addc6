package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// press is a press of a button of the run's card, received as the web process receives it. It gives the error of the storing.
func (f *floor) press(id workflows.ID, action, user string) error {
	f.t.Helper()
	body, err := f.box.Slack.Interaction(slack.DemoAcmeTeam, f.cardOf(id), action, user)
	require.NoError(f.t, err)
	click, asks, err := f.clicks.Parse(body)
	require.NoError(f.t, err)
	require.True(f.t, asks)
	return f.desk.ReceiveClick(f.t.Context(), f.org, click, body, newID())
}

// cardOf is the timestamp of the run's card, which is brought up to date first.
func (f *floor) cardOf(id workflows.ID) string {
	f.t.Helper()
	require.NoError(f.t, f.pipeline.ShowCard(f.t.Context(), f.org, id))
	for _, m := range f.box.Slack.Messages(slack.DemoAcmeTeam) {
		if strings.Contains(string(m.Metadata), string(id)) {
			return m.TS
		}
	}
	f.t.Fatal("the run has no card")
	return ""
}

// try is one attempt at a decision.
type attempt struct {
	by      string
	decided bool
	err     error
}

// insist tries until the database had room: a hundred people at once are more than a small pool takes, and who is turned away tries again.
func insist(do func() error) error {
	for {
		if err := do(); !fault.Is(err, fault.Overloaded) {
			return err
		}
	}
}

// TestOneDecisionOfAHundred: three people approve and reject one draft a hundred times at once, through the dashboard, the API and Slack. One
// decision stands; everybody else hears who was faster; the prospect gets one email or none.
func TestOneDecisionOfAHundred(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	people := []tenancy.UserID{clerk.AcmeAdminID, clerk.AcmeManagerID, clerk.BothID}
	slackers := []string{slack.DemoAcmeAdmin, slack.DemoAcmeManager, slack.DemoAcmeBoth}
	const rounds, each = 3, 100
	for round := range rounds {
		id := f.prepared(round)
		f.cardOf(id)
		presses := 0
		attempts := make([]attempt, each)
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range each {
			who := i % len(people)
			approve := (i/3)%2 == 0
			switch surface := (i / 6) % 3; surface {
			case 0, 1:
				scope := f.person(people[who], []tenancy.Surface{tenancy.Dashboard, tenancy.API}[surface])
				all.Go(func() {
					<-start
					var run workflows.Run
					err := insist(func() (err error) {
						if approve {
							run, err = f.desk.Approve(t.Context(), scope, id, 1)
						} else {
							run, err = f.desk.Reject(t.Context(), scope, id, 1, "tone", "")
						}
						return err
					})
					attempts[i] = attempt{by: string(people[who]), decided: err == nil && run.DecidedBy() != "", err: err}
				})
			default:
				presses++
				action := map[bool]string{true: "approve", false: "reject"}[approve]
				require.NoError(t, f.press(id, action, slackers[who]))
				all.Go(func() {
					<-start
					attempts[i].err = insist(func() error { return f.desk.DecideClicks(t.Context(), f.org, id) })
				})
			}
		}
		close(start)
		all.Wait()
		require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, id))
		f.oneDecisionStands(id, attempts, presses)
	}
	f.checkBooks(nil)
}

// oneDecisionStands: one row, one winner, and everybody else was told.
func (f *floor) oneDecisionStands(id workflows.ID, attempts []attempt, presses int) {
	f.t.Helper()
	decisions := f.decisions(id)
	require.Len(f.t, decisions, 1)
	run := f.run(id)
	require.Equal(f.t, decisions[0].By, run.DecidedBy())
	require.Equal(f.t, decisions[0].Kind == workflows.ApprovedBy, run.ApprovedBy != "")
	require.Equal(f.t, decisions[0].Kind == workflows.RejectedBy, run.RejectedBy != "")

	winners := 0
	verb := map[workflows.EventKind]string{workflows.ApprovedBy: "approved", workflows.RejectedBy: "rejected"}[decisions[0].Kind]
	name := f.text(`SELECT name FROM members WHERE org_id = $1 AND user_id = $2`, string(f.org), string(decisions[0].By))
	told := fmt.Sprintf("Already %s by %s at ", verb, name)
	for _, a := range attempts {
		switch {
		case a.by == "":
			require.NoError(f.t, a.err, "what a press leads to is told to the presser, not to the worker")
		case a.err == nil:
			require.True(f.t, a.decided)
			require.Equal(f.t, string(decisions[0].By), a.by)
			winners++
		default:
			c := conflict(f.t, a.err)
			require.Contains(f.t, c.Message, told)
			require.Equal(f.t, string(decisions[0].By), c.Details["decided_by"])
			require.Equal(f.t, run.DecidedAt.UTC().Format("2006-01-02T15:04:05Z"), c.Details["decided_at"])
		}
	}
	require.Equal(f.t, decisions[0].Surface != tenancy.Slack, winners == 1, "at most one of the others won")
	require.LessOrEqual(f.t, winners, 1)

	lost := presses
	if decisions[0].Surface == tenancy.Slack {
		lost--
	}
	require.Equal(f.t, presses, f.count(`SELECT count(*) FROM webhook_events WHERE workflow_id = $1 AND processed_at IS NOT NULL`, string(id)))
	require.Equal(f.t, lost, f.count(`SELECT count(*) FROM webhook_events WHERE workflow_id = $1 AND error LIKE $2`, string(id), told+"%"))
	heard := 0
	for _, user := range []string{slack.DemoAcmeAdmin, slack.DemoAcmeManager, slack.DemoAcmeBoth} {
		for _, m := range f.box.Slack.Ephemerals(slack.DemoAcmeTeam, user) {
			if strings.Contains(m.Text, told) {
				heard++
			}
		}
	}
	require.GreaterOrEqual(f.t, heard, lost, "each of them was told")

	for range 3 { // more rings change nothing
		f.advance(id)
	}
	sent := 0
	for _, e := range f.emails(id) {
		for _, m := range f.box.Mailbox.Messages() {
			if m.MessageID == e.MessageID {
				sent++
			}
		}
	}
	want := map[workflows.EventKind]int{workflows.ApprovedBy: 1, workflows.RejectedBy: 0}[decisions[0].Kind]
	require.Equal(f.t, want, sent)
	require.Len(f.t, f.emails(id), want)
	require.Equal(f.t, map[int]string{1: "approved", 0: "rejected"}[want], f.leadStatus(id))
}
