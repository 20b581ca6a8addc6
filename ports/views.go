package ports

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// LeadFilter narrows a list of leads. Zero values do not narrow.
type LeadFilter struct {
	Status        leads.Status
	Category      leads.Category
	AssignedTo    tenancy.UserID
	Text          string // in name, email or company
	CreatedAfter  time.Time
	CreatedBefore time.Time
	Cursor        string // as the last page gave it; a bad one is Invalid
	Limit         int    // 1 to 100
}

// LeadRow is a lead with its run, as lists show it.
type LeadRow struct {
	leads.Lead
	Run   workflows.ID // empty: none
	State workflows.State
	Owner string // the display name of whom the lead is assigned to; filled in by the use case
}

// RunFilter narrows a list of runs.
type RunFilter struct {
	State         workflows.State
	Lead          leads.ID
	AssignedTo    tenancy.UserID
	CreatedAfter  time.Time
	CreatedBefore time.Time
	Cursor        string
	Limit         int
}

// RunRow is a run as lists and the API show it.
type RunRow struct {
	workflows.Run
	Carriage
	Lead     leads.Lead
	Research []byte // JSON; nil before there is any
	Subject  string
	Body     string
}

// StepRow is a step as it is shown.
type StepRow struct {
	Name       string
	Status     string // started, finished, failed
	Attempt    int
	Error      string
	Spent      Spent
	StartedAt  time.Time
	FinishedAt time.Time // zero while it runs
}

// Counts are an organization's numbers at a glance.
type Counts struct {
	AwaitingReview int
	NeedsAttention int
	Working        int
	NewToday       int // since midnight in the organization's zone
	SentThisWeek   int // within the last seven days
	Leads          int // of any status, capped at 10,000
}

// Views are reads for pages and the API.
type Views interface {
	// Leads gives a page of leads, the newest first, and the next page's cursor, empty at the end.
	Leads(ctx context.Context, f LeadFilter) ([]LeadRow, string, error)
	// Runs gives a page of runs, the newest first, likewise.
	Runs(ctx context.Context, f RunFilter) ([]RunRow, string, error)
	// Run gives one run whole; NotFound otherwise.
	Run(ctx context.Context, id workflows.ID) (RunRow, error)
	// Queue gives the runs that await review, the longest waiting first.
	Queue(ctx context.Context, limit int) ([]RunRow, error)
	// Steps gives a run's steps in the order in which they began.
	Steps(ctx context.Context, id workflows.ID) ([]StepRow, error)
	// Counts gives the numbers at a glance; zone decides when today began.
	Counts(ctx context.Context, zone *time.Location) (Counts, error)
	// LastDecision gives the newest approval or rejection, or false.
	LastDecision(ctx context.Context) (Decision, RunRow, bool, error)
	// CardTrouble gives the oldest unresolved problem of showing cards in Slack, or false.
	CardTrouble(ctx context.Context) (problem string, since time.Time, found bool, err error)
}
