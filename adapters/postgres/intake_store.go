package postgres

import (
	"crypto/rand"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// newcomer is a submission that becomes a lead.
type newcomer struct {
	*ticket
	lead      leads.ID
	run       string // empty: none
	reference string
	status    leads.Status
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

// row is a newcomer as storeNewcomers reads it. What is left out is NULL.
type row struct {
	Lead             leads.ID          `json:"lead"`
	Run              string            `json:"run,omitempty"`
	UserID           tenancy.UserID    `json:"user_id,omitempty"`
	FormID           string            `json:"form_id,omitempty"`
	Reference        string            `json:"reference"`
	Email            string            `json:"email"`
	EmailNormalised  string            `json:"email_normalised"`
	EmailDomain      string            `json:"email_domain"`
	Name             string            `json:"name"`
	Company          string            `json:"company,omitempty"`
	CompanyNormal    string            `json:"company_normalised,omitempty"`
	Phone            string            `json:"phone,omitempty"`
	Message          string            `json:"message"`
	Fingerprint      string            `json:"fingerprint"`
	Status           leads.Status      `json:"status"`
	QuarantineReason string            `json:"quarantine_reason,omitempty"`
	Source           leads.Source      `json:"source"`
	ActorKind        tenancy.ActorKind `json:"actor_kind"`
	ActorID          tenancy.UserID    `json:"actor_id"`
	Surface          tenancy.Surface   `json:"surface"`
	Fields           []string          `json:"fields"`
}

func (n newcomer) row() row {
	sub, actor := n.entry.Submission, n.entry.Scope.Actor()
	return row{
		Lead: n.lead, Run: n.run, UserID: n.entry.UserID, FormID: n.entry.FormID, Reference: n.reference, Email: sub.Email.String(),
		EmailNormalised: sub.Email.Normalised(), EmailDomain: sub.Email.Domain(), Name: sub.Name, Company: sub.Company,
		CompanyNormal: normalisedCompany(sub.Company), Phone: sub.Phone, Message: sub.Message, Fingerprint: n.fingerprint, Status: n.status,
		QuarantineReason: n.entry.Quarantine, Source: sub.Source, ActorKind: actor.Kind, ActorID: actor.UserID, Surface: actor.Surface,
		Fields: given(sub),
	}
}

const (
	// storeNewcomers writes an organization's new leads and whatever their status calls for, and counts those that count, in one statement.
	storeNewcomers = `
WITH fresh AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS f (lead uuid, run uuid, user_id text, form_id uuid, reference text, email text,
    email_normalised text, email_domain text, name text, company text, company_normalised text, phone text, message text, fingerprint text,
    status text, quarantine_reason text, source jsonb, actor_kind text, actor_id text, surface text, fields text[])),
stored AS (
  INSERT INTO leads (org_id, id, user_id, form_id, reference, email, email_normalised, email_domain, name, company, company_normalised, phone,
    message, fingerprint, status, quarantine_reason, source)
  SELECT $1, lead, user_id, form_id, reference, email, email_normalised, email_domain, name, company, company_normalised, phone, message,
    fingerprint, status, quarantine_reason, source FROM fresh),
audited AS (
  INSERT INTO audit_log (org_id, actor_kind, actor_id, surface, action, subject_kind, subject_id, fields)
  SELECT $1, actor_kind, actor_id, surface, 'lead.received', 'lead', lead::text, fields FROM fresh),
runs AS (
  INSERT INTO workflows (org_id, id, lead_id) SELECT $1, run, lead FROM fresh WHERE run IS NOT NULL),
first_steps AS (
  INSERT INTO workflow_steps (org_id, workflow_id, name, status, attempt, finished_at)
  SELECT $1, run, $6, 'finished', 0, clock_timestamp() FROM fresh WHERE run IS NOT NULL),
told AS (
  INSERT INTO timeline (org_id, workflow_id, kind, data)
  SELECT $1, run, 'received', jsonb_build_object('surface', surface) FROM fresh WHERE run IS NOT NULL),
rings AS (
  INSERT INTO outbox (org_id, workflow_id, kind, queue) SELECT $1, run, 'run', 'research' FROM fresh WHERE run IS NOT NULL)
UPDATE usage_periods SET used = used + $3, lead_limit = $4 WHERE org_id = $1 AND starts_at = $5 AND ($3 > 0 OR lead_limit <> $4)`

	// forgetKeys keeps the table as small as a day's keys: each new one takes up to ten old ones with it.
	forgetKeys = `
DELETE FROM idempotency_keys WHERE org_id = $1 AND key IN (
  SELECT key FROM idempotency_keys WHERE org_id = $1 AND created_at < now() - interval '24 hours' ORDER BY created_at LIMIT 10 * $2)`

	storeKeys = `
INSERT INTO idempotency_keys (org_id, key, body_hash, lead_id)
SELECT $1, k.key, k.body_hash, k.lead::uuid FROM unnest($2::text[], $3::text[], $4::text[]) AS k (key, body_hash, lead)
ON CONFLICT (org_id, key) DO UPDATE SET body_hash = excluded.body_hash, lead_id = excluded.lead_id, created_at = now()`
)

// queueStore writes what was decided, after the switch to the organization.
func (g *group) queueStore(batch *pgx.Batch) {
	limit := g.account.limitToStore()
	if !g.locked || len(g.newcomers) == 0 && len(g.kept) == 0 && limit == g.account.storedLimit {
		return
	}
	g.enter(batch)
	if len(g.newcomers) > 0 || limit != g.account.storedLimit {
		batch.Queue(storeNewcomers, string(g.org), g.rowsOrNone(), g.granted, limit, g.account.usage.Period.Start, workflows.StepCreate)
	}
	g.queueKeys(batch)
}

func (g *group) rowsOrNone() string {
	if g.rows == "" {
		return "[]"
	}
	return g.rows
}

func (g *group) queueKeys(batch *pgx.Batch) {
	if len(g.kept) == 0 {
		return
	}
	keys, hashes, ids := make([]string, len(g.kept)), make([]string, len(g.kept)), make([]string, len(g.kept))
	for i, k := range g.kept {
		keys[i], hashes[i], ids[i] = k.key, k.bodyHash, string(k.lead)
	}
	batch.Queue(forgetKeys, string(g.org), len(g.kept))
	batch.Queue(storeKeys, string(g.org), keys, hashes, ids)
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
