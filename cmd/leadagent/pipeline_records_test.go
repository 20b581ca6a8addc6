package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// everything lets every event happen to some run of Acme, each by the actor and the surface that the map names.
func (f *floor) everything() map[workflows.EventKind][3]string {
	f.t.Helper()
	ctx, api := f.t.Context(), f.person(clerk.AcmeManagerID, tenancy.API)
	done := func(_ workflows.Run, err error) { f.t.Helper(); require.NoError(f.t, err) }
	f.exec(`UPDATE organizations SET undo_delay = '1 hour' WHERE org_id = $1`, clerk.AcmeID)

	sent := f.prepared(1) // started, researched, qualified, drafted
	done(f.desk.Edit(ctx, f.admin(), sent, 1, "New", "words"))
	done(f.desk.Redraft(ctx, f.admin(), sent, 2, "shorter"))
	f.advance(sent)
	done(f.desk.Approve(ctx, api, sent, 3))
	done(f.desk.Undo(ctx, f.admin(), sent))
	f.due(sent)
	f.advance(sent) // ran out
	done(f.desk.Reopen(ctx, f.admin(), sent))
	done(f.desk.Approve(ctx, api, sent, 3))
	f.box.Mailbox.Faults.ResetAfterAccept(mailbox.StageData, 1)
	f.due(sent)
	f.advance(sent) // in doubt
	done(f.desk.SendAgain(ctx, f.admin(), sent))
	f.due(sent)
	f.advance(sent)

	went := f.prepared(2)
	done(f.desk.Approve(ctx, api, went, 1))
	f.box.Mailbox.Faults.ResetAfterAccept(mailbox.StageData, 1)
	f.due(went)
	f.advance(went)
	done(f.desk.ConfirmSent(ctx, f.admin(), went))

	rejected := f.prepared(3)
	f.cardOf(rejected)
	require.NoError(f.t, f.press(rejected, "reject", slackManager))
	require.NoError(f.t, f.desk.DecideClicks(ctx, f.org, rejected))

	f.box.Model.Break(model.RoleWriter, model.Safety, 1)
	stopped := f.take(aLead(4))
	f.advance(stopped)
	done(f.desk.Retry(ctx, f.admin(), stopped))
	done(f.desk.Cancel(ctx, api, stopped))

	broken := f.take(aLead(5))
	f.exec(`UPDATE workflows SET failures = 3 WHERE id = $1`, string(broken))
	f.exec(`ALTER TABLE research_actions RENAME TO gone`)
	f.exec(`UPDATE workflows SET status = 'researching' WHERE id = $1`, string(broken))
	f.advance(broken)
	f.exec(`ALTER TABLE gone RENAME TO research_actions`)
	require.Equal(f.t, workflows.Failed, f.run(broken).State)

	worker := [3]string{"system", "", "pipeline"}
	atDashboard, overAPI := [3]string{"member", clerk.AcmeAdminID, "dashboard"}, [3]string{"member", clerk.AcmeManagerID, "api"}
	return map[workflows.EventKind][3]string{
		workflows.Started: worker, workflows.Researched: worker, workflows.QualifiedAs: worker, workflows.Drafted: worker, workflows.Sent: worker,
		workflows.SendDoubtful: worker, workflows.GaveUp: worker, workflows.Broke: worker, workflows.RanOut: worker,
		workflows.Edited: atDashboard, workflows.Undone: atDashboard, workflows.RedraftWanted: atDashboard, workflows.Retried: atDashboard,
		workflows.ConfirmedSent: atDashboard, workflows.SendAgain: atDashboard, workflows.Reopened: atDashboard,
		workflows.ApprovedBy: overAPI, workflows.CancelledBy: overAPI, workflows.RejectedBy: {"member", clerk.AcmeManagerID, "slack"},
	}
}

