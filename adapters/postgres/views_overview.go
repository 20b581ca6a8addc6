package postgres

import (
	"context"
	"time"

	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// glance counts, each number within its own index and to 10,000 at most: what is beyond is "many" to a reader.
const glance = `
SELECT
  (SELECT count(*) FROM (SELECT FROM workflows WHERE status = 'awaiting_review' LIMIT 10000) x) AS awaiting_review,
  (SELECT count(*) FROM (SELECT FROM workflows WHERE status IN ('needs_attention', 'failed') LIMIT 10000) x) AS needs_attention,
  (SELECT count(*) FROM (SELECT FROM workflows WHERE status IN ('queued', 'researching', 'qualifying', 'drafting', 'sending') LIMIT 10000) x) AS working,
  (SELECT count(*) FROM (SELECT FROM leads WHERE created_at >= ? LIMIT 10000) x) AS new_today,
  (SELECT count(*) FROM (SELECT FROM emails WHERE sent_at > now() - interval '7 days' AND status = 'sent' AND kind = 'reply' LIMIT 10000) x) AS sent_this_week,
  (SELECT count(*) FROM (SELECT FROM leads LIMIT 10000) x) AS leads`

// Counts implements ports.Views. Failed runs count among those that need attention, since a person has to retry them; of emails only
// replies count. Every number is capped at 10,000.
func (r viewRepo) Counts(ctx context.Context, zone *time.Location) (ports.Counts, error) {
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := time.Now().In(zone).Date()
	row, err := readOne[ports.Counts](ctx, r.session, glance, time.Date(year, month, day, 0, 0, 0, 0, zone))
	return row, failed("count", err)
}

// LastDecision implements ports.Views. It tells what was decided, also when it was undone later.
func (r viewRepo) LastDecision(ctx context.Context) (ports.Decision, ports.RunRow, bool, error) {
	columns := dbmodel.Decisions.Columns
	rows, err := dbmodel.Decisions.Query(sm.Where(psql.Raw(`"decisions".decision IN ('approved', 'rejected')`)),
		sm.OrderBy(columns.CreatedAt).Desc(), sm.OrderBy(columns.ID).Desc(), sm.Limit(1)).All(ctx, r.exec)
	if err != nil || len(rows) == 0 {
		return ports.Decision{}, ports.RunRow{}, false, failed("view last decision", err)
	}
	decision, err := toDecision(rows[0])
	if err != nil {
		return ports.Decision{}, ports.RunRow{}, false, failed("view last decision", err)
	}
	run, err := r.Run(ctx, workflows.ID(rows[0].WorkflowID))
	if err != nil {
		return ports.Decision{}, ports.RunRow{}, false, failed("view last decision", err)
	}
	return decision, run, true, nil
}

// CardTrouble implements ports.Views.
func (r viewRepo) CardTrouble(ctx context.Context) (string, time.Time, bool, error) {
	type trouble struct {
		Error     string
		UpdatedAt time.Time
	}
	rows, err := read[trouble](ctx, r.session,
		`SELECT error, updated_at FROM slack_cards WHERE error IS NOT NULL AND wanted > shown ORDER BY updated_at, workflow_id LIMIT 1`)
	if err != nil || len(rows) == 0 {
		return "", time.Time{}, false, failed("view card trouble", err)
	}
	return rows[0].Error, rows[0].UpdatedAt.UTC(), true, nil
}
