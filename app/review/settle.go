package review

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// ConfirmSent settles a doubtful email as gone: the person looked and found it.
func (d *Desk) ConfirmSent(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error) {
	if err := scope.RequirePermission(tenancy.LeadsApprove); err != nil {
		return workflows.Run{}, err
	}
	var run workflows.Run
	err := d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		if run, err = d.decideIn(ctx, s, scope, id, plain(scope, workflows.ConfirmedSent)); err != nil {
			return err
		}
		if err := s.Steps.Record(ctx, id, string(workflows.StepSend), nil); err != nil {
			return err
		}
		last, err := s.Emails.Last(ctx, id)
		if err != nil {
			return err
		}
		return s.Emails.SetStatus(ctx, last.ID, ports.EmailDoubtful, ports.EmailSent, "")
	})
	return run, err
}

// SendAgain settles a doubtful email as not gone: the same words leave once more, as a new email.
func (d *Desk) SendAgain(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error) {
	return d.decide(ctx, scope, tenancy.LeadsApprove, id, plain(scope, workflows.SendAgain))
}

// Cancel stops a run before anything was approved.
func (d *Desk) Cancel(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error) {
	return d.decide(ctx, scope, tenancy.WorkflowsCancel, id, plain(scope, workflows.CancelledBy))
}

// Retry takes a failed run, or one that needs attention, up again where it stood.
func (d *Desk) Retry(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error) {
	return d.decide(ctx, scope, tenancy.WorkflowsCancel, id, plain(scope, workflows.Retried))
}

func plain(scope tenancy.Scope, kind workflows.EventKind) transition.Build {
	return func(workflows.Run, time.Time) (transition.Input, error) { return event(scope, kind, 0), nil }
}
