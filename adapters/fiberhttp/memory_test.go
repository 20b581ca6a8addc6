package fiberhttp_test

import (
	"context"
	"sync"
	"time"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// memory is the tenant data of several organizations. Another organization's rows cannot be reached, since each has a tenant of its own.
type memory struct {
	mu      sync.Mutex
	tenants map[tenancy.OrgID]*tenant
	down    bool // the database is away
	now     ports.Clock
}

// tenant is one organization's rows.
type tenant struct {
	now       ports.Clock
	org       ports.OrganizationSettings
	members   map[tenancy.UserID]tenancy.Member
	forms     []ports.Form
	leads     []*leads.Lead // the newest last
	runs      map[workflows.ID]*run
	usage     billing.Usage
	slack     *ports.Installation
	trouble   string
	troubleAt time.Time
}

// run is a run with everything that hangs on it.
type run struct {
	workflows.Run
	carriage  ports.Carriage
	research  []byte
	steps     []ports.StepRow
	drafts    []workflows.Draft
	decisions []ports.Decision
	emails    []ports.Email
	moments   []ports.Moment
	card      *ports.CardState
}

var _ ports.UnitOfWork = (*memory)(nil)

// Within runs one at a time. Nothing is rolled back: what the tests provoke fails before it writes.
func (m *memory) Within(ctx context.Context, scope tenancy.Scope, do func(context.Context, *ports.Store) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return fault.New(fault.Overloaded, "The database cannot be reached. Try again in a moment.")
	}
	if !scope.Valid() {
		return fault.New(fault.Internal, "invalid scope")
	}
	t := m.tenants[scope.Org()]
	if t == nil {
		t = &tenant{now: m.now, members: map[tenancy.UserID]tenancy.Member{}, runs: map[workflows.ID]*run{}}
	}
	return do(ctx, t.store())
}

// change lets a test write what only workers or other people would.
func (m *memory) change(org tenancy.OrgID, do func(*tenant)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do(m.tenants[org])
}

func (t *tenant) store() *ports.Store {
	return &ports.Store{
		Organization: organizations{tenant: t}, Members: memberRows{tenant: t}, Forms: formRows{tenant: t}, Leads: leadRows{tenant: t},
		Runs: runRows{tenant: t}, Steps: stepRows{tenant: t}, Drafts: draftRows{tenant: t}, Decisions: decisionRows{tenant: t},
		Emails: emailRows{tenant: t}, Cards: cardRows{tenant: t}, Slack: installations{tenant: t}, Timeline: timelineRows{tenant: t},
		Audit: auditRows{}, Usage: usages{tenant: t}, Views: views{tenant: t},
	}
}

func missing() error { return fault.New(fault.NotFound, "There is no such row.") }

func (t *tenant) run(id workflows.ID) (*run, error) {
	if r, ok := t.runs[id]; ok {
		return r, nil
	}
	return nil, missing()
}

func (t *tenant) lead(id leads.ID) (*leads.Lead, error) {
	for _, l := range t.leads {
		if l.ID == id {
			return l, nil
		}
	}
	return nil, missing()
}

func (t *tenant) runOf(id leads.ID) *run {
	for _, r := range t.runs {
		if r.LeadID == id {
			return r
		}
	}
	return nil
}
