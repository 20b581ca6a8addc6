package review

import (
	"context"
	"errors"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// nameWinner turns "already decided" into who decided, when and how. A conflict that has another reason keeps its own words.
func (d *Desk) nameWinner(ctx context.Context, s *ports.Store, run workflows.Run, err error) error {
	by := run.DecidedBy()
	var conflict *fault.Error
	if by == "" || !errors.As(err, &conflict) || conflict.Details["decided_by"] == "" {
		return err
	}
	name := string(by)
	if m, lookup := s.Members.Get(ctx, by); lookup == nil {
		name = m.DisplayName()
	}
	org, lookup := s.Organization.Get(ctx)
	if lookup != nil {
		return lookup
	}
	verb := "approved"
	if run.RejectedBy != "" {
		verb = "rejected"
	}
	named := fault.Newf(fault.Conflict, "Already %s by %s at %s.", verb, name, run.DecidedAt.In(zone(org.TimeZone)).Format("15:04"))
	named.Details = conflict.Details
	return named.With("decided_by_name", name)
}

// zone is the named time zone, or UTC for a name that this machine does not know.
func zone(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC
}
