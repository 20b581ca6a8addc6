package review

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Approve lets the reply out: exactly the draft version that the person saw. Faults: Forbidden, NotFound, Invalid (no version), Conflict
// (somebody was faster, the draft has changed, not in review), with who and when, or the current version, among its details.
func (d *Desk) Approve(ctx context.Context, scope tenancy.Scope, id workflows.ID, version int) (workflows.Run, error) {
	if err := needVersion(version); err != nil {
		return workflows.Run{}, err
	}
	if err := scope.RequirePermission(tenancy.LeadsApprove); err != nil {
		return workflows.Run{}, err
	}
	var run workflows.Run
	err := d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		run, err = d.approveIn(ctx, s, scope, id, version)
		return err
	})
	return run, err
}

func (d *Desk) approveIn(
	ctx context.Context, s *ports.Store, scope tenancy.Scope, id workflows.ID, version int,
) (workflows.Run, error) {
	org, err := s.Organization.Get(ctx)
	if err != nil {
		return workflows.Run{}, err
	}
	return d.decideIn(ctx, s, scope, id, func(workflows.Run, time.Time) (transition.Input, error) {
		in := event(scope, workflows.ApprovedBy, version)
		in.Undo = org.UndoDelay
		return in, nil
	})
}

// EditAndApprove stores the person's words as a new draft version and lets that version out, both or neither. Words that equal the draft make
// no new version.
func (d *Desk) EditAndApprove(
	ctx context.Context, scope tenancy.Scope, id workflows.ID, version int, subject, body string,
) (workflows.Run, error) {
	if err := needVersion(version); err != nil {
		return workflows.Run{}, err
	}
	for _, p := range []tenancy.Permission{tenancy.LeadsEdit, tenancy.LeadsApprove} {
		if err := scope.RequirePermission(p); err != nil {
			return workflows.Run{}, err
		}
	}
	subject, body, err := cleanDraft(subject, body)
	if err != nil {
		return workflows.Run{}, err
	}
	var run workflows.Run
	err = d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		edited, err := d.editIn(ctx, s, scope, id, version, subject, body)
		if err != nil {
			return err
		}
		run, err = d.approveIn(ctx, s, scope, id, edited.DraftVersion)
		return err
	})
	return run, err
}

// Undo takes an approval back while the organization's undo delay lasts. Conflict once it has passed.
func (d *Desk) Undo(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error) {
	return d.withReviewDue(ctx, scope, id, workflows.Undone)
}

// Reopen puts an expired review back into the queue.
func (d *Desk) Reopen(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error) {
	return d.withReviewDue(ctx, scope, id, workflows.Reopened)
}

// withReviewDue applies an event by which a review begins anew.
func (d *Desk) withReviewDue(
	ctx context.Context, scope tenancy.Scope, id workflows.ID, kind workflows.EventKind,
) (workflows.Run, error) {
	if err := scope.RequirePermission(tenancy.LeadsApprove); err != nil {
		return workflows.Run{}, err
	}
	var run workflows.Run
	err := d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		run, err = d.decideIn(ctx, s, scope, id, func(_ workflows.Run, now time.Time) (transition.Input, error) {
			in := event(scope, kind, 0)
			var err error
			in.Due, err = d.mover.ReviewDue(ctx, s, now)
			return in, err
		})
		return err
	})
	return run, err
}
