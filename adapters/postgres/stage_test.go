package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// stage is a database with one organization in it, for the tests of the repositories.
type stage struct {
	t     *testing.T
	pg    *pgtest.DB
	db    *postgres.DB
	super *pgx.Conn
	scope tenancy.Scope

	mu   sync.Mutex
	left []ports.Commit
}

// The members of every stage.
const (
	admin  = tenancy.UserID("user_admin")
	worker = tenancy.UserID("user_worker")
)

func newStage(t *testing.T, change func(*postgres.Options)) *stage {
	t.Helper()
	pg := pgtest.New(t, migrated)
	s := &stage{t: t, pg: pg, super: connect(t, pg.SuperuserURL)}
	s.db = open(t, pg, func(o *postgres.Options) {
		o.OnCommit = s.committed
		if change != nil {
			change(o)
		}
	})
	s.scope = s.organization("org_stage")
	s.commits()
	return s
}

// organization adds one with an admin and a worker and gives the scope of its pipeline.
func (s *stage) organization(org string) tenancy.Scope {
	s.t.Helper()
	scope := tenancy.ForSystem(tenancy.OrgID(org), tenancy.Pipeline)
	s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) error {
		if err := st.Organization.Put(ctx, ports.OrganizationSettings{Organization: tenancy.Organization{Name: "Stage " + org}}); err != nil {
			return err
		}
		if err := st.Members.Put(ctx, tenancy.Member{UserID: admin, Email: "admin@stage.test", Name: "Ada", Role: tenancy.Admin, Active: true}, time.Now()); err != nil {
			return err
		}
		return st.Members.Put(ctx, tenancy.Member{UserID: worker, Email: "worker@stage.test", Name: "Wim", Role: tenancy.Worker, Active: true}, time.Now())
	}))
	return scope
}

func (s *stage) committed(c ports.Commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, c)
}

// commits gives what commits left since the last call.
func (s *stage) commits() []ports.Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.left
	s.left = nil
	return left
}

// noted requires that the commits since the last look noted the run as changed, and due or not.
func (s *stage) noted(run workflows.ID, due bool) {
	s.t.Helper()
	changed, rings := false, false
	for _, c := range s.commits() {
		rings = rings || c.Due
		for _, id := range c.Changed {
			changed = changed || id == run
		}
	}
	require.True(s.t, changed, "the run's page was noted as changed")
	require.Equal(s.t, due, rings, "due")
}

type work = func(ctx context.Context, st *ports.Store) error

func (s *stage) within(do work) error { return s.withinOf(s.scope, do) }

func (s *stage) withinOf(scope tenancy.Scope, do work) error {
	return s.db.Within(s.t.Context(), scope, do)
}

func (s *stage) require(err error) {
	s.t.Helper()
	require.NoError(s.t, err)
}

// do requires that the work succeeds.
func (s *stage) do(do work) {
	s.t.Helper()
	s.require(s.within(do))
}

// fails requires that the work fails with the kind.
func (s *stage) fails(kind fault.Kind, do work) {
	s.t.Helper()
	err := s.within(do)
	require.Error(s.t, err)
	require.Equal(s.t, kind, fault.KindOf(err), "%v", err)
}

// newLead is a lead as the intake would make it.
func newLead(email, name string) leads.Lead {
	return leads.Lead{
		ID: leads.ID(newID()), Reference: newID(), Status: leads.Pending,
		Submission: leads.Submission{
			Email: leads.TrustedEmail(email), Name: name, Message: "Please tell me more about it.",
			Source: leads.Source{Form: "contact", Surface: "form", UTM: map[string]string{"utm_source": "test"}},
		},
	}
}

func (s *stage) lead(l leads.Lead) leads.Lead {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Leads.Create(ctx, l, "") })
	return l
}

// run makes a queued run of a new lead.
func (s *stage) run() workflows.Run {
	s.t.Helper()
	return s.runOf(s.lead(newLead("jane@acme.test", "Jane Roe")))
}

func (s *stage) runOf(l leads.Lead) workflows.Run {
	s.t.Helper()
	run := workflows.Run{ID: workflows.ID(newID()), LeadID: l.ID, State: workflows.Queued}
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.Create(ctx, run) })
	s.commits()
	return s.get(run.ID)
}

func (s *stage) get(id workflows.ID) (run workflows.Run) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		run, _, err = st.Runs.Get(ctx, id)
		return err
	})
	return run
}

func (s *stage) carriage(id workflows.ID) (c ports.Carriage) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		_, c, err = st.Runs.Get(ctx, id)
		return err
	})
	return c
}

// save puts the run into a state as a person's event would.
func (s *stage) save(run workflows.Run) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Runs.Save(ctx, run) })
}

// claim takes the lease and requires that it is to be had.
func (s *stage) claim(id workflows.ID) (lease ports.Lease) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) error {
		l, ok, err := st.Runs.Claim(ctx, id, time.Minute)
		require.True(s.t, ok, "the run could be claimed")
		lease = l
		return err
	})
	return lease
}

// lose lets the lease run out and another worker take over; the lease that comes back is the other's.
func (s *stage) lose(l ports.Lease) ports.Lease {
	s.t.Helper()
	exec(s.t, s.super, "UPDATE workflows SET lease_until = now() - interval '1 second' WHERE id = $1", string(l.Run))
	return s.claim(l.Run)
}

// ringRow is a row of the outbox.
type ringRow struct {
	Kind, Queue string
	In          time.Duration // how far off it is
	Ring        *int64
}

func (s *stage) outbox(run workflows.ID) []ringRow {
	s.t.Helper()
	rows, err := s.super.Query(s.t.Context(), `SELECT kind, queue, available_at - clock_timestamp(), ring FROM outbox WHERE workflow_id = $1 ORDER BY kind`, string(run))
	s.require(err)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ringRow])
	s.require(err)
	return found
}

// ring requires that the outbox has just one row of the run, and gives it.
func (s *stage) ring(run workflows.ID) ringRow {
	s.t.Helper()
	rows := s.outbox(run)
	require.Len(s.t, rows, 1)
	return rows[0]
}

// forget empties the outbox, as a relay would.
func (s *stage) forget() { exec(s.t, s.super, "DELETE FROM outbox") }
