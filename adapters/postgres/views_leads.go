package postgres

import (
	"context"
	"strings"

	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/dialect"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type viewRepo struct{ *session }

var _ ports.Views = viewRepo{}

// Leads implements ports.Views. CreatedAfter and CreatedBefore leave their own moments out.
func (r viewRepo) Leads(ctx context.Context, f ports.LeadFilter) ([]ports.LeadRow, string, error) {
	query, err := leadQuery(f)
	if err != nil {
		return nil, "", failed("list leads", err)
	}
	limit := pageSize(f.Limit)
	// One more than the page has tells whether another follows.
	rows, err := dbmodel.Leads.Query(append(query, sm.Limit(psql.Arg(limit+1)))...).All(ctx, r.exec)
	if err != nil {
		return nil, "", failed("list leads", err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = position{rows[limit-1].CreatedAt, rows[limit-1].ID}.cursor(leadList)
	}
	page, err := r.withRuns(ctx, rows)
	return page, next, failed("list leads", err)
}

type selectMod = bob.Mod[*dialect.SelectQuery]

// leadQuery is the filter as conditions, the cursor's among them, and the order.
func leadQuery(f ports.LeadFilter) ([]selectMod, error) {
	columns, where := dbmodel.Leads.Columns, dbmodel.SelectWhere.Leads
	query := []selectMod{sm.OrderBy(columns.CreatedAt).Desc(), sm.OrderBy(columns.ID).Desc()}
	if f.Status != "" {
		query = append(query, where.Status.EQ(string(f.Status)))
	}
	if f.Category != "" {
		query = append(query, where.QualificationCategory.EQ(string(f.Category)))
	}
	if f.AssignedTo != "" {
		query = append(query, where.AssignedTo.EQ(string(f.AssignedTo)))
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		query = append(query, textMatches(text))
	}
	if !f.CreatedAfter.IsZero() {
		query = append(query, where.CreatedAt.GT(f.CreatedAfter))
	}
	if !f.CreatedBefore.IsZero() {
		query = append(query, where.CreatedAt.LT(f.CreatedBefore))
	}
	if f.Cursor != "" {
		from, err := parseCursor(leadList, f.Cursor)
		if err != nil {
			return nil, err
		}
		query = append(query, sm.Where(psql.Group(columns.CreatedAt, columns.ID).LT(psql.ArgGroup(from.at, from.id))))
	}
	return query, nil
}

// textMatches looks for the text as it stands in name, email or company, however capitalised.
func textMatches(text string) selectMod {
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
	pattern := psql.F("lower", psql.Arg("%"+literal+"%"))()
	columns := dbmodel.Leads.Columns
	return sm.Where(psql.Or(
		psql.F("lower", columns.Name)().Like(pattern),
		columns.EmailNormalised.Like(pattern),
		psql.F("lower", columns.Company)().Like(pattern),
	))
}

// withRuns adds each lead's run with one further query.
func (r viewRepo) withRuns(ctx context.Context, rows dbmodel.LeadSlice) ([]ports.LeadRow, error) {
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	type leadRun struct{ ID, LeadID, Status string }
	found, err := read[leadRun](ctx, r.session, `SELECT id, lead_id, status FROM workflows WHERE lead_id = ANY (?)`, ids)
	if err != nil {
		return nil, err
	}
	runs := make(map[string]leadRun, len(found))
	for _, run := range found {
		runs[run.LeadID] = run
	}
	page := make([]ports.LeadRow, 0, len(rows))
	for _, row := range rows {
		lead, err := toLead(row)
		if err != nil {
			return nil, err
		}
		one := ports.LeadRow{Lead: lead}
		if run, ok := runs[row.ID]; ok {
			state, known := workflows.ParseState(run.Status)
			if !known {
				return nil, corrupt("state", run.Status)
			}
			one.Run, one.State = workflows.ID(run.ID), state
		}
		page = append(page, one)
	}
	return page, nil
}
