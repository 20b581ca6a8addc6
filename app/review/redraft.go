package review

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// Redraft sends the draft back to the writer with what the person asks of the next one. Faults as with Approve; Invalid without feedback;
// Conflict after workflows.MaxRedrafts.
func (d *Desk) Redraft(
	ctx context.Context, scope tenancy.Scope, id workflows.ID, version int, feedback string,
) (workflows.Run, error) {
	if err := needVersion(version); err != nil {
		return workflows.Run{}, err
	}
	feedback, err := parseNote(feedback)
	if err != nil {
		return workflows.Run{}, err
	}
	if feedback == "" {
		return workflows.Run{}, fault.InvalidFields(fault.Field{Name: "note", Message: "Say what the next draft should do better."})
	}
	return d.decide(ctx, scope, tenancy.LeadsApprove, id, func(workflows.Run, time.Time) (transition.Input, error) {
		in := event(scope, workflows.RedraftWanted, version)
		in.Note = feedback
		return in, nil
	})
}
