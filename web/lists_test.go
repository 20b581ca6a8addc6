package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/web"
)

func TestLeadsFilterLivesInTheURL(t *testing.T) {
	t.Parallel()
	doc := document(t, web.Leads(web.LeadsPage{
		Shell:  memberShell(),
		Filter: web.LeadsFilter{Query: "a&b", Status: web.LeadHeld, Category: web.CategoryFollowUp, Cursor: "now"},
		Rows:   []web.LeadRow{{ID: "x/y", Name: "Jane", ReceivedAt: noon()}}, NextCursor: "next+1",
	}))
	assert.Equal(t, "a&b", doc.Find("[name=q]").AttrOr("value", ""))
	assert.Equal(t, "held", doc.Find("[name=status] option[selected]").AttrOr("value", ""))
	assert.Equal(t, "FOLLOW_UP", doc.Find("[name=category] option[selected]").AttrOr("value", ""))
	assert.Equal(t, "/leads?category=FOLLOW_UP&cursor=next%2B1&q=a%26b&status=held", doc.Find("a[rel=next]").AttrOr("href", ""))
	assert.Equal(t, "/leads?category=FOLLOW_UP&q=a%26b&status=held", doc.Find(".pager a").First().AttrOr("href", ""), "back to the first page")
	assert.Equal(t, "/leads/x%2Fy", doc.Find(".row-link").AttrOr("href", ""))
	assert.Equal(t, "1 lead on this page", words(doc.Find(".pager [role=status]")))
}

func TestLeadsEmptyStates(t *testing.T) {
	t.Parallel()
	none := document(t, web.Leads(web.LeadsPage{Shell: memberShell(), Filter: web.LeadsFilter{Query: "x"}}))
	assert.Contains(t, none.Find("#leads-list").Text(), "No lead matches")
	first := document(t, web.Leads(web.LeadsPage{Shell: memberShell(), ExportURL: "/export", Starter: &web.LeadsStarter{
		FormURL: "https://x.example/f/k", EmbedSnippet: web.EmbedSnippet("https://x.example", "k"),
	}}))
	assert.Contains(t, first.Find("#snippet").Text(), `data-form="k"`)
	assert.Equal(t, "https://x.example/f/k", first.Find("a[target=_blank]").AttrOr("href", ""))
	assert.Zero(t, first.Find("#content form").Length())
}

func TestOverviewCountsInWords(t *testing.T) {
	t.Parallel()
	page := web.OverviewPage{
		Shell: memberShell(), AwaitingReview: 1234, MedianReply: 61 * time.Minute,
		Quota: &web.Quota{Plan: "Starter", Used: 100, Limit: 100, Held: 1, ResetsAt: noon().Add(8 * 24 * time.Hour)},
	}
	doc := document(t, web.Overview(page))
	assert.Equal(t, "1,234", doc.Find(".stat-tile dd").First().Text())
	assert.Contains(t, words(doc.Find("#content")), "within 1 hour.")
	assert.Contains(t, words(doc.Find("#content")), "1 lead is held until")
	assert.Equal(t, "100", doc.Find("progress").AttrOr("value", ""))
	assert.Equal(t, "100", doc.Find("progress").AttrOr("max", ""))
	assert.Contains(t, words(doc.Find("#content")), "Resets on 1 Dec")

	page.Quota = &web.Quota{Plan: "Enterprise", Used: 3}
	assert.Zero(t, document(t, web.Overview(page)).Find("progress").Length())
}

func TestChecklistGoesWhenItIsDone(t *testing.T) {
	t.Parallel()
	page := web.OverviewPage{Shell: memberShell(), Checklist: []web.ChecklistItem{
		{Title: "Form", Done: true}, {Title: "Slack", Href: "/slack/install", Link: "Connect"},
	}}
	doc := document(t, web.Overview(page))
	assert.Contains(t, words(doc.Find(".checklist").Parent()), "1 of 2 done")
	assert.Equal(t, "/slack/install", doc.Find(".checklist a").AttrOr("href", ""))
	page.Checklist[1].Done = true
	assert.Zero(t, document(t, web.Overview(page)).Find(".checklist").Length())
}

func TestNavigationFollowsTheStruct(t *testing.T) {
	t.Parallel()
	shell := memberShell()
	shell.Section, shell.AwaitingReview = web.SectionReview, 3
	doc := document(t, web.Leads(web.LeadsPage{Shell: shell}))
	assert.Equal(t, "/review", doc.Find("#nav a[aria-current=page]").AttrOr("href", ""))
	assert.Equal(t, "3 awaiting review", words(doc.Find("#nav .count")))
	assert.Zero(t, doc.Find(".sandbox-bar").Length())

	shell.ShowReview, shell.ShowOverview, shell.Sandbox = false, false, &web.Sandbox{MailboxURL: "/mail"}
	doc = document(t, web.Leads(web.LeadsPage{Shell: shell}))
	assert.Equal(t, 1, doc.Find("#nav a").Length())
	assert.Contains(t, doc.Find(".sandbox-bar").Text(), "Sandbox: no email leaves this machine")
	assert.Equal(t, 1, doc.Find(".sandbox-bar a").Length())
}

func TestErrorPagesNameWhatIsMissing(t *testing.T) {
	t.Parallel()
	shell := memberShell()
	forbidden := document(t, web.Error(web.ErrorPage{Status: 403, Shell: &shell, Permission: "settings:manage", Ask: "Ada Park"}))
	assert.Equal(t, "Missingsettings:manageAskAda Park", words(forbidden.Find("#content dl")))
	broken := document(t, web.Error(web.ErrorPage{Status: 500, Incident: "inc-1"}))
	assert.Contains(t, words(broken.Find("main")), "Incident inc-1")
	assert.Contains(t, words(document(t, web.Error(web.ErrorPage{Status: 503, Wait: 61 * time.Second})).Find("main")), "Try again in 2 minutes.")
}
