package postgres_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// rung takes and rings every run once, so that the outbox is empty and every run is in flight.
func (y yard) rung(org string, n int) []workflows.ID {
	y.t.Helper()
	runs := y.runs(org, n)
	rings := y.take(1000, 1000)
	require.Len(y.t, rings, n)
	y.rang(rings)
	require.Zero(y.t, y.waiting())
	return runs
}

func TestSweepFindsAnExpiredLease(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.rung(orgA, 3)
	y.set(runs[0], "rung_at = NULL, lease_until = now() - interval '1 second', attempt = 1")
	y.set(runs[1], "rung_at = NULL, lease_until = now() + interval '1 hour', attempt = 1")
	require.Equal(t, 1, y.sweep(time.Hour, false), "a living lease and a fresh ring are let alone")
	require.Equal(t, runs[:1], runsOf(y.take(10, 10)), "at once")
	require.True(t, one[bool](t, y.super, "SELECT lease_until IS NULL FROM workflows WHERE id = $1", runs[0]))

	// A lease that ran out over a run on which only a person can go on is freed and not rung.
	y.set(runs[1], "lease_until = now() - interval '1 second', wake_at = NULL, status = 'needs_attention'")
	require.Zero(t, y.sweep(time.Hour, false))
	require.True(t, one[bool](t, y.super, "SELECT lease_until IS NULL FROM workflows WHERE id = $1", runs[1]))
}

func TestSweepPutsARunInItsQueueAtItsTime(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.rung(orgA, 2)
	y.set(runs[0], "lease_until = now() - interval '1 second', status = 'sending'")
	y.set(runs[1], "lease_until = now() - interval '1 second', wake_at = now() + interval '1 hour'")
	require.Equal(t, 2, y.sweep(time.Hour, false))
	rings := y.take(10, 10)
	require.Equal(t, runs[:1], runsOf(rings), "the other one's time has not come")
	require.Equal(t, workflows.Approvals, rings[0].Queue)
}

func TestSweepFindsALostRing(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.rung(orgA, 2)
	y.set(runs[0], "rung_at = now() - interval '61 seconds'")
	require.Equal(t, 1, y.sweep(time.Minute, false))
	rings := y.take(10, 10)
	require.Equal(t, runs[:1], runsOf(rings))
	y.rang(rings)

	// The second time it waits twice as long.
	y.set(runs[0], "rung_at = now() - interval '61 seconds'")
	require.Zero(t, y.sweep(time.Minute, false))
	y.set(runs[0], "rung_at = now() - interval '121 seconds'")
	require.Equal(t, 1, y.sweep(time.Minute, false))
}

func TestSweepFindsEverythingAfterAFlush(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.rung(orgA, 3)
	y.set(runs[2], "lease_until = now() + interval '1 hour'")
	require.Zero(t, y.sweep(time.Hour, false))
	require.Equal(t, 2, y.sweep(time.Hour, true))
	require.ElementsMatch(t, runs[:2], runsOf(y.take(10, 10)), "a living worker is not disturbed")
}

func TestSweepFindsADueRunWithoutARow(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.runs(orgA, 3)
	exec(t, y.super, "DELETE FROM outbox WHERE workflow_id = $1", runs[0])
	y.set(runs[0], "wake_at = now() - interval '2 minutes'")
	y.set(runs[1], "wake_at = now() - interval '2 minutes'")
	require.Equal(t, 1, y.sweep(time.Minute, false), "the others have their rows")
	require.ElementsMatch(t, runs, runsOf(y.take(10, 10)))
}

// A long queue of runs that wait for their turn does not hide one that was lost.
func TestSweepSeesPastALongQueue(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	lost := y.runs(orgA, 1)[0]
	exec(t, y.super, "DELETE FROM outbox")
	exec(t, y.super, `WITH l AS (
		INSERT INTO leads (org_id, id, reference, email, email_normalised, email_domain, name, message, fingerprint, status)
		SELECT $1, gen_random_uuid(), n::text, 'x', 'x', 'x', 'x', 'x', n::text, 'pending' FROM generate_series(1, 1500) n RETURNING id),
		w AS (INSERT INTO workflows (org_id, id, lead_id, wake_at) SELECT $1, gen_random_uuid(), id, now() - interval '1 day' FROM l RETURNING id)
		INSERT INTO outbox (org_id, workflow_id, kind, queue) SELECT $1, id, 'run', 'research' FROM w`, orgA)
	y.set(lost, "wake_at = now() - interval '2 hours'")
	require.Equal(t, 1, y.sweep(time.Hour, false))
	require.Equal(t, 1, one[int](t, y.super, "SELECT count(*) FROM outbox WHERE workflow_id = $1", lost))
}

func TestSweepFindsACardLeftBehind(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	runs := y.rung(orgA, 4)
	for i, state := range []string{
		"1, 0, now() - interval '2 minutes', NULL",                          // behind
		"1, 1, now() - interval '2 minutes', NULL",                          // up to date
		"2, 1, now() - interval '2 minutes', now() + interval '10 seconds'", // a worker has it
		"2, 1, now() + interval '1 hour', NULL",                             // put off
	} {
		exec(t, y.super, "INSERT INTO slack_cards (org_id, workflow_id, wanted, shown, wake_at, lease_until) VALUES ($1, $2, "+state+")", orgA, runs[i])
	}
	require.Equal(t, 1, y.sweep(time.Minute, false))
	rings := y.take(10, 10)
	require.Equal(t, runs[:1], runsOf(rings))
	require.Equal(t, ports.RingCard, rings[0].Kind)
	y.rang(rings)
	require.Zero(t, y.sweep(time.Minute, false), "once, until the grace is over again")
}

func TestSweepFindsACallbackLeftBehind(t *testing.T) {
	t.Parallel()
	y := setupYard(t)
	run := y.rung(orgA, 1)[0]
	for i, processed := range []string{"NULL", "NULL", "now()"} {
		exec(t, y.super, `INSERT INTO webhook_events (id, org_id, vendor, event_id, workflow_id, body, wake_at, processed_at)
			VALUES (gen_random_uuid(), $1, 'slack', $2, $3, '\x00', now() - interval '2 minutes', `+processed+`)`, orgA, strconv.Itoa(i), run)
	}
	require.Equal(t, 1, y.sweep(time.Minute, false), "one row for the run's callbacks")
	rings := y.take(10, 10)
	require.Equal(t, []ports.Ring{{Org: orgA, Run: run, Kind: ports.RingCallback, Queue: workflows.Approvals, Number: rings[0].Number}}, rings)
}
