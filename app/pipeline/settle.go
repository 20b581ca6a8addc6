package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// vendorFault is a fault with whose it is, in words that complete "waiting for …".
type vendorFault struct {
	vendor string
	err    error
}

func (v vendorFault) Error() string { return v.vendor + ": " + v.err.Error() }
func (v vendorFault) Unwrap() error { return v.err }

func from(vendor string, err error) error {
	if err == nil {
		return nil
	}
	return vendorFault{vendor: vendor, err: err}
}

// verdict is what follows a fault.
type verdict uint8

const (
	tryLater verdict = iota + 1 // give the run back and come again
	askPerson
	ownDefect
	leaveAlone // another worker has the run
	comeBack   // this process ends or the database is gone: no fault of the step
)

// verdicts is the one table from a fault to what follows it.
func verdictOn(kind fault.Kind) verdict {
	switch kind {
	case fault.Busy, fault.Unavailable:
		return tryLater
	case fault.Stale:
		return leaveAlone
	case fault.Overloaded:
		return comeBack
	case fault.Refused, fault.Unusable, fault.Doubtful, fault.QuotaReached, fault.TooMany:
		return askPerson
	case fault.Invalid, fault.Malformed, fault.TooLarge, fault.Unsupported, fault.Unauthenticated, fault.Forbidden, fault.NotFound,
		fault.Conflict, fault.Internal:
	}
	return ownDefect
}

// defectTries is how often a step that failed by a defect of ours is tried again before the run fails.
const defectTries = 3

// settle keeps a step's failure with the run. outer is the process's context, held the lease's.
func (j *job) settle(outer, held context.Context, run workflows.Run, carriage ports.Carriage, failure error) error {
	kind := fault.KindOf(failure)
	verdict := verdictOn(kind)
	switch {
	case fault.Is(context.Cause(held), fault.Stale):
		verdict = leaveAlone
	case outer.Err() != nil:
		verdict = comeBack
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(outer), 5*time.Second)
	defer cancel()
	j.log(ctx, "a step did not finish", "state", run.State, "error", failure, "failures", carriage.Failures)
	var used dayUsedUp
	if errors.As(failure, &used) {
		return j.wait(ctx, run, used.wait, "the next day's token budget", false)
	}
	switch verdict {
	case leaveAlone:
		return nil
	case comeBack:
		return j.parkAfterFault(ctx, failure)
	case tryLater:
		return j.comeLater(ctx, run, carriage, failure)
	case askPerson:
		return j.giveUp(ctx, workflows.GaveUp, problem(failure))
	case ownDefect:
	}
	if carriage.Failures < defectTries {
		return j.comeLater(ctx, run, carriage, failure)
	}
	return j.giveUp(ctx, workflows.Broke, "The program itself went wrong in this step. Press Retry; if it comes back, tell your operator the time.")
}

// parkAfterFault gives the run back at once. Where even that fails the lease runs out and the sweeper comes.
func (j *job) parkAfterFault(ctx context.Context, failure error) error {
	if err := j.park(ctx); err != nil && !fault.Is(err, fault.Stale) {
		return fmt.Errorf("park after %w: %w", failure, err)
	}
	return nil
}

func (j *job) comeLater(ctx context.Context, run workflows.Run, carriage ports.Carriage, failure error) error {
	if carriage.Failures+1 >= j.config.MaxFailures {
		return j.giveUp(ctx, workflows.GaveUp, fmt.Sprintf("It was tried %d times. %s", carriage.Failures+1, problem(failure)))
	}
	wait := backoff(carriage.Failures, fault.RetryAfter(failure))
	return j.wait(ctx, run, wait, waitingFor(failure), true)
}

// wait parks the run visibly.
func (j *job) wait(ctx context.Context, run workflows.Run, wait time.Duration, what string, failed bool) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		_, now, err := s.Runs.LockHeld(ctx, j.lease)
		if err != nil {
			return err
		}
		if err := s.Timeline.Add(ctx, run.ID, "waiting", map[string]string{
			"for": what, "until": now.Add(wait).UTC().Format(time.RFC3339), "state": string(run.State),
		}); err != nil {
			return err
		}
		return s.Runs.Release(ctx, j.lease, wait, what, failed)
	})
}

func waitingFor(err error) string {
	if v, ok := asVendor(err); ok {
		return v.vendor
	}
	return "another try"
}

// problem is a fault in words for the person who has to act.
func problem(err error) string {
	text := "Something went wrong."
	if f, ok := asFault(err); ok && f.Message != "" {
		text = f.Message
	}
	return text
}
