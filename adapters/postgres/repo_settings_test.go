package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

func TestOrganizationIsReplacedAndKeepsItsBeginning(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	began := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	full := ports.OrganizationSettings{
		Organization: tenancy.Organization{
			ID: "org_new", Name: "New", Slug: "new", Plan: "starter", OverLimit: tenancy.Refuse, SupportAddress: "help@new.test", SenderName: "New Inc",
			Signature: "Bye", Tone: "warm", UndoDelay: 1500 * time.Millisecond, ReviewDue: 72 * time.Hour, DeclinePolitely: true,
			TimeZone: "Europe/Berlin", CreatedAt: began,
		},
		Criteria: map[leads.Category]string{leads.FollowUp: "maybe"}, AllowedLinks: []string{"new.test", "cal.test"},
	}
	scope := scopeOf("org_new")
	put := func(o ports.OrganizationSettings) {
		s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) error { return st.Organization.Put(ctx, o) }))
	}
	get := func() (o ports.OrganizationSettings) {
		s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) (err error) {
			o, err = st.Organization.Get(ctx)
			return err
		}))
		return o
	}
	err := s.withinOf(scope, func(ctx context.Context, st *ports.Store) error {
		_, err := st.Organization.Get(ctx)
		return err
	})
	require.True(t, fault.Is(err, fault.NotFound), "%v", err)

	put(full)
	require.Equal(t, full, get())

	put(ports.OrganizationSettings{Organization: tenancy.Organization{Name: "Newer", CreatedAt: time.Now()}})
	require.Equal(t, ports.OrganizationSettings{
		Organization: tenancy.Organization{ID: "org_new", Name: "Newer", Plan: "enterprise", OverLimit: tenancy.Hold, TimeZone: "UTC", CreatedAt: began},
		Criteria:     map[leads.Category]string{}, AllowedLinks: []string{},
	}, get())
}

// Another organization's settings cannot be written by naming it in the argument.
func TestOrganizationIsTheScopesOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.organization("org_other")
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Organization.Put(ctx, ports.OrganizationSettings{Organization: tenancy.Organization{ID: "org_other", Name: "Mine"}})
	})
	require.Equal(t, "Stage org_other", one[string](t, s.super, "SELECT name FROM organizations WHERE org_id = 'org_other'"))
	require.Equal(t, "Mine", one[string](t, s.super, "SELECT name FROM organizations WHERE org_id = 'org_stage'"))
}

