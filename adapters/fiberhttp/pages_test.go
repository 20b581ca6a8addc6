package fiberhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestReviewQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, first := b.waiting(acme, "Jane Doe")
	_, second := b.waiting(acme, "Aiko Tanaka")
	b.waiting(globex, "Foreign Person")

	page := b.get(moe, web.PathReview).want(http.StatusOK).page()
	items := page.Find("[data-review-item]")
	if items.Length() != 2 || text(items.First()) != "Jane Doe" {
		t.Errorf("the queue has %d items, first %q", items.Length(), text(items.First()))
	}
	if got := page.Find("[data-review]").AttrOr("data-review", ""); got != string(first) {
		t.Errorf("selected %q, want the longest waiting %q", got, first)
	}
	if text(page.Find("#nav .count")) != "2 awaiting review" {
		t.Errorf("badge %q", text(page.Find("#nav .count")))
	}

	page = b.get(moe, web.ReviewPath(string(second))).want(http.StatusOK).page()
	if got := page.Find("#review-title").Text(); !strings.Contains(got, "Aiko Tanaka") {
		t.Errorf("selected %q", got)
	}
	if got := page.Find("textarea[name=" + web.FieldBody + "]").Text(); strings.TrimPrefix(got, "\n") != modelBody {
		t.Errorf("draft %q", got)
	}
	if got := page.Find("input[name="+web.FieldDraftVersion+"]").First().AttrOr("value", ""); got != "1" {
		t.Errorf("version %q", got)
	}
	if !strings.Contains(page.Find("#review-pane").Text(), "They have 40 trucks") {
		t.Error("the facts are missing")
	}
	if strings.Contains(text(page.Selection), "Foreign") {
		t.Error("another organization's lead shows")
	}
}

func TestReviewQueueIsClear(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, run := b.waiting(acme, "Jane Doe")
	b.post(sam, web.ApprovePath(string(run)), form(1)).leadsTo(web.PathReview)
	page := b.get(moe, web.PathReview).want(http.StatusOK).page()
	if got := text(page.Find("#content")); !strings.Contains(got, "All clear") || !strings.Contains(got, "Sam Rivera approved Jane Doe") {
		t.Errorf("the empty queue says %q", got)
	}
	b.get(moe, web.ReviewPath(string(run))).leadsTo(leadPathOf(b, run))
}

func TestSlackTroubleShowsInTheQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.data.change(acme, func(tn *tenant) { tn.trouble, tn.troubleAt = "Slack refused the token.", start() })
	page := b.get(sam, web.PathReview).want(http.StatusOK).page()
	if got := text(page.Find("#notices")); !strings.Contains(got, "Slack refused the token.") {
		t.Errorf("notices %q", got)
	}
}

func TestLeadPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, _ := b.waiting(acme, "Jane Doe")
	b.waiting(acme, "Jane Again")
	page := b.get(sam, web.LeadPath(string(lead))).want(http.StatusOK).page()

	if got := text(page.Find("h1")); got != "Jane Doe" {
		t.Errorf("title %q", got)
	}
	timeline := text(page.Find("#timeline"))
	for _, want := range []string{
		"Message received", "Hosted form, campaign “autumn”", "Research started", "Searched “Northwind trucks” · 6 results", "Could not read",
		"The page could not be had.", "Searched earlier leads for “northwind.test” · 1 match", "Waiting for the model", "2 facts noted",
		"Research finished in 6.0 s", "Category: Qualified", "Draft version 1 written by the model", "Card posted in Slack", "#leads",
	} {
		if !strings.Contains(timeline, want) {
			t.Errorf("the timeline lacks %q:\n%s", want, timeline)
		}
	}
	if page.Find("#timeline").AttrOr("sse-connect", "") != web.LeadEventsPath(string(lead)) {
		t.Error("the timeline does not listen")
	}
	if page.Find("#draft-form").Length() != 1 || page.Find(`[data-confirm^="Cancel this run"]`).Length() != 1 {
		t.Error("an admin may decide and cancel here")
	}
	if got := text(page.Find("[aria-labelledby=others-title]")); !strings.Contains(got, "Qualified") {
		t.Errorf("the person's other lead is missing: %q", got)
	}
	if got := text(page.Find("[aria-labelledby=research-title]")); !strings.Contains(got, "About Northwind") || !strings.Contains(got, "not read") {
		t.Errorf("research %q", got)
	}

	fragment := b.get(sam, web.LeadTimelinePath(string(lead))).want(http.StatusOK)
	if strings.Contains(fragment.body, "<html") || fragment.page().Find("ol.timeline").Length() != 1 {
		t.Error("polling answers more, or less, than the moving part")
	}
}

