package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// yard is an outbox with runs to ring for. The tests arrange and look as the superuser; the outbox is used as the app role.
type yard struct {
	t      *testing.T
	super  *pgx.Conn
	outbox postgres.Outbox
}

func setupYard(t *testing.T) yard {
	t.Helper()
	pg := pgtest.New(t, migrated)
	return yard{t: t, super: connect(t, pg.SuperuserURL), outbox: postgres.NewOutbox(open(t, pg, nil))}
}

// runs makes n runs that are due, the oldest first.
func (y yard) runs(org string, n int) []workflows.ID {
	y.t.Helper()
	exec(y.t, y.super, "INSERT INTO organizations (org_id, name) VALUES ($1, $1) ON CONFLICT DO NOTHING", org)
	made := make([]workflows.ID, n)
	for i := range made {
		lead, run := newID(), newID()
		made[i] = workflows.ID(run)
		exec(y.t, y.super, `INSERT INTO leads (org_id, id, reference, email, email_normalised, email_domain, name, message, fingerprint, status)
			VALUES ($1, $2, $3, 'x', 'x', 'x', 'x', 'x', $3, 'pending')`, org, lead, lead)
		exec(y.t, y.super, "INSERT INTO workflows (org_id, id, lead_id) VALUES ($1, $2, $3)", org, run, lead)
		exec(y.t, y.super, `INSERT INTO outbox (org_id, workflow_id, kind, queue, available_at)
			VALUES ($1, $2, 'run', 'research', now() - interval '1 hour' + $3 * interval '1 second')`, org, run, i)
	}
	return made
}

func (y yard) take(most, slots int) []ports.Ring {
	y.t.Helper()
	rings, err := y.outbox.Take(y.t.Context(), most, slots, time.Minute)
	require.NoError(y.t, err)
	return rings
}

func (y yard) rang(rings []ports.Ring) {
	y.t.Helper()
	require.NoError(y.t, y.outbox.Rang(y.t.Context(), rings))
}

func (y yard) sweep(grace time.Duration, everything bool) int {
	y.t.Helper()
	found, err := y.outbox.Sweep(y.t.Context(), grace, everything)
	require.NoError(y.t, err)
	return found
}

// set changes a run.
func (y yard) set(run workflows.ID, assignment string) {
	y.t.Helper()
	exec(y.t, y.super, "UPDATE workflows SET "+assignment+" WHERE id = $1", run)
}

func (y yard) waiting() int {
	y.t.Helper()
	return one[int](y.t, y.super, "SELECT count(*) FROM outbox")
}

func runsOf(rings []ports.Ring) []workflows.ID {
	ids := make([]workflows.ID, 0, len(rings))
	for _, r := range rings {
		ids = append(ids, r.Run)
	}
	return ids
}

func TestTakeGivesEveryOrganizationItsSlots(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	flood, small := y.runs(orgA, 30), y.runs(orgB, 2)
	rings := y.take(100, 3)
	require.ElementsMatch(t, append(slices.Clone(flood[:3]), small...), runsOf(rings), "the oldest of the flood, and all of the other")
	numbers := map[int64]bool{}
	for _, r := range rings {
		require.Equal(t, ports.RingRun, r.Kind)
		require.Equal(t, workflows.Research, r.Queue)
		require.NotEmpty(t, r.Org)
		numbers[r.Number] = true
	}
	require.Len(t, numbers, 5, "every ring has a number of its own")
	require.Empty(t, y.take(100, 3), "no slot is free, and what was taken is hidden")
	y.rang(rings)
	require.Equal(t, 27, y.waiting())
	require.Empty(t, y.take(100, 3), "a rung run keeps its slot until a worker gives it back")

	y.set(flood[0], "rung_at = NULL, lease_until = now() + interval '1 minute'") // a worker has it
	require.Empty(t, y.take(100, 3))
	y.set(flood[0], "lease_until = NULL, status = 'awaiting_review'") // and parks it
	require.Equal(t, flood[3:4], runsOf(y.take(100, 3)))
}

func TestTakeStopsAtMost(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	y.runs(orgA, 5)
	y.runs(orgB, 5)
	require.Len(t, y.take(3, 10), 3)
	require.Len(t, y.take(4, 10), 4)
	require.Len(t, y.take(100, 10), 3)
}

func TestTakePutsApprovalsBeforeAnySlot(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.runs(orgA, 4)
	require.Len(t, y.take(1, 1), 1)
	y.set(runs[1], "status = 'sending'")
	exec(t, y.super, "UPDATE outbox SET queue = 'approvals' WHERE workflow_id = $1", runs[1])
	exec(t, y.super, "INSERT INTO outbox (org_id, workflow_id, kind, queue) VALUES ($1, $2, 'card', 'approvals'), ($1, $2, 'callback', 'approvals')",
		orgA, runs[1])
	rings := y.take(100, 1)
	require.Len(t, rings, 3)
	kinds := map[ports.RingKind]bool{}
	for _, r := range rings {
		require.Equal(t, runs[1], r.Run)
		require.Equal(t, workflows.Approvals, r.Queue)
		kinds[r.Kind] = true
	}
	require.Len(t, kinds, 3)
}

