package fiberhttp

import (
	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// reviewOf is the review of a lead's current draft as this person sees it. The dossier must have a run.
func reviewOf(v accounts.Visitor, d console.Dossier) (web.Review, error) {
	research, err := researchOf(d)
	if err != nil {
		return web.Review{}, err
	}
	who := peopleOf(d)
	draft, _ := draftOf(d, d.Run.DraftVersion)
	review := web.Review{
		RunID: string(d.Run.ID), LeadID: string(d.Lead.ID), Name: d.Lead.Name, Email: d.Lead.Email.String(), Company: d.Lead.Company,
		Phone: d.Lead.Phone, Owner: who.name(d.Lead.AssignedTo), Message: d.Lead.Message, ReceivedAt: d.Lead.CreatedAt, DueAt: d.Run.ReviewDue,
		Category: web.Category(d.Lead.Category), Reason: d.Lead.Reason, Confidence: d.Confidence, Facts: factsOf(research, draft),
		Draft: web.Draft{
			Version: d.Run.DraftVersion, To: d.Lead.Email.String(), From: v.Organization.Sender(), Subject: draft.Subject, Body: draft.Body,
			Author: who.name(draft.Author), At: draft.CreatedAt,
		},
		CanApprove: v.Scope.HasPermission(tenancy.LeadsApprove), CanEdit: v.Scope.HasPermission(tenancy.LeadsEdit),
	}
	if !review.CanApprove {
		review.Ask = who.approver()
	}
	return review, nil
}

// reviewItem is a run in the queue.
func reviewItem(r ports.RunRow) web.ReviewItem {
	return web.ReviewItem{
		RunID: string(r.ID), Name: r.Lead.Name, Company: r.Lead.Company, Category: web.Category(r.Lead.Category), Subject: r.Subject,
		ReceivedAt: r.Lead.CreatedAt, DueAt: r.ReviewDue,
	}
}

// versionsOf lists the drafts, the newest first.
func versionsOf(d console.Dossier) []web.DraftVersion {
	who := peopleOf(d)
	versions := make([]web.DraftVersion, 0, len(d.Drafts))
	for i := len(d.Drafts) - 1; i >= 0; i-- {
		versions = append(versions, versionOf(who, d.Drafts[i]))
	}
	return versions
}

func versionOf(who people, draft workflows.Draft) web.DraftVersion {
	return web.DraftVersion{
		Version: draft.Version, Author: who.name(draft.Author), At: draft.CreatedAt, Subject: draft.Subject, Body: draft.Body,
	}
}

// decisionsOf lists approvals and rejections, the newest first.
func decisionsOf(d console.Dossier) []web.Decision {
	who := peopleOf(d)
	var shown []web.Decision
	for i := len(d.Decisions) - 1; i >= 0; i-- {
		outcome := outcomeOf(d.Decisions[i].Kind)
		if outcome == "" {
			continue
		}
		decision := decisionOf(d.Decisions[i], who.name(d.Decisions[i].By))
		if draft, ok := draftOf(d, decision.Version); ok {
			decision.Edited = draft.Author != ""
		}
		shown = append(shown, decision)
	}
	return shown
}

func decisionOf(d ports.Decision, by string) web.Decision {
	decision := web.Decision{Outcome: outcomeOf(d.Kind), By: by, Surface: web.Surface(d.Surface), At: d.At, Version: d.Version, Note: d.Note}
	if decision.Outcome == web.OutcomeRejected {
		decision.Reason = web.RejectReason(d.Reason)
	}
	return decision
}

// outcomeOf is empty for decisions that are neither an approval nor a rejection.
func outcomeOf(kind workflows.EventKind) web.Outcome {
	if kind == workflows.ApprovedBy {
		return web.OutcomeApproved
	}
	if kind == workflows.RejectedBy {
		return web.OutcomeRejected
	}
	return ""
}
