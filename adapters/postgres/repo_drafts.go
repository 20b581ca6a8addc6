package postgres

import (
	"context"

	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type draftRepo struct{ *session }

var _ ports.Drafts = draftRepo{}

// addDraft finds the run first, so that another organization's run is one that there is not. An existing version changes nothing.
const addDraft = `
WITH shown AS (
  INSERT INTO drafts (org_id, id, workflow_id, version, subject, body, author, facts_used, created_at)
  SELECT org_id, ?, id, ?, ?, ?, ?, ?::jsonb, coalesce(?, clock_timestamp()) FROM workflows WHERE id = ?
  ON CONFLICT (org_id, workflow_id, version) DO NOTHING RETURNING org_id, workflow_id, version, subject, body)
UPDATE workflows w SET email_subject = s.subject, email_draft = s.body, draft_version = s.version, updated_at = now()
FROM shown s WHERE w.org_id = s.org_id AND w.id = s.workflow_id`

// Add implements ports.Drafts. NotFound when there is no such run.
func (r draftRepo) Add(ctx context.Context, run workflows.ID, d workflows.Draft) error {
	if !isID(run) {
		return unknown("add draft")
	}
	id, err := newID()
	if err != nil {
		return err
	}
	facts, err := document("facts_used", append([]string{}, d.FactsUsed...))
	if err != nil {
		return err
	}
	n, err := r.write(ctx, addDraft, id, d.Version, d.Subject, d.Body, argument(d.Author), raw(facts.Val), moment(d.CreatedAt), string(run))
	if err != nil {
		return failed("add draft", err)
	}
	if n == 0 {
		return failed("add draft", r.whyNot(ctx, run, d.Version))
	}
	r.changed(run)
	return nil
}

// whyNot tells an existing version from a missing run.
func (r draftRepo) whyNot(ctx context.Context, run workflows.ID, version int) error {
	if _, err := r.Get(ctx, run, version); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "Somebody was faster: this version of the draft exists already.")
}

// Get implements ports.Drafts.
func (r draftRepo) Get(ctx context.Context, run workflows.ID, version int) (workflows.Draft, error) {
	if !isID(run) {
		return workflows.Draft{}, unknown("get draft")
	}
	where := dbmodel.SelectWhere.Drafts
	row, err := dbmodel.Drafts.Query(where.WorkflowID.EQ(string(run)), where.Version.EQ(version)).One(ctx, r.exec)
	if err != nil {
		return workflows.Draft{}, failed("get draft", err)
	}
	draft, err := toDraft(row)
	return draft, failed("get draft", err)
}

// List implements ports.Drafts.
func (r draftRepo) List(ctx context.Context, run workflows.ID) ([]workflows.Draft, error) {
	if !isID(run) {
		return nil, nil
	}
	rows, err := dbmodel.Drafts.Query(dbmodel.SelectWhere.Drafts.WorkflowID.EQ(string(run)),
		sm.OrderBy(dbmodel.Drafts.Columns.Version)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list drafts", err)
	}
	list := make([]workflows.Draft, 0, len(rows))
	for _, row := range rows {
		draft, err := toDraft(row)
		if err != nil {
			return nil, failed("list drafts", err)
		}
		list = append(list, draft)
	}
	return list, nil
}

func toDraft(row *dbmodel.Draft) (workflows.Draft, error) {
	var facts []string
	if err := decode("facts_used", row.FactsUsed, &facts); err != nil {
		return workflows.Draft{}, err
	}
	return workflows.Draft{
		Version: row.Version, Subject: row.Subject, Body: row.Body, Author: tenancy.UserID(row.Author.GetOrZero()), FactsUsed: facts,
		CreatedAt: row.CreatedAt.UTC(),
	}, nil
}
