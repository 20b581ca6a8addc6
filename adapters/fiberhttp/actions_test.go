package fiberhttp_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// form is the fields of a review as a browser sends them, line breaks as CR LF.
func form(version int) url.Values {
	return url.Values{
		web.FieldDraftVersion: {strconv.Itoa(version)}, web.FieldSubject: {modelSubject}, web.FieldBody: {strings.ReplaceAll(modelBody, "\n", "\r\n")},
		web.FieldFrom: {web.FromReview},
	}
}

func (b *bench) stored(id workflows.ID) run {
	var found run
	b.data.change(acme, func(tn *tenant) { found = *tn.runs[id] })
	return found
}

func TestApprove(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, id := b.waiting(acme, "Jane Doe")
	answer := b.post(moe, web.ApprovePath(string(id)), form(1)).leadsTo(web.PathReview)
	got := b.stored(id)
	if got.State != workflows.Sending || got.ApprovedBy != moe || len(got.drafts) != 1 {
		t.Errorf("the run is %s, approved by %q, with %d versions", got.State, got.ApprovedBy, len(got.drafts))
	}
	if len(got.emails) != 1 || got.emails[0].Body != modelBody || got.emails[0].To.String() != "jane@northwind.test" {
		t.Errorf("the email is %+v", got.emails)
	}
	page := b.get(moe, web.PathReview, answer.cookies()...)
	if got := text(page.page().Find("#toasts")); !strings.Contains(got, "Approved. The email is on its way.") {
		t.Errorf("the next page says %q", got)
	}
	if left := page.cookies(); len(left) != 1 || left[0].Name != "done" || left[0].Value != "" || left[0].Expires.After(start()) {
		t.Errorf("the message would show again: %v", left)
	}
}

func TestApproveWithEdits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, id := b.waiting(acme, "Jane Doe")
	fields := form(1)
	fields.Set(web.FieldBody, "Hi Jane,\r\n\r\nshort and good.")
	fields.Set(web.FieldFrom, web.FromLead)
	b.post(moe, web.ApprovePath(string(id)), fields).leadsTo(web.LeadPath(string(lead)))
	got := b.stored(id)
	if len(got.drafts) != 2 || got.DraftVersion != 2 || got.emails[0].Body != "Hi Jane,\n\nshort and good." || got.drafts[1].Author != moe {
		t.Errorf("versions %+v, email %+v", got.drafts, got.emails)
	}
	page := text(b.get(sam, web.LeadPath(string(lead))).page().Find("#content"))
	for _, want := range []string{"Draft version 2 by Moe Meier", "Moe Meier approved version 2 in the dashboard", "version 2, edited"} {
		if !strings.Contains(page, want) {
			t.Errorf("the lead's page lacks %q: %s", want, page)
		}
	}
}

func TestUndo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.data.change(acme, func(tn *tenant) { tn.org.UndoDelay = time.Hour })
	_, id := b.waiting(acme, "Jane Doe")
	approved := b.post(moe, web.ApprovePath(string(id)), form(1)).leadsTo(web.PathReview)
	toast := b.get(moe, web.PathReview, approved.cookies()...).page().Find("#toasts form")
	if toast.AttrOr("action", "") != web.UndoPath(string(id)) {
		t.Fatalf("no way to undo is offered: %q", toast.AttrOr("action", ""))
	}
	b.post(moe, web.UndoPath(string(id)), url.Values{web.FieldFrom: {web.FromReview}}).leadsTo(web.ReviewPath(string(id)))
	if got := b.stored(id); got.State != workflows.AwaitingReview || got.emails[0].Status != ports.EmailDropped {
		t.Errorf("the run is %s, its email %s", got.State, got.emails[0].Status)
	}
	late := b.post(moe, web.UndoPath(string(id)), url.Values{}).want(http.StatusConflict)
	if got := text(late.page().Find("#toasts")); !strings.Contains(got, "waiting for a review") {
		t.Errorf("too late says %q", got)
	}
}

