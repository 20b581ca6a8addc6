package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// job is one hold on one run.
type job struct {
	*Pipeline
	scope tenancy.Scope
	lease ports.Lease
	log   func(ctx context.Context, message string, args ...any)
}

// Advance carries a run on until it parks or ends. It is called as often as the doorbell rings, early, late or twice: a run that is not due, or that
// another worker holds, is left alone. A run that the organization does not own is refused and logged. Whatever goes wrong with a vendor
// is kept with the run; an error is only returned when the database could not be reached, and then the sweeper brings the run back.
func (p *Pipeline) Advance(ctx context.Context, org tenancy.OrgID, id workflows.ID) error {
	scope := tenancy.ForSystem(org, tenancy.Pipeline)
	if !scope.Valid() {
		p.log.ErrorContext(ctx, "task refused: it names no organization", "run", id)
		return nil
	}
	lease, run, carriage, ok, err := p.claim(ctx, scope, id)
	if err != nil || !ok {
		return err
	}
	j := &job{Pipeline: p, scope: scope, lease: lease, log: func(ctx context.Context, message string, args ...any) {
		p.log.WarnContext(ctx, message, append([]any{"org", org, "run", id, "attempt", lease.Attempt}, args...)...)
	}}
	held, letGo := j.hold(ctx)
	defer letGo()
	if carriage.Tries > p.config.MaxTries {
		return j.giveUp(held, workflows.GaveUp, "Workers stopped again and again in this step without finishing it. Press Retry to try once more.")
	}
	for {
		again, err := j.step(held, run, carriage)
		if err != nil {
			return j.settle(ctx, held, run, carriage, err)
		}
		if !again {
			return nil
		}
		if run, carriage, err = j.read(held); err != nil {
			return j.settle(ctx, held, run, carriage, err)
		}
	}
}

func (p *Pipeline) claim(
	ctx context.Context, scope tenancy.Scope, id workflows.ID,
) (lease ports.Lease, run workflows.Run, carriage ports.Carriage, ok bool, err error) {
	err = p.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		if lease, ok, err = s.Runs.Claim(ctx, id, p.config.LeaseTTL); err != nil {
			return err
		}
		run, carriage, err = s.Runs.Get(ctx, id)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		p.log.ErrorContext(ctx, "task refused: the organization does not own the run", "org", scope.Org(), "run", id)
		return lease, run, carriage, false, nil
	}
	return lease, run, carriage, ok && err == nil, err
}

func (j *job) read(ctx context.Context) (run workflows.Run, carriage ports.Carriage, err error) {
	err = j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		run, carriage, err = s.Runs.Get(ctx, j.lease.Run)
		return err
	})
	return run, carriage, err
}

var errHoldLost = fault.New(fault.Stale, "another worker goes on with the run")

// hold keeps the lease alive until letGo is called. The context given ends when the hold is lost. The heart beats on while the process shuts
// down, since the step at hand may still be finishing.
func (j *job) hold(ctx context.Context) (held context.Context, letGo func()) {
	held, cancel := context.WithCancelCause(ctx)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		beat := time.NewTicker(j.config.LeaseTTL / 3)
		defer beat.Stop()
		for {
			select {
			case <-done:
				return
			case <-beat.C:
				if fault.Is(j.extend(context.WithoutCancel(ctx)), fault.Stale) {
					cancel(errHoldLost)
					return
				}
			}
		}
	}()
	return held, func() {
		close(done)
		<-stopped
		cancel(nil)
	}
}

func (j *job) extend(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, j.config.LeaseTTL/3)
	defer cancel()
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		return s.Runs.Extend(ctx, j.lease, j.config.LeaseTTL)
	})
}

// step does what the run's state asks for. again says that the same worker goes on with the next state.
func (j *job) step(ctx context.Context, run workflows.Run, carriage ports.Carriage) (again bool, err error) {
	switch run.State {
	case workflows.Queued:
		return true, j.move(ctx, workflows.Event{Kind: workflows.Started})
	case workflows.Researching:
		return true, j.research(ctx, run, carriage)
	case workflows.Qualifying:
		return j.qualify(ctx, run)
	case workflows.Drafting:
		return false, j.draft(ctx, run)
	case workflows.AwaitingReview:
		return false, j.expire(ctx)
	case workflows.Sending:
		return false, j.send(ctx, run)
	case workflows.Completed, workflows.Rejected, workflows.Cancelled, workflows.Expired, workflows.Failed, workflows.NeedsAttention:
	}
	return false, j.park(ctx)
}

// move applies an event as the run's holder and goes on holding it.
func (j *job) move(ctx context.Context, e workflows.Event) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		_, err := j.moveIn(ctx, s, e)
		return err
	})
}

func (j *job) moveIn(ctx context.Context, s *ports.Store, e workflows.Event) (workflows.Run, error) {
	return j.mover.ByHolder(ctx, s, j.scope, j.lease, func(workflows.Run, time.Time) (transition.Input, error) {
		return transition.Input{Event: e}, nil
	})
}

// park gives the run back; its state says when somebody looks at it next.
func (j *job) park(ctx context.Context) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		return s.Runs.Release(ctx, j.lease, 0, "", false)
	})
}

// expire ends a review that nobody decided in time.
func (j *job) expire(ctx context.Context) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		_, err := j.moveIn(ctx, s, workflows.Event{Kind: workflows.RanOut})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		return s.Runs.Release(ctx, j.lease, 0, "", false)
	})
}

// giveUp leaves the run to a person.
func (j *job) giveUp(ctx context.Context, kind workflows.EventKind, problem string) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if _, err := j.moveIn(ctx, s, workflows.Event{Kind: kind, Note: problem}); err != nil {
			return err
		}
		return s.Runs.Release(ctx, j.lease, 0, "", false)
	})
}

func asFault(err error) (*fault.Error, bool) {
	var f *fault.Error
	ok := errors.As(err, &f)
	return f, ok
}

func asVendor(err error) (vendorFault, bool) {
	var v vendorFault
	ok := errors.As(err, &v)
	return v, ok
}