// TestEveryChangeIsInTheAuditLog: who, what, when, from where, which fields; and in the timeline of its run.
func TestEveryChangeIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	by := f.everything()
	for _, kind := range workflows.EventKinds() {
		actor, listed := by[kind]
		require.True(t, listed, "%s: an event that this test does not let happen", kind)
		action := "run." + string(kind)
		require.Positive(t, f.count(`SELECT count(*) FROM audit_log WHERE org_id = $1 AND action = $2`, clerk.AcmeID, action), action)
		require.Zero(t, f.count(`SELECT count(*) FROM audit_log WHERE action = $1 AND (actor_kind, actor_id, surface) IS DISTINCT FROM ($2, $3, $4)`,
			action, actor[0], actor[1], actor[2]), "%s by %v", action, actor)
		require.Zero(t, f.count(`SELECT count(*) FROM audit_log a WHERE action = $1 AND (subject_kind <> 'run' OR fields = '{}' OR at > clock_timestamp()
			OR NOT EXISTS (SELECT FROM workflows w WHERE w.org_id = a.org_id AND w.id::text = a.subject_id))`, action), action)
		require.Equal(t, f.count(`SELECT count(*) FROM audit_log WHERE action = $1`, action),
			f.count(`SELECT count(*) FROM timeline WHERE kind = $1`, string(kind)), "%s: the log and the timeline tell the same", kind)
	}
	require.Equal(t, f.count(`SELECT count(*) FROM leads`), f.count(`SELECT count(*) FROM audit_log a JOIN leads l ON l.org_id = a.org_id AND l.id::text = a.subject_id
		WHERE a.action = 'lead.received' AND a.actor_kind = 'prospect' AND a.surface = 'api'`))
	require.Equal(t, 1, f.count(`SELECT count(*) FROM audit_log WHERE action = 'draft.edited' AND actor_id = $1 AND fields @> '{email_subject,email_draft}'`, clerk.AcmeAdminID))
	require.Equal(t, 2, f.count(`SELECT count(*) FROM audit_log WHERE action = 'organization.initialized'`))
	require.Zero(t, f.count(`SELECT count(*) FROM audit_log WHERE org_id = $1`, clerk.GlobexID)-1, "Globex saw none of it")
	f.nothingPersonalInTheLog()
}

// nothingPersonalInTheLog: personal values stand in audit_values alone, which erasing a person deletes.
func (f *floor) nothingPersonalInTheLog() {
	f.t.Helper()
	log := f.text(`SELECT string_agg(to_jsonb(a)::text, '') FROM audit_log a`)
	for n := 1; n <= 5; n++ {
		for _, personal := range []string{aLead(n).Email, aLead(n).Company + `"`, aLead(n).Message, aLead(n).Name} {
			require.NotContains(f.t, log, personal)
		}
	}
	for _, m := range f.box.Mailbox.Messages() {
		require.NotContains(f.t, log, m.Subject)
	}
}

// TestTheLogOnlyGrows: the app's role can neither change nor delete an entry.
func TestTheLogOnlyGrows(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.take(aLead(1))
	require.Equal(t, "t f f", strings.NewReplacer("true", "t", "false", "f").Replace(
		f.text(`SELECT concat_ws(' ', has_table_privilege(r.rolname, 'audit_log', 'INSERT'), has_table_privilege(r.rolname, 'audit_log', 'UPDATE'),
			has_table_privilege(r.rolname, 'audit_log', 'DELETE')) FROM pg_roles r WHERE r.rolname = $1`, f.appRole())))
}

// appRole is the role that the program logs in as.
func (f *floor) appRole() string {
	_, rest, _ := strings.Cut(f.world.db.AppURL, "://")
	name, _, _ := strings.Cut(rest, "@")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// TestARefusedPressIsLogged: somebody who may not decide pressed a button. Nothing changes but the log.
func TestARefusedPressIsLogged(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	f.cardOf(id)
	for _, user := range []string{slackMember, slackGuest} {
		require.NoError(t, f.press(id, "approve", user))
		require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, id))
		told := f.box.Slack.Ephemerals("T0ACME0001", user)
		require.Len(t, told, 1)
		require.Contains(t, told[0].Text, "You need leads:approve")
	}
	require.Equal(t, "member user_acmemember, system ", f.text(`SELECT string_agg(actor_kind || ' ' || actor_id, ', ' ORDER BY at) FROM audit_log
		WHERE action = 'review.refused' AND surface = 'slack'`))
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Empty(t, f.decisions(id))
	require.NoError(t, f.desk.DecideClicks(t.Context(), f.org, id))
	require.Equal(t, 2, f.count(`SELECT count(*) FROM audit_log WHERE action = 'review.refused'`), "each press counts once")
}

