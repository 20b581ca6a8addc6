package postgres_test

import (
	"context"
	"fmt"
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
	"github.com/leadagent/leadagent/ports"
)

const orgC = "org_c"

// crowd is an intake with a single connection over a database with several organizations. While that connection is held, whatever comes
// waits, and goes into one transaction afterwards.
type crowd struct {
	t      *testing.T
	pg     *pgtest.DB
	super  *pgx.Conn
	db     *postgres.DB
	intake *postgres.Intake

	mu   sync.Mutex
	left []ports.Commit
}

func setupCrowd(t *testing.T, change func(*postgres.Options)) *crowd {
	t.Helper()
	pg := pgtest.New(t, migrated)
	c := &crowd{t: t, pg: pg, super: connect(t, pg.SuperuserURL)}
	for _, org := range []string{orgA, orgB, orgC} {
		c.organization(org, "enterprise", "hold", 0)
	}
	c.db = open(t, pg, func(o *postgres.Options) {
		o.MaxConns, o.StartTimeout = 1, 20*time.Second
		o.OnCommit = func(left ports.Commit) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.left = append(c.left, left)
		}
		if change != nil {
			change(o)
		}
	})
	c.intake = postgres.NewIntake(c.db, newID)
	return c
}

// organization makes one whose period has begun, so that nothing has to be made for its first submission.
func (c *crowd) organization(org, plan, overLimit string, used int) {
	c.t.Helper()
	exec(c.t, c.super, `INSERT INTO organizations (org_id, name, plan, over_limit, created_at) VALUES ($1, $1, $2, $3, now() - interval '1 hour')
		ON CONFLICT (org_id) DO UPDATE SET plan = $2, over_limit = $3`, org, plan, overLimit)
	exec(c.t, c.super, `INSERT INTO usage_periods (org_id, starts_at, ends_at, used) SELECT org_id, created_at, created_at + interval '1 month', $2
		FROM organizations WHERE org_id = $1 ON CONFLICT (org_id, starts_at) DO UPDATE SET used = $2`, org, used)
}

// of is a submission to an organization, whose message says to whom it belongs.
func of(t *testing.T, org string, person int) ports.Entry {
	t.Helper()
	sub, err := leads.ParseSubmission(leads.Raw{
		Email: fmt.Sprintf("person%d@example.com", person), Name: "Canary " + org, Company: "Canary " + org, Message: "This is the canary of " + org + ".",
		Source: leads.Source{Form: "canary-" + org, Surface: "form"},
	})
	require.NoError(t, err)
	return ports.Entry{Scope: tenancy.ForProspect(tenancy.OrgID(org), tenancy.Form), Submission: sub}
}

// hold takes the intake's only connection until the release.
func (c *crowd) hold() (release func()) {
	c.t.Helper()
	held, free, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		_ = c.db.InUnit(c.t.Context(), scopeOf(orgA), func(context.Context, postgres.UnitOf) error {
			close(held)
			select {
			case <-free:
			case <-c.t.Context().Done(): // the test failed
			}
			return nil
		})
	}()
	<-held
	return func() {
		close(free)
		<-over
	}
}

type received struct {
	ports.Receipt
	err error
}

// queue lets the entries wait in their order. The results are there once the channel is closed.
func (c *crowd) queue(ctx context.Context, entries ...ports.Entry) (results []received, done <-chan struct{}) {
	c.t.Helper()
	results = make([]received, len(entries))
	var all sync.WaitGroup
	before := c.intake.Waiting()
	for i, e := range entries {
		all.Go(func() { results[i].Receipt, results[i].err = c.intake.Accept(ctx, e) })
		c.until("it waits", func() bool { return c.intake.Waiting() == before+i+1 })
	}
	over := make(chan struct{})
	go func() {
		all.Wait()
		close(over)
	}()
	return results, over
}

// batch gives the entries to the intake in their order and in one go.
func (c *crowd) batch(entries ...ports.Entry) []received {
	c.t.Helper()
	release := c.hold()
	results, done := c.queue(c.t.Context(), entries...)
	release()
	<-done
	return results
}

func (c *crowd) until(what string, holds func() bool) {
	c.t.Helper()
	require.Eventually(c.t, holds, 20*time.Second, time.Millisecond, what)
}

func (c *crowd) count(sql string, args ...any) int {
	c.t.Helper()
	return one[int](c.t, c.super, sql, args...)
}

// oneTransaction requires that all leads were stored together: now() is the transaction's time.
func (c *crowd) oneTransaction() {
	c.t.Helper()
	require.Equal(c.t, 1, c.count("SELECT count(DISTINCT created_at) FROM leads"), "one transaction")
}

// commits are what was told since the last look.
func (c *crowd) commits() []ports.Commit {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := c.left
	c.left = nil
	return left
}

// requireWhole checks what holds whatever happened: every pending lead has its run and all that goes with it, in its own organization, and
// the counts are right.
func (c *crowd) requireWhole() {
	c.t.Helper()
	require.Zero(c.t, c.count(`SELECT count(*) FROM leads l WHERE (l.status = 'pending') IS DISTINCT FROM (EXISTS (
		SELECT FROM workflows w JOIN workflow_steps s ON s.workflow_id = w.id JOIN timeline m ON m.workflow_id = w.id JOIN outbox o ON o.workflow_id = w.id
		WHERE w.lead_id = l.id AND w.org_id = l.org_id AND s.org_id = l.org_id AND m.org_id = l.org_id AND o.org_id = l.org_id))`))
	require.Zero(c.t, c.count(`SELECT count(*) FROM leads l
		WHERE (SELECT count(*) FROM audit_log a WHERE a.subject_id = l.id::text AND a.org_id = l.org_id AND a.action = 'lead.received') <> 1`))
	require.Zero(c.t, c.count(`SELECT count(*) FROM usage_periods u
		WHERE u.used < 90 AND u.used <> (SELECT count(*) FROM leads l WHERE l.org_id = u.org_id AND l.status = 'pending')`))
	require.Equal(c.t, c.count("SELECT count(*) FROM leads WHERE status = 'pending'"), c.count("SELECT count(*) FROM workflows"))
	c.until("nothing is left behind", c.intake.Idle)
}

// requireComeAgain checks that a caller was told to come again.
func requireComeAgain(t *testing.T, err error) {
	t.Helper()
	require.True(t, fault.Is(err, fault.Overloaded), "%v", err)
	require.Positive(t, fault.RetryAfter(err))
}
