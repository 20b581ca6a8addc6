// Package console is what members read: lists, a lead with everything that happened to it, numbers at a glance. It changes nothing but a lead's
// details, and it checks for every read what the person may see.
package console

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Console answers members' questions.
type Console struct{ work ports.UnitOfWork }

// New makes a Console.
func New(work ports.UnitOfWork) *Console { return &Console{work: work} }

// mayRead gives whose leads the person sees: everybody's (empty), their own, or a Forbidden fault.
func mayRead(scope tenancy.Scope) (own tenancy.UserID, err error) {
	switch {
	case scope.HasPermission(tenancy.LeadsViewAll):
		return "", nil
	case scope.HasPermission(tenancy.LeadsViewAssigned):
		return scope.Actor().UserID, nil
	}
	return "", scope.RequirePermission(tenancy.LeadsViewAll)
}

func notFound() error {
	return fault.New(fault.NotFound, "There is no such lead in your organization, or it is not assigned to you.")
}

// Leads lists leads, the newest first. A person who sees only their own gets those.
func (c *Console) Leads(ctx context.Context, scope tenancy.Scope, f ports.LeadFilter) (rows []ports.LeadRow, next string, err error) {
	own, err := mayRead(scope)
	if err != nil {
		return nil, "", err
	}
	if own != "" {
		f.AssignedTo = own
	}
	err = c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		if rows, next, err = s.Views.Leads(ctx, f); err != nil {
			return err
		}
		return nameOwners(ctx, s, rows)
	})
	return rows, next, err
}

// nameOwners fills in who the leads are assigned to, where any is.
func nameOwners(ctx context.Context, s *ports.Store, rows []ports.LeadRow) error {
	assigned := func(r ports.LeadRow) bool { return r.AssignedTo != "" }
	if !slices.ContainsFunc(rows, assigned) {
		return nil
	}
	members, err := s.Members.List(ctx)
	if err != nil {
		return err
	}
	names := map[tenancy.UserID]string{}
	for _, m := range members {
		names[m.UserID] = m.DisplayName()
	}
	for i := range rows {
		rows[i].Owner = names[rows[i].AssignedTo]
	}
	return nil
}

// Dossier is a lead with everything about it.
type Dossier struct {
	Lead      leads.Lead
	Run       *ports.RunRow // nil: none was started
	Steps     []ports.StepRow
	Moments   []ports.Moment
	Drafts    []workflows.Draft
	Decisions []ports.Decision
	Emails    []ports.Email
	Card      *ports.CardState // nil: no Slack card
	// Confidence is how sure the judge was, from 0 to 1; 0 before there was a judgement.
	Confidence float64
	Known      []leads.Lead // other leads of the person
	People     map[tenancy.UserID]tenancy.Member
}

// Lead gives one lead whole. A foreign, unknown or unassigned id is NotFound.
func (c *Console) Lead(ctx context.Context, scope tenancy.Scope, id leads.ID) (Dossier, error) {
	own, err := mayRead(scope)
	if err != nil {
		return Dossier{}, err
	}
	var d Dossier
	err = c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		d = Dossier{}
		if d.Lead, err = s.Leads.Get(ctx, id); err != nil {
			return err
		}
		if own != "" && d.Lead.AssignedTo != own {
			return notFound()
		}
		return d.fill(ctx, s, own)
	})
	if fault.Is(err, fault.NotFound) {
		err = notFound()
	}
	return d, err
}

