// Package ports is what the use cases need from the outside, one small interface for each role. An implementation promises what the
// comments say: which fault comes back when, what may be repeated, and that nothing reaches across organizations.
package ports

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// UnitOfWork is the only way to tenant data.
type UnitOfWork interface {
	// Within runs do in one transaction that sees and writes only the scope's organization. The transaction commits when do returns nil and
	// rolls back when it returns an error, which is passed on. do may run twice (serialization, deadlock), so it must have no effect but
	// through the Store, and it must make no outside call. An invalid scope is an Internal fault and do is not run. An unreachable or
	// overloaded database is an Overloaded fault.
	Within(ctx context.Context, scope tenancy.Scope, do func(ctx context.Context, s *Store) error) error
}

// Store hands out the repositories of one running transaction. It is of no use after it.
type Store struct {
	Organization Organizations
	Members      Members
	Forms        Forms
	Leads        Leads
	Runs         Runs
	Steps        Steps
	Actions      Actions
	Drafts       Drafts
	Decisions    Decisions
	Emails       Emails
	Cards        Cards
	Slack        Installations
	Callbacks    Callbacks
	Timeline     Timeline
	Audit        Audit
	Usage        Usages
	Views        Views
}

// Commit is what a committed unit of work left for others to notice.
type Commit struct {
	Org     tenancy.OrgID
	Changed []workflows.ID // runs whose page looks different now
	Due     bool           // the outbox has rows to ring, or a slot became free
}

// Clock tells the time for what is shown and for timeouts inside one process. Leases and due times ask the database instead.
type Clock func() time.Time

// NewID makes a fresh UUIDv7 in 36 characters.
type NewID func() string
