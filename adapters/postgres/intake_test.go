package postgres_test

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
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

// counter is an intake over a database with one organization.
type counter struct {
	t      *testing.T
	pg     *pgtest.DB
	super  *pgx.Conn
	intake *postgres.Intake
	told   *atomic.Int32 // runs that commits were said to have left due
}

func setupIntake(t *testing.T, plan, overLimit string, used int) counter {
	t.Helper()
	pg := pgtest.New(t, migrated)
	c := counter{t: t, pg: pg, super: connect(t, pg.SuperuserURL), told: &atomic.Int32{}}
	exec(t, c.super, "INSERT INTO organizations (org_id, name, plan, over_limit, created_at) VALUES ($1, 'A', $2, $3, now() - interval '1 hour')",
		orgA, plan, overLimit)
	if used > 0 {
		exec(t, c.super, `INSERT INTO usage_periods (org_id, starts_at, ends_at, used, lead_limit)
			SELECT org_id, created_at, created_at + interval '1 month', $2, 0 FROM organizations WHERE org_id = $1`, orgA, used)
	}
	db := open(t, pg, func(o *postgres.Options) {
		o.MaxConns, o.StartTimeout = 8, 20*time.Second // two hundred wait for eight connections
		o.OnCommit = func(left ports.Commit) {
			if left.Due && left.Org == orgA {
				c.told.Add(int32(len(left.Changed)))
			}
		}
	})
	c.intake = postgres.NewIntake(db, newID)
	return c
}

// entry is a submission of a person with a number of their own.
func entry(t *testing.T, person int) ports.Entry {
	t.Helper()
	sub, err := leads.ParseSubmission(leads.Raw{
		Email: fmt.Sprintf("Person%d@Example.com", person), Name: "Pat Doe", Company: " ACME  Inc", Phone: "+49 170 1234567",
		Message: "We would like to buy forty seats.", Source: leads.Source{Form: "f", Surface: "form"},
	})
	require.NoError(t, err)
	return ports.Entry{Scope: tenancy.ForProspect(orgA, tenancy.Form), Submission: sub}
}

func (c counter) count(sql string) int {
	c.t.Helper()
	return one[int](c.t, c.super, sql)
}

func (c counter) used() int { return c.count("SELECT coalesce(sum(used), 0) FROM usage_periods") }

// requireWhole checks what holds after every intake: a pending lead has all that makes it go on, any other has nothing of it, the count is
// right.
func (c counter) requireWhole(alreadyUsed int) {
	c.t.Helper()
	require.Zero(c.t, c.count(`
		SELECT count(*) FROM leads l WHERE (l.status = 'pending') IS DISTINCT FROM (
			EXISTS (SELECT FROM workflows w JOIN workflow_steps s ON s.workflow_id = w.id JOIN timeline m ON m.workflow_id = w.id
				JOIN outbox o ON o.workflow_id = w.id
				WHERE w.lead_id = l.id AND w.status = 'queued' AND w.wake_at <= now() AND s.name = 'create_run' AND s.status = 'finished'
				AND m.kind = 'received' AND o.kind = 'run' AND o.queue = 'research' AND o.available_at <= now()))`))
	leadsStored := c.count("SELECT count(*) FROM leads")
	require.Equal(c.t, leadsStored, c.count(
		"SELECT count(*) FROM audit_log a JOIN leads l ON a.subject_id = l.id::text WHERE a.action = 'lead.received' AND a.actor_kind = 'prospect'"))
	pending := c.count("SELECT count(*) FROM leads WHERE status = 'pending'")
	require.Equal(c.t, alreadyUsed+pending, c.used())
	require.EqualValues(c.t, pending, c.told.Load(), "each pending lead is told once")
	require.Equal(c.t, pending, c.count("SELECT count(*) FROM workflows"))
}

// together runs n at once and gives their results.
func together(n int, do func(i int) (ports.Receipt, error)) ([]ports.Receipt, []error) {
	receipts, errs := make([]ports.Receipt, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { receipts[i], errs[i] = do(i) })
	}
	all.Wait()
	return receipts, errs
}

func TestAcceptStoresALeadAndWhatItCallsFor(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "hold", 0)
	receipt, err := c.intake.Accept(t.Context(), entry(t, 1))
	require.NoError(t, err)
	require.Equal(t, leads.Pending, receipt.Status)
	require.False(t, receipt.Replayed || receipt.Duplicate)
	require.Regexp(t, regexp.MustCompile("^[0-9A-HJKMNP-TV-Z]{8}$"), receipt.Reference)
	c.requireWhole(0)
	type stored struct {
		ID, Reference, Email, Normalised, Domain, Name, Company, Phone, Message, Source string
		Limit                                                                           int
	}
	rows, err := c.super.Query(t.Context(), `SELECT id::text, reference, email, email_normalised, email_domain, name, company_normalised, phone,
		message, source->>'form', (SELECT lead_limit FROM usage_periods) FROM leads`)
	require.NoError(t, err)
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[stored])
	require.NoError(t, err)
	require.Equal(t, stored{
		string(receipt.Lead), receipt.Reference, "Person1@Example.com", "person1@example.com", "example.com", "Pat Doe", "acme inc",
		"+49 170 1234567", "We would like to buy forty seats.", "f", 100,
	}, got)
}