func TestLeadPageOfEveryState(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	doubtful := func(_ *leads.Lead, r *run) {
		r.State, r.Resume, r.Doubt, r.Problem = workflows.NeedsAttention, workflows.Sending, true, "Nobody knows whether it went."
		r.ApprovedBy, r.DecidedAt = moe, start()
		r.emails = []ports.Email{{ID: "e1", Run: r.ID, To: leads.TrustedEmail("jane@northwind.test"), Subject: modelSubject, Status: ports.EmailDoubtful, MessageID: "e1@x"}}
	}
	stuck := func(_ *leads.Lead, r *run) {
		r.State, r.Resume, r.Problem = workflows.NeedsAttention, workflows.Drafting, "The model refused."
	}
	waits := func(l *leads.Lead, r *run) {
		l.Category = ""
		r.State, r.drafts, r.DraftVersion, r.research = workflows.Researching, nil, 0, nil
		r.carriage = ports.Carriage{WaitingFor: "the model", WakeAt: start()}
	}
	held := func(l *leads.Lead, r *run) { l.Status, l.Category, r.ID = leads.Held, "", "" }
	undoable := func(_ *leads.Lead, r *run) {
		r.State, r.ApprovedBy, r.DecidedAt, r.NotBefore = workflows.Sending, moe, start(), start().AddDate(1, 0, 0)
	}
	for _, tt := range []struct {
		name, selector, words string
		change                func(*leads.Lead, *run)
	}{
		{"doubtful", `input[name=outcome][value=went]`, "Did this email arrive?", doubtful},
		{"stuck", `form[action$="/retry"]`, "This needs a person: Drafting", stuck},
		{"waiting", "#stepper .step-waiting", "Waiting for the model", waits},
		{"held", "#stepper .step-person", "Held over the plan’s limit", held},
		{"undoable", `form[action$="/undo"]`, "The email goes out", undoable},
	} {
		lead, _ := b.waiting(acme, "Jane "+tt.name, tt.change)
		page := b.get(sam, web.LeadPath(string(lead))).want(http.StatusOK).page()
		if page.Find(tt.selector).Length() == 0 || !strings.Contains(text(page.Find("#content")), tt.words) {
			t.Errorf("%s: no %s, or no %q in %s", tt.name, tt.selector, tt.words, text(page.Find("#content")))
		}
	}
}

func TestLeadsPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	starter := b.get(sam, web.PathLeads).want(http.StatusOK).page()
	if got := text(starter.Find("#form-link")); got != "http://leadagent.test/f/acme-form" {
		t.Errorf("the first lead's help leads to %q", got)
	}
	for range 27 {
		b.waiting(acme, "Jane Doe")
	}
	b.waiting(acme, "Priya Raman", func(l *leads.Lead, _ *run) { l.Category, l.AssignedTo = leads.FollowUp, mia })
	all := b.get(sam, web.PathLeads).want(http.StatusOK).page()
	if n := all.Find("#leads-list tbody tr").Length(); n != 25 {
		t.Errorf("%d leads on the first page", n)
	}
	next := all.Find("a[rel=next]").AttrOr("href", "")
	if n := b.get(sam, next).want(http.StatusOK).page().Find("#leads-list tbody tr").Length(); n != 3 {
		t.Errorf("%d leads on the second page", n)
	}
	for _, path := range []string{"?q=priya", "?category=FOLLOW_UP", "?q=priya&status=pending&category=FOLLOW_UP"} {
		page := b.get(sam, web.PathLeads+path).want(http.StatusOK).page()
		if got := text(page.Find("#leads-list .row-link")); got != "Priya Raman" {
			t.Errorf("%s shows %q", path, got)
		}
	}
	b.get(sam, web.PathLeads+"?cursor=nonsense&status=nonsense").want(http.StatusOK)
	mine := b.get(mia, web.PathLeads).want(http.StatusOK).page()
	if got := text(mine.Find("#leads-list .row-link")); got != "Priya Raman" {
		t.Errorf("a member sees %q", got)
	}
	if mine.Find(`#nav a[href="/review"]`).Length() != 0 {
		t.Error("a member's menu offers what would be refused")
	}
}

func TestOverviewPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.waiting(acme, "Jane Doe")
	page := b.get(moe, web.PathDashboard).want(http.StatusOK).page()
	got := text(page.Find("#content"))
	for _, want := range []string{"Awaiting review1", "12 of 1,000", "Jane Doe"} {
		if !strings.Contains(got, want) {
			t.Errorf("the overview lacks %q: %s", want, got)
		}
	}
}

func TestPagesArePrivateAndHidden(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, run := b.waiting(acme, "Jane Doe", func(l *leads.Lead, _ *run) { l.AssignedTo = mia })
	unassigned, _ := b.waiting(acme, "Somebody Else")
	foreign, foreignRun := b.waiting(globex, "Foreign Person")

	for _, path := range []string{web.PathDashboard, web.PathReview, web.ReviewPath(string(run))} {
		b.get(mia, path).want(http.StatusForbidden)
	}
	own := b.get(mia, web.LeadPath(string(lead))).want(http.StatusOK)
	if own.page().Find("form[action*='/workflows/'], #draft-form, #reject").Length() != 0 {
		t.Error("a member is offered what would be refused")
	}
	if !strings.Contains(own.body, "You need leads:approve") || own.header.Get("Cache-Control") != "no-store" {
		t.Error("a member is not told what is missing, or the page may be kept")
	}
	b.get(mia, web.LeadPath(string(unassigned))).want(http.StatusNotFound)
	for _, of := range []string{"", "/timeline", "/events"} {
		same(t, b, web.LeadPath(string(foreign))+of, web.LeadPath(nobodysID)+of)
		b.get(sam, web.LeadPath("not-an-id")+of).want(http.StatusNotFound)
	}
	same(t, b, web.ReviewPath(string(foreignRun)), web.ReviewPath(nobodysID))

	r := b.request(http.MethodGet, web.LeadPath(string(lead)), "")
	b.do(r).leadsTo(web.PathSignIn + "?next=" + strings.ReplaceAll(web.LeadPath(string(lead)), "/", "%2F"))
}

// same checks that a foreign thing and one that does not exist answer alike.
func same(t *testing.T, b *bench, foreign, unknown string) {
	t.Helper()
	one, other := b.get(sam, foreign).want(http.StatusNotFound), b.get(sam, unknown).want(http.StatusNotFound)
	if one.body != other.body {
		t.Errorf("%s can be told from %s:\n%s\n%s", foreign, unknown, one.body, other.body)
	}
}

func leadPathOf(b *bench, id workflows.ID) string {
	var path string
	b.data.change(acme, func(tn *tenant) { path = web.LeadPath(string(tn.runs[id].LeadID)) })
	return path
}

const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><svg/onload=alert(1)>javascript:alert(1)`

func TestHostileTextNeverBecomesMarkup(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, run := b.waiting(acme, hostile, func(l *leads.Lead, r *run) {
		l.Company, l.Phone, l.Message, l.Reason, l.Reference = hostile, hostile, hostile, hostile, hostile
		l.Source = leads.Source{Surface: hostile, Referrer: hostile, LandingPage: "javascript:alert(1)", UTM: map[string]string{"utm_campaign": hostile}}
		r.drafts[0].Subject, r.drafts[0].Body = hostile, hostile
		r.research = []byte(`{"facts":[{"id":"f1","claim":"<script>1</script>","quotation":"<script>1</script>","source":"s1","source_kind":"page","url":"javascript:alert(1)"}],
			"sources":[{"id":"s1","kind":"page","url":"javascript:alert(1)","title":"<script>1</script>"}]}`)
		for i := range r.moments {
			for _, key := range []string{"argument", "note", "for", "problem", "channel", "by_name", "reason"} {
				r.moments[i].Data[key] = hostile
			}
		}
	})
	b.data.change(acme, func(tn *tenant) {
		m := tn.members[sam]
		m.Name = hostile
		tn.members[sam] = m
		tn.org.Name = hostile
		tn.trouble = hostile
	})
	for _, path := range []string{
		web.PathReview, web.ReviewPath(string(run)), web.LeadPath(string(lead)), web.LeadTimelinePath(string(lead)), web.PathLeads, web.PathDashboard,
		web.PathLeads + "?q=" + strings.ReplaceAll("<script>alert(1)</script>", "<", "%3C"),
	} {
		page := b.get(sam, path).want(http.StatusOK).page()
		page.Find("img, script:not([src^='/static/']), svg[onload], [onerror], [onload], a[href^='javascript']").Each(func(_ int, alive *goquery.Selection) {
			markup, err := goquery.OuterHtml(alive)
			t.Errorf("%s: this came alive: %s %v", path, markup, err)
		})
	}
}
