package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox"
	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// seed sets the sandbox's organizations up and submits their example leads through the front door, so that they really run. What is there
// already stays as it is.
func seed(ctx context.Context, p *parts) error {
	organizations, err := sandbox.Organizations()
	if err != nil {
		return err
	}
	for _, o := range organizations {
		if err := p.seedOrganization(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		fresh, err := p.withoutLeads(ctx, o.ID)
		if err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		if !fresh {
			continue
		}
		for _, lead := range o.Leads {
			if err := p.seedLead(ctx, o.FormKey, lead); err != nil {
				return fmt.Errorf("example lead of %s: %w", o.Name, err)
			}
		}
	}
	return nil
}

func (p *parts) seedOrganization(ctx context.Context, o sandbox.Organization) error {
	token, err := p.sealer.Seal(o.ID, o.SlackToken)
	if err != nil {
		return err
	}
	scope := tenancy.ForSystem(o.ID, tenancy.Webhook)
	settings := ports.OrganizationSettings{
		Organization: tenancy.Organization{
			ID: o.ID, Name: o.Name, Slug: o.Slug, SupportAddress: o.SupportAddress, Signature: o.Signature, Tone: o.Tone, TimeZone: o.TimeZone,
			CreatedAt: time.Now(),
		},
		AllowedLinks: o.AllowedLinks,
	}
	if err := p.accounts.Initialize(ctx, settings, o.FormKey, o.Members, time.Now); err != nil {
		return err
	}
	return p.db.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		return s.Slack.Put(ctx, ports.Installation{
			TeamID: o.SlackTeam, TeamName: o.Name, ChannelID: o.SlackChannel, ChannelName: o.SlackChannelName, TokenSealed: token,
		})
	})
}

// withoutLeads tells whether the organization has no lead yet: only then are examples wanted.
func (p *parts) withoutLeads(ctx context.Context, org tenancy.OrgID) (bool, error) {
	var rows []ports.LeadRow
	err := p.db.Within(ctx, tenancy.ForSystem(org, tenancy.Webhook), func(ctx context.Context, s *ports.Store) error {
		var err error
		rows, _, err = s.Views.Leads(ctx, ports.LeadFilter{Limit: 1})
		return err
	})
	return len(rows) == 0, err
}

// seedLead submits one example.
func (p *parts) seedLead(ctx context.Context, form string, raw leads.Raw) error {
	sum := sha256.Sum256([]byte(raw.Email + raw.Message))
	hash := hex.EncodeToString(sum[:])
	_, err := p.intake.Submit(ctx, intake.Request{FormKey: form, Raw: raw, Address: "seed", IdempotencyKey: "seed-" + hash[:16], BodyHash: hash})
	return err
}
