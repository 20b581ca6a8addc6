// Package workflows is the life of one lead through the inbound workflow: its states, what moves it from one to the next, and what each
// move asks the world to do. It is pure: the time and every id come from outside.
package workflows

import (
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// ID names a run (UUIDv7 in 36 characters).
type ID string

// ParseID reads an ID; false for anything that is not a UUID.
func ParseID(s string) (ID, bool) {
	id, ok := tenancy.ParseUUID(s)
	return ID(id), ok
}

// State is where a run stands.
type State string

// The states.
const (
	// Queued waits for a worker to begin.
	Queued State = "queued"
	// Researching: a worker gathers facts, or the run waits for a vendor until its wake time.
	Researching State = "researching"
	// Qualifying: a worker asks the judge.
	Qualifying State = "qualifying"
	// Drafting: a worker asks the writer.
	Drafting State = "drafting"
	// AwaitingReview waits for a person, in Slack or in the dashboard, or for the review to run out.
	AwaitingReview State = "awaiting_review"
	// Sending waits for the undo time to pass and then for a worker to hand the approved email over.
	Sending State = "sending"
	// Completed is an end: the email went out, or no reply was needed.
	Completed State = "completed"
	// Rejected is an end: a person said no.
	Rejected State = "rejected"
	// Cancelled is an end: a person stopped the run before anything was sent.
	Cancelled State = "cancelled"
	// Expired is an end that a manager may reopen: nobody decided in time.
	Expired State = "expired"
	// Failed waits for a person to retry: the program itself went wrong.
	Failed State = "failed"
	// NeedsAttention waits for a person: a doubtful send, a refusing model, retries used up.
	NeedsAttention State = "needs_attention"
)

// States lists every state in the order in which a run may meet them.
func States() []State {
	return []State{
		Queued, Researching, Qualifying, Drafting, AwaitingReview, Sending, Completed, Rejected, Cancelled, Expired, Failed, NeedsAttention,
	}
}

// ParseState reads a state; false for anything else.
func ParseState(s string) (State, bool) {
	for _, known := range States() {
		if string(known) == s {
			return known, true
		}
	}
	return "", false
}

// Working tells whether a worker, not a person, has to act next.
func (s State) Working() bool {
	switch s {
	case Queued, Researching, Qualifying, Drafting, Sending:
		return true
	case AwaitingReview, Completed, Rejected, Cancelled, Expired, Failed, NeedsAttention:
	}
	return false
}

// Ended tells whether nothing follows unless a person takes the run up again.
func (s State) Ended() bool {
	switch s {
	case Completed, Rejected, Cancelled, Expired:
		return true
	case Queued, Researching, Qualifying, Drafting, AwaitingReview, Sending, Failed, NeedsAttention:
	}
	return false
}

// MaxRedrafts is how often a reviewer may send one run back to the writer.
const MaxRedrafts = 3

// Run is the record of one run.
type Run struct {
	ID           ID
	LeadID       leads.ID
	State        State
	Resume       State // where Retry goes on; set while the run is failed or needs attention
	Category     leads.Category
	DraftVersion int // 0 while there is no draft
	Redrafts     int
	Feedback     string // what the reviewer asked of the next draft
	ApprovedBy   tenancy.UserID
	RejectedBy   tenancy.UserID
	DecidedAt    time.Time
	NotBefore    time.Time // of a sending run: until then the approval can be undone
	ReviewDue    time.Time // of an awaiting run: then it expires
	Doubt        bool      // it is unknown whether the email went out
	Problem      string    // why a person is needed, in words for that person
	CreatedAt    time.Time
	CompletedAt  time.Time
}

// Queue is the line in which a run waits for a worker.
type Queue string

// The queues. Approvals never waits behind Research.
const (
	Research  Queue = "research"
	Approvals Queue = "approvals"
)

// Wake says when a worker has to look at the run next, and in which queue it then waits; false when only a person can go on with it.
func (r Run) Wake(now time.Time) (time.Time, Queue, bool) {
	switch r.State {
	case Queued, Researching, Qualifying, Drafting:
		return now, Research, true
	case Sending:
		if r.NotBefore.After(now) {
			return r.NotBefore, Approvals, true
		}
		return now, Approvals, true
	case AwaitingReview:
		return r.ReviewDue, Approvals, !r.ReviewDue.IsZero()
	case Completed, Rejected, Cancelled, Expired, Failed, NeedsAttention:
	}
	return time.Time{}, "", false
}

// Draft is one version of the reply.
type Draft struct {
	Version   int
	Subject   string
	Body      string
	Author    tenancy.UserID // empty: the model
	FactsUsed []string
	CreatedAt time.Time
}

// Step names a durable step. A finished step is never run again.
type Step string

// The steps in their order. Rounds of drafting carry their number: draft, draft-2, …
const (
	StepCreate        Step = "create_run"
	StepResearch      Step = "research"
	StepQualify       Step = "qualify"
	StepSave          Step = "save_qualification"
	StepDraft         Step = "draft"
	StepRequestReview Step = "request_review"
	StepDecision      Step = "decision"
	StepSend          Step = "send"
	StepFinalize      Step = "finalize"
)
