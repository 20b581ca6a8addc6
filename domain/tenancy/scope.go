package tenancy

import (
	"fmt"

	"github.com/leadagent/leadagent/domain/fault"
)

// Surface is where an action came from; the audit log keeps it.
type Surface string

// The surfaces.
const (
	Dashboard Surface = "dashboard"
	API       Surface = "api"
	Slack     Surface = "slack"
	Form      Surface = "form"
	Pipeline  Surface = "pipeline"
	Webhook   Surface = "webhook"
)

// ActorKind tells people from the program itself.
type ActorKind string

// The kinds of actors.
const (
	Person   ActorKind = "member"   // a member of the organization, with a role
	Prospect ActorKind = "prospect" // somebody who fills in the hosted form; may submit and nothing else
	System   ActorKind = "system"   // a worker or a vendor's callback
)

// Actor is who does something.
type Actor struct {
	Kind    ActorKind
	UserID  UserID // only for a Person
	Name    string // for the log of decisions; may be empty
	Role    Role   // only for a Person
	Surface Surface
}

// Scope is one organization and who acts in it. Every unit of work needs one. The zero value is invalid, and nothing can change a
// Scope once made.
type Scope struct {
	org   OrgID
	actor Actor
}

// ForMember is the scope of a person with a role in the organization.
func ForMember(org OrgID, m Member, surface Surface) Scope {
	role := m.Role
	if !m.Active {
		role = 0
	}
	return Scope{org: org, actor: Actor{Kind: Person, UserID: m.UserID, Name: m.DisplayName(), Role: role, Surface: surface}}
}

// ForProspect is the scope of a submission to one organization's form.
func ForProspect(org OrgID, surface Surface) Scope {
	return Scope{org: org, actor: Actor{Kind: Prospect, Surface: surface}}
}

// ForSystem is the scope of the program's own work for an organization. It holds no permission: system use cases ask for the kind.
func ForSystem(org OrgID, surface Surface) Scope {
	return Scope{org: org, actor: Actor{Kind: System, Surface: surface}}
}

// Valid tells whether the scope names an organization and an actor.
func (s Scope) Valid() bool { return s.org != "" && s.actor.Kind != "" }

// Org is the scope's organization.
func (s Scope) Org() OrgID { return s.org }

// Actor is who acts.
func (s Scope) Actor() Actor { return s.actor }

// HasPermission tells whether the actor holds p.
func (s Scope) HasPermission(p Permission) bool {
	return s.Valid() && s.actor.Kind == Person && s.actor.Role.Grants(p)
}

// HasAny tells whether the actor holds at least one of ps.
func (s Scope) HasAny(ps ...Permission) bool {
	for _, p := range ps {
		if s.HasPermission(p) {
			return true
		}
	}
	return false
}

// HasAll tells whether the actor holds every one of ps.
func (s Scope) HasAll(ps ...Permission) bool {
	for _, p := range ps {
		if !s.HasPermission(p) {
			return false
		}
	}
	return s.Valid()
}

// Permissions lists what the actor holds.
func (s Scope) Permissions() []Permission {
	if s.actor.Kind != Person {
		return nil
	}
	return s.actor.Role.Permissions()
}

// RequirePermission is nil when the actor holds p, else a Forbidden fault that names it.
func (s Scope) RequirePermission(p Permission) error {
	if s.HasPermission(p) {
		return nil
	}
	return fault.New(fault.Forbidden, fmt.Sprintf("You need the permission %s. Ask an admin of your organization for it.", p)).
		With("permission", string(p))
}
