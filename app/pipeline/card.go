package pipeline

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// A card that Slack refuses for good is tried again this often, since what is wrong there is mended by people.
const refusedCardWait = 5 * time.Minute

// ShowCard brings a run's Slack card up to date. The review does not depend on it: while Slack is away the run waits in the dashboard. A card whose
// first post may or may not have arrived is looked for before it is posted again.
func (p *Pipeline) ShowCard(ctx context.Context, org tenancy.OrgID, id workflows.ID) error {
	scope := tenancy.ForSystem(org, tenancy.Pipeline)
	if p.vendors.Channel == nil || !scope.Valid() {
		return nil
	}
	c, ok, err := p.claimCard(ctx, scope, id)
	if err != nil || !ok {
		return err
	}
	ref, err := c.show(ctx)
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.config.RecordPatience)
	defer cancel()
	if err != nil {
		return c.putOff(recording, err)
	}
	return p.work.Within(recording, scope, func(ctx context.Context, s *ports.Store) error {
		if c.state.MessageTS == "" {
			if err := s.Timeline.Add(ctx, id, "card_posted", map[string]string{"channel": c.install.ChannelName}); err != nil {
				return err
			}
		}
		return s.Cards.Shown(ctx, c.lease, ref.Channel, ref.TS, c.state.Wanted)
	})
}

// cardJob is one hold on one card.
type cardJob struct {
	*Pipeline
	scope   tenancy.Scope
	lease   ports.Lease
	state   ports.CardState
	install ports.Installation
	card    ports.Card
}

func (p *Pipeline) claimCard(ctx context.Context, scope tenancy.Scope, id workflows.ID) (*cardJob, bool, error) {
	c := &cardJob{Pipeline: p, scope: scope}
	var claimed bool
	err := p.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		if c.lease, c.state, claimed, err = s.Cards.Claim(ctx, id, 4*p.config.LeaseTTL); err != nil || !claimed {
			return err
		}
		c.install, err = s.Slack.Get(ctx)
		if fault.Is(err, fault.NotFound) {
			claimed = false
			return s.Cards.PutOff(ctx, c.lease, -1, "Slack is not connected.")
		}
		if err != nil {
			return err
		}
		c.card, err = p.cardOf(ctx, s, id)
		return err
	})
	return c, claimed && err == nil, err
}

// show calls Slack. It runs outside any transaction.
func (c *cardJob) show(ctx context.Context) (ports.MessageRef, error) {
	token, err := c.vendors.Sealer.Open(c.scope.Org(), c.install.TokenSealed)
	if err != nil {
		return ports.MessageRef{}, err
	}
	ref := ports.MessageRef{Channel: c.state.ChannelID, TS: c.state.MessageTS}
	if ref.TS == "" && c.state.Posting {
		ref, err = c.vendors.Channel.Find(ctx, token, c.state.ChannelID, c.lease.Run, c.card.Received)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return ref, err
		}
	}
	if ref.TS != "" {
		return ref, c.vendors.Channel.Update(ctx, token, ref, c.card)
	}
	if c.install.ChannelID == "" {
		return ref, fault.New(fault.Refused, "No Slack channel is chosen. Choose one in the settings.")
	}
	if err := c.work.Within(ctx, c.scope, func(ctx context.Context, s *ports.Store) error {
		return s.Cards.Posting(ctx, c.lease, c.install.ChannelID)
	}); err != nil {
		return ref, err
	}
	return c.vendors.Channel.Post(ctx, token, c.install.ChannelID, c.card)
}

// putOff keeps what Slack said with the card and comes again later.
func (c *cardJob) putOff(ctx context.Context, failure error) error {
	kind := fault.KindOf(failure)
	if kind == fault.Stale {
		return nil
	}
	wait := backoff(c.state.Failures, fault.RetryAfter(failure))
	if kind != fault.Busy && kind != fault.Unavailable && kind != fault.Overloaded {
		wait = refusedCardWait
	}
	c.log.WarnContext(ctx, "slack card not shown", "org", c.scope.Org(), "run", c.lease.Run, "error", failure, "wait", wait)
	err := c.work.Within(ctx, c.scope, func(ctx context.Context, s *ports.Store) error {
		return s.Cards.PutOff(ctx, c.lease, wait, problem(failure))
	})
	if fault.Is(err, fault.Stale) {
		return nil
	}
	return err
}

