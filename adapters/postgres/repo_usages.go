package postgres

import (
	"context"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/ports"
)

type usageRepo struct{ *session }

var _ ports.Usages = usageRepo{}

// Current implements ports.Usages. The limit is the plan's of now. NotFound when the organization is not stored yet.
func (r usageRepo) Current(ctx context.Context) (billing.Usage, error) {
	account, err := readAccount(ctx, r.session)
	if err != nil {
		return billing.Usage{}, failed("read usage", err)
	}
	usage := account.usage
	rows, err := dbmodel.UsagePeriods.Query(dbmodel.SelectWhere.UsagePeriods.StartsAt.EQ(usage.Period.Start)).All(ctx, r.exec)
	if err != nil {
		return billing.Usage{}, failed("read usage", err)
	}
	if len(rows) > 0 {
		usage.Used = rows[0].Used
	}
	return usage, nil
}
