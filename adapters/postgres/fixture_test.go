package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
)

// The organizations of the isolation tests. Every tenant table has rows of both.
const (
	orgA = "org_a"
	orgB = "org_b"
)

// fixture fills every tenant table with one organization's rows. {name} are values of the organization. A table that is missing here fails
// the isolation tests, which read the tables from the catalogue.
const fixture = `
INSERT INTO organizations (org_id, name) VALUES ({org}, {text});
INSERT INTO members (org_id, user_id, email, name, role) VALUES ({org}, 'user_1', {text}, {text}, 'org:admin');
INSERT INTO forms (org_id, id, key, title) VALUES ({org}, {form}, {key}, {text});
INSERT INTO usage_periods (org_id, starts_at, ends_at, used, lead_limit) VALUES ({org}, date_trunc('month', now()), now() + '40 days', 1, 100);
INSERT INTO leads (org_id, id, user_id, form_id, reference, email, email_normalised, email_domain, name, message, fingerprint, status)
  VALUES ({org}, {lead}, 'user_1', {form}, 'REF', {text}, {text}, {text}, {text}, {text}, {text}, 'pending');
INSERT INTO idempotency_keys (org_id, key, body_hash, lead_id) VALUES ({org}, 'key', 'hash', {lead});
INSERT INTO workflows (org_id, id, lead_id, email_draft) VALUES ({org}, {run}, {lead}, {text});
INSERT INTO workflow_steps (org_id, workflow_id, name, status, attempt) VALUES ({org}, {run}, 'research', 'finished', 1);
INSERT INTO research_actions (org_id, id, workflow_id, turn, position, tool, outcome) VALUES ({org}, {action}, {run}, 1, 0, 'search', 'ok');
INSERT INTO drafts (org_id, workflow_id, version, subject, body) VALUES ({org}, {run}, 1, {text}, {text});
INSERT INTO decisions (org_id, workflow_id, decision, draft_version, decided_by, surface) VALUES ({org}, {run}, 'approved', 1, 'user_1', 'slack');
INSERT INTO emails (org_id, id, workflow_id, number, kind, to_address, subject, body, status, message_id)
  VALUES ({org}, {email}, {run}, 1, 'reply', {text}, {text}, {text}, 'queued', {text});
INSERT INTO timeline (org_id, workflow_id, kind, data) VALUES ({org}, {run}, 'received', '{}');
INSERT INTO audit_log (org_id, id, actor_kind, surface, action, subject_kind, subject_id)
  VALUES ({org}, {entry}, 'prospect', 'form', 'lead.received', 'lead', {text});
INSERT INTO audit_values (org_id, audit_id, lead_id, after) VALUES ({org}, {entry}, {lead}, '{}');
INSERT INTO slack_installations (org_id, team_id, token_sealed) VALUES ({org}, {team}, '\x00');
INSERT INTO slack_cards (org_id, workflow_id) VALUES ({org}, {run});
INSERT INTO webhook_events (id, org_id, vendor, event_id, workflow_id, body) VALUES ({event}, {org}, 'slack', {text}, {run}, '\x00');
INSERT INTO outbox (org_id, workflow_id, kind, queue) VALUES ({org}, {run}, 'run', 'research');
`

// filled are the ids that the fixture gave.
type filled struct {
	lead, run, form string
	key, team       string
}

// fill writes the fixture of an organization as the app role, within its scope.
func fill(t *testing.T, db *pgtest.DB, org string) filled {
	t.Helper()
	f := filled{lead: newID(), run: newID(), form: newID(), key: "key-of-" + org, team: "team-of-" + org}
	values := strings.NewReplacer(
		"{org}", quoted(org), "{text}", quoted("canary of "+org), "{lead}", quoted(f.lead), "{run}", quoted(f.run), "{form}", quoted(f.form),
		"{key}", quoted(f.key), "{team}", quoted(f.team), "{entry}", quoted(newID()), "{action}", quoted(newID()), "{email}", quoted(newID()),
		"{event}", quoted(newID()))
	inScope(t, connect(t, db.AppURL), org, func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), values.Replace(fixture))
		require.NoError(t, err)
	})
	return f
}

func quoted(s string) string { return "'" + s + "'" }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// inScope runs do in a committed transaction of the organization.
func inScope(t *testing.T, conn *pgx.Conn, org string, do func(pgx.Tx)) {
	t.Helper()
	require.NoError(t, pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "SELECT set_config('app.org_id', $1, true)", org)
		require.NoError(t, err)
		do(tx)
		return nil
	}))
}

// tenantTables are all tables with an organization, from the catalogue.
func tenantTables(t *testing.T, super *pgx.Conn) []string {
	t.Helper()
	tables := all[string](t, super, `
		SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' ORDER BY 1`)
	require.NotEmpty(t, tables)
	return tables
}

// unfilled are the tenant tables that lack rows of one of the two organizations.
func unfilled(t *testing.T, super *pgx.Conn) []string {
	t.Helper()
	var missing []string
	for _, table := range tenantTables(t, super) {
		orgs := one[int](t, super, "SELECT count(DISTINCT org_id) FROM "+table+" WHERE org_id = ANY ($1)", []string{orgA, orgB})
		if orgs != 2 {
			missing = append(missing, table)
		}
	}
	return missing
}
