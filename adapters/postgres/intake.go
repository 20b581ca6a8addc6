package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

// How the intake works. A committer takes whatever waits, while the other one commits; no timer holds a submission back.
const (
	committers = 2   // transactions of many organizations at a time
	alongside  = 2   // transactions of one organization each, beside them
	mostAtOnce = 128 // submissions in one transaction
	// mostWaiting submissions may wait, mostOfOne of them for the same organization, so that a flood of one leaves room for the others.
	mostWaiting = 1024
	mostOfOne   = 512
)

// fullFor is what callers are told to wait when the queue is full. A full queue is worked off in less.
const fullFor = time.Second

// Intake stores submissions, those of many callers in one transaction. It has goroutines only while something waits.
type Intake struct {
	db     *DB
	newID  ports.NewID
	queue  *queue
	beside chan struct{} // holds a value for each transaction of one organization
}

var _ ports.Committer = (*Intake)(nil)

// NewIntake makes the intake of a pool. newID gives the ids of leads and runs. Close it before the pool.
func NewIntake(db *DB, newID ports.NewID) *Intake {
	return &Intake{db: db, newID: newID, queue: newQueue(), beside: make(chan struct{}, alongside)}
}

// Accept implements ports.Committer. It waits at most StartTimeout for a transaction that takes the submission, and is told at once when
// too much waits already; both are Overloaded. A caller whose ctx ends first gets that error, and its submission may be stored all the
// same: sent again, it is found by its key or its fingerprint.
func (in *Intake) Accept(ctx context.Context, e ports.Entry) (ports.Receipt, error) {
	receipt, err := in.accept(ctx, e)
	if err != nil {
		return ports.Receipt{}, fmt.Errorf("accept a submission: %w", err)
	}
	return receipt, nil
}

func (in *Intake) accept(ctx context.Context, e ports.Entry) (ports.Receipt, error) {
	if err := storable(e); err != nil {
		return ports.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return ports.Receipt{}, mapError(err)
	}
	t := newTicket(e)
	if err := in.enqueue(ctx, t); err != nil {
		return ports.Receipt{}, err
	}
	patience := time.NewTimer(in.db.opts.StartTimeout)
	defer patience.Stop()
	for {
		select {
		case <-t.done:
			return t.receipt, t.err
		case <-ctx.Done():
			in.queue.drop(t)
			return ports.Receipt{}, mapError(ctx.Err())
		case <-patience.C:
			if in.queue.drop(t) {
				return ports.Receipt{}, overloaded(errors.New("no transaction took it in time"))
			}
			// It is in a transaction that is under way, and the answer is that transaction's.
		}
	}
}

// Close takes nothing more in and waits until all that waits is answered, which needs the pool. When ctx ends first, what still waits is
// told that it was not stored, and the error is ctx's.
func (in *Intake) Close(ctx context.Context) error {
	drained := in.queue.close()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		answer(in.queue.empty(), overloaded(ctx.Err()))
		return fmt.Errorf("close the intake: %w", ctx.Err())
	}
}

// enqueue lets the submission wait, and starts a committer where one more is of use. The committer works for everybody, so it does not end
// with the caller that happened to start it.
func (in *Intake) enqueue(ctx context.Context, t *ticket) error {
	start, err := in.queue.put(t)
	if start {
		go in.work(context.WithoutCancel(ctx))
	}
	return err
}

// storable refuses what would fail the transaction of everybody else in it, in so far as that can be told without the database.
func storable(e ports.Entry) error {
	switch {
	case !e.Scope.Valid():
		return fault.New(fault.Internal, "A submission was handed over without an organization.")
	case e.FormID != "" && !isID(e.FormID):
		return fault.New(fault.NotFound, "It refers to a form that does not exist here.")
	}
	for _, text := range []string{
		string(e.Scope.Org()), string(e.UserID), e.Quarantine, e.IdempotencyKey, e.BodyHash, e.Submission.Email.String(), e.Submission.Name,
		e.Submission.Company, e.Submission.Phone, e.Submission.Message,
	} {
		if strings.ContainsRune(text, 0) {
			return fault.New(fault.Invalid, "A value cannot be stored as it was sent.")
		}
	}
	return nil
}
