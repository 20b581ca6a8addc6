package postgres

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

const (
	claimRun = `
UPDATE workflows SET attempt = attempt + 1, lease_until = clock_timestamp() + make_interval(secs => ?), rung_at = NULL, rings = 0,
  tries = tries + 1, waiting_for = NULL, updated_at = now()
WHERE id = ? AND wake_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING attempt, lease_until`

	extendRun = `
UPDATE workflows SET lease_until = clock_timestamp() + make_interval(secs => ?)
WHERE id = ? AND attempt = ? AND lease_until IS NOT NULL`

	releaseRun = `
WITH saved AS (
  UPDATE workflows SET lease_until = NULL, rung_at = NULL, tries = 0, wake_at = ?, waiting_for = ?, failures = failures + ?,
    updated_at = now()
  WHERE id = ? RETURNING org_id, id, wake_at)` + followUp

	// today is the UTC day; the right hand sides see the row as it was.
	today = `(now() AT TIME ZONE 'UTC')::date`

	spendOnRun = `
UPDATE workflows SET tokens_in = tokens_in + ?, tokens_out = tokens_out + ?, cost_micros = cost_micros + ?,
  spent_on = ` + today + `, spent_that_day = CASE WHEN spent_on = ` + today + ` THEN spent_that_day ELSE 0 END + ?, updated_at = now()
WHERE id = ? AND attempt = ? AND lease_until IS NOT NULL`

	setResearch = `UPDATE workflows SET research_results = ?, updated_at = now() WHERE id = ?`
)

// Claim implements ports.Runs. The row's lock decides between two workers that claim at once: the second finds the lease taken.
func (r runRepo) Claim(ctx context.Context, id workflows.ID, ttl time.Duration) (ports.Lease, bool, error) {
	if !isID(id) {
		return ports.Lease{}, false, nil
	}
	type claim struct {
		Attempt    int
		LeaseUntil time.Time
	}
	claimed, err := read[claim](ctx, r.session, claimRun, ttl.Seconds(), string(id))
	if err != nil || len(claimed) == 0 {
		return ports.Lease{}, false, failed("claim run", err)
	}
	r.changed(id)
	return ports.Lease{Run: id, Attempt: claimed[0].Attempt, Until: claimed[0].LeaseUntil.UTC()}, true, nil
}

// Extend implements ports.Runs.
func (r runRepo) Extend(ctx context.Context, l ports.Lease, ttl time.Duration) error {
	n, err := r.write(ctx, extendRun, ttl.Seconds(), string(l.Run), l.Attempt)
	if err == nil && n == 0 {
		return stale("extend lease")
	}
	return failed("extend lease", err)
}

// Release implements ports.Runs. What was rung meanwhile is answered by it: the run's slot is free.
func (r runRepo) Release(ctx context.Context, l ports.Lease, wait time.Duration, reason string, failure bool) error {
	run, now, err := r.LockHeld(ctx, l)
	if err != nil {
		return failed("release lease", err)
	}
	wake, queue, due := run.Wake(now)
	if due && wait > 0 {
		wake = now.Add(wait)
	}
	if !due {
		wake, queue = time.Time{}, workflows.Research // no row comes of it
	}
	failures := 0
	if failure {
		failures = 1
	}
	if _, err := r.write(ctx, releaseRun, moment(wake), argument(reason), failures, string(l.Run), string(queue)); err != nil {
		return failed("release lease", err)
	}
	r.changed(l.Run)
	r.due()
	return nil
}

// Spend implements ports.Runs.
func (r runRepo) Spend(ctx context.Context, l ports.Lease, s ports.Spent) error {
	return r.held(ctx, "spend", l, spendOnRun, s.TokensIn, s.TokensOut, s.CostMicros, s.TokensIn+s.TokensOut, string(l.Run), l.Attempt)
}

// SetResearch implements ports.Runs. NotFound when there is no such run.
func (r runRepo) SetResearch(ctx context.Context, id workflows.ID, results []byte) error {
	if !isID(id) {
		return unknown("set research")
	}
	n, err := r.write(ctx, setResearch, raw(results), string(id))
	if err != nil {
		return failed("set research", err)
	}
	if n == 0 {
		return unknown("set research")
	}
	r.changed(id)
	return nil
}

// SpentToday implements ports.Runs.
func (r runRepo) SpentToday(ctx context.Context) (int64, error) {
	type total struct{ Tokens int64 }
	row, err := readOne[total](ctx, r.session, `SELECT coalesce(sum(spent_that_day), 0)::bigint AS tokens FROM workflows WHERE spent_on = `+today)
	return row.Tokens, failed("sum today's tokens", err)
}
