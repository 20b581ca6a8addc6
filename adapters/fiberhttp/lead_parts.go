package fiberhttp

import (
	"time"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// actionsOf says what the person may do now. The use cases check again.
func actionsOf(v accounts.Visitor, d console.Dossier, now time.Time) web.LeadActions {
	if d.Run == nil {
		return web.LeadActions{}
	}
	run := d.Run.Run
	approves, cancels := v.Scope.HasPermission(tenancy.LeadsApprove), v.Scope.HasPermission(tenancy.WorkflowsCancel)
	stopped := run.State == workflows.NeedsAttention || run.State == workflows.Failed
	actions := web.LeadActions{
		RunID:    string(run.ID),
		CanRetry: cancels && stopped && !run.Doubt, CanCancel: cancels && cancellable(run),
		CanSettle: approves && run.State == workflows.NeedsAttention && run.Doubt,
	}
	if approves && run.State == workflows.Sending && run.ApprovedBy != "" && now.Before(run.NotBefore) {
		actions.CanUndo, actions.UndoUntil = true, run.NotBefore
	}
	return actions
}

// cancellable tells whether nothing can have reached the prospect.
func cancellable(run workflows.Run) bool {
	switch run.State {
	case workflows.Queued, workflows.Researching, workflows.Qualifying, workflows.Drafting, workflows.AwaitingReview:
		return true
	case workflows.NeedsAttention, workflows.Failed:
		return run.Resume != workflows.Sending
	case workflows.Sending, workflows.Completed, workflows.Rejected, workflows.Cancelled, workflows.Expired:
	}
	return false
}

// attentionOf explains why a person is needed; nil when none is.
func attentionOf(d console.Dossier) *web.Attention {
	if d.Run == nil {
		return nil
	}
	a := &web.Attention{Kind: web.AttentionStuck, Step: stepOf(d.Run.Resume), Reason: d.Run.Problem, At: lastMoment(d)}
	switch {
	case d.Run.State == workflows.Failed:
		a.Kind = web.AttentionFailed
	case d.Run.State != workflows.NeedsAttention:
		return nil
	case d.Run.Doubt:
		a.Kind = web.AttentionDoubtfulSend
	}
	return a
}

// lastMoment is when the run last moved on.
func lastMoment(d console.Dossier) time.Time {
	if n := len(d.Moments); n > 0 {
		return d.Moments[n-1].At
	}
	return time.Time{}
}

// emailOf is the newest message that was not taken back; nil before there is one.
func emailOf(d console.Dossier) *web.SentEmail {
	for i := len(d.Emails) - 1; i >= 0; i-- {
		e := d.Emails[i]
		if e.Status == ports.EmailDropped {
			continue
		}
		shown := &web.SentEmail{
			To: e.To.String(), From: e.FromName, Subject: e.Subject, Body: e.Body, State: emailState(e.Status), At: e.HandedOverAt,
		}
		if e.Status == ports.EmailSent && !e.SentAt.IsZero() {
			shown.At = e.SentAt
		}
		if e.MessageID != "" {
			shown.MessageID = "<" + e.MessageID + ">"
		}
		return shown
	}
	return nil
}

func emailState(s ports.EmailStatus) web.EmailState {
	switch s {
	case ports.EmailSent:
		return web.EmailSent
	case ports.EmailDoubtful:
		return web.EmailDoubtful
	case ports.EmailRefused:
		return web.EmailFailed
	case ports.EmailQueued, ports.EmailHandingOver, ports.EmailDropped:
	}
	return web.EmailPending
}