// cardOf reads what the card shows.
func (p *Pipeline) cardOf(ctx context.Context, s *ports.Store, id workflows.ID) (ports.Card, error) {
	row, err := s.Views.Run(ctx, id)
	if err != nil {
		return ports.Card{}, err
	}
	org, err := s.Organization.Get(ctx)
	if err != nil {
		return ports.Card{}, err
	}
	emails, err := s.Emails.List(ctx, id)
	if err != nil {
		return ports.Card{}, err
	}
	decider, err := deciderName(ctx, s, row.Run)
	if err != nil {
		return ports.Card{}, err
	}
	zone := zoneOf(org.TimeZone)
	card := ports.Card{
		Run: id, State: row.State, Category: row.Category, Reason: row.Lead.Reason, Name: row.Lead.Name, Email: row.Lead.Email.String(),
		Company: row.Lead.Company, Phone: row.Lead.Phone, Message: row.Lead.Message, To: row.Lead.Email.String(), Subject: row.Subject,
		Body: row.Body, DraftVersion: row.DraftVersion, Received: row.Lead.CreatedAt, ReviewDue: row.ReviewDue, CostMicros: row.CostMicros,
		Problem: row.Problem, URL: strings.TrimSuffix(p.config.PublicURL, "/") + "/leads/" + string(row.LeadID), Zone: zone,
	}
	edited, err := byAPerson(ctx, s, row.Run)
	if err != nil {
		return card, err
	}
	card.Outcome = outcome(row.Run, decider, edited, emails, zone)
	card.Confidence, err = confidence(ctx, s, id)
	if err != nil {
		return card, err
	}
	var research Research
	if len(row.Research) > 0 {
		if err := json.Unmarshal(row.Research, &research); err != nil {
			return card, fault.Wrap(fault.Internal, err, "The research record cannot be read.")
		}
	}
	for _, source := range research.Sources {
		if source.URL != "" {
			card.Sources = append(card.Sources, source.URL)
		}
	}
	return card, nil
}

func confidence(ctx context.Context, s *ports.Store, id workflows.ID) (float64, error) {
	output, err := s.Steps.Output(ctx, id, string(workflows.StepQualify))
	if err != nil || len(output) == 0 {
		return 0, err
	}
	var verdict ports.Judgement
	err = decode(output, &verdict)
	return verdict.Confidence, err
}

func deciderName(ctx context.Context, s *ports.Store, run workflows.Run) (string, error) {
	by := run.DecidedBy()
	if by == "" {
		return "", nil
	}
	m, err := s.Members.Get(ctx, by)
	if fault.Is(err, fault.NotFound) {
		return string(by), nil
	}
	return m.DisplayName(), err
}

// byAPerson tells whether the draft at hand is a person's and not the model's.
func byAPerson(ctx context.Context, s *ports.Store, run workflows.Run) (bool, error) {
	if run.DraftVersion == 0 {
		return false, nil
	}
	draft, err := s.Drafts.Get(ctx, run.ID, run.DraftVersion)
	return draft.Author != "", err
}

// outcome is the line that replaces the buttons; empty while a decision is still wanted.
func outcome(run workflows.Run, decider string, edited bool, emails []ports.Email, zone *time.Location) string {
	at := func(t time.Time) string { return t.In(zone).Format("15:04") }
	switch run.State {
	case workflows.Sending, workflows.Completed, workflows.NeedsAttention:
		if run.ApprovedBy == "" {
			break
		}
		line := "Approved by " + decider + " " + at(run.DecidedAt)
		if n := len(emails); n > 0 && emails[n-1].Status == ports.EmailSent {
			line += " · sent " + at(emails[n-1].SentAt)
		}
		if edited {
			line += " · edited"
		}
		return line
	case workflows.Rejected:
		return "Rejected by " + decider + " " + at(run.DecidedAt)
	case workflows.Cancelled:
		return "Cancelled"
	case workflows.Expired:
		return "Expired: nobody decided in time"
	case workflows.Queued, workflows.Researching, workflows.Qualifying, workflows.Drafting:
		return "Being redrafted"
	case workflows.AwaitingReview, workflows.Failed:
	}
	return ""
}

func zoneOf(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC
}