// TestTheTimelineTellsTheWay: the moments of a run from its first to its last, in their order.
func TestTheTimelineTellsTheWay(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.box.Model.FailNext(model.RoleJudge, 1, 503, 0)
	id := f.take(submissionBody{
		Form: "acme-demo", Name: "Ada Berg", Email: "ada@northwind-logistics.example", Company: "Northwind Logistics",
		Message: "We have 120 drivers and want to replace our lead tool before October. Could you show us a demo and the pricing?",
	})
	f.advance(id)
	f.due(id)
	f.advance(id)
	f.cardOf(id)
	_, err := f.desk.Reject(t.Context(), f.admin(), id, 1, "tone", "Too stiff.")
	require.NoError(t, err)
	var kinds []string
	for _, m := range f.moments(id) {
		if n := len(kinds); n == 0 || kinds[n-1] != m.Kind {
			kinds = append(kinds, m.Kind)
		}
	}
	told := strings.Join(kinds, " ")
	require.Regexp(t, `^(received )?started read .*researched waiting qualified drafted card_posted rejected$`, told)
	require.Regexp(t, `(search|crm_search|fetch_url)`, told)
	last := f.moments(id)[len(f.moments(id))-1]
	require.Equal(t, map[string]string{
		"from": "awaiting_review", "to": "rejected", "by": clerk.AcmeAdminID, "by_name": "Maya Lindqvist", "surface": "dashboard", "reason": "tone",
		"note": "Too stiff.", "version": "1",
	}, last.Data)
	for _, m := range f.moments(id) {
		if m.Kind == "waiting" {
			require.Equal(t, "the model", m.Data["for"])
		}
	}
}

// TestUsageCounts: what is processed counts, once; what is set aside or repeated does not.
func TestUsageCounts(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.exec(`UPDATE organizations SET plan = 'starter' WHERE org_id = $1`, clerk.AcmeID)
	submit := func(n int, change func(*intake.Request)) leads.Status {
		l := aLead(n)
		r := intake.Request{FormKey: l.Form, Raw: leads.Raw{Email: l.Email, Name: l.Name, Message: l.Message}}
		change(&r)
		receipt, err := f.intake.Submit(t.Context(), r)
		require.NoError(t, err)
		return receipt.Status
	}
	asIs := func(*intake.Request) {}
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[leads.Status]int{}
	for n := range 110 {
		all.Go(func() {
			status := submit(n, asIs)
			mu.Lock()
			defer mu.Unlock()
			got[status]++
		})
	}
	all.Wait()
	require.Equal(t, map[leads.Status]int{leads.Pending: 100, leads.Held: 10}, got)
	submit(0, asIs) // the same person with the same message
	submit(200, func(r *intake.Request) { r.Hidden = "x" })
	usage, err := f.metering.Stats(t.Context(), f.admin())
	require.NoError(t, err)
	require.Equal(t, [2]int{100, 100}, [2]int{usage.Used, usage.Limit})
	require.Equal(t, 111, f.count(`SELECT count(*) FROM leads`))
	require.Equal(t, 100, f.count(`SELECT count(*) FROM workflows`), "what is held has no run")
	other, err := f.metering.Stats(t.Context(), f.of(clerk.GlobexID).person(clerk.GlobexAdminID, tenancy.API))
	require.NoError(t, err)
	require.Zero(t, other.Used)
	_, err = f.metering.Stats(t.Context(), f.person(clerk.AcmeMemberID, tenancy.API))
	require.True(t, fault.Is(err, fault.Forbidden))
	f.checkBooks(nil)
}
