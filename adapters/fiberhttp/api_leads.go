package fiberhttp

import (
	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// apiLeads lists leads, the newest first; a member who sees only their own gets those.
func (s *Server) apiLeads(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	q := readListQuery(c, "status", "category", "assigned_to", "q", "created_after", "created_before", "cursor", "limit")
	f := ports.LeadFilter{
		Status: oneOf(q, "status", leads.ParseStatus, leads.Statuses()), Category: oneOf(q, "category", leads.ParseCategory, leads.Categories()),
		AssignedTo: tenancy.UserID(q.text("assigned_to")), Text: q.text("q"), CreatedAfter: q.time("created_after"),
		CreatedBefore: q.time("created_before"), Cursor: q.text("cursor"), Limit: q.limit(),
	}
	if err := q.fault(); err != nil {
		return err
	}
	rows, next, err := s.Console.Leads(c.UserContext(), v.Scope, f)
	if err != nil {
		return err
	}
	list := listJSON[leadJSON]{Data: make([]leadJSON, len(rows)), NextCursor: orNull(next)}
	for i, row := range rows {
		list.Data[i] = leadToJSON(row.Lead, row.Run)
	}
	return c.JSON(list)
}

// apiLead gives one lead.
func (s *Server) apiLead(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	d, err := s.dossier(c, v)
	if err != nil {
		return err
	}
	var run workflows.ID
	if d.Run != nil {
		run = d.Run.ID
	}
	return c.JSON(leadToJSON(d.Lead, run))
}
