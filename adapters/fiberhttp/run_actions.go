package fiberhttp

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// ofRun is an action that needs nothing but to know which run.
type ofRun func(ctx context.Context, scope tenancy.Scope, id workflows.ID) (workflows.Run, error)

// undoApproval takes an approval back.
func (s *Server) undoApproval(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	run, err := s.Desk.Undo(c.UserContext(), d.visitor.Scope, d.run)
	if err != nil {
		return s.leadAgain(c, d, err)
	}
	return s.did(c, doneUndone, run.ID, d.stay(run))
}

// settleSend says what became of a doubtful email.
func (s *Server) settleSend(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	switch d.form.Get(web.FieldSettle) {
	case web.SettleWent:
		return s.act(c, d, s.Desk.ConfirmSent, doneWent)
	case web.SettleAgain:
		return s.act(c, d, s.Desk.SendAgain, doneSendAgain)
	}
	return fault.InvalidFields(fault.Field{Name: web.FieldSettle, Message: "Say whether the email went, or is to be sent again."})
}

// retryRun takes a stopped run up again.
func (s *Server) retryRun(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	return s.act(c, d, s.Desk.Retry, doneRetried)
}

// cancelRun stops a run.
func (s *Server) cancelRun(c *fiber.Ctx) error {
	d, err := readDeed(c)
	if err != nil {
		return err
	}
	return s.act(c, d, s.Desk.Cancel, doneCancelled)
}

// act does it and goes on to the lead's page.
func (s *Server) act(c *fiber.Ctx, d deed, do ofRun, what done) error {
	run, err := do(c.UserContext(), d.visitor.Scope, d.run)
	if err != nil {
		return s.leadAgain(c, d, err)
	}
	return s.did(c, what, run.ID, web.LeadPath(string(run.LeadID)))
}