func TestAcceptNeverExceedsTheLimit(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"hold", "refuse"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			c := setupIntake(t, "starter", policy, 99)
			receipts, errs := together(200, func(i int) (ports.Receipt, error) { return c.intake.Accept(t.Context(), entry(t, i)) })
			pending, rest := 0, 0
			for i, err := range errs {
				switch {
				case err == nil && receipts[i].Status == leads.Pending:
					pending++
				case policy == "hold":
					require.NoError(t, err)
					require.Equal(t, leads.Held, receipts[i].Status)
					rest++
				default:
					require.True(t, fault.Is(err, fault.QuotaReached), "%v", err)
					rest++
				}
			}
			require.Equal(t, 1, pending, "exactly the last one of the plan")
			require.Equal(t, 199, rest)
			require.Equal(t, 100, c.used())
			c.requireWhole(99)
			wanted := 200
			if policy == "refuse" {
				wanted = 1
			}
			require.Equal(t, wanted, c.count("SELECT count(*) FROM leads"))
		})
	}
}

func TestAcceptCountsANewPeriodAnew(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "refuse", 100)
	_, err := c.intake.Accept(t.Context(), entry(t, 1))
	require.True(t, fault.Is(err, fault.QuotaReached), "%v", err)
	require.Zero(t, c.told.Load())

	// The organization began two and a half months ago, and what it used up was its first month's.
	exec(t, c.super, "UPDATE organizations SET created_at = now() - interval '75 days'")
	exec(t, c.super, "UPDATE usage_periods u SET starts_at = o.created_at, ends_at = o.created_at + interval '1 month' FROM organizations o")
	receipt, err := c.intake.Accept(t.Context(), entry(t, 1))
	require.NoError(t, err)
	require.Equal(t, leads.Pending, receipt.Status)
	require.Equal(t, []int{100, 1}, all[int](t, c.super, "SELECT used FROM usage_periods ORDER BY starts_at"))
	require.Equal(t, 1, c.count("SELECT count(*) FROM usage_periods WHERE now() BETWEEN starts_at AND ends_at"))
}

func TestAcceptKnowsALoweredPlan(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "pro", "hold", 150)
	receipt, err := c.intake.Accept(t.Context(), entry(t, 1))
	require.NoError(t, err)
	require.Equal(t, leads.Pending, receipt.Status)
	for i, plan := range []string{"starter", "enterprise"} {
		exec(t, c.super, "UPDATE organizations SET plan = $1", plan)
		receipt, err = c.intake.Accept(t.Context(), entry(t, i+2))
		require.NoError(t, err, plan)
		require.Equal(t, map[string]leads.Status{"starter": leads.Held, "enterprise": leads.Pending}[plan], receipt.Status, plan)
	}
	c.requireWhole(150)
}

func TestAcceptTakesOneOfTheSameKey(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "hold", 0)
	keyed := func(person int, hash string) ports.Entry {
		e := entry(t, person)
		e.IdempotencyKey, e.BodyHash = "key", hash
		return e
	}
	receipts, errs := together(50, func(int) (ports.Receipt, error) { return c.intake.Accept(t.Context(), keyed(1, "hash")) })
	fresh := 0
	for i, r := range receipts {
		require.NoError(t, errs[i])
		require.Equal(t, receipts[0].Lead, r.Lead)
		require.Equal(t, receipts[0].Reference, r.Reference)
		require.False(t, r.Duplicate)
		if !r.Replayed {
			fresh++
		}
	}
	require.Equal(t, 1, fresh)
	require.Equal(t, 1, c.count("SELECT count(*) FROM leads"))
	c.requireWhole(0)

	_, err := c.intake.Accept(t.Context(), keyed(1, "another hash"))
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)

	// After a day the key is free.
	exec(t, c.super, "UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
	later, err := c.intake.Accept(t.Context(), keyed(2, "another hash"))
	require.NoError(t, err)
	require.False(t, later.Replayed)
	require.NotEqual(t, receipts[0].Lead, later.Lead)
	replayed, err := c.intake.Accept(t.Context(), keyed(2, "another hash"))
	require.NoError(t, err)
	require.True(t, replayed.Replayed)
	require.Equal(t, later.Lead, replayed.Lead)
	c.requireWhole(0)
}

func TestAcceptForgetsOldKeys(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "enterprise", "hold", 0)
	for i := range 20 {
		e := entry(t, i)
		e.IdempotencyKey = "key" + strconv.Itoa(i)
		_, err := c.intake.Accept(t.Context(), e)
		require.NoError(t, err)
	}
	exec(t, c.super, "UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
	for i := range 2 {
		e := entry(t, 100+i)
		e.IdempotencyKey = "new" + strconv.Itoa(i)
		_, err := c.intake.Accept(t.Context(), e)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"new0", "new1"}, all[string](t, c.super, "SELECT key FROM idempotency_keys ORDER BY key"))
}

