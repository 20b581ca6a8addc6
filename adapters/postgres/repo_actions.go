package postgres

import (
	"context"

	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type actionRepo struct{ *session }

var _ ports.Actions = actionRepo{}

// The outcomes of an action.
const (
	outcomeOK     = "ok"
	outcomeFailed = "failed"
)

const addAction = `
WITH held AS (` + heldBy + `)
INSERT INTO research_actions (org_id, id, workflow_id, turn, position, tool, argument, outcome, note, answer, sources, tokens_in, tokens_out,
  cost_micros, took, created_at)
SELECT org_id, ?, id, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, make_interval(secs => ?), coalesce(?, clock_timestamp()) FROM held
ON CONFLICT (org_id, workflow_id, turn, position) DO NOTHING`

// Add implements ports.Actions. Stale when the lease was lost, too.
func (r actionRepo) Add(ctx context.Context, l ports.Lease, a ports.Action) error {
	id, err := newID()
	if err != nil {
		return err
	}
	sources, err := document("sources", append([]ports.SourceText{}, a.Sources...))
	if err != nil {
		return err
	}
	outcome := outcomeFailed
	if a.OK {
		outcome = outcomeOK
	}
	return r.held(ctx, "record action", l, addAction, string(l.Run), l.Attempt,
		id, a.Turn, a.Position, a.Tool, a.Argument, outcome, a.Note, raw(a.Answer), raw(sources.Val),
		a.Spent.TokensIn, a.Spent.TokensOut, a.Spent.CostMicros, a.Spent.Took.Seconds(), moment(a.At))
}

// List implements ports.Actions.
func (r actionRepo) List(ctx context.Context, run workflows.ID) ([]ports.Action, error) {
	if !isID(run) {
		return nil, nil
	}
	columns := dbmodel.ResearchActions.Columns
	rows, err := dbmodel.ResearchActions.Query(dbmodel.SelectWhere.ResearchActions.WorkflowID.EQ(string(run)),
		sm.OrderBy(columns.Turn), sm.OrderBy(columns.Position)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list actions", err)
	}
	list := make([]ports.Action, 0, len(rows))
	for _, row := range rows {
		action, err := toAction(row)
		if err != nil {
			return nil, failed("list actions", err)
		}
		list = append(list, action)
	}
	return list, nil
}

func toAction(row *dbmodel.ResearchAction) (ports.Action, error) {
	switch row.Outcome {
	case outcomeOK, outcomeFailed:
	default:
		return ports.Action{}, corrupt("outcome", row.Outcome)
	}
	var sources []ports.SourceText
	if err := decode("sources", row.Sources, &sources); err != nil {
		return ports.Action{}, err
	}
	return ports.Action{
		Turn: row.Turn, Position: row.Position, Tool: row.Tool, Argument: row.Argument, OK: row.Outcome == outcomeOK, Note: row.Note,
		Answer: bytesOf(row.Answer), Sources: sources,
		Spent: ports.Spent{TokensIn: row.TokensIn, TokensOut: row.TokensOut, CostMicros: row.CostMicros, Took: span(row.Took)},
		At:    row.CreatedAt.UTC(),
	}, nil
}
