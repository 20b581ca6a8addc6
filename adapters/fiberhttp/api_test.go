package fiberhttp_test

import (
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

const (
	leadFields = "assigned_to company created_at email id message name phone qualification_category qualification_reason source status updated_at user_id workflow_id"
	runFields  = "approved_by completed_at created_at decided_at draft_version email_draft email_subject error id lead_id rejected_by research_results review_due_at status"
)

func fieldsOf(t *testing.T, of any) string {
	t.Helper()
	object, ok := of.(map[string]any)
	if !ok {
		t.Fatalf("no object: %v", of)
	}
	var names []string
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

// at digs into decoded JSON: names of fields, numbers of elements.
func at(t *testing.T, of any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, ok := of.(map[string]any)
			if !ok {
				t.Fatalf("no object at %q of %v", step, path)
			}
			of = object[step]
		case int:
			list, ok := of.([]any)
			if !ok || step >= len(list) {
				t.Fatalf("no element %d of %v in %v", step, path, of)
			}
			of = list[step]
		}
	}
	return of
}

func count(t *testing.T, of any) int {
	t.Helper()
	list, ok := of.([]any)
	if !ok {
		t.Fatalf("no list: %v", of)
	}
	return len(list)
}

func TestAPILeads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, id := b.waiting(acme, "Jane Doe")
	b.waiting(acme, "Priya Raman", func(l *leads.Lead, r *run) { l.Category, l.AssignedTo, l.Company = leads.FollowUp, mia, "" })
	b.waiting(globex, "Foreign Person")

	list := b.api(sam, http.MethodGet, "/api/leads", "").want(http.StatusOK).json()
	if fieldsOf(t, list) != "data next_cursor" || count(t, list["data"]) != 2 || list["next_cursor"] != nil {
		t.Errorf("the list is %v", list)
	}
	if got := fieldsOf(t, at(t, list, "data", 0)); got != leadFields {
		t.Errorf("a lead has %s", got)
	}
	if at(t, list, "data", 0, "name") != "Priya Raman" || at(t, list, "data", 0, "company") != nil {
		t.Errorf("the newest lead is %v", at(t, list, "data", 0))
	}
	one := b.api(moe, http.MethodGet, "/api/leads/"+string(lead), "").want(http.StatusOK).json()
	if fieldsOf(t, one) != leadFields || one["workflow_id"] != string(id) || one["qualification_category"] != "QUALIFIED" ||
		one["created_at"] != "2026-11-23T09:01:00Z" || at(t, one, "source", "utm", "utm_campaign") != "autumn" {
		t.Errorf("the lead is %v", one)
	}
	for query, want := range map[string]int{
		"?status=pending": 2, "?status=closed": 0, "?category=FOLLOW_UP": 1, "?assigned_to=user_mia": 1, "?q=priya": 1, "?limit=1": 1,
		"?created_after=2026-11-23T09:01:00Z": 1, "?created_before=2026-11-23T10:02:00%2B01:00": 1, "?limit=1&cursor=1": 1, "?q=": 2,
	} {
		if got := count(t, b.api(sam, http.MethodGet, "/api/leads"+query, "").want(http.StatusOK).json()["data"]); got != want {
			t.Errorf("%s gives %d leads, want %d", query, got, want)
		}
	}
	if next := b.api(sam, http.MethodGet, "/api/leads?limit=1", "").json()["next_cursor"]; next != "1" {
		t.Errorf("next_cursor %v", next)
	}
	mine := b.api(mia, http.MethodGet, "/api/leads", "").want(http.StatusOK).json()
	if count(t, mine["data"]) != 1 || at(t, mine, "data", 0, "name") != "Priya Raman" {
		t.Errorf("a member sees %v", mine)
	}
	b.api(mia, http.MethodGet, "/api/leads/"+string(lead), "").want(http.StatusNotFound)
	empty := b.api(gus, http.MethodGet, "/api/leads?q=nobody", "").want(http.StatusOK)
	if !strings.Contains(empty.body, `"data":[]`) {
		t.Errorf("an empty list is %s", empty.body)
	}
}

