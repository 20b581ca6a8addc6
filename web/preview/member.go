package preview

import (
	"time"

	"github.com/leadagent/leadagent/web"
)

func (p people) rows() []web.LeadRow {
	return []web.LeadRow{
		{ID: "1", Name: p.say("Jane Doe"), Email: p.say("jane@northwind.example"), Company: p.say("Northwind"), Category: web.CategoryQualified, Status: web.LeadPending, Run: web.RunAwaitingReview, Owner: p.say("Sam Rivera"), ReceivedAt: ago(6 * time.Minute)},
		{ID: "2", Name: p.say("Tomás Herrera"), Email: p.say("tomas@lumen.example"), Company: p.say("Lumen Studio"), Status: web.LeadPending, Run: web.RunResearching, ReceivedAt: ago(40 * time.Second)},
		{ID: "3", Name: p.say("Priya Raman"), Email: p.say("priya.raman@contoso-manufacturing.example"), Company: p.say("Contoso Manufacturing International"), Category: web.CategoryFollowUp, Status: web.LeadApproved, Run: web.RunCompleted, Owner: p.say("Ada Park"), ReceivedAt: ago(2 * time.Hour)},
		{ID: "4", Name: p.say("Olu Adeyemi"), Email: p.say("olu@fabrikam.example"), Company: p.say("Fabrikam"), Category: web.CategorySupport, Status: web.LeadClosed, Run: web.RunCompleted, ReceivedAt: ago(3 * time.Hour)},
		{ID: "5", Name: p.say("Mei Lin"), Email: p.say("mei@adventure.example"), Category: web.CategoryQualified, Status: web.LeadPending, Run: web.RunNeedsAttention, Owner: p.say("Sam Rivera"), ReceivedAt: ago(5 * time.Hour)},
		{ID: "6", Name: p.say("Best SEO Offers"), Email: p.say("win@seo.example"), Category: web.CategoryUnqualified, Status: web.LeadClosed, Run: web.RunCompleted, ReceivedAt: ago(26 * time.Hour)},
		{ID: "7", Name: p.say("Henrik Lund"), Email: p.say("henrik@tailspin.example"), Company: p.say("Tailspin"), Category: web.CategoryFollowUp, Status: web.LeadRejected, Run: web.RunRejected, Owner: p.say("Ada Park"), ReceivedAt: ago(28 * time.Hour)},
		{ID: "8", Name: p.say("Noor Haddad"), Email: p.say("noor@wingtip.example"), Company: p.say("Wingtip"), Status: web.LeadHeld, ReceivedAt: ago(49 * time.Hour)},
	}
}

func (p people) overviewSamples() []Sample {
	full := web.OverviewPage{
		Shell: p.shell("Overview", web.SectionOverview), AwaitingReview: 4, NewToday: 12, SentThisWeek: 38, NeedsAttention: 1,
		NeedsAttentionURL: "/leads?status=pending", MedianReply: 47 * time.Minute, Latest: p.rows(),
		Quota: &web.Quota{Plan: "Starter", Used: 86, Limit: 100, Held: 1, ResetsAt: in(8 * 24 * time.Hour)},
	}
	full.Shell.Notices = []web.Notice{{Tone: web.ToneWarning, Text: "Slack cannot be reached", Since: ago(18 * time.Minute), Detail: "Reviews wait here."}}
	empty := web.OverviewPage{
		Shell: p.shell("Overview", web.SectionOverview), Quota: &web.Quota{Plan: "Enterprise"},
		Checklist: []web.ChecklistItem{
			{Title: "A form for your site", Detail: "It is ready.", Done: true},
			{Title: "Connect Slack", Detail: "Reviewers approve drafts where they already are. Without it, they do so here.", Href: "/slack/install", Link: "Connect Slack"},
			{Title: "A sender for the replies", Detail: "Replies go out from your own address.", Done: true},
			{Title: "A test lead", Detail: "Fill in your own form and watch it travel.", Href: "/f/acme-demo", Link: "Create a test lead", NewTab: true},
		},
	}
	empty.Shell.AwaitingReview = 0
	return []Sample{
		{Name: "overview", Path: web.PathDashboard, Member: true, Page: web.Overview(full)},
		{Name: "overview-empty", Path: web.PathDashboard, Member: true, Page: web.Overview(empty)},
	}
}

func (p people) leadsSamples() []Sample {
	shell := p.shell("Leads", web.SectionLeads)
	shell.Toasts = []web.Toast{{Tone: web.ToneSuccess, Text: "Approved. The email goes out in 30 seconds.", UndoRunID: "r1"}}
	list := web.LeadsPage{Shell: shell, Rows: p.rows(), NextCursor: "abc", ExportURL: "/api/leads/export.csv"}
	none := web.LeadsPage{Shell: p.shell("Leads", web.SectionLeads), Filter: web.LeadsFilter{Query: p.say("zebra"), Status: web.LeadHeld}}
	start := web.LeadsPage{Shell: p.shell("Leads", web.SectionLeads), Starter: &web.LeadsStarter{
		FormURL: "http://localhost:8080/f/acme-demo", EmbedSnippet: web.EmbedSnippet("http://localhost:8080", "acme-demo"),
	}}
	member := web.LeadsPage{Shell: p.shell("Leads", web.SectionLeads), Rows: p.rows()[:1], Filter: web.LeadsFilter{Cursor: "x"}}
	member.Shell.ShowReview, member.Shell.ShowOverview, member.Shell.Sandbox = false, false, nil
	return []Sample{
		{Name: "leads", Path: web.PathLeads, Member: true, Page: web.Leads(list)},
		{Name: "leads-no-match", Path: web.PathLeads, Member: true, Page: web.Leads(none)},
		{Name: "leads-starter", Path: web.PathLeads, Member: true, Page: web.Leads(start)},
		{Name: "leads-member", Path: web.PathLeads, Member: true, Page: web.Leads(member)},
		{Name: "leads-fragment", Path: web.PathLeads, Member: true, Fragment: true, Page: web.LeadsList(list)},
	}
}