// A value that this version does not know is told as a defect and never passed on.
func TestUnknownStoredValuesAreDefects(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	exec(t, s.super, `DO $$ DECLARE c record; BEGIN
		FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
		LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname); END LOOP; END $$`)
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.NoError(t, st.Decisions.Add(ctx, run.ID, ports.Decision{Kind: "approved", By: admin, Surface: tenancy.Slack}))
		require.NoError(t, st.Steps.Record(ctx, run.ID, "decision", nil))
		return st.Emails.Add(ctx, ports.Email{ID: newID(), Run: run.ID, Number: 1, Kind: "reply", To: leads.TrustedEmail("a@b.test"), MessageID: "m"})
	})
	lease := s.claim(run.ID)
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Actions.Add(ctx, lease, ports.Action{Turn: 1, Tool: "search"})
	})
	leadGet := func(ctx context.Context, st *ports.Store) error { _, err := st.Leads.Get(ctx, run.LeadID); return err }
	runGet := func(ctx context.Context, st *ports.Store) error { _, _, err := st.Runs.Get(ctx, run.ID); return err }
	orgGet := func(ctx context.Context, st *ports.Store) error { _, err := st.Organization.Get(ctx); return err }
	decisions := func(ctx context.Context, st *ports.Store) error { _, err := st.Decisions.List(ctx, run.ID); return err }
	steps := func(ctx context.Context, st *ports.Store) error { _, err := st.Views.Steps(ctx, run.ID); return err }
	for _, c := range []struct {
		table, set string
		read       work
	}{
		{"organizations", "plan = 'gold'", orgGet},
		{"organizations", "over_limit = 'burn'", orgGet},
		{"organizations", `criteria = '{"HOT": "x"}'`, orgGet},
		{"members", "role = 'org:owner'", func(ctx context.Context, st *ports.Store) error { _, err := st.Members.Get(ctx, admin); return err }},
		{"leads", "status = 'lost'", leadGet},
		{"leads", "qualification_category = 'HOT'", leadGet},
		{"workflows", "status = 'dancing'", runGet},
		{"workflows", "resume_status = 'dancing'", runGet},
		{"workflows", "category = 'HOT'", runGet},
		{"workflows", "status = 'dancing'", func(ctx context.Context, st *ports.Store) error {
			_, _, err := st.Views.Leads(ctx, ports.LeadFilter{})
			return err
		}},
		{"decisions", "decision = 'shrugged'", decisions},
		{"decisions", "surface = 'fax'", decisions},
		{"workflow_steps", "status = 'lost'", steps},
		{"research_actions", "outcome = 'maybe'", func(ctx context.Context, st *ports.Store) error { _, err := st.Actions.List(ctx, run.ID); return err }},
		{"emails", "status = 'lost'", func(ctx context.Context, st *ports.Store) error { _, err := st.Emails.List(ctx, run.ID); return err }},
	} {
		tx, err := s.super.Begin(t.Context())
		s.require(err)
		_, err = tx.Exec(t.Context(), "CREATE TABLE kept AS SELECT * FROM "+c.table)
		s.require(err)
		s.require(tx.Commit(t.Context()))
		s.do(c.read)
		exec(t, s.super, "UPDATE "+c.table+" SET "+c.set)
		err = s.within(c.read)
		require.Equal(t, fault.Internal, fault.KindOf(err), "%s: %v", c.set, err)
		var known *fault.Error
		require.ErrorAs(t, err, &known, c.set)
		exec(t, s.super, "SET session_replication_role = replica")
		exec(t, s.super, "DELETE FROM "+c.table)
		if c.table == "timeline" {
			exec(t, s.super, "INSERT INTO "+c.table+" OVERRIDING SYSTEM VALUE SELECT * FROM kept")
		} else {
			exec(t, s.super, "INSERT INTO "+c.table+" SELECT * FROM kept")
		}
		exec(t, s.super, "SET session_replication_role = origin")
		exec(t, s.super, "DROP TABLE kept")
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	early, late := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	member := func(id tenancy.UserID) (m tenancy.Member) {
		s.do(func(ctx context.Context, st *ports.Store) (err error) {
			m, err = st.Members.Get(ctx, id)
			return err
		})
		return m
	}
	put := func(m tenancy.Member, asOf time.Time) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Members.Put(ctx, m, asOf) })
	}
	byEmail := func(email string) work {
		return func(ctx context.Context, st *ports.Store) error { _, err := st.Members.ByEmail(ctx, email); return err }
	}

	t.Run("an earlier role does not replace a later one", func(t *testing.T) {
		put(tenancy.Member{UserID: "u1", Email: "One@Stage.test", Name: "One", Role: tenancy.Manager, Active: true}, late)
		put(tenancy.Member{UserID: "u1", Email: "old@stage.test", Name: "Old", Role: tenancy.Admin, Active: false}, early)
		require.Equal(t, tenancy.Member{UserID: "u1", Email: "one@stage.test", Name: "One", Role: tenancy.Manager, Active: true}, member("u1"))
		put(tenancy.Member{UserID: "u1", Role: tenancy.Admin, Active: true}, late.Add(-time.Minute))
		require.Equal(t, tenancy.Manager, member("u1").Role, "what came late does not make the stored role older")
		put(tenancy.Member{UserID: "u1", Email: "new@stage.test", Role: tenancy.Worker, Active: false}, late.Add(time.Second))
		require.Equal(t, tenancy.Member{UserID: "u1", Email: "new@stage.test", Name: "One", Role: tenancy.Worker}, member("u1"))
		put(tenancy.Member{UserID: "u1", Role: tenancy.Admin, Active: true}, late)
		require.False(t, member("u1").Active, "a revocation stands against an older membership")
	})
	t.Run("an earlier moment fills in what is missing", func(t *testing.T) {
		put(tenancy.Member{UserID: "u2", Role: tenancy.Worker, Active: true}, late)
		put(tenancy.Member{UserID: "u2", Email: "two@stage.test", Name: "Two", Role: tenancy.Admin, Active: true}, early)
		require.Equal(t, tenancy.Member{UserID: "u2", Email: "two@stage.test", Name: "Two", Role: tenancy.Worker, Active: true}, member("u2"))
	})
	t.Run("by email", func(t *testing.T) {
		put(tenancy.Member{UserID: "u3", Email: "Three@stage.test", Role: tenancy.Worker, Active: true}, late)
		s.do(func(ctx context.Context, st *ports.Store) error {
			m, err := st.Members.ByEmail(ctx, "tHREE@stage.TEST")
			require.Equal(t, tenancy.UserID("u3"), m.UserID)
			return err
		})
		put(tenancy.Member{UserID: "u4", Email: "three@stage.test", Role: tenancy.Worker, Active: true}, late)
		s.fails(fault.NotFound, byEmail("three@stage.test"))
		put(tenancy.Member{UserID: "u4", Role: tenancy.Worker, Active: false}, late)
		s.do(byEmail("three@stage.test"))
		s.fails(fault.NotFound, byEmail("nobody@stage.test"))
		s.fails(fault.NotFound, byEmail(""))
	})
	t.Run("the list has the active ones by name", func(t *testing.T) {
		put(tenancy.Member{UserID: "u5", Name: "bea", Role: tenancy.Worker, Active: true}, late)
		put(tenancy.Member{UserID: "u6", Name: "Gone", Role: tenancy.Worker, Active: false}, late)
		s.do(func(ctx context.Context, st *ports.Store) error {
			list, err := st.Members.List(ctx)
			var names []string
			for _, m := range list {
				names = append(names, m.Name)
			}
			require.Equal(t, []string{"", "Ada", "bea", "Two", "Wim"}, names)
			return err
		})
	})
	t.Run("a role is needed", func(t *testing.T) {
		s.fails(fault.Invalid, func(ctx context.Context, st *ports.Store) error {
			return st.Members.Put(ctx, tenancy.Member{UserID: "u7", Active: true}, late)
		})
		s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error { _, err := st.Members.Get(ctx, "u7"); return err })
	})
}

