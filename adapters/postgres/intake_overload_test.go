package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

func TestAFullQueueAnswersAtOnceAndRecovers(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	release := c.hold()
	var waiting sync.WaitGroup
	var mu sync.Mutex
	var failed error
	fill := func(org string, n int) {
		before := c.intake.Waiting()
		for i := range n {
			e := of(t, org, i)
			waiting.Go(func() {
				if _, err := c.intake.Accept(t.Context(), e); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			})
		}
		c.until("they wait", func() bool { return c.intake.Waiting() == before+n })
	}
	refused := func(org string) {
		began := time.Now()
		_, err := c.intake.Accept(t.Context(), of(t, org, 5000))
		requireComeAgain(t, err)
		require.Less(t, time.Since(began), time.Second)
	}
	fill(orgA, 512)
	refused(orgA) // one organization cannot fill it
	fill(orgB, 500)
	fill(orgC, 12)
	refused(orgC)
	release()
	waiting.Wait()
	require.NoError(t, failed, "whoever waited was stored")
	require.Equal(t, 1024, c.count("SELECT count(*) FROM leads"))
	_, err := c.intake.Accept(t.Context(), of(t, orgA, 5000))
	require.NoError(t, err)
	c.requireWhole()
}

func TestWaitingTooLongIsOverload(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, func(o *postgres.Options) { o.StartTimeout = 500 * time.Millisecond })
	release := c.hold()
	began := time.Now()
	_, err := c.intake.Accept(t.Context(), of(t, orgA, 1))
	requireComeAgain(t, err)
	require.Less(t, time.Since(began), 5*time.Second)
	release()
	require.Zero(t, c.count("SELECT count(*) FROM leads"), "it was not stored behind its caller's back")
	c.until("the intake takes again", func() bool {
		_, err := c.intake.Accept(t.Context(), of(t, orgA, 1))
		return err == nil
	})
	c.requireWhole()
}

// Both committers are stuck in a transaction, so nobody takes what comes.
func TestWhatNoCommitterTakesInTimeIsNotStored(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, func(o *postgres.Options) {
		o.MaxConns, o.StartTimeout, o.LockTimeout, o.StatementTimeout = 4, 2*time.Second, 30*time.Second, 30*time.Second
	})
	locker := connect(t, c.pg.SuperuserURL)
	exec(t, locker, "BEGIN")
	exec(t, locker, "LOCK TABLE outbox IN SHARE MODE")
	var stuck sync.WaitGroup
	for i, org := range []string{orgA, orgB} {
		stuck.Go(func() {
			if _, err := c.intake.Accept(t.Context(), of(t, org, i)); err != nil {
				t.Error(err)
			}
		})
		c.until("a committer is stuck", func() bool { return len(c.blocked()) == i+1 })
	}
	began := time.Now()
	_, err := c.intake.Accept(t.Context(), of(t, orgC, 3))
	requireComeAgain(t, err)
	require.Less(t, time.Since(began), 10*time.Second)
	exec(t, locker, "ROLLBACK")
	stuck.Wait()
	c.requireWhole()
	require.Equal(t, []string{orgA, orgB}, all[string](t, c.super, "SELECT org_id FROM leads ORDER BY 1"))
}

func TestACallerThatGivesUpLeavesItsBatchWhole(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	release := c.hold()
	ctx, cancel := context.WithCancel(t.Context())
	before, beforeDone := c.queue(t.Context(), of(t, orgA, 1))
	gone, goneDone := c.queue(ctx, of(t, orgA, 2))
	after, afterDone := c.queue(t.Context(), of(t, orgA, 3))
	cancel()
	<-goneDone
	require.ErrorIs(t, gone[0].err, context.Canceled)
	require.Equal(t, 2, c.intake.Waiting())
	release()
	<-beforeDone
	<-afterDone
	require.NoError(t, before[0].err)
	require.NoError(t, after[0].err)
	c.oneTransaction()
	require.Equal(t, 2, c.count("SELECT count(*) FROM leads"))
	c.requireWhole()
}

// stuck lets every transaction that writes to the outbox wait until the release, and gives the entries to the intake in one batch, which
// then waits in its midst.
func (c *crowd) stuck(ctx context.Context, entries ...ports.Entry) (results []received, done <-chan struct{}, release func()) {
	c.t.Helper()
	locker := connect(c.t, c.pg.SuperuserURL)
	exec(c.t, locker, "BEGIN")
	exec(c.t, locker, "LOCK TABLE outbox IN SHARE MODE")
	free := c.hold()
	results, done = c.queue(ctx, entries...)
	free()
	c.until("the batch waits for the lock", func() bool { return len(c.blocked()) == 1 })
	return results, done, func() { exec(c.t, locker, "ROLLBACK") }
}

