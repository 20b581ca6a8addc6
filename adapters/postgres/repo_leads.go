package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/aarondl/opt/omit"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/im"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

type leadRepo struct{ *session }

var _ ports.Leads = leadRepo{}

// Get implements ports.Leads.
func (r leadRepo) Get(ctx context.Context, id leads.ID) (leads.Lead, error) {
	if !isID(id) {
		return leads.Lead{}, unknown("get lead")
	}
	row, err := dbmodel.FindLead(ctx, r.exec, r.org(), string(id))
	if err != nil {
		return leads.Lead{}, failed("get lead", err)
	}
	lead, err := toLead(row)
	return lead, failed("get lead", err)
}

// knownBy is one way of knowing somebody. Each takes its newest from its own index. A lead is earlier when it did not come after the one that
// is left out.
const knownBy = `
(SELECT id FROM leads WHERE %s = ? AND id IS DISTINCT FROM ? AND created_at <= coalesce((SELECT created_at FROM leads WHERE id = ?), 'infinity')
 ORDER BY created_at DESC, id DESC LIMIT ?)`

// Known implements ports.Leads. A limit below 1 gives nothing.
func (r leadRepo) Known(ctx context.Context, q ports.KnownQuery) ([]leads.Lead, error) {
	var branches []string
	var args []any
	by := func(column, value string) {
		if value != "" {
			branches = append(branches, fmt.Sprintf(knownBy, column))
			args = append(args, value, argument(q.Except), argument(q.Except), q.Limit)
		}
	}
	by("email_normalised", strings.ToLower(q.Email))
	by("email_domain", strings.ToLower(q.Domain))
	by("company_normalised", normalisedCompany(q.Company))
	if len(branches) == 0 || q.Limit < 1 {
		return nil, nil
	}
	columns := dbmodel.Leads.Columns
	rows, err := dbmodel.Leads.Query(
		sm.Where(psql.Raw(`"leads"."id" IN (`+strings.Join(branches, " UNION ")+")", args...)),
		sm.OrderBy(columns.CreatedAt).Desc(), sm.OrderBy(columns.ID).Desc(), sm.Limit(psql.Arg(q.Limit)),
	).All(ctx, r.exec)
	if err != nil {
		return nil, failed("find known leads", err)
	}
	list, err := toLeads(rows)
	return list, failed("find known leads", err)
}

// Create implements ports.Leads. An id or a reference that is taken is a Conflict.
func (r leadRepo) Create(ctx context.Context, l leads.Lead, formID string) error {
	source, err := document("source", l.Source)
	if err != nil {
		return err
	}
	set := &dbmodel.LeadSetter{
		OrgID: omit.From(r.org()), ID: omit.From(string(l.ID)), UserID: orNull(l.UserID), AssignedTo: orNull(l.AssignedTo),
		FormID: orNull(formID), Reference: omit.From(l.Reference), Email: omit.From(l.Email.String()),
		EmailNormalised: omit.From(l.Email.Normalised()), EmailDomain: omit.From(l.Email.Domain()), Name: omit.From(l.Name),
		Company: orNull(l.Company), CompanyNormalised: orNull(normalisedCompany(l.Company)), Phone: orNull(l.Phone),
		Message: omit.From(l.Message), Fingerprint: omit.From(l.Fingerprint()), QualificationCategory: orNull(l.Category),
		QualificationReason: orNull(l.Reason), Status: omit.From(string(l.Status)), Source: omit.From(source),
	}
	if !l.CreatedAt.IsZero() {
		set.CreatedAt = omit.From(l.CreatedAt)
	}
	stored, err := dbmodel.Leads.Insert(set, im.OnConflict().DoNothing()).Exec(ctx, r.exec)
	if err != nil {
		return failed("create lead", err)
	}
	if stored == 0 {
		return failed("create lead", fault.New(fault.Conflict, "A lead of this id or reference exists already."))
	}
	return nil
}

func toLead(row *dbmodel.Lead) (leads.Lead, error) {
	status, ok := leads.ParseStatus(row.Status)
	if !ok {
		return leads.Lead{}, corrupt("status", row.Status)
	}
	category, err := categoryOf(row.QualificationCategory)
	if err != nil {
		return leads.Lead{}, err
	}
	var source leads.Source
	if err := decode("source", row.Source, &source); err != nil {
		return leads.Lead{}, err
	}
	return leads.Lead{
		ID: leads.ID(row.ID), UserID: tenancy.UserID(row.UserID.GetOrZero()), AssignedTo: tenancy.UserID(row.AssignedTo.GetOrZero()),
		Submission: leads.Submission{
			Email: leads.TrustedEmail(row.Email), Name: row.Name, Company: row.Company.GetOrZero(), Phone: row.Phone.GetOrZero(),
			Message: row.Message, Source: source,
		},
		Category: category, Reason: row.QualificationReason.GetOrZero(), Status: status, Reference: row.Reference,
		CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}, nil
}

func toLeads(rows dbmodel.LeadSlice) ([]leads.Lead, error) {
	list := make([]leads.Lead, 0, len(rows))
	for _, row := range rows {
		lead, err := toLead(row)
		if err != nil {
			return nil, err
		}
		list = append(list, lead)
	}
	return list, nil
}