func TestAcceptTakesOneOfTheSamePersonAndMessage(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "hold", 99)
	receipts, errs := together(50, func(i int) (ports.Receipt, error) {
		e := entry(t, 1)
		e.IdempotencyKey, e.BodyHash = "key"+strconv.Itoa(i), "hash"
		return c.intake.Accept(t.Context(), e)
	})
	fresh := 0
	for i, r := range receipts {
		require.NoError(t, errs[i])
		require.Equal(t, receipts[0].Lead, r.Lead)
		if !r.Duplicate {
			fresh++
		}
	}
	require.Equal(t, 1, fresh)
	require.Equal(t, 100, c.used(), "the plan's last lead, once")
	require.Equal(t, 1, c.count("SELECT count(*) FROM leads"))
	c.requireWhole(99)

	// Over the limit the same is still the same, and its own key is remembered.
	e := entry(t, 1)
	e.IdempotencyKey, e.BodyHash = "key7", "hash"
	again, err := c.intake.Accept(t.Context(), e)
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Equal(t, receipts[0].Lead, again.Lead)

	exec(t, c.super, "UPDATE leads SET created_at = now() - interval '25 hours'")
	tomorrow, err := c.intake.Accept(t.Context(), entry(t, 1))
	require.NoError(t, err)
	require.Equal(t, leads.Held, tomorrow.Status)
	require.NotEqual(t, receipts[0].Lead, tomorrow.Lead)
}

func TestAcceptQuarantines(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "refuse", 100)
	caught := entry(t, 1)
	caught.Quarantine = "hidden field filled in"
	first, err := c.intake.Accept(t.Context(), caught)
	require.NoError(t, err, "even over the limit")
	require.Equal(t, leads.Quarantined, first.Status)
	require.Equal(t, "hidden field filled in", one[string](t, c.super, "SELECT quarantine_reason FROM leads"))
	again, err := c.intake.Accept(t.Context(), caught)
	require.NoError(t, err)
	require.Equal(t, first.Lead, again.Lead, "a flood of the same is one row")
	c.requireWhole(100)

	// A person who sends the same without tripping the shield is a lead.
	exec(t, c.super, "UPDATE usage_periods SET used = 0")
	person, err := c.intake.Accept(t.Context(), entry(t, 1))
	require.NoError(t, err)
	require.Equal(t, leads.Pending, person.Status)
	c.requireWhole(0)
}

func TestAcceptKeepsOrganizationsApart(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "hold", 0)
	exec(t, c.super, "INSERT INTO organizations (org_id, name, plan) VALUES ($1, 'B', 'starter')", orgB)
	e := entry(t, 1)
	e.IdempotencyKey, e.BodyHash = "key", "one"
	first, err := c.intake.Accept(t.Context(), e)
	require.NoError(t, err)
	e.Scope, e.BodyHash = tenancy.ForProspect(orgB, tenancy.Form), "two"
	second, err := c.intake.Accept(t.Context(), e)
	require.NoError(t, err)
	require.False(t, second.Replayed || second.Duplicate)
	require.NotEqual(t, first.Lead, second.Lead)

	e = entry(t, 2)
	e.Scope = tenancy.ForProspect("org_unknown", tenancy.Form)
	_, err = c.intake.Accept(t.Context(), e)
	require.True(t, fault.Is(err, fault.NotFound), "%v", err)
	e.Scope = tenancy.Scope{}
	_, err = c.intake.Accept(t.Context(), e)
	require.True(t, fault.Is(err, fault.Internal), "%v", err)
	e = entry(t, 3)
	e.UserID = "user_of_nobody"
	_, err = c.intake.Accept(t.Context(), e)
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	e = entry(t, 3)
	e.FormID = newID()
	_, err = c.intake.Accept(t.Context(), e)
	require.True(t, fault.Is(err, fault.NotFound), "another organization's form: %v", err)
	require.Equal(t, 2, c.count("SELECT count(*) FROM leads"))
}

func TestAcceptWithoutTheDatabaseStoresNothing(t *testing.T) {
	t.Parallel()
	c := setupIntake(t, "starter", "hold", 0)
	wire := startWire(t, c.pg.AppURL)
	intake := postgres.NewIntake(open(t, c.pg, func(o *postgres.Options) { o.URL = wire.url }), newID)
	wire.silence()
	began := time.Now()
	_, err := intake.Accept(t.Context(), entry(t, 1))
	require.True(t, fault.Is(err, fault.Overloaded), "%v", err)
	require.Positive(t, fault.RetryAfter(err))
	require.Less(t, time.Since(began), 2*time.Second)
	require.Zero(t, c.count("SELECT count(*) FROM leads"))
}