// blocked are the app role's backends that wait for a lock.
func (c *crowd) blocked() []int {
	return all[int](c.t, c.super, `SELECT pid FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename <> current_user`)
}

func TestACallerThatGivesUpWithinATransactionFindsItsLeadLater(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	results, done, release := c.stuck(ctx, of(t, orgA, 1), of(t, orgB, 2))
	cancel()
	<-done
	for _, r := range results {
		require.ErrorIs(t, r.err, context.Canceled)
	}
	release()
	c.until("the transaction is committed all the same", func() bool { return c.count("SELECT count(*) FROM leads") == 2 })
	again, err := c.intake.Accept(t.Context(), of(t, orgA, 1))
	require.NoError(t, err)
	require.True(t, again.Duplicate)
	c.requireWhole()
}

func TestManySubmissionsOfManyOrganizationsAreCountedRight(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	const orgs, each = 20, 100
	for n := range orgs {
		// Some have a plan's last sixty left, some have no period yet.
		org := fmt.Sprintf("org_many_%02d", n)
		c.organization(org, []string{"enterprise", "starter"}[n%2], "hold", 40*(n%2))
		if n%5 == 0 {
			exec(t, c.super, "DELETE FROM usage_periods WHERE org_id = $1 AND used = 0", org)
		}
	}
	intake := postgres.NewIntake(open(t, c.pg, func(o *postgres.Options) { o.MaxConns, o.StartTimeout = 8, 20*time.Second }), newID)
	c.intake = intake
	receipts, errs := together(orgs*each, func(i int) (ports.Receipt, error) {
		e := of(t, fmt.Sprintf("org_many_%02d", i%orgs), i)
		for {
			r, err := intake.Accept(t.Context(), e)
			if !fault.Is(err, fault.Overloaded) {
				return r, err
			}
			<-time.After(10 * time.Millisecond)
		}
	})
	ids := map[leads.ID]bool{}
	for i, r := range receipts {
		require.NoError(t, errs[i])
		require.False(t, r.Duplicate)
		ids[r.Lead] = true
	}
	require.Len(t, ids, orgs*each)
	require.Equal(t, orgs*each, c.count("SELECT count(*) FROM leads"))
	require.Equal(t, orgs/2*each+orgs/2*60, c.count("SELECT count(*) FROM leads WHERE status = 'pending'"))
	require.Equal(t, orgs/2*40, c.count("SELECT count(*) FROM leads WHERE status = 'held'"))
	require.Equal(t, orgs, c.count("SELECT count(*) FROM usage_periods WHERE org_id LIKE 'org_many%' AND used = 100"))
	c.requireWhole()
}

func TestCloseStoresWhatWaits(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	release := c.hold()
	var entries []ports.Entry
	for i := range 10 {
		entries = append(entries, of(t, []string{orgA, orgB}[i%2], i))
	}
	results, done := c.queue(t.Context(), entries...)
	closed := make(chan error, 1)
	go func() { closed <- c.intake.Close(t.Context()) }()
	c.until("nothing more is taken", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		_, err := c.intake.Accept(ctx, of(t, orgC, 1))
		return fault.RetryAfter(err) == time.Second
	})
	require.Empty(t, closed, "it waits for what was taken")
	release()
	require.NoError(t, <-closed)
	require.Equal(t, 10, c.count("SELECT count(*) FROM leads"))
	<-done
	for _, r := range results {
		require.NoError(t, r.err)
	}
	c.requireWhole()
}

func TestCloseDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	release := c.hold()
	results, done := c.queue(t.Context(), of(t, orgA, 1), of(t, orgB, 2))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	require.ErrorIs(t, c.intake.Close(ctx), context.DeadlineExceeded)
	<-done
	require.Less(t, time.Since(began), 10*time.Second, "long before the callers' own patience ends")
	for _, r := range results {
		requireComeAgain(t, r.err)
	}
	release()
	c.until("the committer ends", c.intake.Idle)
	require.Zero(t, c.count("SELECT count(*) FROM leads"), "what was refused is not stored")
}