func TestForms(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	first := ports.Form{ID: newID(), Key: "k1", Title: "One", Intro: "i", Thanks: "t", Accent: "#fff", AllowedOrigins: []string{}, Active: true}
	second := ports.Form{ID: newID(), Key: "k2", AllowedOrigins: []string{"https://a.test"}}
	for _, f := range []ports.Form{first, second} {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Forms.Put(ctx, f) })
	}
	first.Key, first.Active = "k3", false
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.NoError(t, st.Forms.Put(ctx, first))
		got, err := st.Forms.Get(ctx, first.ID)
		require.NoError(t, err)
		require.Equal(t, first, got)
		list, err := st.Forms.List(ctx)
		require.Equal(t, []ports.Form{first, second}, list)
		return err
	})
	s.fails(fault.Conflict, func(ctx context.Context, st *ports.Store) error {
		return st.Forms.Put(ctx, ports.Form{ID: newID(), Key: "k2"})
	})
	for _, id := range []string{"", "k2", newID()} {
		s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error { _, err := st.Forms.Get(ctx, id); return err })
	}
}

func TestSlackInstallation(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	get := func(ctx context.Context, st *ports.Store) error { _, err := st.Slack.Get(ctx); return err }
	s.fails(fault.NotFound, get)
	install := ports.Installation{
		TeamID: "T1", TeamName: "Team", ChannelID: "C1", ChannelName: "leads", BotUserID: "B1", TokenSealed: []byte("sealed"), InstalledBy: admin,
	}
	put := func(i ports.Installation) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Slack.Put(ctx, i) })
	}
	put(install)
	s.do(func(ctx context.Context, st *ports.Store) error {
		got, err := st.Slack.Get(ctx)
		require.Equal(t, install, got)
		return err
	})
	install.Revoked = true
	put(install)
	s.fails(fault.NotFound, get)
	revoked := one[time.Time](t, s.super, "SELECT revoked_at FROM slack_installations")
	put(install)
	require.Equal(t, revoked, one[time.Time](t, s.super, "SELECT revoked_at FROM slack_installations"), "the first revocation stands")
	install.Revoked, install.TokenSealed = false, []byte("again")
	put(install)
	s.do(get)
}

func TestUsageOfThePeriodThatHoldsNow(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	usage := func() (u billing.Usage) {
		s.do(func(ctx context.Context, st *ports.Store) (err error) {
			u, err = st.Usage.Current(ctx)
			return err
		})
		return u
	}
	exec(t, s.super, "UPDATE organizations SET plan = 'starter', created_at = now() - interval '100 days'")
	period := billing.PeriodAt(one[time.Time](t, s.super, "SELECT created_at FROM organizations"), time.Now())
	require.Equal(t, billing.Usage{Period: period, Limit: 100}, usage())
	require.Zero(t, one[int](t, s.super, "SELECT count(*) FROM usage_periods"), "looking creates nothing")
	exec(t, s.super, "INSERT INTO usage_periods (org_id, starts_at, ends_at, used, lead_limit) VALUES ('org_stage', $3, $1, 9, 100), ('org_stage', $1, $2, 7, 100)",
		period.Start, period.End, period.Start.AddDate(0, -1, 0))
	require.Equal(t, billing.Usage{Period: period, Used: 7, Limit: 100}, usage())
	err := s.withinOf(scopeOf("org_nowhere"), func(ctx context.Context, st *ports.Store) error { _, err := st.Usage.Current(ctx); return err })
	require.True(t, fault.Is(err, fault.NotFound))
}
