package transition

import (
	"context"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// The kinds of email.
const (
	Reply    = "reply"    // to the prospect, approved by a person
	Handover = "handover" // to the organization's own support address
)

func (m *Mover) carryOut(ctx context.Context, s *ports.Store, run workflows.Run, effect workflows.Effect, now time.Time) error {
	switch effect {
	case workflows.ShowCard:
		return m.showCard(ctx, s, run)
	case workflows.LeadApproved:
		return s.Leads.SetStatus(ctx, run.LeadID, leads.Approved)
	case workflows.LeadRejected:
		return s.Leads.SetStatus(ctx, run.LeadID, leads.Rejected)
	case workflows.LeadClosed:
		return s.Leads.SetStatus(ctx, run.LeadID, leads.Closed)
	case workflows.LeadPending:
		return s.Leads.SetStatus(ctx, run.LeadID, leads.Pending)
	case workflows.QueueEmail:
		return m.queueReply(ctx, s, run)
	case workflows.HandOver:
		return m.queueHandover(ctx, s, run, now)
	case workflows.RepeatEmail:
		return m.repeatEmail(ctx, s, run)
	case workflows.DropEmail:
		return m.dropEmail(ctx, s, run)
	}
	return fault.Newf(fault.Internal, "the effect %s is not known", effect)
}

// showCard asks for the card only where there is a channel, and only once there was something to review.
func (m *Mover) showCard(ctx context.Context, s *ports.Store, run workflows.Run) error {
	if run.DraftVersion == 0 {
		return nil
	}
	_, err := s.Slack.Get(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Cards.Want(ctx, run.ID)
}

// queueReply fixes the reply: the approved version's words, the lead's address from the database, the organization's sender.
func (m *Mover) queueReply(ctx context.Context, s *ports.Store, run workflows.Run) error {
	draft, err := s.Drafts.Get(ctx, run.ID, run.DraftVersion)
	if err != nil {
		return err
	}
	lead, err := s.Leads.Get(ctx, run.LeadID)
	if err != nil {
		return err
	}
	org, err := s.Organization.Get(ctx)
	if err != nil {
		return err
	}
	return m.addEmail(ctx, s, ports.Email{
		Run: run.ID, Kind: Reply, DraftVersion: run.DraftVersion, FromName: org.Sender(), To: lead.Email,
		Subject: draft.Subject, Body: draft.Body,
	})
}

func (m *Mover) queueHandover(ctx context.Context, s *ports.Store, run workflows.Run, now time.Time) error {
	lead, err := s.Leads.Get(ctx, run.LeadID)
	if err != nil {
		return err
	}
	org, err := s.Organization.Get(ctx)
	if err != nil {
		return err
	}
	to, ok := leads.ParseEmail(org.SupportAddress)
	if !ok {
		return fault.New(fault.Refused, "The support address in the settings is not an email address. Correct it, then press Retry.")
	}
	return m.addEmail(ctx, s, ports.Email{
		Run: run.ID, Kind: Handover, FromName: org.Sender(), ReplyTo: lead.Email.String(), To: to,
		Subject: "Support question from " + lead.Name, Body: handoverText(lead, now),
	})
}

func handoverText(lead leads.Lead, now time.Time) string {
	var b strings.Builder
	b.WriteString("A support question came in through the contact form.\n\n")
	for _, row := range [][2]string{
		{"Name", lead.Name}, {"Email", lead.Email.String()}, {"Company", lead.Company}, {"Phone", lead.Phone},
		{"Received", lead.CreatedAt.UTC().Format("2 January 2006 15:04 MST")}, {"Handed over", now.UTC().Format("2 January 2006 15:04 MST")},
	} {
		if row[1] != "" {
			b.WriteString(row[0] + ": " + row[1] + "\n")
		}
	}
	b.WriteString("\n" + lead.Message + "\n\nReplying to this email answers the person.\n")
	return b.String()
}

func (m *Mover) addEmail(ctx context.Context, s *ports.Store, e ports.Email) error {
	all, err := s.Emails.List(ctx, e.Run)
	if err != nil {
		return err
	}
	e.ID = m.newID()
	e.Number = len(all) + 1
	e.MessageID = e.ID + "@" + m.settings.MailDomain
	e.Status = ports.EmailQueued
	return s.Emails.Add(ctx, e)
}

func (m *Mover) repeatEmail(ctx context.Context, s *ports.Store, run workflows.Run) error {
	last, err := s.Emails.Last(ctx, run.ID)
	if err != nil {
		return err
	}
	last.Problem, last.HandedOverAt, last.SentAt = "", time.Time{}, time.Time{}
	return m.addEmail(ctx, s, last)
}

func (m *Mover) dropEmail(ctx context.Context, s *ports.Store, run workflows.Run) error {
	last, err := s.Emails.Last(ctx, run.ID)
	if err != nil {
		return err
	}
	return s.Emails.SetStatus(ctx, last.ID, ports.EmailQueued, ports.EmailDropped, "")
}
