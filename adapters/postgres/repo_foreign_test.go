package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// target are the ids that somebody from outside might know.
type target struct {
	lead            leads.ID
	run             workflows.ID
	email, callback string
	form            string
}

// addressed are all uses that name a row by its id, with what is to come of an id that this organization has nothing under. 0: nothing comes,
// and that is no error.
func addressed(t *testing.T, of target) map[string]struct {
	use  work
	want fault.Kind
} {
	t.Helper()
	type call = struct {
		use  work
		want fault.Kind
	}
	name := "Mallory"
	empty := func(n int, err error) error {
		require.Zero(t, n)
		return err
	}
	return map[string]call{
		"Forms.Get": {func(ctx context.Context, st *ports.Store) error { _, err := st.Forms.Get(ctx, of.form); return err }, fault.NotFound},
		"Leads.Get": {func(ctx context.Context, st *ports.Store) error { _, err := st.Leads.Get(ctx, of.lead); return err }, fault.NotFound},
		"Leads.SetJudgement": {func(ctx context.Context, st *ports.Store) error {
			return st.Leads.SetJudgement(ctx, of.lead, leads.Support, "x")
		}, fault.NotFound},
		"Leads.SetStatus": {func(ctx context.Context, st *ports.Store) error {
			return st.Leads.SetStatus(ctx, of.lead, leads.Closed)
		}, fault.NotFound},
		"Leads.SetDetails": {func(ctx context.Context, st *ports.Store) error {
			return st.Leads.SetDetails(ctx, of.lead, ports.LeadDetails{Name: &name})
		}, fault.NotFound},
		"Runs.Create": {func(ctx context.Context, st *ports.Store) error {
			return st.Runs.Create(ctx, workflows.Run{ID: workflows.ID(newID()), LeadID: of.lead, State: workflows.Queued})
		}, fault.NotFound},
		"Runs.Get":    {func(ctx context.Context, st *ports.Store) error { _, _, err := st.Runs.Get(ctx, of.run); return err }, fault.NotFound},
		"Runs.OfLead": {func(ctx context.Context, st *ports.Store) error { _, err := st.Runs.OfLead(ctx, of.lead); return err }, fault.NotFound},
		"Runs.Lock":   {func(ctx context.Context, st *ports.Store) error { _, _, err := st.Runs.Lock(ctx, of.run); return err }, fault.NotFound},
		"Runs.Claim": {func(ctx context.Context, st *ports.Store) error {
			_, ok, err := st.Runs.Claim(ctx, of.run, time.Minute)
			require.False(t, ok)
			return err
		}, 0},
		"Runs.Save": {func(ctx context.Context, st *ports.Store) error {
			return st.Runs.Save(ctx, workflows.Run{ID: of.run, LeadID: of.lead, State: workflows.Cancelled})
		}, fault.NotFound},
		"Runs.SetResearch": {func(ctx context.Context, st *ports.Store) error {
			return st.Runs.SetResearch(ctx, of.run, []byte(`{}`))
		}, fault.NotFound},
		"Steps.Output": {func(ctx context.Context, st *ports.Store) error {
			output, err := st.Steps.Output(ctx, of.run, "decision")
			return empty(len(output), err)
		}, 0},
		"Steps.Record": {func(ctx context.Context, st *ports.Store) error { return st.Steps.Record(ctx, of.run, "decision", nil) }, fault.NotFound},
		"Actions.List": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Actions.List(ctx, of.run)
			return empty(len(list), err)
		}, 0},
		"Drafts.Add": {func(ctx context.Context, st *ports.Store) error {
			return st.Drafts.Add(ctx, of.run, workflows.Draft{Version: 1, Subject: "x", Body: "x"})
		}, fault.NotFound},
		"Drafts.Get": {func(ctx context.Context, st *ports.Store) error { _, err := st.Drafts.Get(ctx, of.run, 1); return err }, fault.NotFound},
		"Drafts.List": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Drafts.List(ctx, of.run)
			return empty(len(list), err)
		}, 0},
		"Decisions.Add": {func(ctx context.Context, st *ports.Store) error {
			return st.Decisions.Add(ctx, of.run, ports.Decision{Kind: workflows.ApprovedBy, By: admin, Surface: tenancy.API})
		}, fault.NotFound},
		"Decisions.List": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Decisions.List(ctx, of.run)
			return empty(len(list), err)
		}, 0},
		"Emails.Add": {func(ctx context.Context, st *ports.Store) error {
			return st.Emails.Add(ctx, ports.Email{ID: newID(), Run: of.run, Number: 9, Kind: "reply", To: leads.TrustedEmail("a@b.test"), MessageID: "m"})
		}, fault.NotFound},
		"Emails.Last": {func(ctx context.Context, st *ports.Store) error { _, err := st.Emails.Last(ctx, of.run); return err }, fault.NotFound},
		"Emails.List": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Emails.List(ctx, of.run)
			return empty(len(list), err)
		}, 0},
		"Emails.SetStatus": {func(ctx context.Context, st *ports.Store) error {
			return st.Emails.SetStatus(ctx, of.email, ports.EmailQueued, ports.EmailRefused, "")
		}, fault.NotFound},
		"Cards.Want": {func(ctx context.Context, st *ports.Store) error { return st.Cards.Want(ctx, of.run) }, fault.NotFound},
		"Cards.Get":  {func(ctx context.Context, st *ports.Store) error { _, err := st.Cards.Get(ctx, of.run); return err }, fault.NotFound},
		"Cards.Claim": {func(ctx context.Context, st *ports.Store) error {
			_, _, ok, err := st.Cards.Claim(ctx, of.run, time.Minute)
			require.False(t, ok)
			return err
		}, 0},
		"Callbacks.Add": {func(ctx context.Context, st *ports.Store) error {
			return st.Callbacks.Add(ctx, ports.Callback{ID: newID(), Vendor: "slack", EventID: "new", Run: of.run})
		}, fault.NotFound},
		"Callbacks.Waiting": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Callbacks.Waiting(ctx, of.run)
			return empty(len(list), err)
		}, 0},
		"Callbacks.Processed": {func(ctx context.Context, st *ports.Store) error { return st.Callbacks.Processed(ctx, of.callback, "") }, fault.NotFound},
		"Timeline.Add":        {func(ctx context.Context, st *ports.Store) error { return st.Timeline.Add(ctx, of.run, "x", nil) }, fault.NotFound},
		"Timeline.List": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Timeline.List(ctx, of.run, 0)
			return empty(len(list), err)
		}, 0},
		"Audit.Add": {func(ctx context.Context, st *ports.Store) error {
			return st.Audit.Add(ctx, ports.AuditEntry{Action: "x", SubjectKind: "lead", Lead: of.lead, After: map[string]string{"a": "b"}})
		}, fault.NotFound},
		"Views.Run": {func(ctx context.Context, st *ports.Store) error { _, err := st.Views.Run(ctx, of.run); return err }, fault.NotFound},
		"Views.Runs": {func(ctx context.Context, st *ports.Store) error {
			list, _, err := st.Views.Runs(ctx, ports.RunFilter{Lead: of.lead})
			return empty(len(list), err)
		}, 0},
		"Views.Steps": {func(ctx context.Context, st *ports.Store) error {
			list, err := st.Views.Steps(ctx, of.run)
			return empty(len(list), err)
		}, 0},
	}
}

