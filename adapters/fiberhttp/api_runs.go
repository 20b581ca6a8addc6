package fiberhttp

import (
	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// apiRuns lists workflows, the newest first.
func (s *Server) apiRuns(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	q := readListQuery(c, "status", "lead_id", "assigned_to", "created_after", "created_before", "cursor", "limit")
	f := ports.RunFilter{
		State: oneOf(q, "status", workflows.ParseState, workflows.States()), Lead: q.lead(), AssignedTo: tenancy.UserID(q.text("assigned_to")),
		CreatedAfter: q.time("created_after"), CreatedBefore: q.time("created_before"), Cursor: q.text("cursor"), Limit: q.limit(),
	}
	if err := q.fault(); err != nil {
		return err
	}
	rows, next, err := s.Console.Runs(c.UserContext(), v.Scope, f)
	if err != nil {
		return err
	}
	list := listJSON[runJSON]{Data: make([]runJSON, len(rows)), NextCursor: orNull(next)}
	for i, row := range rows {
		list.Data[i] = runToJSON(row)
	}
	return c.JSON(list)
}

func (q *listQuery) lead() leads.ID {
	raw := q.text("lead_id")
	if raw == "" {
		return ""
	}
	id, ok := leads.ParseID(raw)
	if !ok {
		q.reject("lead_id", "This is no lead's id.")
	}
	return id
}

// apiRun gives one workflow with its steps.
func (s *Server) apiRun(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	id, err := runParam(c, "id")
	if err != nil {
		return err
	}
	row, steps, err := s.Console.Run(c.UserContext(), v.Scope, id)
	if err != nil {
		return alike(err)
	}
	out := runToJSON(row)
	out.Steps = stepsToJSON(steps)
	return c.JSON(out)
}

// answerRun gives the workflow after an action on it. The action is done, so trouble in reading it again does not turn the answer into a failure.
func (s *Server) answerRun(c *fiber.Ctx, v accounts.Visitor, run workflows.Run) error {
	row, steps, err := s.Console.Run(c.UserContext(), v.Scope, run.ID)
	if err != nil {
		s.Log.WarnContext(c.UserContext(), "a workflow could not be read after an action on it", "org", v.Scope.Org(), "run", run.ID, "error", err)
		row = ports.RunRow{Run: run}
	}
	out := runToJSON(row)
	out.Steps = stepsToJSON(steps)
	return c.JSON(out)
}
