// Package accounts knows who may come in: it turns a verified session into a scope, and sets organizations up. Identity is the provider's; what
// an organization is here is ours.
package accounts

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"log/slog"
	"strings"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// Accounts lets people in.
type Accounts struct {
	work     ports.UnitOfWork
	identity ports.Identity
	newID    ports.NewID
	plan     billing.Plan
	log      *slog.Logger
}

// New makes Accounts. plan is what a new organization starts with.
func New(work ports.UnitOfWork, identity ports.Identity, newID ports.NewID, plan billing.Plan, log *slog.Logger) *Accounts {
	return &Accounts{work: work, identity: identity, newID: newID, plan: plan, log: log}
}

// Visitor is a person who is let in.
type Visitor struct {
	Scope        tenancy.Scope
	Organization ports.OrganizationSettings
	Member       tenancy.Member
	Session      string
}

// Enter verifies a session token and gives who it is. An organization or member that is not known here is asked for at the identity provider
// once and added. Faults: Unauthenticated (bad token, revoked membership, nobody), Forbidden (signed in without an organization),
// Overloaded, Unavailable.
func (a *Accounts) Enter(ctx context.Context, token string, surface tenancy.Surface) (Visitor, error) {
	claims, err := a.identity.Verify(ctx, token)
	if err != nil {
		return Visitor{}, err
	}
	if claims.Org == "" {
		return Visitor{Session: claims.Session}, fault.New(fault.Forbidden, "Choose an organization to work in.").With("reason", "no_organization")
	}
	visitor, err := a.known(ctx, claims, surface)
	if fault.Is(err, fault.NotFound) {
		if err = a.introduce(ctx, claims); err == nil {
			visitor, err = a.known(ctx, claims, surface)
		}
	}
	if fault.Is(err, fault.NotFound) || err == nil && !visitor.Member.Active {
		return Visitor{}, fault.New(fault.Unauthenticated, "You are not a member of this organization any more. Sign in again.")
	}
	return visitor, err
}

// Leave ends the person's session at the identity provider. Tokens given out before live on for at most their minute.
func (a *Accounts) Leave(ctx context.Context, v Visitor) error { return a.identity.End(ctx, v.Session) }

// known reads the person's membership here. The token is at most a minute old, so a role in it that differs is newer unless ours was changed after it
// was issued; which of the two holds is the repository's rule.
func (a *Accounts) known(ctx context.Context, claims ports.Claims, surface tenancy.Surface) (Visitor, error) {
	visitor := Visitor{Session: claims.Session}
	err := a.work.Within(ctx, tenancy.ForSystem(claims.Org, surface), func(ctx context.Context, s *ports.Store) error {
		var err error
		if visitor.Organization, err = s.Organization.Get(ctx); err != nil {
			return err
		}
		if visitor.Member, err = s.Members.Get(ctx, claims.User); err != nil {
			return err
		}
		if visitor.Member.Active && claims.Role != 0 && claims.Role != visitor.Member.Role {
			if err := a.follow(ctx, s, claims, visitor.Member); err != nil {
				return err
			}
			visitor.Member, err = s.Members.Get(ctx, claims.User)
		}
		return err
	})
	visitor.Scope = tenancy.ForMember(claims.Org, visitor.Member, surface)
	return visitor, err
}

// follow takes over a role from the token.
func (a *Accounts) follow(ctx context.Context, s *ports.Store, claims ports.Claims, m tenancy.Member) error {
	m.Role = claims.Role
	if err := s.Members.Put(ctx, m, claims.IssuedAt); err != nil {
		return err
	}
	return s.Audit.Add(ctx, ports.AuditEntry{
		Action: "member.role_changed", SubjectKind: "member", SubjectID: string(m.UserID), Fields: []string{"role"},
	})
}

// introduce asks the provider for a membership that is not known here and adds it, with its organization where that is new too.
func (a *Accounts) introduce(ctx context.Context, claims ports.Claims) error {
	org, member, err := a.identity.Lookup(ctx, claims.Org, claims.User)
	if err != nil {
		return err
	}
	a.log.InfoContext(ctx, "membership added from the identity provider", "org", claims.Org)
	return a.Add(ctx, org, member, claims)
}

// Add stores an organization, unless it is known, and a member of it.
func (a *Accounts) Add(ctx context.Context, org tenancy.Organization, member tenancy.Member, claims ports.Claims) error {
	return a.work.Within(ctx, tenancy.ForSystem(org.ID, tenancy.Webhook), func(ctx context.Context, s *ports.Store) error {
		_, err := s.Organization.Get(ctx)
		if fault.Is(err, fault.NotFound) {
			err = a.setUp(ctx, s, ports.OrganizationSettings{Organization: org}, "")
		}
		if err != nil {
			return err
		}
		if err := s.Members.Put(ctx, member, claims.IssuedAt); err != nil {
			return err
		}
		return s.Audit.Add(ctx, ports.AuditEntry{
			Action: "member.added", SubjectKind: "member", SubjectID: string(member.UserID), Fields: []string{"role"},
		})
	})
}

// Initialize stores a new organization with its first form and members, or updates a known one's settings. An empty form key gets a random
// one. It is what `dev` seeds by.
func (a *Accounts) Initialize(ctx context.Context, org ports.OrganizationSettings, formKey string, members []tenancy.Member, at ports.Clock) error {
	return a.work.Within(ctx, tenancy.ForSystem(org.ID, tenancy.Webhook), func(ctx context.Context, s *ports.Store) error {
		if err := a.setUp(ctx, s, org, formKey); err != nil {
			return err
		}
		for _, m := range members {
			if err := s.Members.Put(ctx, m, at()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *Accounts) setUp(ctx context.Context, s *ports.Store, org ports.OrganizationSettings, formKey string) error {
	if org.Plan == "" {
		org.Plan = string(a.plan)
	}
	if org.OverLimit == "" {
		org.OverLimit = tenancy.Hold
	}
	if err := s.Organization.Put(ctx, org); err != nil {
		return err
	}
	forms, err := s.Forms.List(ctx)
	if err != nil || len(forms) > 0 {
		return err
	}
	if formKey == "" {
		formKey = FormKey()
	}
	form := ports.Form{ID: a.newID(), Key: formKey, Title: "Contact " + org.Name, Active: true}
	if err := s.Forms.Put(ctx, form); err != nil {
		return err
	}
	return s.Audit.Add(ctx, ports.AuditEntry{
		Action: "organization.initialized", SubjectKind: "organization", SubjectID: string(org.ID), Fields: []string{"name", "plan", "form"},
	})
}

// FormKey makes a form's public key: 100 random bits in 20 letters and digits.
func FormKey() string {
	var raw [13]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))[:20]
}