func TestAPIRefusesBadFilters(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for query, field := range map[string]string{
		"leads?status=nonsense": "status", "leads?category=qualified": "category", "leads?limit=0": "limit", "leads?limit=101": "limit",
		"leads?limit=ten": "limit", "leads?created_after=yesterday": "created_after", "leads?created_before=2026-11-23": "created_before",
		"leads?statuss=pending": "statuss", "leads?status=pending&status=closed": "status", "leads?q=%00": "q", "leads?q=%ff": "q",
		"leads?cursor=x": "cursor", "workflows?status=pending": "status", "workflows?lead_id=1": "lead_id", "workflows?limit=-1": "limit",
		"leads?q=" + strings.Repeat("x", 301): "q",
	} {
		problem := b.api(sam, http.MethodGet, "/api/"+query, "").want(http.StatusUnprocessableEntity)
		if got := at(t, problem.json(), "errors", 0, "field"); got != field {
			t.Errorf("%s names %v, want %s", query, got, field)
		}
		if problem.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s answers %s", query, problem.header.Get("Content-Type"))
		}
	}
}

func TestAPIWorkflows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lead, id := b.waiting(acme, "Jane Doe", func(l *leads.Lead, _ *run) { l.AssignedTo = mia })
	_, done := b.waiting(acme, "Done", func(_ *leads.Lead, r *run) { r.State = workflows.Completed })

	list := b.api(moe, http.MethodGet, "/api/workflows", "").want(http.StatusOK).json()
	if count(t, list["data"]) != 2 || fieldsOf(t, at(t, list, "data", 0)) != runFields {
		t.Errorf("the list is %v", list)
	}
	for query, want := range map[string]int{"?status=completed": 1, "?lead_id=" + string(lead): 1, "?lead_id=" + nobodysID: 0, "?limit=1": 1} {
		if got := count(t, b.api(sam, http.MethodGet, "/api/workflows"+query, "").want(http.StatusOK).json()["data"]); got != want {
			t.Errorf("%s gives %d workflows, want %d", query, got, want)
		}
	}
	one := b.api(mia, http.MethodGet, "/api/workflows/"+string(id), "").want(http.StatusOK).json()
	if fieldsOf(t, one) != runFields+" steps" || one["status"] != "awaiting_review" || one["email_draft"] != modelBody || one["draft_version"] != 1.0 {
		t.Errorf("the workflow is %v", one)
	}
	if at(t, one, "steps", 1, "name") != "research" || at(t, one, "steps", 1, "tokens_in") != 900.0 || at(t, one, "research_results", "facts", 0, "id") != "f1" {
		t.Errorf("steps %v", one["steps"])
	}
	unassigned := b.api(mia, http.MethodGet, "/api/workflows/"+string(done), "").want(http.StatusNotFound).json()
	if none := b.api(mia, http.MethodGet, "/api/workflows/"+nobodysID, "").want(http.StatusNotFound).json(); none["detail"] != unassigned["detail"] {
		t.Errorf("an unassigned workflow can be told from none: %v, %v", unassigned, none)
	}
	b.api(mia, http.MethodGet, "/api/workflows", "").want(http.StatusForbidden)
	for _, path := range []string{"/api/leads/", "/api/workflows/"} {
		b.api(sam, http.MethodGet, path+nobodysID, "").want(http.StatusNotFound)
		b.api(sam, http.MethodGet, path+"nonsense", "").want(http.StatusNotFound)
	}
	b.api(gus, http.MethodGet, "/api/workflows/"+string(id), "").want(http.StatusNotFound)
	b.do(b.request(http.MethodGet, "/api/workflows", "")).want(http.StatusUnauthorized)
}