func TestTwoRelaysNeverTakeTheSame(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	wanted := 0
	for i := range 10 {
		wanted += len(y.runs(fmt.Sprintf("org_%d", i), 10))
	}
	var mu sync.Mutex
	taken := map[workflows.ID]int{}
	var relays sync.WaitGroup
	for range 4 {
		relays.Go(func() {
			for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
				rings, err := y.outbox.Take(t.Context(), 7, 1000, time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, r := range rings {
					taken[r.Run]++
				}
				done := len(taken) == wanted
				mu.Unlock()
				if done {
					return
				}
				if err := y.outbox.Rang(t.Context(), rings); err != nil {
					t.Error(err)
				}
			}
		})
	}
	relays.Wait()
	require.Len(t, taken, wanted)
	for run, times := range taken {
		require.Equal(t, 1, times, run)
	}
}

// A relay that dies after it took leaves its rows to the next, once the hold is over.
func TestWhatADeadRelayTookIsTakenAgain(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.runs(orgA, 2)
	first, err := y.outbox.Take(t.Context(), 10, 5, 50*time.Millisecond)
	require.NoError(t, err)
	require.Len(t, first, 2)
	var second []ports.Ring
	require.Eventually(t, func() bool {
		second = append(second, y.take(10, 5)...)
		return len(second) == 2
	}, 10*time.Second, 10*time.Millisecond)
	require.ElementsMatch(t, runs, runsOf(second))
	y.rang(first)
	require.Equal(t, 2, y.waiting(), "the dead relay's numbers are void")
	y.rang(second)
	require.Zero(t, y.waiting())
}

func TestRangKeepsWhatWasAskedForAgain(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	y.runs(orgA, 2)
	rings := y.take(10, 5)
	require.Len(t, rings, 2)
	exec(t, y.super, "UPDATE outbox SET ring = NULL, available_at = now() WHERE workflow_id = $1", rings[0].Run)
	y.rang(rings)
	require.Equal(t, []string{string(rings[0].Run)}, all[string](t, y.super, "SELECT workflow_id::text FROM outbox"))
	require.Equal(t, rings[:1][0].Run, y.take(10, 5)[0].Run)
	require.NoError(t, y.outbox.Rang(t.Context(), nil))
}

// A worker that holds a run's row and goes on to ask for its outbox row must not meet a relay that holds the outbox row and wants the run.
func TestTakePassesOverRunsThatAreBeingWritten(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.runs(orgA, 2)
	worker, err := y.super.Begin(t.Context())
	require.NoError(t, err)
	_, err = worker.Exec(t.Context(), "SELECT FROM workflows WHERE id = $1 FOR NO KEY UPDATE", runs[0])
	require.NoError(t, err)
	require.Equal(t, runs[1:], runsOf(y.take(10, 5)))
	_, err = worker.Exec(t.Context(), "UPDATE outbox SET available_at = now() WHERE workflow_id = $1", runs[0])
	require.NoError(t, err)
	require.NoError(t, worker.Commit(t.Context()))
	require.Equal(t, runs[:1], runsOf(y.take(10, 5)))
}

func TestOutboxOverRealLocksHasNoDeadlocks(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.runs(orgA, 20)
	pgURL := y.super.Config().ConnString()
	stop := time.Now().Add(1500 * time.Millisecond)
	var all sync.WaitGroup
	for w := range 3 {
		worker := connect(t, pgURL)
		all.Go(func() {
			for i := w; time.Now().Before(stop); i++ {
				run := runs[i%len(runs)]
				err := pgx.BeginFunc(t.Context(), worker, func(tx pgx.Tx) error {
					if _, err := tx.Exec(t.Context(), "UPDATE workflows SET rung_at = NULL, rings = 0 WHERE id = $1", run); err != nil {
						return err
					}
					_, err := tx.Exec(t.Context(), `INSERT INTO outbox (org_id, workflow_id, kind, queue) VALUES ($1, $2, 'run', 'research')
						ON CONFLICT (org_id, workflow_id, kind) DO UPDATE SET available_at = now(), ring = NULL`, orgA, run)
					return err
				})
				if err != nil {
					t.Errorf("worker: %v", err)
					return
				}
			}
		})
	}
	for range 2 {
		all.Go(func() {
			for time.Now().Before(stop) {
				rings, err := y.outbox.Take(t.Context(), 10, 100, 0)
				if err == nil {
					err = y.outbox.Rang(t.Context(), rings)
				}
				if err == nil {
					_, err = y.outbox.Sweep(t.Context(), 0, true)
				}
				if err != nil {
					t.Errorf("relay: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
}
