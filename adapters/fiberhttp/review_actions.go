package fiberhttp

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// deed is an action on a run as it was posted.
type deed struct {
	visitor accounts.Visitor
	run     workflows.ID
	form    url.Values
}

func readDeed(c *fiber.Ctx) (deed, error) {
	v, err := visitor(c)
	if err != nil {
		return deed{}, err
	}
	id, err := runParam(c, "run")
	if err != nil {
		return deed{}, err
	}
	form, err := formValues(c)
	return deed{visitor: v, run: id, form: form}, err
}

// version is the draft version that the person saw; 0, which the use case refuses, when the form does not say.
func (d deed) version() int {
	n, err := strconv.Atoi(d.form.Get(web.FieldDraftVersion))
	if err != nil {
		return 0
	}
	return n
}

func (d deed) subject() string { return d.form.Get(web.FieldSubject) }
func (d deed) body() string    { return d.form.Get(web.FieldBody) }

// typed tells whether the form carried a draft.
func (d deed) typed() bool { return d.form.Has(web.FieldSubject) || d.form.Has(web.FieldBody) }

// fromLead tells that the action was taken on the lead's page.
func (d deed) fromLead() bool { return d.form.Get(web.FieldFrom) == web.FromLead }

// back is where the person goes on: on the lead's page they stay, in the queue the next review comes up.
func (d deed) back(run workflows.Run) string {
	if d.fromLead() {
		return web.LeadPath(string(run.LeadID))
	}
	return web.PathReview
}

// stay is where a person goes on who is not finished with the review.
func (d deed) stay(run workflows.Run) string {
	if d.fromLead() {
		return web.LeadPath(string(run.LeadID))
	}
	return web.ReviewPath(string(run.ID))
}

// approveDraft lets the reply out. Words that differ from the version that was seen become a version of their own first; those who may not edit
// have them read only.
func (s *Server) approveDraft(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	var run workflows.Run
	if d.typed() && d.visitor.Scope.HasPermission(tenancy.LeadsEdit) {
		run, err = s.Desk.EditAndApprove(c.UserContext(), d.visitor.Scope, d.run, d.version(), d.subject(), d.body())
	} else {
		run, err = s.Desk.Approve(c.UserContext(), d.visitor.Scope, d.run, d.version())
	}
	if err != nil {
		return s.reviewAgain(c, d, err)
	}
	what := doneApproved
	if d.visitor.Organization.UndoDelay > 0 {
		what = doneUndoable
	}
	return s.did(c, what, run.ID, d.back(run))
}

// saveDraft keeps the person's words as the next version.
func (s *Server) saveDraft(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	run, err := s.Desk.Edit(c.UserContext(), d.visitor.Scope, d.run, d.version(), d.subject(), d.body())
	if err != nil {
		return s.reviewAgain(c, d, err)
	}
	return s.did(c, doneSaved, run.ID, d.stay(run))
}

// rejectDraft ends the run without a reply.
func (s *Server) rejectDraft(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	reason, note := d.form.Get(web.FieldReason), d.form.Get(web.FieldNote)
	run, err := s.Desk.Reject(c.UserContext(), d.visitor.Scope, d.run, d.version(), reason, note)
	if err != nil {
		return s.reviewAgain(c, d, err)
	}
	return s.did(c, doneRejected, run.ID, d.back(run))
}
