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
	usage   billing.Usage // Used is right once the row is locked
	refuses bool          // over the limit
}

// readAccount reads what decides over period and limit. The time is the database's.
func readAccount(ctx context.Context, s *session) (account, error) {
	var (
		began, now       time.Time
		plan, overLimit  string
		missing          = "This organization is not known here."
		accountOfSession = `SELECT created_at, now(), plan, over_limit FROM organizations WHERE org_id = $1`
	)
	err := s.tx.QueryRow(ctx, accountOfSession, s.org()).Scan(&began, &now, &plan, &overLimit)
	if errors.Is(err, pgx.ErrNoRows) {
		return account{}, fault.Wrap(fault.NotFound, err, missing)
	}
	if err != nil {
		return account{}, mapError(err)
	}
	return account{
		usage:   billing.Usage{Period: billing.PeriodAt(began, now), Limit: billing.Plan(plan).Terms().Leads},
		refuses: tenancy.OverLimit(overLimit) == tenancy.Refuse,
	}, nil
}

// lockUsage makes the period's row if it is missing and locks it. A plan that was lowered below what is used already keeps that as its limit.
const lockUsage = `
INSERT INTO usage_periods AS u (org_id, starts_at, ends_at, lead_limit) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, starts_at) DO UPDATE
SET lead_limit = CASE WHEN excluded.lead_limit = 0 THEN 0 ELSE greatest(excluded.lead_limit, u.used) END
RETURNING used`

const leadOfKey = `
SELECT k.body_hash, l.id, l.reference, l.status
FROM idempotency_keys k JOIN leads l ON l.org_id = k.org_id AND l.id = k.lead_id
WHERE k.org_id = $1 AND k.key = $2 AND k.created_at > now() - interval '24 hours'`

// leadOfFingerprint finds the first of the day. What the bot shield caught stands for nobody but its like.
const leadOfFingerprint = `
SELECT id, reference, status FROM leads
WHERE org_id = $1 AND fingerprint = $2 AND created_at > now() - interval '24 hours' AND (status <> 'quarantined' OR $3)
ORDER BY created_at, id LIMIT 1`

// earlier is what is known of the same submission.
type earlier struct {
	byKey       *ports.Receipt
	bodyHash    string // of byKey
	fingerprint *ports.Receipt
}

// lockAndLook locks the usage row and, with the lock held, looks for the same submission.
func (a *account) lockAndLook(ctx context.Context, s *session, e ports.Entry) (earlier, error) {
	var found earlier
	batch := &pgx.Batch{}
	batch.Queue(lockUsage, s.org(), a.usage.Period.Start, a.usage.Period.End, a.usage.Limit).QueryRow(func(row pgx.Row) error {
		return row.Scan(&a.usage.Used)
	})
	if e.IdempotencyKey != "" {
		batch.Queue(leadOfKey, s.org(), e.IdempotencyKey).QueryRow(func(row pgx.Row) error {
			r, err := scanReceipt(row, &found.bodyHash)
			found.byKey = r
			return err
		})
	}
	batch.Queue(leadOfFingerprint, s.org(), e.Submission.Fingerprint(), e.Quarantine != "").QueryRow(func(row pgx.Row) error {
		r, err := scanReceipt(row)
		found.fingerprint = r
		return err
	})
	return found, mapError(s.tx.SendBatch(ctx, batch).Close())
}

// scanReceipt reads a lead's id, reference and status after the columns of before; nil when there is none.
func scanReceipt(row pgx.Row, before ...any) (*ports.Receipt, error) {
	var r ports.Receipt
	var id, status string
	err := row.Scan(append(before, &id, &r.Reference, &status)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is the usual case
	}
	r.Lead, r.Status = leads.ID(id), leads.Status(status)
	return &r, err
}

// answer gives the receipt of a submission that is known already.
func (f earlier) answer(e ports.Entry) (receipt ports.Receipt, known bool, err error) {
	switch {
	case f.byKey != nil && f.bodyHash != e.BodyHash:
		return ports.Receipt{}, false, fault.New(fault.Invalid, "This Idempotency-Key was used before with another body.").
			With("header", "Idempotency-Key")
	case f.byKey != nil:
		receipt = *f.byKey
		receipt.Replayed = true
		return receipt, true, nil
	case f.fingerprint != nil:
		receipt = *f.fingerprint
		receipt.Duplicate = true
		return receipt, true, nil
	}
	return ports.Receipt{}, false, nil
}
