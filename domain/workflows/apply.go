package workflows

import (
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// EventKind names what happened to a run.
type EventKind string

// The events. The first group comes from workers, the second from people, the last from the clock.
const (
	Started       EventKind = "started"
	Researched    EventKind = "researched"
	QualifiedAs   EventKind = "qualified"
	Drafted       EventKind = "drafted"
	Sent          EventKind = "sent"
	SendDoubtful  EventKind = "send_doubtful"
	GaveUp        EventKind = "gave_up" // retries used up, or a refusal
	Broke         EventKind = "broke"   // a defect of this program
	Edited        EventKind = "edited"
	ApprovedBy    EventKind = "approved"
	RejectedBy    EventKind = "rejected"
	Undone        EventKind = "undone"
	RedraftWanted EventKind = "redraft_wanted"
	CancelledBy   EventKind = "cancelled"
	Retried       EventKind = "retried"
	ConfirmedSent EventKind = "confirmed_sent" // "it went"
	SendAgain     EventKind = "send_again"
	Reopened      EventKind = "reopened"
	RanOut        EventKind = "ran_out"
)

// EventKinds lists every event.
func EventKinds() []EventKind {
	return []EventKind{
		Started, Researched, QualifiedAs, Drafted, Sent, SendDoubtful, GaveUp, Broke, Edited, ApprovedBy, RejectedBy, Undone, RedraftWanted,
		CancelledBy, Retried, ConfirmedSent, SendAgain, Reopened, RanOut,
	}
}

// Event is something that happened, with what the transition needs to know of it.
type Event struct {
	Kind     EventKind
	At       time.Time
	By       tenancy.UserID // the person, for events of people
	Version  int            // the draft version that the person saw, or that was written
	Category leads.Category // of QualifiedAs
	Reply    bool           // of QualifiedAs: a draft is wanted
	HandOver bool           // of QualifiedAs: there is a support address to hand the inquiry to
	Undo     time.Duration  // of ApprovedBy: how long the approval can be taken back
	Due      time.Time      // of Drafted, Undone and Reopened: when the review runs out
	Note     string         // of RedraftWanted: the feedback; of GaveUp, Broke and SendDoubtful: the problem
}

// Effect is what a transition asks of the rest of the program. It is stored in the same transaction as the state. That a worker has to
// look at the run is no effect: it follows from the state (Run.Wake).
type Effect string

// The effects.
const (
	// ShowCard: the review card in Slack is to be posted or brought up to date.
	ShowCard Effect = "show_card"
	// LeadApproved, LeadRejected, LeadClosed and LeadPending set the lead's status.
	LeadApproved Effect = "lead_approved"
	LeadRejected Effect = "lead_rejected"
	LeadClosed   Effect = "lead_closed"
	LeadPending  Effect = "lead_pending"
	// HandOver: the inquiry goes to the support address.
	HandOver Effect = "hand_over"
	// QueueEmail fixes what will be sent: the approved version, word for word.
	QueueEmail Effect = "queue_email"
	// RepeatEmail queues the last email again, word for word.
	RepeatEmail Effect = "repeat_email"
	// DropEmail takes a queued email back before it was handed over.
	DropEmail Effect = "drop_email"
)

type transition struct {
	from []State
	to   func(Run, Event) State // nil: the run stays in its state
	// do changes the run beyond its state and names the effects; a fault refuses the event.
	do func(*Run, Event) ([]Effect, error)
}

func always(s State) func(Run, Event) State { return func(Run, Event) State { return s } }

// beforeSending are the states in which nothing can have reached the prospect.
var beforeSending = []State{Queued, Researching, Qualifying, Drafting, AwaitingReview}

// transitions is the one table of what may happen when. docs/states.md is drawn from it.
func transitions() map[EventKind]transition {
	return map[EventKind]transition{
		Started:       {[]State{Queued}, always(Researching), nil},
		Researched:    {[]State{Researching}, always(Qualifying), nil},
		QualifiedAs:   {[]State{Qualifying}, afterJudgement, judged},
		Drafted:       {[]State{Drafting}, always(AwaitingReview), drafted},
		Sent:          {[]State{Sending}, always(Completed), complete},
		SendDoubtful:  {[]State{Sending}, always(NeedsAttention), doubt},
		GaveUp:        {[]State{Queued, Researching, Qualifying, Drafting, Sending}, always(NeedsAttention), stop},
		Broke:         {[]State{Queued, Researching, Qualifying, Drafting, Sending}, always(Failed), stop},
		Edited:        {[]State{AwaitingReview}, nil, edited},
		ApprovedBy:    {[]State{AwaitingReview}, always(Sending), approved},
		RejectedBy:    {[]State{AwaitingReview}, always(Rejected), rejected},
		Undone:        {[]State{Sending}, always(AwaitingReview), undone},
		RedraftWanted: {[]State{AwaitingReview}, always(Drafting), redraft},
		CancelledBy:   {append(append([]State(nil), beforeSending...), NeedsAttention, Failed), always(Cancelled), cancelled},
		Retried:       {[]State{NeedsAttention, Failed}, resume, retried},
		ConfirmedSent: {[]State{NeedsAttention}, always(Completed), confirmed},
		SendAgain:     {[]State{NeedsAttention}, always(Sending), sendAgain},
		Reopened:      {[]State{Expired}, always(AwaitingReview), reopened},
		RanOut:        {[]State{AwaitingReview}, always(Expired), ranOut},
	}
}

// Apply gives the run after the event and what has to be done, or a Conflict fault that says, in words for the person, why the event
// cannot happen now. The run given is not changed.
func (r Run) Apply(e Event) (Run, []Effect, error) {
	t, known := transitions()[e.Kind]
	if !known || !contains(t.from, r.State) {
		return r, nil, r.outOfTurn()
	}
	next := r
	if t.to != nil {
		next.State = t.to(r, e)
	}
	if next.State == NeedsAttention || next.State == Failed {
		next.Resume = r.State
	}
	var effects []Effect
	if t.do != nil {
		var err error
		if effects, err = t.do(&next, e); err != nil {
			return r, nil, err
		}
	}
	if next.State.Ended() {
		next.CompletedAt = e.At
	}
	return next, effects, nil
}

// outOfTurn tells the person who came too late, or too early, what the run is doing.
func (r Run) outOfTurn() error {
	f := fault.New(fault.Conflict, notNow(r.State)).With("status", string(r.State))
	if by := r.DecidedBy(); by != "" {
		f = f.With("decided_by", string(by)).With("decided_at", r.DecidedAt.UTC().Format(time.RFC3339))
	}
	return f
}

// DecidedBy is who approved or rejected the run, or nobody.
func (r Run) DecidedBy() tenancy.UserID {
	if r.ApprovedBy != "" {
		return r.ApprovedBy
	}
	return r.RejectedBy
}

func notNow(s State) string {
	switch s {
	case Queued, Researching, Qualifying, Drafting:
		return "This lead is still being prepared. Wait until its draft is ready for review."
	case AwaitingReview:
		return "This lead is waiting for a review. Approve or reject its draft."
	case Sending:
		return "This reply was already approved and is on its way."
	case Completed:
		return "This lead is already settled."
	case Rejected:
		return "This draft was already rejected."
	case Cancelled:
		return "This lead's workflow was cancelled."
	case Expired:
		return "This review has expired. Reopen it to decide."
	case Failed, NeedsAttention:
		return "This lead needs attention first. Open it to see why."
	}
	return "This cannot be done now."
}

func contains(states []State, s State) bool {
	for _, one := range states {
		if one == s {
			return true
		}
	}
	return false
}