func TestAPIDecides(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, id := b.waiting(acme, "Jane Doe")
	path := "/api/workflows/" + string(id)

	edited := b.api(moe, http.MethodPatch, path, `{"draft_version":1,"email_subject":"Better"}`).want(http.StatusOK).json()
	if edited["draft_version"] != 2.0 || edited["email_subject"] != "Better" || edited["email_draft"] != modelBody {
		t.Errorf("edited %v", edited)
	}
	stale := b.api(moe, http.MethodPost, path+"/approve", `{"draft_version":1}`).want(http.StatusConflict)
	if stale.json()["current_version"] != 2.0 {
		t.Errorf("stale %s", stale.body)
	}
	b.api(moe, http.MethodPatch, path, `{"draft_version":1,"email_draft":"late"}`).want(http.StatusConflict)

	won := b.api(moe, http.MethodPost, path+"/approve", `{"draft_version":2}`).want(http.StatusOK).json()
	if won["status"] != "sending" || won["approved_by"] != string(moe) || won["id"] != string(id) || won["steps"] == nil {
		t.Errorf("won %v", won)
	}
	for _, action := range []string{"/approve", "/reject"} {
		lost := b.api(sam, http.MethodPost, path+action, `{"draft_version":2}`).want(http.StatusConflict)
		if _, err := time.Parse(time.RFC3339, at(t, lost.json(), "decided_at").(string)); err != nil || lost.json()["decided_by"] != string(moe) { //nolint:forcetypeassert // a wrong type fails the test
			t.Errorf("lost %s", lost.body)
		}
	}
	b.api(sam, http.MethodPost, path+"/cancel", "").want(http.StatusConflict)
	b.api(sam, http.MethodPost, path+"/retry", "{}").want(http.StatusConflict)

	_, id = b.waiting(acme, "Jane Doe")
	path = "/api/workflows/" + string(id)
	no := b.api(sam, http.MethodPost, path+"/reject", `{"draft_version":1,"reason":"spam","note":"again"}`).want(http.StatusOK).json()
	if no["status"] != "rejected" || no["rejected_by"] != string(sam) || no["decided_at"] == nil {
		t.Errorf("rejected %v", no)
	}
	_, id = b.waiting(acme, "Jane Doe")
	if got := b.api(sam, http.MethodPost, "/api/workflows/"+string(id)+"/cancel", "").want(http.StatusOK).json()["status"]; got != "cancelled" {
		t.Errorf("cancelled: %v", got)
	}
	_, id = b.waiting(acme, "Jane Doe", func(_ *leads.Lead, r *run) { r.State, r.Resume = workflows.Failed, workflows.Qualifying })
	if got := b.api(sam, http.MethodPost, "/api/workflows/"+string(id)+"/retry", "").want(http.StatusOK).json()["status"]; got != "qualifying" {
		t.Errorf("retried: %v", got)
	}
}

func TestAPIRefusesBadBodies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, id := b.waiting(acme, "Jane Doe")
	path := "/api/workflows/" + string(id)
	for _, tt := range []struct {
		method, path, body string
		status             int
		field              string
	}{
		{http.MethodPost, "/approve", `{}`, 422, "draft_version"},
		{http.MethodPost, "/reject", `{"reason":"spam"}`, 422, "draft_version"},
		{http.MethodPatch, "", `{"email_draft":"x"}`, 422, "draft_version"},
		{http.MethodPatch, "", `{"draft_version":1}`, 422, "email_draft"},
		{http.MethodPatch, "", `{"draft_version":1,"email_subject":"","email_draft":"x"}`, 422, "email_subject"},
		{http.MethodPatch, "", `{"draft_version":1,"email_draft":"x","to":"me@evil.test"}`, 422, "to"},
		{http.MethodPost, "/approve", `{"draft_version":"1"}`, 422, "draft_version"},
		{http.MethodPost, "/approve", `{"draft_version":-1}`, 422, "draft_version"},
		{http.MethodPost, "/reject", `{"draft_version":1,"reason":"bored"}`, 422, "reason"},
		{http.MethodPost, "/cancel", `{"now":true}`, 422, "now"},
		{http.MethodPost, "/approve", `{"draft_version":1,"draft_version":2}`, 400, ""},
		{http.MethodPost, "/approve", `{"draft_version":1}x`, 400, ""},
		{http.MethodPost, "/approve", ``, 415, ""},
	} {
		answer := b.api(sam, tt.method, path+tt.path, tt.body).want(tt.status)
		if tt.field == "" {
			continue
		}
		if got := at(t, answer.json(), "errors", 0, "field"); got != tt.field {
			t.Errorf("%s %s names %v, want %s", tt.path, tt.body, got, tt.field)
		}
	}
	if got := b.stored(id); got.State != workflows.AwaitingReview || len(got.drafts) != 1 {
		t.Errorf("a refused request changed the run: %s", got.State)
	}
}