func TestSaveDraft(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, id := b.waiting(acme, "Jane Doe")
	fields := form(1)
	fields.Set(web.FieldSubject, "Better")
	b.post(moe, web.SaveDraftPath(string(id)), fields).leadsTo(web.ReviewPath(string(id)))
	if got := b.stored(id); got.State != workflows.AwaitingReview || got.DraftVersion != 2 || got.drafts[1].Subject != "Better" {
		t.Errorf("the run is %s with %+v", got.State, got.drafts)
	}
	fields = form(2)
	fields.Set(web.FieldSubject, "")
	fields.Set(web.FieldBody, "typed long and well")
	bad := b.post(moe, web.SaveDraftPath(string(id)), fields).want(http.StatusUnprocessableEntity)
	page := bad.page()
	if got := text(page.Find("#content")); !strings.Contains(got, "Write a subject.") {
		t.Errorf("the mistake is not named: %s", got)
	}
	if got := strings.TrimSpace(page.Find("textarea[name=" + web.FieldBody + "]").Text()); got != "typed long and well" {
		t.Errorf("what was typed became %q", got)
	}
	if bad.header.Get("HX-Replace-Url") != web.ReviewPath(string(id)) {
		t.Error("the address bar would hold the action's path")
	}
}

func TestReject(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, id := b.waiting(acme, "Jane Doe")
	fields := url.Values{web.FieldDraftVersion: {"1"}, web.FieldReason: {"nonsense"}, web.FieldNote: {"my note"}, web.FieldFrom: {web.FromLead}}
	page := b.post(moe, web.RejectPath(string(id)), fields).want(http.StatusUnprocessableEntity).page()
	if got := strings.TrimSpace(page.Find("#reject textarea").Text()); got != "my note" {
		t.Errorf("the note became %q", got)
	}
	fields.Set(web.FieldReason, "tone")
	b.post(moe, web.RejectPath(string(id)), fields).leadsTo(web.LeadPath(string(lead)))
	shown := text(b.get(sam, web.LeadPath(string(lead))).page().Find("#content"))
	if !strings.Contains(shown, "Moe Meier rejected version 1 in the dashboard") || !strings.Contains(shown, "Tone: my note") {
		t.Errorf("the rejection is not told: %s", shown)
	}
	if got := b.stored(id); got.State != workflows.Rejected || len(got.emails) != 0 {
		t.Errorf("the run is %s with %d emails", got.State, len(got.emails))
	}
}

func TestConflictKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	const mine = "Hi Jane, these are my own words."
	typed := func(version int, from string) url.Values {
		fields := form(version)
		fields.Set(web.FieldBody, mine)
		fields.Set(web.FieldFrom, from)
		return fields
	}
	for _, from := range []string{web.FromReview, web.FromLead} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			_, id := b.waiting(acme, "Jane Doe")
			newer := form(1)
			newer.Set(web.FieldBody, "Sam's words")
			b.post(sam, web.SaveDraftPath(string(id)), newer).want(http.StatusSeeOther)

			page := b.post(moe, web.ApprovePath(string(id)), typed(1, from)).want(http.StatusConflict).page()
			problem := text(page.Find("#problem"))
			if !strings.Contains(problem, "A newer version exists: Sam Rivera saved one") || !strings.Contains(problem, "Sam's words") {
				t.Errorf("newer: %q", problem)
			}
			if got := strings.TrimSpace(page.Find("textarea[name=" + web.FieldBody + "]").Text()); got != mine {
				t.Errorf("newer: what was typed became %q", got)
			}
			if got := page.Find("#draft-form input[name="+web.FieldDraftVersion+"]").AttrOr("value", ""); got != "2" {
				t.Errorf("newer: the next try would be on version %q", got)
			}

			b.post(sam, web.ApprovePath(string(id)), url.Values{web.FieldDraftVersion: {"2"}}).want(http.StatusSeeOther)
			page = b.post(moe, web.ApprovePath(string(id)), typed(2, from)).want(http.StatusConflict).page()
			problem = text(page.Find("#problem"))
			if !strings.Contains(problem, "Sam Rivera approved this") || !strings.Contains(problem, mine) || !strings.Contains(problem, "in the dashboard") {
				t.Errorf("decided: %q", problem)
			}
			if page.Find("#draft-form").Length() != 0 {
				t.Error("decided: the loser could try again")
			}
			if got := b.stored(id); len(got.emails) != 1 || got.emails[0].Body != "Sam's words" {
				t.Errorf("emails %+v", got.emails)
			}
		})
	}
	t.Run("moved", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		_, id := b.waiting(acme, "Jane Doe", func(_ *leads.Lead, r *run) { r.State = workflows.Expired })
		page := b.post(moe, web.SaveDraftPath(string(id)), typed(1, web.FromReview)).want(http.StatusConflict).page()
		if got := text(page.Find("#problem")); !strings.Contains(got, "no longer in review: expired") || !strings.Contains(got, mine) {
			t.Errorf("moved: %q", got)
		}
	})
}

