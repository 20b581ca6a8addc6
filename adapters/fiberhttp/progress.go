package fiberhttp

import (
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// progressOf is where the lead stands on its way.
func progressOf(d console.Dossier, clock web.Clock) web.Progress {
	p := web.Progress{Status: web.LeadStatus(d.Lead.Status)}
	if d.Run == nil {
		return p
	}
	run := d.Run
	p.State, p.DraftVersion = web.RunState(run.State), run.DraftVersion
	p.At = stoppedAt(d)
	p.NoReply = run.State == workflows.Completed && run.DraftVersion == 0
	switch {
	case run.State == workflows.Sending && run.ApprovedBy != "" && clock.Now.Before(run.NotBefore):
		p.Waiting, p.Until = "the time to undo", run.NotBefore
	case run.State.Working() && run.WaitingFor != "":
		p.Waiting, p.Until = run.WaitingFor, run.WakeAt
	}
	return p
}

// stoppedAt is the step at which a run came to rest before its end.
func stoppedAt(d console.Dossier) web.Step {
	switch d.Run.State {
	case workflows.NeedsAttention, workflows.Failed:
		return stepOf(d.Run.Resume)
	case workflows.Rejected, workflows.Expired:
		return web.StepReview
	case workflows.Cancelled:
		return cancelledAt(d)
	case workflows.Queued, workflows.Researching, workflows.Qualifying, workflows.Drafting, workflows.AwaitingReview, workflows.Sending,
		workflows.Completed:
	}
	return web.StepNone
}

// cancelledAt looks for the last state of work before the cancellation.
func cancelledAt(d console.Dossier) web.Step {
	for i := len(d.Moments) - 1; i >= 0; i-- {
		if step := stepOf(workflows.State(d.Moments[i].Data["from"])); step != web.StepNone {
			return step
		}
	}
	return web.StepNone
}

// stepOf is the step in which a run of this state is.
func stepOf(s workflows.State) web.Step {
	switch s {
	case workflows.Queued, workflows.Researching:
		return web.StepResearch
	case workflows.Qualifying:
		return web.StepQualify
	case workflows.Drafting:
		return web.StepDraft
	case workflows.AwaitingReview:
		return web.StepReview
	case workflows.Sending:
		return web.StepSend
	case workflows.Completed, workflows.Rejected, workflows.Cancelled, workflows.Expired, workflows.Failed, workflows.NeedsAttention:
	}
	return web.StepNone
}
