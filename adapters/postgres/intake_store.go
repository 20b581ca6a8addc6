package postgres

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// newcomer is a submission that becomes a lead.
type newcomer struct {
	entry     ports.Entry
	lead      leads.ID
	run       string // empty: none
	reference string
	status    leads.Status
	period    billing.Period
}

func (n newcomer) receipt() ports.Receipt {
	return ports.Receipt{Lead: n.lead, Reference: n.reference, Status: n.status}
}

// crockford are the digits of Crockford's base 32: no I, L, O or U, which are misread (www.crockford.com/base32.html).
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newReference draws 40 random bits as eight characters.
func newReference() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	for i, b := range random {
		random[i] = crockford[b%32]
	}
	return string(random[:])
}

const (
	insertLead = `
INSERT INTO leads (org_id, id, user_id, form_id, reference, email, email_normalised, email_domain, name, company, company_normalised, phone,
  message, fingerprint, status, quarantine_reason, source)
VALUES ($1, $2, nullif($3, ''), nullif($4, '')::uuid, $5, $6, $7, $8, $9, nullif($10, ''), nullif($11, ''), nullif($12, ''), $13, $14, $15,
  nullif($16, ''), $17)`

	countLead = `UPDATE usage_periods SET used = used + 1 WHERE org_id = $1 AND starts_at = $2`

	insertRun = `INSERT INTO workflows (org_id, id, lead_id) VALUES ($1, $2, $3)`

	insertFirstStep = `
INSERT INTO workflow_steps (org_id, workflow_id, name, status, attempt, finished_at) VALUES ($1, $2, $3, 'finished', 0, clock_timestamp())`

	insertReceived = `INSERT INTO timeline (org_id, workflow_id, kind, data) VALUES ($1, $2, 'received', jsonb_build_object('surface', $3::text))`

	insertRing = `INSERT INTO outbox (org_id, workflow_id, kind, queue) VALUES ($1, $2, 'run', 'research')`

	insertAudit = `
INSERT INTO audit_log (org_id, actor_kind, actor_id, surface, action, subject_kind, subject_id, fields)
VALUES ($1, $2, $3, $4, 'lead.received', 'lead', $5, $6)`

	insertKey = `
INSERT INTO idempotency_keys (org_id, key, body_hash, lead_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, key) DO UPDATE SET body_hash = excluded.body_hash, lead_id = excluded.lead_id, created_at = now()`

	// forgetKeys keeps the table as small as a day's keys: each new one takes up to ten old ones with it.
	forgetKeys = `
DELETE FROM idempotency_keys WHERE org_id = $1 AND key IN (
  SELECT key FROM idempotency_keys WHERE org_id = $1 AND created_at < now() - interval '24 hours' ORDER BY created_at LIMIT 10)`
)

// store writes the lead and whatever its status calls for, in one round trip.
func (n newcomer) store(ctx context.Context, s *session) error {
	source, err := json.Marshal(n.entry.Submission.Source)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	batch := &pgx.Batch{}
	n.queueLead(batch, s, string(source))
	if n.run != "" {
		n.queueRun(batch, s)
		s.changed(workflows.ID(n.run))
		s.due()
	}
	queueKey(batch, s, n.entry, n.lead)
	return mapError(s.tx.SendBatch(ctx, batch).Close())
}

func (n newcomer) queueLead(batch *pgx.Batch, s *session, source string) {
	sub, actor := n.entry.Submission, s.scope.Actor()
	batch.Queue(insertLead, s.org(), n.lead, n.entry.UserID, n.entry.FormID, n.reference, sub.Email.String(), sub.Email.Normalised(),
		sub.Email.Domain(), sub.Name, sub.Company, normalisedCompany(sub.Company), sub.Phone, sub.Message, sub.Fingerprint(), n.status,
		n.entry.Quarantine, source)
	batch.Queue(insertAudit, s.org(), actor.Kind, actor.UserID, actor.Surface, n.lead, given(sub))
}

func (n newcomer) queueRun(batch *pgx.Batch, s *session) {
	batch.Queue(countLead, s.org(), n.period.Start)
	batch.Queue(insertRun, s.org(), n.run, n.lead)
	batch.Queue(insertFirstStep, s.org(), n.run, workflows.StepCreate)
	batch.Queue(insertReceived, s.org(), n.run, s.scope.Actor().Surface)
	batch.Queue(insertRing, s.org(), n.run)
}

// rememberKey lets a further request under the key find the lead that this one found by its fingerprint.
func rememberKey(ctx context.Context, s *session, e ports.Entry, lead leads.ID) error {
	batch := &pgx.Batch{}
	queueKey(batch, s, e, lead)
	return mapError(s.tx.SendBatch(ctx, batch).Close())
}

func queueKey(batch *pgx.Batch, s *session, e ports.Entry, lead leads.ID) {
	if e.IdempotencyKey == "" {
		return
	}
	batch.Queue(forgetKeys, s.org())
	batch.Queue(insertKey, s.org(), e.IdempotencyKey, e.BodyHash, lead)
}

// given names the fields that the prospect filled in.
func given(sub leads.Submission) []string {
	fields := []string{"email", "name", "message"}
	if sub.Company != "" {
		fields = append(fields, "company")
	}
	if sub.Phone != "" {
		fields = append(fields, "phone")
	}
	return fields
}

// normalisedCompany is the company by which leads of the same one are found: lower case, single spaces.
func normalisedCompany(company string) string {
	return strings.Join(strings.Fields(strings.ToLower(company)), " ")
}