// Another organization's ids, ids that nobody has, and words that are no ids at all are answered alike, and nothing is written.
func TestForeignIDsAreLikeRandomOnes(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	foreign := s.foreignTarget()
	random := target{lead: leads.ID(newID()), run: workflows.ID(newID()), email: newID(), callback: newID(), form: newID()}
	for which, of := range map[string]target{"foreign": foreign, "random": random} {
		for name, c := range addressed(t, of) {
			t.Run(which+" "+name, func(t *testing.T) {
				before := s.everything()
				err := s.within(c.use)
				if c.want == 0 {
					require.NoError(t, err)
				} else {
					require.Equal(t, c.want, fault.KindOf(err), "%v", err)
				}
				require.Equal(t, before, s.everything())
			})
		}
	}
	for name, c := range addressed(t, target{lead: "no id", run: "no id", email: "no id", callback: "no id", form: "no id"}) {
		t.Run("no id "+name, func(t *testing.T) {
			err := s.within(c.use)
			if c.want == 0 {
				require.NoError(t, err)
			} else {
				require.Contains(t, []fault.Kind{fault.NotFound, fault.Invalid}, fault.KindOf(err), "%v", err)
			}
		})
	}
	// What the test tries does have an effect where it is allowed.
	for name, c := range addressed(t, foreign) {
		if c.want != 0 && name != "Runs.Create" && name != "Drafts.Add" {
			t.Run("own "+name, func(t *testing.T) {
				require.NoError(t, s.withinOf(scopeOf("org_other"), c.use))
			})
		}
	}
}

// foreignTarget is a run of another organization with one of everything.
func (s *stage) foreignTarget() target {
	s.t.Helper()
	other := s.organization("org_other")
	l := newLead("jane@acme.test", "Jane")
	of := target{lead: l.ID, run: workflows.ID(newID()), email: newID(), callback: newID(), form: newID()}
	s.require(s.withinOf(other, func(ctx context.Context, st *ports.Store) error {
		require.NoError(s.t, st.Forms.Put(ctx, ports.Form{ID: of.form, Key: "k"}))
		require.NoError(s.t, st.Leads.Create(ctx, l, of.form))
		require.NoError(s.t, st.Runs.Create(ctx, workflows.Run{ID: of.run, LeadID: l.ID, State: workflows.Queued}))
		require.NoError(s.t, st.Steps.Record(ctx, of.run, "decision", []byte(`{}`)))
		require.NoError(s.t, st.Drafts.Add(ctx, of.run, workflows.Draft{Version: 1, Subject: "s", Body: "b"}))
		require.NoError(s.t, st.Decisions.Add(ctx, of.run, ports.Decision{Kind: workflows.ApprovedBy, By: admin, Surface: tenancy.API}))
		require.NoError(s.t, st.Emails.Add(ctx, ports.Email{ID: of.email, Run: of.run, Number: 1, Kind: "reply", To: l.Email, MessageID: "m"}))
		require.NoError(s.t, st.Cards.Want(ctx, of.run))
		require.NoError(s.t, st.Callbacks.Add(ctx, ports.Callback{ID: of.callback, Vendor: "slack", EventID: "e", Run: of.run}))
		require.NoError(s.t, st.Timeline.Add(ctx, of.run, "received", nil))
		lease, ok, err := st.Runs.Claim(ctx, of.run, time.Minute)
		require.True(s.t, ok)
		require.NoError(s.t, err)
		require.NoError(s.t, st.Actions.Add(ctx, lease, ports.Action{Turn: 1, Tool: "x"}))
		return st.Runs.Release(ctx, lease, 0, "", false)
	}))
	return of
}