func TestSettleRetryCancel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	doubtful := func(_ *leads.Lead, r *run) {
		r.State, r.Resume, r.Doubt, r.ApprovedBy = workflows.NeedsAttention, workflows.Sending, true, sam
		r.emails = []ports.Email{{ID: "e-" + string(r.ID), Run: r.ID, Number: 1, Status: ports.EmailDoubtful, To: leads.TrustedEmail("jane@northwind.test")}}
	}
	failed := func(_ *leads.Lead, r *run) { r.State, r.Resume = workflows.Failed, workflows.Researching }
	for _, tt := range []struct {
		name   string
		path   func(string) string
		form   url.Values
		change func(*leads.Lead, *run)
		then   workflows.State
	}{
		{"went", web.SettlePath, url.Values{web.FieldSettle: {web.SettleWent}}, doubtful, workflows.Completed},
		{"again", web.SettlePath, url.Values{web.FieldSettle: {web.SettleAgain}}, doubtful, workflows.Sending},
		{"retry", web.RetryPath, url.Values{}, failed, workflows.Researching},
		{"cancel", web.CancelPath, url.Values{}, failed, workflows.Cancelled},
	} {
		lead, id := b.waiting(acme, "Jane "+tt.name, tt.change)
		b.post(moe, tt.path(string(id)), tt.form).leadsTo(web.LeadPath(string(lead)))
		if got := b.stored(id).State; got != tt.then {
			t.Errorf("%s: the run is %s, want %s", tt.name, got, tt.then)
		}
	}
	_, id := b.waiting(acme, "Jane Doe")
	b.post(moe, web.RetryPath(string(id)), url.Values{}).want(http.StatusConflict)
	b.post(moe, web.SettlePath(string(id)), url.Values{web.FieldSettle: {"maybe"}}).want(http.StatusUnprocessableEntity)
	b.post(moe, web.SettlePath(string(id)), url.Values{web.FieldSettle: {web.SettleWent}}).want(http.StatusConflict)
}

// actions are all the POSTs of members on runs.
func actions() map[string]func(string) string {
	return map[string]func(string) string{
		"approve": web.ApprovePath, "draft": web.SaveDraftPath, "reject": web.RejectPath, "undo": web.UndoPath, "settle": web.SettlePath,
		"retry": web.RetryPath, "cancel": web.CancelPath,
	}
}

// anything has the fields of every action.
func anything() url.Values {
	fields := form(1)
	fields.Set(web.FieldReason, "other")
	fields.Set(web.FieldSettle, web.SettleWent)
	return fields
}

func TestActionsNeedTheTokenAndThePermission(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, id := b.waiting(acme, "Jane Doe", func(l *leads.Lead, _ *run) { l.AssignedTo = mia })
	_, foreign := b.waiting(globex, "Foreign Person")
	samToken := b.csrf(sam)
	for name, path := range actions() {
		b.postRaw(sam, path(string(id)), anything()).want(http.StatusForbidden)
		others := anything()
		others.Set(web.CSRFField, b.csrf(moe))
		b.postRaw(sam, path(string(id)), others).want(http.StatusForbidden)
		abroad := b.request(http.MethodPost, path(string(id)), anything().Encode())
		abroad.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		abroad.Header.Set("Origin", "https://evil.test")
		abroad.Header.Set(web.CSRFHeader, samToken)
		abroad.AddCookie(&http.Cookie{Name: "__session", Value: token(sam)})
		b.do(abroad).want(http.StatusForbidden)
		b.get(sam, path(string(id))).want(http.StatusNotFound)

		b.post(mia, path(string(id)), anything()).want(http.StatusForbidden)
		if got := b.post(sam, path(string(foreign)), anything()).want(http.StatusNotFound).body; got != b.post(sam, path(nobodysID), anything()).body {
			t.Errorf("%s: a foreign run can be told from none", name)
		}
		b.post(sam, path("not-an-id"), anything()).want(http.StatusNotFound)
	}
	for _, org := range []tenancy.OrgID{acme, globex} {
		b.data.change(org, func(tn *tenant) {
			for _, r := range tn.runs {
				if r.State != workflows.AwaitingReview || len(r.decisions) != 0 {
					t.Errorf("a refused request changed the run of %s: %s", org, r.State)
				}
			}
		})
	}
}
