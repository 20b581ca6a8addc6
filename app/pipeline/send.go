package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// sendPatience bounds one hand-over to the mail server. A slower answer is a doubt.
const sendPatience = 40 * time.Second

// doubtful and refusedRepeat are what the person reads who has to find out.
const doubtful = "The mail server cut off while it took the message, so nobody knows whether it went out. Look into the sent mail, then say " +
	`"It went" or "Send again".`

const refusedRepeat = `Nobody knows whether the email went out at the first try. When it was tried again, this came back: %s Look into the sent ` +
	`mail, then say "It went" or "Send again".`

// send hands the fixed email over so that it arrives at most once. The mark handing_over is committed just before the message itself is transmitted,
// so whoever finds it cannot know whether the message went. Where the other side knows a repeat by the email's id, the same email is handed over
// again for as long as that holds; else, and after that, it is left to a person. One that is found queued may safely begin anew.
func (j *job) send(ctx context.Context, run workflows.Run) error {
	email, left, err := j.openSend(ctx, run)
	if err != nil {
		return err
	}
	switch email.Status {
	case ports.EmailHandingOver:
		if left > 0 {
			return j.transmit(ctx, email, min(sendPatience, left))
		}
		return j.sendEnds(ctx, email, email.Status, ports.EmailDoubtful, doubtful, workflows.Event{Kind: workflows.SendDoubtful, Note: doubtful})
	case ports.EmailDoubtful:
		return j.sendEnds(ctx, email, email.Status, ports.EmailDoubtful, doubtful, workflows.Event{Kind: workflows.SendDoubtful, Note: doubtful})
	case ports.EmailSent:
		return j.sendEnds(ctx, email, email.Status, ports.EmailSent, "", workflows.Event{Kind: workflows.Sent})
	case ports.EmailQueued, ports.EmailRefused, ports.EmailDropped:
	}
	return j.transmit(ctx, email, sendPatience)
}

// transmit calls the mailer and records what came of it.
func (j *job) transmit(ctx context.Context, email ports.Email, patience time.Duration) error {
	status := email.Status
	// Neither a shutdown nor a lost lease may cut the transmission: what was begun is better finished and recorded.
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	sendErr := j.vendors.Mailer.Send(sending, email, func(ctx context.Context) error {
		err := j.mark(ctx, email.ID, status, ports.EmailHandingOver)
		if err == nil {
			status = ports.EmailHandingOver
		}
		return err
	})
	return j.sent(ctx, email, status, sendErr)
}

// openSend notes the step and reads the email that the approval fixed. left is for how long an email that may have gone may still be handed
// over again, by the database's time; 0 or less: no more.
func (j *job) openSend(ctx context.Context, run workflows.Run) (email ports.Email, left time.Duration, err error) {
	err = j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if _, _, err := s.Steps.Begin(ctx, j.lease, string(workflows.StepSend)); err != nil {
			return err
		}
		if email, err = s.Emails.Last(ctx, run.ID); err != nil || email.Status != ports.EmailHandingOver {
			return err
		}
		_, now, err := s.Runs.LockHeld(ctx, j.lease)
		left = j.repeatable(now.Sub(email.HandedOverAt))
		return err
	})
	return email, left, err
}

// repeatable is for how long an email may still be repeated that was handed over so long ago.
func (j *job) repeatable(ago time.Duration) time.Duration {
	window := j.vendors.Mailer.RepeatSafeFor()
	if window <= 0 {
		return 0 // whatever the clock says
	}
	return window - max(ago, 0)
}

// mark moves the email's status while the lease is held.
func (j *job) mark(ctx context.Context, id string, from, to ports.EmailStatus) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if _, _, err := s.Runs.LockHeld(ctx, j.lease); err != nil {
			return err
		}
		return s.Emails.SetStatus(ctx, id, from, to, "")
	})
}

// sent records how the hand-over ended. Of a repeat only success is an end: what it says beside that is no news of the first try.
func (j *job) sent(ctx context.Context, email ports.Email, status ports.EmailStatus, err error) error {
	repeat := email.Status == ports.EmailHandingOver
	switch kind := fault.KindOf(err); {
	case err == nil:
		return j.recordSend(ctx, email, status, ports.EmailSent, "", workflows.Event{Kind: workflows.Sent})
	case kind == fault.Doubtful && j.vendors.Mailer.RepeatSafeFor() > 0:
		// The mark and its time stay, and the next worker repeats or asks a person.
		err = fault.Wrap(fault.Unavailable, err, problem(err)).After(fault.RetryAfter(err))
	case kind == fault.Doubtful:
		return j.doubt(ctx, email, status, doubtful)
	case kind == fault.Refused && repeat:
		return j.doubt(ctx, email, status, fmt.Sprintf(refusedRepeat, problem(err)))
	case kind == fault.Refused:
		why := problem(err)
		return j.recordSend(ctx, email, status, ports.EmailRefused, why, workflows.Event{Kind: workflows.GaveUp, Note: why})
	case !repeat && status == ports.EmailHandingOver && (kind == fault.Busy || kind == fault.Unavailable):
		// The server answered that it did not take the message: it may be handed over anew.
		if err := j.untilRecorded(ctx, func(ctx context.Context) error {
			return j.mark(ctx, email.ID, ports.EmailHandingOver, ports.EmailQueued)
		}); err != nil {
			return err
		}
	}
	return from("the mail server", err)
}

// doubt leaves it to a person to find out whether the email went.
func (j *job) doubt(ctx context.Context, email ports.Email, status ports.EmailStatus, why string) error {
	return j.recordSend(ctx, email, status, ports.EmailDoubtful, why, workflows.Event{Kind: workflows.SendDoubtful, Note: why})
}

// recordSend tries until the outcome stands. Where it cannot be recorded, the mark handing_over stays and the next worker sees a doubt.
func (j *job) recordSend(
	ctx context.Context, email ports.Email, from, to ports.EmailStatus, problem string, e workflows.Event,
) error {
	return j.untilRecorded(ctx, func(ctx context.Context) error { return j.sendEnds(ctx, email, from, to, problem, e) })
}

func (j *job) untilRecorded(ctx context.Context, record func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.config.RecordPatience)
	defer cancel()
	for {
		err := record(ctx)
		if !fault.Is(err, fault.Overloaded) {
			return err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// sendEnds stores the email's status with the run's event and gives the run back, in one transaction.
func (j *job) sendEnds(
	ctx context.Context, email ports.Email, from, to ports.EmailStatus, problem string, e workflows.Event,
) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if from != to {
			if err := s.Emails.SetStatus(ctx, email.ID, from, to, problem); err != nil {
				return err
			}
		}
		if e.Kind == workflows.Sent {
			if err := s.Steps.Finish(ctx, j.lease, string(workflows.StepSend), nil, ports.Spent{}); err != nil {
				return err
			}
		} else if err := s.Steps.Fail(ctx, j.lease, string(workflows.StepSend), problem); err != nil {
			return err
		}
		if _, err := j.moveIn(ctx, s, e); err != nil {
			return err
		}
		return s.Runs.Release(ctx, j.lease, 0, "", false)
	})
}
