package postgres

import (
	"context"

	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Runs implements ports.Views. CreatedAfter and CreatedBefore leave their own moments out.
func (r viewRepo) Runs(ctx context.Context, f ports.RunFilter) ([]ports.RunRow, string, error) {
	if f.Lead != "" && !isID(f.Lead) {
		return []ports.RunRow{}, "", nil
	}
	query, err := runQuery(f)
	if err != nil {
		return nil, "", failed("list runs", err)
	}
	limit := pageSize(f.Limit)
	rows, err := dbmodel.Workflows.Query(append(query, sm.Limit(psql.Arg(limit+1)))...).All(ctx, r.exec)
	if err != nil {
		return nil, "", failed("list runs", err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = position{rows[limit-1].CreatedAt, rows[limit-1].ID}.cursor(runList)
	}
	page, err := r.withLeads(ctx, rows)
	return page, next, failed("list runs", err)
}

// runQuery is the filter as conditions, the cursor's among them, and the order.
func runQuery(f ports.RunFilter) ([]selectMod, error) {
	columns, where := dbmodel.Workflows.Columns, dbmodel.SelectWhere.Workflows
	query := []selectMod{sm.OrderBy(columns.CreatedAt).Desc(), sm.OrderBy(columns.ID).Desc()}
	if f.State != "" {
		query = append(query, where.Status.EQ(string(f.State)))
	}
	if f.Lead != "" {
		query = append(query, where.LeadID.EQ(string(f.Lead)))
	}
	if f.AssignedTo != "" {
		query = append(query, sm.Where(psql.Raw(`EXISTS (SELECT FROM leads l
			WHERE l.org_id = "workflows".org_id AND l.id = "workflows".lead_id AND l.assigned_to = ?)`, string(f.AssignedTo))))
	}
	if !f.CreatedAfter.IsZero() {
		query = append(query, where.CreatedAt.GT(f.CreatedAfter))
	}
	if !f.CreatedBefore.IsZero() {
		query = append(query, where.CreatedAt.LT(f.CreatedBefore))
	}
	if f.Cursor != "" {
		from, err := parseCursor(runList, f.Cursor)
		if err != nil {
			return nil, err
		}
		query = append(query, sm.Where(psql.Group(columns.CreatedAt, columns.ID).LT(psql.ArgGroup(from.at, from.id))))
	}
	return query, nil
}

// Run implements ports.Views.
func (r viewRepo) Run(ctx context.Context, id workflows.ID) (ports.RunRow, error) {
	if !isID(id) {
		return ports.RunRow{}, unknown("view run")
	}
	rows, err := dbmodel.Workflows.Query(dbmodel.SelectWhere.Workflows.ID.EQ(string(id))).All(ctx, r.exec)
	if err != nil {
		return ports.RunRow{}, failed("view run", err)
	}
	whole, err := r.withLeads(ctx, rows)
	if err != nil {
		return ports.RunRow{}, failed("view run", err)
	}
	if len(whole) == 0 {
		return ports.RunRow{}, unknown("view run")
	}
	return whole[0], nil
}

// Queue implements ports.Views. The prospect's waiting counts, from the run's beginning.
func (r viewRepo) Queue(ctx context.Context, limit int) ([]ports.RunRow, error) {
	columns := dbmodel.Workflows.Columns
	rows, err := dbmodel.Workflows.Query(dbmodel.SelectWhere.Workflows.Status.EQ(string(workflows.AwaitingReview)),
		sm.OrderBy(columns.CreatedAt), sm.OrderBy(columns.ID), sm.Limit(psql.Arg(pageSize(limit)))).All(ctx, r.exec)
	if err != nil {
		return nil, failed("view queue", err)
	}
	queue, err := r.withLeads(ctx, rows)
	return queue, failed("view queue", err)
}

// withLeads adds each run's lead with one further query. A run whose lead was erased between the two is left out.
func (r viewRepo) withLeads(ctx context.Context, rows dbmodel.WorkflowSlice) ([]ports.RunRow, error) {
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.LeadID)
	}
	found, err := dbmodel.Leads.Query(sm.Where(psql.Raw(`"leads"."id" = ANY (?)`, ids))).All(ctx, r.exec)
	if err != nil {
		return nil, err
	}
	list, err := toLeads(found)
	if err != nil {
		return nil, err
	}
	byID := make(map[leads.ID]leads.Lead, len(list))
	for _, lead := range list {
		byID[lead.ID] = lead
	}
	whole := make([]ports.RunRow, 0, len(rows))
	for _, row := range rows {
		run, err := toRun(row)
		if err != nil {
			return nil, err
		}
		if lead, ok := byID[run.LeadID]; ok {
			whole = append(whole, ports.RunRow{
				Run: run, Carriage: toCarriage(row), Lead: lead, Research: bytesOf(row.ResearchResults),
				Subject: row.EmailSubject.GetOrZero(), Body: row.EmailDraft.GetOrZero(),
			})
		}
	}
	return whole, nil
}

// Steps implements ports.Views.
func (r viewRepo) Steps(ctx context.Context, id workflows.ID) ([]ports.StepRow, error) {
	if !isID(id) {
		return nil, nil
	}
	columns := dbmodel.WorkflowSteps.Columns
	rows, err := dbmodel.WorkflowSteps.Query(dbmodel.SelectWhere.WorkflowSteps.WorkflowID.EQ(string(id)),
		sm.OrderBy(columns.StartedAt), sm.OrderBy(columns.ID)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("view steps", err)
	}
	list := make([]ports.StepRow, 0, len(rows))
	for _, row := range rows {
		switch row.Status {
		case stepStarted, stepFinished, stepFailed:
		default:
			return nil, failed("view steps", corrupt("step status", row.Status))
		}
		list = append(list, ports.StepRow{
			Name: row.Name, Status: row.Status, Attempt: row.Attempt, Error: row.Error.GetOrZero(),
			Spent:     ports.Spent{TokensIn: row.TokensIn, TokensOut: row.TokensOut, CostMicros: row.CostMicros},
			StartedAt: row.StartedAt.UTC(), FinishedAt: timeOf(row.FinishedAt),
		})
	}
	return list, nil
}
