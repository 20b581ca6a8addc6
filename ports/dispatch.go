package ports

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// RingKind says what a worker is to look at.
type RingKind string

// The kinds of rings.
const (
	RingRun      RingKind = "run"      // carry the run on
	RingCard     RingKind = "card"     // bring the Slack card up to date
	RingCallback RingKind = "callback" // process the callbacks that came for the run
)

// Ring is one pull at the doorbell. It carries no personal data.
type Ring struct {
	Org    tenancy.OrgID
	Run    workflows.ID
	Kind   RingKind
	Queue  workflows.Queue
	Number int64 // fresh for every ring
}

// Outbox is the relay's and the sweeper's view of what is due, over all organizations.
type Outbox interface {
	// Take gives at most most due rows, each with a fresh number, and hides them for hold. Of one organization's research at most slots runs are
	// in flight at a time.
	Take(ctx context.Context, most, slots int, hold time.Duration) ([]Ring, error)
	// Rang removes what was put into the queue, unless it was asked for again meanwhile.
	Rang(ctx context.Context, rings []Ring) error
	// Sweep makes due again whatever was dropped: leases that ran out, rings unanswered for grace (all of them when everything is true). It
	// gives the number of rows made due.
	Sweep(ctx context.Context, grace time.Duration, everything bool) (int, error)
}

// Doorbell wakes workers. A ring may be delivered twice, late, or never: the sweeper covers that.
type Doorbell interface {
	// Ring puts the rings into their queues. An Unavailable fault means that some may not have arrived.
	Ring(ctx context.Context, rings []Ring) error
	// Remembers tells whether the queue still holds what was put into it since the last Remember; false after its store was flushed.
	Remembers(ctx context.Context) (bool, error)
	// Remember sets the mark that Remembers looks for.
	Remember(ctx context.Context) error
}

// Live tells open pages that a run looks different now.
type Live interface {
	// Publish is best effort; pages poll as well.
	Publish(ctx context.Context, org tenancy.OrgID, runs []workflows.ID)
	// Subscribe gives the ids of the organization's changed runs until ctx ends, then closes the channel. Slow readers miss some.
	Subscribe(ctx context.Context, org tenancy.OrgID) (<-chan workflows.ID, error)
}
