package web

// stepState is how one step of the stepper stands.
type stepState string

const (
	stepTodo    stepState = "todo"
	stepDone    stepState = "done"
	stepNow     stepState = "now"     // being worked on
	stepWaiting stepState = "waiting" // waits for a vendor
	stepPerson  stepState = "person"  // waits for a person
	stepStopped stepState = "stopped" // ended or needs help here
	stepSkipped stepState = "skipped"
)

type progressStep struct {
	Step  Step
	State stepState
}

// stepOrder is a lead's way from left to right.
func stepOrder() []Step {
	return []Step{StepReceived, StepResearch, StepQualify, StepDraft, StepReview, StepSend}
}

// steps places every step relative to where the run is.
func (p Progress) steps() []progressStep {
	at, state := p.position()
	steps := make([]progressStep, 0, 6)
	before := true
	for _, step := range stepOrder() {
		switch {
		case step == at:
			steps = append(steps, progressStep{step, state})
			before = false
		case before:
			steps = append(steps, progressStep{step, stepDone})
		case p.NoReply && p.State == RunCompleted:
			steps = append(steps, progressStep{step, stepSkipped})
		default:
			steps = append(steps, progressStep{step, stepTodo})
		}
	}
	return steps
}

// position is the step where the run is, and how that step stands.
func (p Progress) position() (Step, stepState) {
	working := stepNow
	if p.Waiting != "" {
		working = stepWaiting
	}
	switch p.State {
	case RunNone:
		return StepReceived, stepPerson
	case RunQueued:
		return StepResearch, stepTodo
	case RunResearching:
		return StepResearch, working
	case RunQualifying:
		return StepQualify, working
	case RunDrafting:
		return StepDraft, working
	case RunAwaitingReview:
		return StepReview, stepPerson
	case RunSending:
		return StepSend, working
	case RunCompleted:
		if p.NoReply {
			return StepQualify, stepDone
		}
		return StepSend, stepDone
	case RunRejected:
		return StepReview, stepStopped
	case RunExpired:
		return p.stopped(StepReview), stepStopped
	case RunCancelled, RunFailed, RunNeedsAttention:
		return p.stopped(StepResearch), stepStopped
	}
	return StepReceived, stepTodo
}

// stopped is the step where the run stopped, or a fallback when that is not known.
func (p Progress) stopped(fallback Step) Step {
	if p.At == StepNone {
		return fallback
	}
	return p.At
}

// words are the progress in a sentence; a waiting run's time follows.
func (p Progress) words() string {
	if p.Waiting != "" {
		return "Waiting for " + p.Waiting
	}
	switch p.State {
	case RunNone:
		return p.statusWords()
	case RunQueued:
		return "In the queue"
	case RunResearching:
		return "Finding out who this is and what they need"
	case RunQualifying:
		return "Judging by the organization’s criteria"
	case RunDrafting:
		return "Writing a reply"
	case RunAwaitingReview:
		return "Waits for a person to approve, edit or reject the draft"
	case RunSending:
		return "Approved, and on its way to the mail server"
	case RunCompleted:
		if p.NoReply {
			return "Done; this category needs no reply"
		}
		return "Done; the approved reply has been sent"
	case RunRejected:
		return "Rejected; nothing was sent"
	case RunCancelled:
		return "Cancelled; nothing was sent"
	case RunExpired:
		return "Nobody decided in time; nothing was sent"
	case RunFailed:
		return "The run failed"
	case RunNeedsAttention:
		return "Stopped; a person must look"
	}
	return ""
}

func (p Progress) statusWords() string {
	switch p.Status {
	case LeadHeld:
		return "Held: over the plan’s limit, stored and safe"
	case LeadQuarantined:
		return "Quarantined by the bot shield; an admin can release it"
	case LeadPending, LeadApproved, LeadRejected, LeadClosed:
	}
	return "Received"
}

func (s progressStep) class() string { return "step-" + string(s.State) }

func (s progressStep) reached() bool { return s.State != stepTodo && s.State != stepSkipped }

func (s progressStep) icon() string {
	switch s.State {
	case stepDone:
		return "check"
	case stepWaiting:
		return "clock"
	case stepPerson:
		return "person"
	case stepStopped:
		return "cross"
	case stepTodo, stepNow, stepSkipped:
	}
	return ""
}

// words say the state to those who do not see the picture.
func (s progressStep) words() string {
	switch s.State {
	case stepDone:
		return "done"
	case stepNow:
		return "in progress"
	case stepWaiting:
		return "waiting"
	case stepPerson:
		return "waits for a person"
	case stepStopped:
		return "stopped here"
	case stepSkipped:
		return "not needed"
	case stepTodo:
	}
	return "to come"
}

func stepCurrent(s progressStep) string {
	switch s.State {
	case stepNow, stepWaiting, stepPerson, stepStopped:
		return "step"
	case stepTodo, stepDone, stepSkipped:
	}
	return "false"
}
