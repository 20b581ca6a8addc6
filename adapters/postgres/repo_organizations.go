package postgres

import (
	"context"

	"github.com/aarondl/opt/omit"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stephenafamo/bob/dialect/psql/im"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

type organizationRepo struct{ *session }

var _ ports.Organizations = organizationRepo{}

// Get implements ports.Organizations.
func (r organizationRepo) Get(ctx context.Context) (ports.OrganizationSettings, error) {
	row, err := dbmodel.FindOrganization(ctx, r.exec, r.org())
	if err != nil {
		return ports.OrganizationSettings{}, failed("get organization", err)
	}
	settings, err := toSettings(row)
	return settings, failed("get organization", err)
}

// Put implements ports.Organizations. Whose settings they are is the scope's to say, not the argument's.
func (r organizationRepo) Put(ctx context.Context, o ports.OrganizationSettings) error {
	criteria := o.Criteria
	if criteria == nil {
		criteria = map[leads.Category]string{}
	}
	doc, err := document("criteria", criteria)
	if err != nil {
		return err
	}
	set := &dbmodel.OrganizationSetter{
		OrgID: omit.From(r.org()), Name: omit.From(o.Name), Slug: omit.From(o.Slug), SupportAddress: omit.From(o.SupportAddress),
		SenderName: omit.From(o.SenderName), Signature: omit.From(o.Signature), Tone: omit.From(o.Tone), Criteria: omit.From(doc),
		AllowedLinks: omit.From(append([]string{}, o.AllowedLinks...)), DeclinePolitely: omit.From(o.DeclinePolitely),
		UndoDelay: omit.From(interval(o.UndoDelay)),
	}
	// What is left empty has the database's default.
	if o.Plan != "" {
		set.Plan = omit.From(o.Plan)
	}
	if o.OverLimit != "" {
		set.OverLimit = omit.From(string(o.OverLimit))
	}
	if o.TimeZone != "" {
		set.TimeZone = omit.From(o.TimeZone)
	}
	if o.ReviewDue > 0 {
		set.ReviewExpire.Set(interval(o.ReviewDue))
	}
	if !o.CreatedAt.IsZero() {
		set.CreatedAt = omit.From(o.CreatedAt)
	}
	_, err = dbmodel.Organizations.Insert(set, im.OnConflict("org_id").DoUpdate(
		im.SetExcluded("name", "slug", "plan", "over_limit", "support_address", "sender_name", "signature", "tone", "criteria",
			"allowed_links", "decline_politely", "undo_delay", "review_expire", "time_zone", "updated_at"),
	)).Exec(ctx, r.exec)
	return failed("put organization", err)
}

func toSettings(row *dbmodel.Organization) (ports.OrganizationSettings, error) {
	var none ports.OrganizationSettings
	if _, ok := billing.ParsePlan(row.Plan); !ok {
		return none, corrupt("plan", row.Plan)
	}
	policy := tenancy.OverLimit(row.OverLimit)
	switch policy {
	case tenancy.Hold, tenancy.Refuse:
	default:
		return none, corrupt("over_limit", row.OverLimit)
	}
	var criteria map[leads.Category]string
	if err := decode("criteria", row.Criteria, &criteria); err != nil {
		return none, err
	}
	for category := range criteria {
		if _, ok := leads.ParseCategory(string(category)); !ok {
			return none, corrupt("category", string(category))
		}
	}
	return ports.OrganizationSettings{
		Organization: tenancy.Organization{
			ID: tenancy.OrgID(row.OrgID), Name: row.Name, Slug: row.Slug, Plan: row.Plan, OverLimit: policy, SupportAddress: row.SupportAddress,
			SenderName: row.SenderName, Signature: row.Signature, Tone: row.Tone, UndoDelay: span(row.UndoDelay),
			ReviewDue: span(row.ReviewExpire.GetOr(pgtype.Interval{})), DeclinePolitely: row.DeclinePolitely, TimeZone: row.TimeZone,
			CreatedAt: row.CreatedAt.UTC(),
		},
		Criteria: criteria, AllowedLinks: row.AllowedLinks,
	}, nil
}
