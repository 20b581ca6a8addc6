package ports

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// Entry is a parsed submission on its way into the database.
type Entry struct {
	Scope          tenancy.Scope
	FormID         string // empty for a member's own submission without a form
	UserID         tenancy.UserID
	Submission     leads.Submission
	Quarantine     string // why the bot shield caught it; empty: it did not
	IdempotencyKey string // empty: none
	BodyHash       string // tells a repeated request from another one under the same key
}

// Receipt is what a stored submission became.
type Receipt struct {
	Lead      leads.ID
	Reference string
	Status    leads.Status
	Replayed  bool // the idempotency key was used before with the same body
	Duplicate bool // the same person sent the same message within a day
}

// Committer stores submissions. It is the one place that may put several organizations' rows into one transaction.
type Committer interface {
	// Accept stores the lead and whatever its status calls for, all or nothing, and returns after the commit. A pending lead costs one of the
	// plan's leads and gets a run that is due at once; over the limit the lead is held, or refused with QuotaReached where the organization
	// chose so. The same key with another body is Invalid. An unreachable or overloaded database is Overloaded, and nothing was stored.
	Accept(ctx context.Context, e Entry) (Receipt, error)
}

// FormRef is a form and whose it is.
type FormRef struct {
	Org  tenancy.OrgID
	Form string // its id
}

// Directory finds the organization before one is known.
type Directory interface {
	// Form resolves a public form key; NotFound for an unknown one.
	Form(ctx context.Context, key string) (FormRef, error)
	// SlackRun gives the organization that owns the run and has installed the Slack workspace; NotFound otherwise.
	SlackRun(ctx context.Context, team, run string) (tenancy.OrgID, error)
}

// Limiter counts what may happen in a minute.
type Limiter interface {
	// Allow counts one event under the key and tells whether it stays within limit a minute; if not, how long to wait. A limit of 0 allows
	// everything. It never fails: without its store it counts in this process.
	Allow(ctx context.Context, key string, limit int) (ok bool, wait time.Duration)
}
