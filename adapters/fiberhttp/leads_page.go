package fiberhttp

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// pageLength is how many leads a page of the list has.
const pageLength = 25

// leadsPage lists leads as the address filters them. A filter that does not exist shows everything; a cursor that cannot be read, the first page.
func (s *Server) leadsPage(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	page := web.LeadsPage{Filter: readLeadsFilter(c)}
	f := ports.LeadFilter{
		Text: page.Filter.Query, Status: leads.Status(page.Filter.Status), Category: leads.Category(page.Filter.Category),
		Cursor: page.Filter.Cursor, Limit: pageLength,
	}
	rows, next, err := s.Console.Leads(c.UserContext(), v.Scope, f)
	if fault.Is(err, fault.Invalid) && f.Cursor != "" {
		page.Filter.Cursor, f.Cursor = "", ""
		rows, next, err = s.Console.Leads(c.UserContext(), v.Scope, f)
	}
	if err != nil {
		return err
	}
	for _, row := range rows {
		page.Rows = append(page.Rows, leadRow(row.Lead, row.State, row.Owner))
	}
	page.NextCursor = next
	if len(rows) == 0 && page.Filter == (web.LeadsFilter{}) && v.Scope.HasPermission(tenancy.LeadsViewAll) {
		if page.Starter, err = s.starter(c, v); err != nil {
			return err
		}
	}
	page.Shell = s.shell(c, v, "Leads", web.SectionLeads)
	return s.render(c, http.StatusOK, web.Leads(page))
}

func readLeadsFilter(c *fiber.Ctx) web.LeadsFilter {
	f := web.LeadsFilter{Query: searchText(c.Query(web.QuerySearch)), Cursor: searchText(c.Query(web.QueryCursor))}
	if status, ok := leads.ParseStatus(c.Query(web.QueryStatus)); ok {
		f.Status = web.LeadStatus(status)
	}
	if category, ok := leads.ParseCategory(c.Query(web.QueryCategory)); ok {
		f.Category = web.Category(category)
	}
	return f
}

// starter helps to the first lead; nil while there is no form.
func (s *Server) starter(c *fiber.Ctx, v accounts.Visitor) (*web.LeadsStarter, error) {
	o, err := s.Console.Overview(c.UserContext(), v.Scope, s.clock(v).Zone)
	if err != nil {
		return nil, err
	}
	form, ok := openForm(o.Forms)
	if !ok {
		return nil, nil
	}
	return &web.LeadsStarter{
		FormURL: s.config.BaseURL + web.FormPath(form.Key), EmbedSnippet: web.EmbedSnippet(s.config.BaseURL, form.Key),
	}, nil
}

// openForm is the oldest form that takes submissions.
func openForm(forms []ports.Form) (ports.Form, bool) {
	for _, form := range forms {
		if form.Active {
			return form, true
		}
	}
	return ports.Form{}, false
}
