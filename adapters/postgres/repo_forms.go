package postgres

import (
	"context"

	"github.com/aarondl/opt/omit"
	"github.com/stephenafamo/bob/dialect/psql/im"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/ports"
)

type formRepo struct{ *session }

var _ ports.Forms = formRepo{}

// Get implements ports.Forms.
func (r formRepo) Get(ctx context.Context, id string) (ports.Form, error) {
	if !isID(id) {
		return ports.Form{}, unknown("get form")
	}
	row, err := dbmodel.FindForm(ctx, r.exec, r.org(), id)
	if err != nil {
		return ports.Form{}, failed("get form", err)
	}
	return toForm(row), nil
}

// List implements ports.Forms.
func (r formRepo) List(ctx context.Context) ([]ports.Form, error) {
	columns := dbmodel.Forms.Columns
	rows, err := dbmodel.Forms.Query(sm.OrderBy(columns.CreatedAt), sm.OrderBy(columns.ID)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list forms", err)
	}
	list := make([]ports.Form, 0, len(rows))
	for _, row := range rows {
		list = append(list, toForm(row))
	}
	return list, nil
}

// Put implements ports.Forms. A key that another form of the organization has is a Conflict.
func (r formRepo) Put(ctx context.Context, f ports.Form) error {
	_, err := dbmodel.Forms.Insert(&dbmodel.FormSetter{
		OrgID: omit.From(r.org()), ID: omit.From(f.ID), Key: omit.From(f.Key), Title: omit.From(f.Title), Intro: omit.From(f.Intro),
		Thanks: omit.From(f.Thanks), Accent: omit.From(f.Accent), AllowedOrigins: omit.From(append([]string{}, f.AllowedOrigins...)),
		Active: omit.From(f.Active),
	}, im.OnConflict("org_id", "id").DoUpdate(
		im.SetExcluded("key", "title", "intro", "thanks", "accent", "allowed_origins", "active", "updated_at"),
	)).Exec(ctx, r.exec)
	return failed("put form", err)
}

func toForm(row *dbmodel.Form) ports.Form {
	return ports.Form{
		ID: row.ID, Key: row.Key, Title: row.Title, Intro: row.Intro, Thanks: row.Thanks, Accent: row.Accent,
		AllowedOrigins: row.AllowedOrigins, Active: row.Active,
	}
}
