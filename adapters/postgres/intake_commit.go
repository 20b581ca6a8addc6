package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leadagent/leadagent/domain/fault"
)

// work commits what waits until nothing does.
func (in *Intake) work(ctx context.Context) {
	for going := true; going; going = in.queue.next() {
		in.commitWaiting(ctx)
	}
}

// commitWaiting is one transaction for all that waits. It takes nothing before the database has answered, so that what waits for a database
// that is gone can be told so.
func (in *Intake) commitWaiting(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, in.db.opts.UnitTimeout)
	defer cancel()
	conn, tx, err := in.db.beginNowhere(ctx)
	if err != nil {
		in.refuse(ctx, in.take(ctx, math.MaxInt), err)
		return
	}
	groups := in.take(ctx, mostAtOnce)
	err = in.together(ctx, conn, tx, groups)
	conn.Release()
	in.settle(ctx, groups, err)
}

// beginNowhere opens a transaction that is in no organization yet: there, every row is out of reach.
func (db *DB) beginNowhere(ctx context.Context) (*pgxpool.Conn, pgx.Tx, error) {
	conn, err := db.acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	tx, err := db.begin(ctx, conn, "")
	if err != nil {
		conn.Release()
		return nil, nil, mapError(err)
	}
	return conn, tx, nil
}

func (in *Intake) take(ctx context.Context, most int) []*group {
	groups, start := in.queue.take(most)
	if start {
		go in.work(context.WithoutCancel(ctx))
	}
	return groups
}

func (in *Intake) release(ctx context.Context, groups ...*group) {
	if in.queue.release(groups) {
		go in.work(context.WithoutCancel(ctx))
	}
}

// together commits the groups in one transaction: one round trip that locks and looks, one that writes, one that commits. The organization
// is switched before each one's statements. Groups that could not be locked at once are left unlocked, and out.
func (in *Intake) together(ctx context.Context, conn *pgxpool.Conn, tx pgx.Tx, groups []*group) error {
	defer rollback(ctx, tx)
	if len(groups) == 0 {
		return nil
	}
	look, store := &pgx.Batch{}, &pgx.Batch{}
	look.Queue(planOnce)
	for _, g := range groups {
		g.begin()
		g.enter(look)
		g.queueLockAtOnce(look)
		g.queueLook(look)
	}
	if err := tx.SendBatch(ctx, look).Close(); err != nil {
		return separable(lost(conn, err))
	}
	for _, g := range groups {
		if err := g.decide(in.newID); err != nil {
			return separable(err)
		}
		g.queueStore(store)
	}
	if store.Len() > 0 {
		if err := tx.SendBatch(ctx, store).Close(); err != nil {
			return separable(lost(conn, err))
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return lost(conn, fmt.Errorf("commit: %w", err))
	}
	return nil
}

// settle answers the tickets of a transaction that was committed, or goes another way with them.
func (in *Intake) settle(ctx context.Context, groups []*group, err error) {
	var apart *apartError
	switch {
	case errors.As(err, &apart):
		for _, g := range groups {
			in.aside(ctx, g)
		}
	case err != nil:
		in.refuse(ctx, groups, mapError(err))
	default:
		in.finish(ctx, groups)
	}
}

// finish tells what the commit left for others, once for each organization, before the callers are answered.
func (in *Intake) finish(ctx context.Context, groups []*group) {
	var finished []*group
	for _, g := range groups {
		if !g.locked {
			in.aside(ctx, g)
			continue
		}
		if left := g.commit(); left.Due {
			in.db.opts.OnCommit(left)
		}
		finished = append(finished, g)
	}
	in.release(ctx, finished...)
	for _, g := range finished {
		g.answer()
	}
}

func (in *Intake) refuse(ctx context.Context, groups []*group, err error) {
	in.release(ctx, groups...)
	for _, g := range groups {
		answer(g.tickets, err)
	}
}

// aside gives an organization a transaction of its own, so that the others do not wait for its lock or fail with its rows.
func (in *Intake) aside(ctx context.Context, g *group) {
	in.queue.running.Add(1) // a committer that runs does this, so it is not zero
	go in.alone(context.WithoutCancel(ctx), g)
}

func (in *Intake) alone(ctx context.Context, g *group) {
	defer in.queue.running.Done()
	patience := time.NewTimer(in.db.opts.StartTimeout)
	defer patience.Stop()
	select {
	case in.beside <- struct{}{}:
		defer func() { <-in.beside }()
	case <-patience.C:
		in.refuse(ctx, []*group{g}, overloaded(errors.New("its organization is being written elsewhere")))
		return
	}
	err := in.one(ctx, g)
	if err != nil && len(g.tickets) > 1 && !fault.Is(err, fault.Overloaded) {
		in.singly(ctx, g)
		err = nil
	}
	in.release(ctx, g)
	if err != nil {
		answer(g.tickets, err)
		return
	}
	g.answer()
}

// one commits a single organization's group and waits for the organization's lock.
func (in *Intake) one(ctx context.Context, g *group) error {
	var err error
	for range attempts {
		if err = in.db.unit(ctx, g.tickets[0].entry.Scope, func(ctx context.Context, s *session) error {
			g.begin()
			return in.waitAndStore(ctx, s, g)
		}); !referenceTaken(err) {
			break
		}
	}
	return err
}

func (in *Intake) waitAndStore(ctx context.Context, s *session, g *group) error {
	if err := g.lockWaiting(ctx, s); err != nil {
		return err
	}
	if err := g.decide(in.newID); err != nil {
		return err
	}
	store := &pgx.Batch{}
	g.queueStore(store)
	if store.Len() > 0 {
		if err := s.tx.SendBatch(ctx, store).Close(); err != nil {
			return mapError(err)
		}
	}
	*s.commit = g.commit()
	return nil
}

// singly commits each ticket by itself: one has a row that the database refuses, and the others need not fail with it.
func (in *Intake) singly(ctx context.Context, g *group) {
	for i := range g.tickets {
		single := &group{org: g.org, tickets: g.tickets[i : i+1]}
		err := in.one(ctx, single)
		if err == nil {
			g.outcomes[i] = single.outcomes[0]
			continue
		}
		g.outcomes[i] = outcome{err: err}
		if fault.Is(err, fault.Overloaded) {
			for j := range g.tickets[i:] {
				g.outcomes[i+j] = outcome{err: err}
			}
			return
		}
	}
}

// apartError says that a transaction of several organizations failed by the fault of one of them.
type apartError struct{ cause error }

func (e *apartError) Error() string { return "one of the organizations: " + e.cause.Error() }
func (e *apartError) Unwrap() error { return e.cause }

// separable marks an error that need not meet all: a row that the server refuses, a lock that is not to be had, a deadlock. What concerns
// the database as a whole stays what it is.
func separable(err error) error {
	var pg *pgconn.PgError
	lock := errors.As(err, &pg) && pg.Code == "55P03"
	if again(err) || lock || !fault.Is(mapError(err), fault.Overloaded) && !errors.Is(err, context.Canceled) {
		return &apartError{err}
	}
	return err
}

// referenceTaken tells that two leads of an organization drew the same reference; another draw mends it.
func referenceTaken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == "leads_reference"
}
