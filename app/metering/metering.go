// Package metering says how much of its plan an organization has used. The counting itself is part of the intake's transaction.
package metering

import (
	"context"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// Metering reads usage.
type Metering struct{ work ports.UnitOfWork }

// New makes a Metering.
func New(work ports.UnitOfWork) *Metering { return &Metering{work: work} }

// Stats gives the usage of the period that holds now.
func (m *Metering) Stats(ctx context.Context, scope tenancy.Scope) (billing.Usage, error) {
	if err := scope.RequirePermission(tenancy.AnalyticsViewAll); err != nil {
		return billing.Usage{}, err
	}
	var usage billing.Usage
	err := m.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		usage, err = s.Usage.Current(ctx)
		return err
	})
	return usage, err
}
