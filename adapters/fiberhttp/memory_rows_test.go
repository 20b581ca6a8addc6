package fiberhttp_test

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Each of these embeds the port, so that a method which the pages have no business to call panics.
type (
	organizations struct {
		ports.Organizations
		*tenant
	}
	memberRows struct {
		ports.Members
		*tenant
	}
	formRows struct {
		ports.Forms
		*tenant
	}
	leadRows struct {
		ports.Leads
		*tenant
	}
	runRows struct {
		ports.Runs
		*tenant
	}
	stepRows struct {
		ports.Steps
		*tenant
	}
	draftRows struct {
		ports.Drafts
		*tenant
	}
	decisionRows struct {
		ports.Decisions
		*tenant
	}
	emailRows struct {
		ports.Emails
		*tenant
	}
	cardRows struct {
		ports.Cards
		*tenant
	}
	installations struct {
		ports.Installations
		*tenant
	}
	timelineRows struct {
		ports.Timeline
		*tenant
	}
	usages struct {
		ports.Usages
		*tenant
	}
	auditRows struct{ ports.Audit }
)

func (r organizations) Get(context.Context) (ports.OrganizationSettings, error) {
	if r.org.ID == "" {
		return r.org, missing()
	}
	return r.org, nil
}

func (r memberRows) Get(_ context.Context, id tenancy.UserID) (tenancy.Member, error) {
	m, ok := r.members[id]
	if !ok {
		return m, missing()
	}
	return m, nil
}

func (r memberRows) List(context.Context) ([]tenancy.Member, error) {
	var active []tenancy.Member
	for _, m := range r.members {
		if m.Active {
			active = append(active, m)
		}
	}
	return active, nil
}

func (r formRows) List(context.Context) ([]ports.Form, error) { return r.forms, nil }

func (r leadRows) Get(_ context.Context, id leads.ID) (leads.Lead, error) {
	l, err := r.lead(id)
	if err != nil {
		return leads.Lead{}, err
	}
	return *l, nil
}

func (r leadRows) SetStatus(_ context.Context, id leads.ID, s leads.Status) error {
	l, err := r.lead(id)
	if err == nil {
		l.Status = s
	}
	return err
}

func (r leadRows) Known(_ context.Context, q ports.KnownQuery) ([]leads.Lead, error) {
	var known []leads.Lead
	for _, l := range r.leads {
		if l.ID != q.Except && l.Email.Normalised() == q.Email {
			known = append(known, *l)
		}
	}
	return known, nil
}

func (r runRows) OfLead(_ context.Context, id leads.ID) (workflows.Run, error) {
	if found := r.runOf(id); found != nil {
		return found.Run, nil
	}
	return workflows.Run{}, missing()
}

func (r runRows) Lock(_ context.Context, id workflows.ID) (workflows.Run, time.Time, error) {
	found, err := r.run(id)
	if err != nil {
		return workflows.Run{}, time.Time{}, err
	}
	return found.Run, r.now(), nil
}

func (r runRows) Save(_ context.Context, changed workflows.Run) error {
	found, err := r.run(changed.ID)
	if err == nil {
		found.Run = changed
	}
	return err
}

// Output gives the judge's record for every run.
func (stepRows) Output(_ context.Context, _ workflows.ID, name string) ([]byte, error) {
	if name == string(workflows.StepQualify) {
		return []byte(`{"confidence": 0.92}`), nil
	}
	return nil, nil
}

func (r stepRows) Record(_ context.Context, id workflows.ID, name string, _ []byte) error {
	found, err := r.run(id)
	if err == nil {
		found.steps = append(found.steps, ports.StepRow{Name: name, Status: "finished", StartedAt: r.now(), FinishedAt: r.now()})
	}
	return err
}

func (r draftRows) Add(_ context.Context, id workflows.ID, d workflows.Draft) error {
	found, err := r.run(id)
	if err == nil {
		d.CreatedAt = r.now()
		found.drafts = append(found.drafts, d)
	}
	return err
}

func (r draftRows) Get(_ context.Context, id workflows.ID, version int) (workflows.Draft, error) {
	found, err := r.run(id)
	if err != nil {
		return workflows.Draft{}, err
	}
	for _, d := range found.drafts {
		if d.Version == version {
			return d, nil
		}
	}
	return workflows.Draft{}, missing()
}

func (r draftRows) List(_ context.Context, id workflows.ID) ([]workflows.Draft, error) {
	found, err := r.run(id)
	if err != nil {
		return nil, err
	}
	return found.drafts, nil
}

func (r decisionRows) Add(_ context.Context, id workflows.ID, d ports.Decision) error {
	found, err := r.run(id)
	if err == nil {
		found.decisions = append(found.decisions, d)
	}
	return err
}

func (r decisionRows) List(_ context.Context, id workflows.ID) ([]ports.Decision, error) {
	found, err := r.run(id)
	if err != nil {
		return nil, err
	}
	return found.decisions, nil
}

func (r emailRows) Add(_ context.Context, e ports.Email) error {
	found, err := r.run(e.Run)
	if err == nil {
		e.CreatedAt = r.now()
		found.emails = append(found.emails, e)
	}
	return err
}

func (r emailRows) Last(_ context.Context, id workflows.ID) (ports.Email, error) {
	found, err := r.run(id)
	if err != nil {
		return ports.Email{}, err
	}
	for i := len(found.emails) - 1; i >= 0; i-- {
		if found.emails[i].Status != ports.EmailDropped {
			return found.emails[i], nil
		}
	}
	return ports.Email{}, missing()
}

func (r emailRows) List(_ context.Context, id workflows.ID) ([]ports.Email, error) {
	found, err := r.run(id)
	if err != nil {
		return nil, err
	}
	return found.emails, nil
}

func (r emailRows) SetStatus(_ context.Context, id string, from, to ports.EmailStatus, _ string) error {
	for _, found := range r.runs {
		for i := range found.emails {
			if found.emails[i].ID != id {
				continue
			}
			if found.emails[i].Status != from {
				return fault.New(fault.Conflict, "The email has moved on.")
			}
			found.emails[i].Status = to
			return nil
		}
	}
	return missing()
}

func (r cardRows) Want(context.Context, workflows.ID) error { return nil }

func (r cardRows) Get(_ context.Context, id workflows.ID) (ports.CardState, error) {
	found, err := r.run(id)
	if err != nil || found.card == nil {
		return ports.CardState{}, missing()
	}
	return *found.card, nil
}

func (r installations) Get(context.Context) (ports.Installation, error) {
	if r.slack == nil {
		return ports.Installation{}, missing()
	}
	return *r.slack, nil
}

func (r timelineRows) Add(_ context.Context, id workflows.ID, kind string, data map[string]string) error {
	found, err := r.run(id)
	if err == nil {
		found.moments = append(found.moments, ports.Moment{ID: int64(len(found.moments) + 1), Kind: kind, Data: data, At: r.now()})
	}
	return err
}

func (r timelineRows) List(_ context.Context, id workflows.ID, _ int64) ([]ports.Moment, error) {
	found, err := r.run(id)
	if err != nil {
		return nil, err
	}
	return found.moments, nil
}

func (auditRows) Add(context.Context, ports.AuditEntry) error { return nil }

func (r usages) Current(context.Context) (billing.Usage, error) { return r.usage, nil }
