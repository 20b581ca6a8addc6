package postgres

import (
	"context"

	"github.com/aarondl/opt/null"
	"github.com/aarondl/opt/omit"
	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/um"
	"github.com/stephenafamo/scan"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// SetJudgement implements ports.Leads.
func (r leadRepo) SetJudgement(ctx context.Context, id leads.ID, c leads.Category, reason string) error {
	return failed("judge lead", r.update(ctx, id, dbmodel.LeadSetter{QualificationCategory: orNull(c), QualificationReason: orNull(reason)}))
}

// SetStatus implements ports.Leads.
func (r leadRepo) SetStatus(ctx context.Context, id leads.ID, s leads.Status) error {
	return failed("set lead status", r.update(ctx, id, dbmodel.LeadSetter{Status: omit.From(string(s))}))
}

// SetDetails implements ports.Leads.
func (r leadRepo) SetDetails(ctx context.Context, id leads.ID, d ports.LeadDetails) error {
	set := dbmodel.LeadSetter{Name: omit.FromPtr(d.Name)}
	if d.Company != nil {
		set.Company, set.CompanyNormalised = orNull(*d.Company), orNull(normalisedCompany(*d.Company))
	}
	if d.Phone != nil {
		set.Phone = orNull(*d.Phone)
	}
	if d.AssignedTo != nil {
		if err := r.mayOwn(ctx, *d.AssignedTo); err != nil {
			return failed("set lead details", err)
		}
		set.AssignedTo = orNull(*d.AssignedTo)
	}
	return failed("set lead details", r.update(ctx, id, set))
}

// mayOwn refuses an owner who is no active member.
func (r leadRepo) mayOwn(ctx context.Context, user tenancy.UserID) error {
	if user == "" {
		return nil
	}
	where := dbmodel.SelectWhere.Members
	found, err := dbmodel.Members.Query(where.UserID.EQ(string(user)), where.Active.EQ(true)).Exists(ctx, r.exec)
	if err != nil {
		return err
	}
	if !found {
		return fault.InvalidFields(fault.Field{Name: "assigned_to", Message: "Choose an active member of your organization."})
	}
	return nil
}

// update writes to a lead, and notes that the page of its run looks different.
func (r leadRepo) update(ctx context.Context, id leads.ID, set dbmodel.LeadSetter) error {
	if !isID(id) {
		return fault.New(fault.NotFound, "There is no such lead.")
	}
	query := dbmodel.Leads.Update(set.UpdateMod(), um.SetCol("updated_at").To("now()"), dbmodel.UpdateWhere.Leads.ID.EQ(string(id)),
		um.Returning(psql.Raw(`(SELECT w.id FROM workflows w WHERE w.org_id = "leads".org_id AND w.lead_id = "leads".id) AS run`)))
	runs, err := bob.All(ctx, r.exec, query, scan.SingleColumnMapper[null.Val[string]])
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		return fault.New(fault.NotFound, "There is no such lead.")
	}
	if run, ok := runs[0].Get(); ok {
		r.changed(workflows.ID(run))
	}
	return nil
}
