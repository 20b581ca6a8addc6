package postgres

import (
	"context"

	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type timelineRepo struct{ *session }

var _ ports.Timeline = timelineRepo{}

// Add implements ports.Timeline. NotFound when there is no such run.
func (r timelineRepo) Add(ctx context.Context, run workflows.ID, kind string, data map[string]string) error {
	if !isID(run) {
		return unknown("add moment")
	}
	if data == nil {
		data = map[string]string{}
	}
	doc, err := document("data", data)
	if err != nil {
		return err
	}
	_, err = r.write(ctx, `INSERT INTO timeline (org_id, workflow_id, kind, data) VALUES (?, ?, ?, ?)`, r.org(), string(run), kind, doc)
	if err != nil {
		return failed("add moment", err)
	}
	r.changed(run)
	return nil
}

// List implements ports.Timeline.
func (r timelineRepo) List(ctx context.Context, run workflows.ID, after int64) ([]ports.Moment, error) {
	if !isID(run) {
		return nil, nil
	}
	where := dbmodel.SelectWhere.Timelines
	rows, err := dbmodel.Timelines.Query(where.WorkflowID.EQ(string(run)), where.ID.GT(after),
		sm.OrderBy(dbmodel.Timelines.Columns.ID)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list moments", err)
	}
	list := make([]ports.Moment, 0, len(rows))
	for _, row := range rows {
		one := ports.Moment{ID: row.ID, Kind: row.Kind, At: row.At.UTC()}
		if err := decode("data", row.Data, &one.Data); err != nil {
			return nil, failed("list moments", err)
		}
		list = append(list, one)
	}
	return list, nil
}
