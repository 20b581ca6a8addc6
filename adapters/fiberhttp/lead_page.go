package fiberhttp

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// noSuchLead is the one answer for a foreign, an unknown, an unassigned and a malformed id.
func noSuchLead() error {
	return fault.New(fault.NotFound, "There is no such lead in your organization, or it is not assigned to you.")
}

// dossier reads the lead that the path names.
func (s *Server) dossier(c *fiber.Ctx, v accounts.Visitor) (console.Dossier, error) {
	id, ok := leads.ParseID(c.Params("id"))
	if !ok {
		return console.Dossier{}, noSuchLead()
	}
	d, err := s.Console.Lead(c.UserContext(), v.Scope, id)
	if fault.Is(err, fault.NotFound) {
		return d, noSuchLead()
	}
	return d, err
}

// leadPage shows everything about one lead.
func (s *Server) leadPage(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	d, err := s.dossier(c, v)
	if err != nil {
		return err
	}
	return s.leadWith(c, v, d, http.StatusOK, nil)
}

// leadTimeline answers the moving part of the page alone, for polling.
func (s *Server) leadTimeline(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	d, err := s.dossier(c, v)
	if err != nil {
		return err
	}
	live, err := liveOf(d, s.clock(v))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, web.LeadLive(live))
}

// leadWith draws the lead's page after a last change to it.
func (s *Server) leadWith(c *fiber.Ctx, v accounts.Visitor, d console.Dossier, code int, change func(*web.LeadPage)) error {
	shell := s.shell(c, v, d.Lead.Name, web.SectionLeads)
	live, err := liveOf(d, shell.Clock)
	if err != nil {
		return err
	}
	research, err := researchOf(d)
	if err != nil {
		return err
	}
	page := web.LeadPage{
		Shell: shell, Lead: leadOf(d), Live: live, Actions: actionsOf(v, d, shell.Clock.Now), Attention: attentionOf(d),
		Sources: sourcesOf(research, d), Drafts: versionsOf(d), Decisions: decisionsOf(d), Email: emailOf(d), Others: othersOf(d),
	}
	if d.Run != nil {
		draft, _ := draftOf(d, d.Run.DraftVersion)
		page.Facts = factsOf(research, draft)
		if d.Run.State == workflows.AwaitingReview {
			review, err := reviewOf(v, d)
			if err != nil {
				return err
			}
			page.Review = &review
		}
	}
	page.Shell.Notices = append(page.Shell.Notices, cardNotice(d)...)
	if change != nil {
		change(&page)
		stayAt(c, web.LeadPath(string(d.Lead.ID)))
	}
	return s.render(c, code, web.LeadView(page))
}

func leadOf(d console.Dossier) web.Lead {
	l := d.Lead
	return web.Lead{
		ID: string(l.ID), Name: l.Name, Email: l.Email.String(), Company: l.Company, Phone: l.Phone, Message: l.Message,
		Category: web.Category(l.Category), Reason: l.Reason, Confidence: d.Confidence, Status: web.LeadStatus(l.Status), Owner: peopleOf(d).name(l.AssignedTo),
		ReceivedAt: l.CreatedAt, Reference: l.Reference, Source: sourcePairs(l.Source),
	}
}

// sourcePairs shows what the form captured of where the lead came from.
func sourcePairs(s leads.Source) []web.Pair {
	var pairs []web.Pair
	add := func(label, value string) {
		if value != "" {
			pairs = append(pairs, web.Pair{Label: label, Value: value})
		}
	}
	switch s.Surface {
	case "form":
		add("Came by", "Hosted form")
	case "api":
		add("Came by", "API")
	}
	for _, utm := range [][2]string{
		{"Campaign", "utm_campaign"}, {"Campaign source", "utm_source"}, {"Medium", "utm_medium"}, {"Term", "utm_term"}, {"Content", "utm_content"},
	} {
		add(utm[0], s.UTM[utm[1]])
	}
	add("Referrer", s.Referrer)
	add("Landing page", s.LandingPage)
	return pairs
}

func othersOf(d console.Dossier) []web.LeadRow {
	rows := make([]web.LeadRow, 0, len(d.Known))
	for _, l := range d.Known {
		rows = append(rows, leadRow(l, "", ""))
	}
	return rows
}

func leadRow(l leads.Lead, state workflows.State, owner string) web.LeadRow {
	return web.LeadRow{
		ID: string(l.ID), Name: l.Name, Email: l.Email.String(), Company: l.Company, Category: web.Category(l.Category),
		Status: web.LeadStatus(l.Status), Run: web.RunState(state), Owner: owner, ReceivedAt: l.CreatedAt,
	}
}

// cardNotice says why this review is not in Slack, or not as it stands now.
func cardNotice(d console.Dossier) []web.Notice {
	if d.Card == nil || d.Card.Problem == "" || d.Card.Shown >= d.Card.Wanted {
		return nil
	}
	return []web.Notice{{
		Tone: web.ToneWarning, Text: "Slack does not show this as it is now", Since: d.Card.UpdatedAt,
		Detail: d.Card.Problem + " What is here counts.",
	}}
}

// unixBreaks undoes the line breaks of browsers' forms.
func unixBreaks(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
