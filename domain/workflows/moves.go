package workflows

import (
	"strconv"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
)

func afterJudgement(_ Run, e Event) State {
	switch {
	case e.Reply:
		return Drafting
	case e.HandOver:
		return Sending // the hand-over to the support address, which needs no review since no prospect gets it
	default:
		return Completed
	}
}

func judged(r *Run, e Event) ([]Effect, error) {
	r.Category = e.Category
	switch r.State {
	case Drafting:
		return nil, nil
	case Sending:
		return []Effect{LeadClosed, HandOver}, nil
	case Queued, Researching, Qualifying, AwaitingReview, Completed, Rejected, Cancelled, Expired, Failed, NeedsAttention:
	}
	return []Effect{LeadClosed}, nil
}

func drafted(r *Run, e Event) ([]Effect, error) {
	r.DraftVersion, r.ReviewDue, r.Feedback = e.Version, e.Due, ""
	return []Effect{ShowCard}, nil
}

func edited(r *Run, e Event) ([]Effect, error) {
	if err := r.sees(e.Version); err != nil {
		return nil, err
	}
	r.DraftVersion++
	return []Effect{ShowCard}, nil
}

// sees refuses a decision on a draft version other than the current one.
func (r *Run) sees(version int) error {
	if version == r.DraftVersion {
		return nil
	}
	return fault.New(fault.Conflict, "The draft has changed since you opened it. Read the newer version, then decide.").
		With("current_version", strconv.Itoa(r.DraftVersion))
}

func approved(r *Run, e Event) ([]Effect, error) {
	if err := r.sees(e.Version); err != nil {
		return nil, err
	}
	r.ApprovedBy, r.DecidedAt, r.NotBefore = e.By, e.At, e.At.Add(e.Undo)
	return []Effect{LeadApproved, QueueEmail, ShowCard}, nil
}

func rejected(r *Run, e Event) ([]Effect, error) {
	if err := r.sees(e.Version); err != nil {
		return nil, err
	}
	r.RejectedBy, r.DecidedAt = e.By, e.At
	return []Effect{LeadRejected, ShowCard}, nil
}

func undone(r *Run, e Event) ([]Effect, error) {
	if r.ApprovedBy == "" || !e.At.Before(r.NotBefore) {
		return nil, fault.New(fault.Conflict, "It is too late to undo: the reply is on its way.")
	}
	r.ApprovedBy, r.DecidedAt, r.NotBefore, r.ReviewDue = "", time.Time{}, time.Time{}, e.Due
	return []Effect{LeadPending, DropEmail, ShowCard}, nil
}

func redraft(r *Run, e Event) ([]Effect, error) {
	if err := r.sees(e.Version); err != nil {
		return nil, err
	}
	if r.Redrafts >= MaxRedrafts {
		return nil, fault.Newf(fault.Conflict, "This lead was redrafted %d times. Edit the draft yourself, or reject it.", MaxRedrafts)
	}
	r.Redrafts++
	r.Feedback = e.Note
	return []Effect{ShowCard}, nil
}

func complete(r *Run, _ Event) ([]Effect, error) {
	r.Doubt, r.Problem, r.Resume = false, "", ""
	return []Effect{ShowCard}, nil
}

func doubt(r *Run, e Event) ([]Effect, error) {
	r.Doubt, r.Problem = true, e.Note
	return []Effect{ShowCard}, nil
}

func stop(r *Run, e Event) ([]Effect, error) {
	r.Problem = e.Note
	return []Effect{ShowCard}, nil
}

func resume(r Run, _ Event) State {
	if r.Resume != "" {
		return r.Resume
	}
	return Queued
}

func retried(r *Run, _ Event) ([]Effect, error) {
	if r.Doubt {
		return nil, fault.New(fault.Conflict, `Nobody knows whether this email went out. Say "It went" or "Send again".`)
	}
	r.Problem, r.Resume = "", ""
	return []Effect{ShowCard}, nil
}

func confirmed(r *Run, _ Event) ([]Effect, error) {
	if !r.Doubt {
		return nil, fault.New(fault.Conflict, "There is no doubtful email here to confirm.")
	}
	r.Doubt, r.Problem, r.Resume = false, "", ""
	return []Effect{ShowCard}, nil
}

func sendAgain(r *Run, _ Event) ([]Effect, error) {
	if !r.Doubt {
		return nil, fault.New(fault.Conflict, "There is no doubtful email here to send again.")
	}
	r.Doubt, r.Problem, r.Resume = false, "", ""
	return []Effect{RepeatEmail, ShowCard}, nil
}

// cancelled is refused once anything may have reached the prospect.
func cancelled(r *Run, _ Event) ([]Effect, error) {
	if r.Resume == Sending {
		return nil, fault.New(fault.Conflict, "This reply was already approved; it can no longer be cancelled.")
	}
	r.Problem, r.Resume = "", ""
	return []Effect{LeadClosed, ShowCard}, nil
}

func reopened(r *Run, e Event) ([]Effect, error) {
	r.ReviewDue, r.CompletedAt = e.Due, time.Time{}
	return []Effect{LeadPending, ShowCard}, nil
}

func ranOut(r *Run, e Event) ([]Effect, error) {
	if e.At.Before(r.ReviewDue) {
		return nil, fault.New(fault.Conflict, "The review still has time.")
	}
	return []Effect{ShowCard}, nil
}
