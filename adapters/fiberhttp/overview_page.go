package fiberhttp

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/web"
)

// overviewPage shows an organization at a glance.
func (s *Server) overviewPage(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	o, err := s.Console.Overview(c.UserContext(), v.Scope, s.clock(v).Zone)
	if err != nil {
		return err
	}
	page := web.OverviewPage{
		Shell:          s.shell(c, v, "Overview", web.SectionOverview),
		AwaitingReview: o.Counts.AwaitingReview, NewToday: o.Counts.NewToday, SentThisWeek: o.Counts.SentThisWeek,
		NeedsAttention: o.Counts.NeedsAttention, Quota: quotaOf(v, o.Usage), Checklist: s.checklist(o),
	}
	if o.SlackTrouble != "" {
		page.Shell.Notices = append(page.Shell.Notices, slackNotice(o.SlackTrouble, o.TroubleSince))
	}
	for _, row := range o.Latest {
		page.Latest = append(page.Latest, leadRow(row.Lead, row.State, row.Owner))
	}
	return s.render(c, http.StatusOK, web.Overview(page))
}

func quotaOf(v accounts.Visitor, u billing.Usage) *web.Quota {
	return &web.Quota{
		Plan: billing.Plan(v.Organization.Plan).Terms().Title, Used: u.Used, Limit: u.Limit, ResetsAt: u.Period.End,
	}
}

// checklist is what an organization sets up first.
func (s *Server) checklist(o console.Overview) []web.ChecklistItem {
	form, ok := openForm(o.Forms)
	list := []web.ChecklistItem{{Title: "A form for your site", Detail: "Prospects write to you through it.", Done: ok}}
	if s.Clicks != nil {
		list = append(list, web.ChecklistItem{
			Title: "Slack", Detail: "Reviewers decide where they already are. Without it, they do so here.", Done: o.Slack,
		})
	}
	test := web.ChecklistItem{Title: "A test lead", Detail: "Fill in your own form and watch it travel.", Done: o.Counts.Leads > 0}
	if ok {
		test.Href, test.Link, test.NewTab = s.config.BaseURL+web.FormPath(form.Key), "Create a test lead", true
	}
	return append(list, test)
}