func TestAPIPermissionsAndForgery(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, id := b.waiting(acme, "Jane Doe", func(l *leads.Lead, _ *run) { l.AssignedTo = mia })
	_, foreign := b.waiting(globex, "Foreign Person")
	for _, tt := range []struct{ method, action, body string }{
		{http.MethodPost, "/approve", `{"draft_version":1}`}, {http.MethodPost, "/reject", `{"draft_version":1,"reason":"spam"}`},
		{http.MethodPost, "/cancel", ""}, {http.MethodPost, "/retry", ""}, {http.MethodPatch, "", `{"draft_version":1,"email_draft":"x"}`},
	} {
		b.api(mia, tt.method, "/api/workflows/"+string(id)+tt.action, tt.body).want(http.StatusForbidden)
		one := b.api(sam, tt.method, "/api/workflows/"+string(foreign)+tt.action, tt.body).want(http.StatusNotFound).json()
		other := b.api(sam, tt.method, "/api/workflows/"+nobodysID+tt.action, tt.body).want(http.StatusNotFound).json()
		if one["detail"] != other["detail"] {
			t.Errorf("%s: a foreign workflow can be told from none: %v, %v", tt.action, one, other)
		}
		r := b.request(tt.method, "/api/workflows/"+string(id)+tt.action, tt.body)
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: "__session", Value: token(sam)})
		b.do(r).want(http.StatusForbidden)
	}
	r := b.request(http.MethodPost, "/api/workflows/"+string(id)+"/approve", `{"draft_version":1}`)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(web.CSRFHeader, b.csrf(sam))
	r.AddCookie(&http.Cookie{Name: "__session", Value: token(sam)})
	b.do(r).want(http.StatusOK)
}

func TestAPIUsage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	usage := b.api(moe, http.MethodGet, "/api/usage", "").want(http.StatusOK).json()
	if fieldsOf(t, usage) != "ends_at lead_limit plan remaining starts_at used" || usage["used"] != 12.0 || usage["remaining"] != 988.0 || usage["plan"] != "pro" {
		t.Errorf("usage %v", usage)
	}
	b.data.change(acme, func(tn *tenant) { tn.usage.Limit = 0 })
	if usage = b.api(sam, http.MethodGet, "/api/usage", "").json(); usage["lead_limit"] != nil || usage["remaining"] != nil {
		t.Errorf("without a limit: %v", usage)
	}
	b.api(mia, http.MethodGet, "/api/usage", "").want(http.StatusForbidden)
}

func TestOverloadedDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.data.mu.Lock()
	b.data.down = true
	b.data.mu.Unlock()
	for _, answer := range []answer{b.get(sam, web.PathReview), b.api(sam, http.MethodGet, "/api/leads", "")} {
		if answer.want(http.StatusServiceUnavailable).header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
	}
}

func TestEveryDoorOfMembersIsKnown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var unsafe []string
	for _, route := range b.server.Routes() {
		if route.Needs == "" && (strings.HasPrefix(route.Path, "/api/workflows") || strings.HasPrefix(route.Path, "/review")) {
			t.Errorf("%s %s says nothing of what it needs", route.Method, route.Path)
		}
		if route.Method == http.MethodPost && strings.Contains(route.Path, ":run") {
			unsafe = append(unsafe, route.Path)
		}
	}
	for _, path := range actions() {
		if !slices.Contains(unsafe, path(":run")) {
			t.Errorf("%s has no door", path(":run"))
		}
	}
	if len(unsafe) != len(actions()) {
		t.Errorf("%d actions on runs, %d are tested", len(unsafe), len(actions()))
	}
}
