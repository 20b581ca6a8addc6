package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Poolers force pgx into modes in which it guesses the types of arguments. Every statement has to get along with that.
func TestRepositoriesWorkInEveryExecMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, func(o *postgres.Options) { o.ExecMode = mode })
			tour(t, s)
		})
	}
}

// tour leads one run from its lead to the end and uses every repository on the way.
func tour(t *testing.T, s *stage) {
	t.Helper()
	form := ports.Form{ID: newID(), Key: "key", Title: "Contact", AllowedOrigins: []string{"https://acme.test"}, Active: true}
	lead := newLead("jane@acme.test", "Jane Roe")
	lead.Company, lead.Phone = "Acme  Inc", "+1 555 0100 200"
	run := workflows.Run{ID: workflows.ID(newID()), LeadID: lead.ID, State: workflows.Queued}
	s.do(func(ctx context.Context, st *ports.Store) error {
		org, err := st.Organization.Get(ctx)
		require.NoError(t, err)
		org.Criteria, org.AllowedLinks, org.UndoDelay = map[leads.Category]string{leads.Qualified: "big"}, []string{"acme.test"}, time.Minute
		require.NoError(t, st.Organization.Put(ctx, org))
		require.NoError(t, st.Forms.Put(ctx, form))
		forms, err := st.Forms.List(ctx)
		require.NoError(t, err)
		require.Equal(t, []ports.Form{form}, forms)
		require.NoError(t, st.Leads.Create(ctx, lead, form.ID))
		require.NoError(t, st.Runs.Create(ctx, run))
		usage, err := st.Usage.Current(ctx)
		require.NoError(t, err)
		require.Zero(t, usage.Used)
		return st.Slack.Put(ctx, ports.Installation{TeamID: "T1", ChannelID: "C1", TokenSealed: []byte{0, 255, 1}, InstalledBy: admin})
	})
	lease := s.claim(run.ID)
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.NoError(t, st.Runs.Extend(ctx, lease, time.Minute))
		held, now, err := st.Runs.LockHeld(ctx, lease)
		require.NoError(t, err)
		_, finished, err := st.Steps.Begin(ctx, lease, "research")
		require.NoError(t, err)
		require.False(t, finished)
		require.NoError(t, st.Actions.Add(ctx, lease, ports.Action{
			Turn: 1, Tool: "search", Argument: "acme", OK: true, Answer: []byte(`{"a": "?"}`), Sources: []ports.SourceText{{ID: "s1", Kind: "page", Text: "it's \\ a ? text"}},
			Spent: ports.Spent{TokensIn: 3, TokensOut: 4, CostMicros: 5, Took: 1500 * time.Millisecond},
		}))
		require.NoError(t, st.Runs.Spend(ctx, lease, ports.Spent{TokensIn: 3, TokensOut: 4, CostMicros: 5}))
		require.NoError(t, st.Steps.Finish(ctx, lease, "research", []byte(`{"facts": []}`), ports.Spent{TokensIn: 3}))
		require.NoError(t, st.Runs.SetResearch(ctx, run.ID, []byte(`{"facts": []}`)))
		require.NoError(t, st.Leads.SetJudgement(ctx, lead.ID, leads.Qualified, "asks for a quote"))
		require.NoError(t, st.Drafts.Add(ctx, run.ID, workflows.Draft{Version: 1, Subject: "Re", Body: "Hi", FactsUsed: []string{"f1"}}))
		held.State, held.Category, held.DraftVersion, held.ReviewDue = workflows.AwaitingReview, leads.Qualified, 1, now.Add(time.Hour)
		require.NoError(t, st.Runs.SaveHeld(ctx, lease, held))
		require.NoError(t, st.Cards.Want(ctx, run.ID))
		require.NoError(t, st.Timeline.Add(ctx, run.ID, "drafted", map[string]string{"version": "1"}))
		require.NoError(t, st.Audit.Add(ctx, ports.AuditEntry{Action: "run.drafted", SubjectKind: "run", SubjectID: string(run.ID), Fields: []string{"status"},
			Lead: lead.ID, After: map[string]string{"status": "awaiting_review"}}))
		return st.Runs.Release(ctx, lease, 0, "", false)
	})
	s.do(func(ctx context.Context, st *ports.Store) error {
		l, card, ok, err := st.Cards.Claim(ctx, run.ID, time.Minute)
		require.NoError(t, err)
		require.True(t, ok)
		require.NoError(t, st.Cards.Posting(ctx, l, "C1"))
		require.NoError(t, st.Cards.Shown(ctx, l, "C1", "1.2", card.Wanted))
		require.NoError(t, st.Callbacks.Add(ctx, ports.Callback{ID: newID(), Vendor: "slack", EventID: "e1", Run: run.ID, Body: []byte("{}\x00")}))
		waiting, err := st.Callbacks.Waiting(ctx, run.ID)
		require.NoError(t, err)
		require.Len(t, waiting, 1)
		require.NoError(t, st.Callbacks.Processed(ctx, waiting[0].ID, ""))
		now, due, err := st.Runs.Lock(ctx, run.ID)
		require.NoError(t, err)
		now.State, now.ApprovedBy, now.DecidedAt, now.NotBefore = workflows.Sending, admin, due, due
		require.NoError(t, st.Runs.Save(ctx, now))
		require.NoError(t, st.Decisions.Add(ctx, run.ID, ports.Decision{Kind: workflows.ApprovedBy, Version: 1, By: admin, Surface: "slack"}))
		require.NoError(t, st.Steps.Record(ctx, run.ID, "decision", nil))
		email := ports.Email{ID: newID(), Run: run.ID, Number: 1, Kind: "reply", DraftVersion: 1, To: lead.Email, Subject: "Re", Body: "Hi", MessageID: "m@x"}
		require.NoError(t, st.Emails.Add(ctx, email))
		require.NoError(t, st.Emails.SetStatus(ctx, email.ID, ports.EmailQueued, ports.EmailHandingOver, ""))
		require.NoError(t, st.Emails.SetStatus(ctx, email.ID, ports.EmailHandingOver, ports.EmailSent, ""))
		assigned, company := worker, "ACME inc"
		require.NoError(t, st.Leads.SetDetails(ctx, lead.ID, ports.LeadDetails{AssignedTo: &assigned, Company: &company}))
		known, err := st.Leads.Known(ctx, ports.KnownQuery{Email: "Jane@acme.test", Domain: "acme.test", Company: "acme inc", Except: leads.ID(newID()), Limit: 5})
		require.NoError(t, err)
		require.Len(t, known, 1)
		return nil
	})
	s.do(func(ctx context.Context, st *ports.Store) error {
		page, next, err := st.Views.Leads(ctx, ports.LeadFilter{
			Status: leads.Pending, Category: leads.Qualified, AssignedTo: worker, Text: "JANE", CreatedAfter: time.Now().Add(-time.Hour),
			CreatedBefore: time.Now().Add(time.Hour), Limit: 1,
		})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Len(t, page, 1)
		require.Equal(t, run.ID, page[0].Run)
		runs, _, err := st.Views.Runs(ctx, ports.RunFilter{State: workflows.Sending, Lead: lead.ID, AssignedTo: worker, CreatedAfter: time.Now().Add(-time.Hour), CreatedBefore: time.Now().Add(time.Hour)})
		require.NoError(t, err)
		require.Len(t, runs, 1)
		require.JSONEq(t, `{"facts": []}`, string(runs[0].Research))
		actions, err := st.Actions.List(ctx, run.ID)
		require.NoError(t, err)
		require.Len(t, actions, 1)
		require.Equal(t, 1500*time.Millisecond, actions[0].Spent.Took)
		require.Equal(t, `it's \ a ? text`, actions[0].Sources[0].Text)
		counts, err := st.Views.Counts(ctx, time.UTC)
		require.NoError(t, err)
		require.Equal(t, ports.Counts{Working: 1, NewToday: 1, SentThisWeek: 1, Leads: 1}, counts)
		decision, decided, ok, err := st.Views.LastDecision(ctx)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, admin, decision.By)
		require.Equal(t, run.ID, decided.ID)
		_, _, trouble, err := st.Views.CardTrouble(ctx)
		require.NoError(t, err)
		require.False(t, trouble)
		steps, err := st.Views.Steps(ctx, run.ID)
		require.NoError(t, err)
		require.Len(t, steps, 2)
		spent, err := st.Runs.SpentToday(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 7, spent)
		install, err := st.Slack.Get(ctx)
		require.NoError(t, err)
		require.Equal(t, []byte{0, 255, 1}, install.TokenSealed)
		return nil
	})
}
