package fiberhttp

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// reviewAgain shows the review to somebody whose decision or draft was not taken: too late (409), or with something to correct (422). What they
// had typed is kept. Every other fault passes on.
func (s *Server) reviewAgain(c *fiber.Ctx, d deed, failure error) error {
	var f *fault.Error
	if !errors.As(failure, &f) || f.Kind != fault.Conflict && f.Kind != fault.Invalid {
		return alike(failure)
	}
	dossier, review, err := s.openReview(c, d.visitor, d.run)
	if err != nil {
		return err
	}
	d.keep(&review)
	if f.Kind == fault.Conflict || dossier.Run.State != workflows.AwaitingReview {
		review.Conflict = d.conflict(dossier)
	} else {
		review.Problems = problemsOf(f)
	}
	if d.fromLead() {
		return s.leadWith(c, d.visitor, dossier, status(f.Kind), func(page *web.LeadPage) { page.Review = &review })
	}
	page, _, err := s.queuePage(c, d.visitor)
	if err != nil {
		return err
	}
	page.Selected = &review
	stayAt(c, web.ReviewPath(string(d.run)))
	return s.render(c, status(f.Kind), web.ReviewQueue(page))
}

// leadAgain shows the lead to somebody whose action came at the wrong time, with the reason.
func (s *Server) leadAgain(c *fiber.Ctx, d deed, failure error) error {
	var f *fault.Error
	if !errors.As(failure, &f) || f.Kind != fault.Conflict {
		return alike(failure)
	}
	dossier, err := s.dossierOfRun(c, d.visitor, d.run)
	if err != nil {
		return err
	}
	return s.leadWith(c, d.visitor, dossier, status(f.Kind), func(page *web.LeadPage) {
		page.Shell.Toasts = append(page.Shell.Toasts, web.Toast{Tone: web.ToneWarning, Text: f.Message})
	})
}

// stayAt keeps the action's own path, which is no page, out of the address bar.
func stayAt(c *fiber.Ctx, path string) { c.Set("HX-Replace-Url", path) }

func problemsOf(f *fault.Error) web.Problems {
	problems := make(web.Problems, len(f.Fields))
	for i, field := range f.Fields {
		problems[i] = web.Problem{Field: field.Name, Text: field.Message}
	}
	return problems
}

// keep puts what was typed back into the review.
func (d deed) keep(review *web.Review) {
	if d.typed() {
		review.Draft.Subject, review.Draft.Body = d.subject(), d.body()
	}
	review.RejectReason, review.RejectNote = knownReason(d.form.Get(web.FieldReason)), d.form.Get(web.FieldNote)
}

// knownReason drops a reason that the select does not offer.
func knownReason(raw string) web.RejectReason {
	switch r := web.RejectReason(raw); r {
	case web.RejectWrongFacts, web.RejectTone, web.RejectWrongCategory, web.RejectSpam, web.RejectOther:
		return r
	}
	return ""
}

// conflict tells who was faster.
func (d deed) conflict(dossier console.Dossier) *web.Conflict {
	run, who := dossier.Run, peopleOf(dossier)
	if run.State == workflows.AwaitingReview {
		newer, _ := draftOf(dossier, run.DraftVersion)
		shown := versionOf(who, newer)
		return &web.Conflict{Kind: web.ConflictNewer, By: shown.Author, At: shown.At, Newer: &shown}
	}
	conflict := &web.Conflict{Kind: web.ConflictMoved, State: web.RunState(run.State), At: lastMoment(dossier), Typed: d.rescued(dossier)}
	if run.DecidedBy() == "" {
		return conflict
	}
	conflict.Kind, conflict.By, conflict.At, conflict.Outcome = web.ConflictDecided, who.name(run.DecidedBy()), run.DecidedAt, web.OutcomeApproved
	if run.RejectedBy != "" {
		conflict.Outcome = web.OutcomeRejected
	}
	for _, decision := range dossier.Decisions {
		if outcomeOf(decision.Kind) == conflict.Outcome {
			conflict.Surface = web.Surface(decision.Surface)
		}
	}
	return conflict
}

// rescued is what was typed and would be lost: nothing when it is a version that is stored.
func (d deed) rescued(dossier console.Dossier) *web.DraftVersion {
	if !d.typed() {
		return nil
	}
	typed := web.DraftVersion{Version: d.version(), Subject: d.subject(), Body: unixBreaks(d.body())}
	for _, draft := range dossier.Drafts {
		if draft.Subject == typed.Subject && draft.Body == typed.Body {
			return nil
		}
	}
	return &typed
}
