package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// account is how an organization's leads are counted.
type account struct {
	usage       billing.Usage // Used is right once the row is locked
	refuses     bool          // over the limit
	storedLimit int           // as the row has it
}

// limitToStore is the plan's limit, or what is used already where the plan was lowered below that.
func (a account) limitToStore() int {
	if a.usage.Limit == billing.Unlimited {
		return billing.Unlimited
	}
	return max(a.usage.Limit, a.usage.Used)
}

func newAccount(began, now time.Time, plan, overLimit string) account {
	return account{
		usage:   billing.Usage{Period: billing.PeriodAt(began, now), Limit: billing.Plan(plan).Terms().Leads},
		refuses: tenancy.OverLimit(overLimit) == tenancy.Refuse,
	}
}

const (
	// enterOrganization switches the transaction to an organization. Nothing else does so within a transaction.
	enterOrganization = `SELECT set_config('app.org_id', $1, true)`

	// planOnce keeps the server from planning the same few statements anew for every organization (the manual's plan_cache_mode).
	planOnce = `SET LOCAL plan_cache_mode = force_generic_plan`

	// lockAtOnce gives nothing where the period's row is missing, or anybody else holds it or the organization's.
	lockAtOnce = `
SELECT o.created_at, now(), o.plan, o.over_limit, u.starts_at, u.used, u.lead_limit
FROM organizations o JOIN usage_periods u ON u.org_id = o.org_id AND u.starts_at <= now() AND u.ends_at > now()
WHERE o.org_id = $1
FOR KEY SHARE OF o SKIP LOCKED FOR NO KEY UPDATE OF u SKIP LOCKED`

	accountOf = `SELECT created_at, now(), plan, over_limit FROM organizations WHERE org_id = $1`

	// lockUsage makes the period's row if it is missing and locks it.
	lockUsage = `
INSERT INTO usage_periods AS u (org_id, starts_at, ends_at, lead_limit) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, starts_at) DO UPDATE
SET lead_limit = CASE WHEN excluded.lead_limit = 0 THEN 0 ELSE greatest(excluded.lead_limit, u.used) END
RETURNING used, lead_limit`

	leadsOfKeys = `
SELECT k.key, k.body_hash, l.id, l.reference, l.status
FROM idempotency_keys k JOIN leads l ON l.org_id = k.org_id AND l.id = k.lead_id
WHERE k.org_id = $1 AND k.key = ANY ($2::text[]) AND k.created_at > now() - interval '24 hours'`

	leadsOfFingerprints = `
SELECT fingerprint, id, reference, status FROM leads
WHERE org_id = $1 AND fingerprint = ANY ($2::text[]) AND created_at > now() - interval '24 hours'
ORDER BY created_at, id`
)

// enter queues the switch to the group's organization, before the first statement on its rows.
func (g *group) enter(batch *pgx.Batch) { batch.Queue(enterOrganization, string(g.org)) }

// queueLockAtOnce locks the usage row if that can be had without waiting. The time is the database's.
func (g *group) queueLockAtOnce(batch *pgx.Batch) {
	batch.Queue(lockAtOnce, string(g.org)).Query(func(rows pgx.Rows) error {
		var began, now, starts time.Time
		var plan, overLimit string
		var used, limit int
		_, err := pgx.ForEachRow(rows, []any{&began, &now, &plan, &overLimit, &starts, &used, &limit}, func() error {
			a := newAccount(began, now, plan, overLimit)
			if a.usage.Period.Start.Equal(starts) {
				a.usage.Used, a.storedLimit = used, limit
				g.account, g.locked = a, true
			}
			return nil
		})
		return err
	})
}

// readAccount reads what decides over period and limit. The time is the database's.
func readAccount(ctx context.Context, s *session) (account, error) {
	var began, now time.Time
	var plan, overLimit string
	err := s.tx.QueryRow(ctx, accountOf, s.org()).Scan(&began, &now, &plan, &overLimit)
	if errors.Is(err, pgx.ErrNoRows) {
		return account{}, fault.Wrap(fault.NotFound, err, "This organization is not known here.")
	}
	return newAccount(began, now, plan, overLimit), mapError(err)
}

// lockWaiting makes the usage row if need be, waits for its lock, and looks for the same submissions with the lock held.
func (g *group) lockWaiting(ctx context.Context, s *session) error {
	a, err := readAccount(ctx, s)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	period := a.usage.Period
	batch.Queue(lockUsage, s.org(), period.Start, period.End, a.usage.Limit).QueryRow(func(row pgx.Row) error {
		return row.Scan(&a.usage.Used, &a.storedLimit)
	})
	g.queueLook(batch)
	err = s.tx.SendBatch(ctx, batch).Close()
	g.account, g.locked = a, true
	return mapError(err)
}

// queueLook looks for what the organization has of the same submissions already.
func (g *group) queueLook(batch *pgx.Batch) {
	var keys []string
	prints := make([]string, len(g.tickets))
	for i, t := range g.tickets {
		prints[i] = t.fingerprint
		if t.entry.IdempotencyKey != "" {
			keys = append(keys, t.entry.IdempotencyKey)
		}
	}
	var name, hash, id, reference, status string
	found := func() ports.Receipt {
		return ports.Receipt{Lead: leads.ID(id), Reference: reference, Status: leads.Status(status)}
	}
	if len(keys) > 0 {
		batch.Queue(leadsOfKeys, string(g.org), keys).Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&name, &hash, &id, &reference, &status}, func() error {
				g.known.keys[name] = keyed{receipt: found(), bodyHash: hash}
				return nil
			})
			return err
		})
	}
	batch.Queue(leadsOfFingerprints, string(g.org), prints).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&name, &id, &reference, &status}, func() error {
			g.known.learn(name, found())
			return nil
		})
		return err
	})
}