func (d *Dossier) fill(ctx context.Context, s *ports.Store, own tenancy.UserID) error {
	known, err := s.Leads.Known(ctx, ports.KnownQuery{Email: d.Lead.Email.Normalised(), Except: d.Lead.ID, Limit: 10})
	if err != nil {
		return err
	}
	for _, l := range known {
		if own == "" || l.AssignedTo == own {
			d.Known = append(d.Known, l)
		}
	}
	members, err := s.Members.List(ctx)
	if err != nil {
		return err
	}
	d.People = map[tenancy.UserID]tenancy.Member{}
	for _, m := range members {
		d.People[m.UserID] = m
	}
	run, err := s.Runs.OfLead(ctx, d.Lead.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.fillRun(ctx, s, run.ID)
}

func (d *Dossier) fillRun(ctx context.Context, s *ports.Store, id workflows.ID) error {
	row, err := s.Views.Run(ctx, id)
	if err != nil {
		return err
	}
	d.Run = &row
	if d.Steps, err = s.Views.Steps(ctx, id); err != nil {
		return err
	}
	if d.Moments, err = s.Timeline.List(ctx, id, 0); err != nil {
		return err
	}
	if d.Drafts, err = s.Drafts.List(ctx, id); err != nil {
		return err
	}
	if d.Decisions, err = s.Decisions.List(ctx, id); err != nil {
		return err
	}
	if d.Emails, err = s.Emails.List(ctx, id); err != nil {
		return err
	}
	if d.Confidence, err = confidence(ctx, s, id); err != nil {
		return err
	}
	card, err := s.Cards.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	d.Card = &card
	return err
}

// confidence reads how sure the judge was from the record of its step.
func confidence(ctx context.Context, s *ports.Store, id workflows.ID) (float64, error) {
	output, err := s.Steps.Output(ctx, id, string(workflows.StepQualify))
	if err != nil || len(output) == 0 {
		return 0, err
	}
	var verdict ports.Judgement
	if err := json.Unmarshal(output, &verdict); err != nil {
		return 0, fault.Wrap(fault.Internal, err, "The record of the judgement cannot be read.")
	}
	return verdict.Confidence, nil
}

// Queue is what awaits review, the longest waiting first, with the last decision for when nothing does.
type Queue struct {
	Runs         []ports.RunRow
	Last         ports.Decision
	LastRun      ports.RunRow
	HasLast      bool
	SlackTrouble string
	TroubleSince time.Time
}

// Queue lists what awaits review.
func (c *Console) Queue(ctx context.Context, scope tenancy.Scope, limit int) (Queue, error) {
	if err := scope.RequirePermission(tenancy.LeadsViewAll); err != nil {
		return Queue{}, err
	}
	var q Queue
	err := c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		if q.Runs, err = s.Views.Queue(ctx, limit); err != nil {
			return err
		}
		if q.SlackTrouble, q.TroubleSince, _, err = s.Views.CardTrouble(ctx); err != nil {
			return err
		}
		q.Last, q.LastRun, q.HasLast, err = s.Views.LastDecision(ctx)
		return err
	})
	return q, err
}

// Overview is an organization at a glance.
type Overview struct {
	Counts ports.Counts
	Usage  billing.Usage
	Forms  []ports.Form
	Latest []ports.LeadRow
	Slack  bool // connected
	// SlackTrouble is why cards do not reach Slack, since TroubleSince; empty when they do.
	SlackTrouble string
	TroubleSince time.Time
}

// Overview gives the numbers at a glance; zone decides when today began.
func (c *Console) Overview(ctx context.Context, scope tenancy.Scope, zone *time.Location) (Overview, error) {
	if err := scope.RequirePermission(tenancy.LeadsViewAll); err != nil {
		return Overview{}, err
	}
	var o Overview
	err := c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		if o.Counts, err = s.Views.Counts(ctx, zone); err != nil {
			return err
		}
		if o.Usage, err = s.Usage.Current(ctx); err != nil {
			return err
		}
		if o.Forms, err = s.Forms.List(ctx); err != nil {
			return err
		}
		if o.Latest, _, err = s.Views.Leads(ctx, ports.LeadFilter{Limit: 8}); err != nil {
			return err
		}
		if err = nameOwners(ctx, s, o.Latest); err != nil {
			return err
		}
		if o.SlackTrouble, o.TroubleSince, _, err = s.Views.CardTrouble(ctx); err != nil {
			return err
		}
		_, err = s.Slack.Get(ctx)
		o.Slack = err == nil
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return o, err
}

// Waiting counts what awaits review, for the badge beside the menu; 0 for people who do not review.
func (c *Console) Waiting(ctx context.Context, scope tenancy.Scope, zone *time.Location) (int, error) {
	if !scope.HasPermission(tenancy.LeadsViewAll) {
		return 0, nil
	}
	var n int
	err := c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		counts, err := s.Views.Counts(ctx, zone)
		n = counts.AwaitingReview
		return err
	})
	return n, err
}

// Run gives one run for the API; NotFound for a foreign, unknown or unassigned one.
func (c *Console) Run(ctx context.Context, scope tenancy.Scope, id workflows.ID) (ports.RunRow, []ports.StepRow, error) {
	own, err := mayRead(scope)
	if err != nil {
		return ports.RunRow{}, nil, err
	}
	var row ports.RunRow
	var steps []ports.StepRow
	err = c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		if row, err = s.Views.Run(ctx, id); err != nil {
			return err
		}
		if own != "" && row.Lead.AssignedTo != own {
			return fault.New(fault.NotFound, "There is no such workflow in your organization.")
		}
		steps, err = s.Views.Steps(ctx, id)
		return err
	})
	return row, steps, err
}

// Runs lists runs, the newest first.
func (c *Console) Runs(ctx context.Context, scope tenancy.Scope, f ports.RunFilter) (rows []ports.RunRow, next string, err error) {
	if err := scope.RequirePermission(tenancy.WorkflowsViewAll); err != nil {
		return nil, "", err
	}
	err = c.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		rows, next, err = s.Views.Runs(ctx, f)
		return err
	})
	return rows, next, err
}
