package fiberhttp

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
)

// approval is the body of POST /api/workflows/{id}/approve.
type approval struct {
	DraftVersion int `json:"draft_version"`
}

// rejection is the body of POST /api/workflows/{id}/reject.
type rejection struct {
	DraftVersion int     `json:"draft_version"`
	Reason       string  `json:"reason"`
	Note         *string `json:"note"`
}

// edit is the body of PATCH /api/workflows/{id}. What is left out stays as it is.
type edit struct {
	DraftVersion int     `json:"draft_version"`
	EmailSubject *string `json:"email_subject"`
	EmailDraft   *string `json:"email_draft"`
}

// target is who acts on which workflow.
func target(c *fiber.Ctx) (accounts.Visitor, workflows.ID, error) {
	v, err := visitor(c)
	if err != nil {
		return v, "", err
	}
	id, err := runParam(c, "id")
	return v, id, err
}

// apiApprove lets the reply out: exactly the version that is named.
func (s *Server) apiApprove(c *fiber.Ctx) error {
	v, id, err := target(c)
	if err != nil {
		return err
	}
	var body approval
	if err := readJSON(c, &body); err != nil {
		return err
	}
	run, err := s.Desk.Approve(c.UserContext(), v.Scope, id, body.DraftVersion)
	if err != nil {
		return alike(err)
	}
	return s.answerRun(c, v, run)
}

// apiReject ends the workflow without a reply.
func (s *Server) apiReject(c *fiber.Ctx) error {
	v, id, err := target(c)
	if err != nil {
		return err
	}
	var body rejection
	if err := readJSON(c, &body); err != nil {
		return err
	}
	var note string
	if body.Note != nil {
		note = *body.Note
	}
	run, err := s.Desk.Reject(c.UserContext(), v.Scope, id, body.DraftVersion, body.Reason, note)
	if err != nil {
		return alike(err)
	}
	return s.answerRun(c, v, run)
}

// apiEditRun writes a new version of the draft.
func (s *Server) apiEditRun(c *fiber.Ctx) error {
	v, id, err := target(c)
	if err != nil {
		return err
	}
	var body edit
	if err := readJSON(c, &body); err != nil {
		return err
	}
	if body.EmailSubject == nil && body.EmailDraft == nil {
		return fault.InvalidFields(fault.Field{Name: "email_draft", Message: "Send email_subject, email_draft, or both."})
	}
	if body.EmailSubject == nil || body.EmailDraft == nil {
		// What is filled in belongs to the current version; when that is not the version named, the edit is refused below.
		row, _, err := s.Console.Run(c.UserContext(), v.Scope, id)
		if err != nil {
			return alike(err)
		}
		if body.EmailSubject == nil {
			body.EmailSubject = &row.Subject
		}
		if body.EmailDraft == nil {
			body.EmailDraft = &row.Body
		}
	}
	run, err := s.Desk.Edit(c.UserContext(), v.Scope, id, body.DraftVersion, *body.EmailSubject, *body.EmailDraft)
	if err != nil {
		return alike(err)
	}
	return s.answerRun(c, v, run)
}

func (s *Server) apiCancel(c *fiber.Ctx) error { return s.apiAct(c, s.Desk.Cancel) }

func (s *Server) apiRetry(c *fiber.Ctx) error { return s.apiAct(c, s.Desk.Retry) }

// apiAct does what needs no body; an empty object is taken too.
func (s *Server) apiAct(c *fiber.Ctx, do ofRun) error {
	v, id, err := target(c)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(c.BodyRaw())) > 0 {
		if err := readJSON(c, &struct{}{}); err != nil {
			return err
		}
	}
	run, err := do(c.UserContext(), v.Scope, id)
	if err != nil {
		return alike(err)
	}
	return s.answerRun(c, v, run)
}
