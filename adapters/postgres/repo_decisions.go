package postgres

import (
	"context"

	"github.com/aarondl/opt/omit"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type decisionRepo struct{ *session }

var _ ports.Decisions = decisionRepo{}

// Add implements ports.Decisions. NotFound when there is no such run.
func (r decisionRepo) Add(ctx context.Context, run workflows.ID, d ports.Decision) error {
	if !isID(run) {
		return unknown("add decision")
	}
	id, err := newID()
	if err != nil {
		return err
	}
	set := &dbmodel.DecisionSetter{
		OrgID: omit.From(r.org()), ID: omit.From(id), WorkflowID: omit.From(string(run)), Decision: omit.From(string(d.Kind)),
		DraftVersion: omit.From(d.Version), DecidedBy: omit.From(string(d.By)), Surface: omit.From(string(d.Surface)),
		Reason: omit.From(d.Reason), Note: omit.From(d.Note),
	}
	if !d.At.IsZero() {
		set.CreatedAt = omit.From(d.At)
	}
	if _, err := dbmodel.Decisions.Insert(set).Exec(ctx, r.exec); err != nil {
		return failed("add decision", err)
	}
	r.changed(run)
	return nil
}

// List implements ports.Decisions. The oldest comes first.
func (r decisionRepo) List(ctx context.Context, run workflows.ID) ([]ports.Decision, error) {
	if !isID(run) {
		return nil, nil
	}
	columns := dbmodel.Decisions.Columns
	rows, err := dbmodel.Decisions.Query(dbmodel.SelectWhere.Decisions.WorkflowID.EQ(string(run)),
		sm.OrderBy(columns.CreatedAt), sm.OrderBy(columns.ID)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list decisions", err)
	}
	list := make([]ports.Decision, 0, len(rows))
	for _, row := range rows {
		decision, err := toDecision(row)
		if err != nil {
			return nil, failed("list decisions", err)
		}
		list = append(list, decision)
	}
	return list, nil
}

func toDecision(row *dbmodel.Decision) (ports.Decision, error) {
	kind, ok := eventKind(row.Decision)
	if !ok {
		return ports.Decision{}, corrupt("decision", row.Decision)
	}
	surface := tenancy.Surface(row.Surface)
	switch surface {
	case tenancy.Dashboard, tenancy.API, tenancy.Slack, tenancy.Form, tenancy.Pipeline, tenancy.Webhook:
	default:
		return ports.Decision{}, corrupt("surface", row.Surface)
	}
	return ports.Decision{
		Kind: kind, Version: row.DraftVersion, By: tenancy.UserID(row.DecidedBy), Surface: surface, Reason: row.Reason, Note: row.Note,
		At: row.CreatedAt.UTC(),
	}, nil
}

func eventKind(stored string) (workflows.EventKind, bool) {
	for _, known := range workflows.EventKinds() {
		if string(known) == stored {
			return known, true
		}
	}
	return "", false
}
