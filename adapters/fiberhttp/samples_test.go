package fiberhttp_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/leadagent/leadagent/app/pipeline"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// nobodysID is well formed and of nothing.
const nobodysID = "01934567-ffff-7fff-8fff-ffffffffffff"

const (
	modelSubject = "Your question about dispatch"
	modelBody    = "Hi Jane,\n\nthank you for writing.\n\nBest\nAcme"
)

func emptyTenant(now ports.Clock) *tenant {
	return &tenant{now: now, members: map[tenancy.UserID]tenancy.Member{}, runs: map[workflows.ID]*run{}}
}

// waiting adds a lead whose draft awaits review.
func (b *bench) waiting(org tenancy.OrgID, name string, change ...func(*leads.Lead, *run)) (leads.ID, workflows.ID) {
	b.t.Helper()
	b.next++
	lead := &leads.Lead{
		ID:         leads.ID(fmt.Sprintf("01934567-0000-7000-8000-%012d", b.next)),
		Submission: leads.Submission{Name: name, Email: leads.TrustedEmail("jane@northwind.test"), Company: "Northwind", Message: "We look for a dispatch tool."},
		Category:   leads.Qualified, Reason: "A team with a need.", Status: leads.Pending, Reference: "7F3K92QD",
		CreatedAt: start().Add(time.Duration(b.next) * time.Minute), UpdatedAt: start().Add(time.Duration(b.next) * time.Minute),
	}
	lead.Source = leads.Source{Surface: "form", UTM: map[string]string{"utm_campaign": "autumn"}}
	r := sampleRun(lead, workflows.ID(fmt.Sprintf("01934567-0000-7000-8100-%012d", b.next)))
	for _, c := range change {
		c(lead, r)
	}
	b.data.change(org, func(tn *tenant) {
		tn.leads = append(tn.leads, lead)
		if r.ID != "" {
			tn.runs[r.ID] = r
		}
	})
	return lead.ID, r.ID
}

func sampleRun(lead *leads.Lead, id workflows.ID) *run {
	at := lead.CreatedAt
	research, err := json.Marshal(pipeline.Research{
		Language: "en", Ended: "done", Turns: 2,
		Sources: []pipeline.Source{{ID: "message", Kind: "message"}, {ID: "s1", Kind: "page", URL: "https://northwind.test/about", Title: "About Northwind"}},
		Facts: []ports.Fact{
			{ID: "f1", Claim: "They look for a dispatch tool", Quotation: "We look for a dispatch tool.", Source: "message", SourceKind: "message"},
			{ID: "f2", Claim: "They have 40 trucks", Quotation: "40 trucks", Source: "s1", SourceKind: "page", URL: "https://northwind.test/about"},
		},
	})
	if err != nil {
		panic(err)
	}
	moment := func(n int, kind string, data map[string]string) ports.Moment {
		return ports.Moment{ID: int64(n), Kind: kind, Data: data, At: at.Add(time.Duration(n) * time.Second)}
	}
	return &run{
		Run: workflows.Run{
			ID: id, LeadID: lead.ID, State: workflows.AwaitingReview, Category: lead.Category, DraftVersion: 1, CreatedAt: at,
			ReviewDue: at.Add(72 * time.Hour),
		},
		research: research,
		drafts:   []workflows.Draft{{Version: 1, Subject: modelSubject, Body: modelBody, FactsUsed: []string{"f1"}, CreatedAt: at.Add(9 * time.Second)}},
		steps: []ports.StepRow{
			{Name: "create_run", Status: "finished", StartedAt: at, FinishedAt: at},
			{Name: "research", Status: "finished", Attempt: 1, StartedAt: at.Add(time.Second), FinishedAt: at.Add(7 * time.Second), Spent: ports.Spent{TokensIn: 900, TokensOut: 80, CostMicros: 42}},
		},
		moments: []ports.Moment{
			moment(0, "received", map[string]string{"surface": "form"}),
			moment(1, "started", map[string]string{"from": "queued", "to": "researching"}),
			moment(2, "read", map[string]string{"turn": "1", "outcome": "ok", "note": "1 facts, 2 actions"}),
			moment(3, "search", map[string]string{"argument": "Northwind trucks", "outcome": "ok", "note": "6 found"}),
			moment(4, "fetch_url", map[string]string{"argument": "https://northwind.test/jobs", "outcome": "failed", "note": "The page could not be had."}),
			moment(5, "crm_search", map[string]string{"argument": "northwind.test", "outcome": "ok", "note": "1 found"}),
			moment(6, "waiting", map[string]string{"for": "the model", "until": at.Add(30 * time.Second).Format(time.RFC3339), "state": "researching"}),
			moment(7, "researched", map[string]string{"from": "researching", "to": "qualifying"}),
			moment(8, "qualified", map[string]string{"from": "qualifying", "to": "drafting", "category": "QUALIFIED", "problem": "A team with a need."}),
			moment(9, "drafted", map[string]string{"from": "drafting", "to": "awaiting_review", "version": "1"}),
			moment(10, "card_posted", map[string]string{"channel": "leads"}),
		},
	}
}
