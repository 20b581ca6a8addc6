package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// attempts is how often a unit of work runs when it loses against another transaction.
const attempts = 3

// Within implements ports.UnitOfWork.
func (db *DB) Within(ctx context.Context, scope tenancy.Scope, do func(ctx context.Context, s *ports.Store) error) error {
	return db.unit(ctx, scope, func(ctx context.Context, s *session) error { return do(ctx, newStore(s)) })
}

// unit runs do in a transaction of the scope's organization, commits, and tells what the commit left for others.
func (db *DB) unit(ctx context.Context, scope tenancy.Scope, do func(context.Context, *session) error) error {
	if !scope.Valid() {
		return fault.New(fault.Internal, "A unit of work was begun without an organization.")
	}
	ctx, cancel := context.WithTimeout(ctx, db.opts.UnitTimeout)
	defer cancel()
	var left *ports.Commit
	err := db.repeat(ctx, func() error {
		var err error
		left, err = db.once(ctx, scope, do)
		return err
	})
	if err == nil && (left.Due || len(left.Changed) > 0) {
		db.opts.OnCommit(*left)
	}
	return err
}

// repeat runs do again while it loses against another transaction, and gives its last error as the ports promise it.
func (db *DB) repeat(ctx context.Context, do func() error) error {
	err := do()
	for attempt := 1; attempt < attempts && again(err) && pause(ctx, attempt); attempt++ {
		err = do()
	}
	return mapError(err)
}

// pause lets the winner go on: a loser that begins anew at once can take the lock that the winner waits for before the winner wakes, and
// both are where they were. It gives false when ctx ends.
func pause(ctx context.Context, attempt int) bool {
	wait := time.NewTimer(time.Duration(attempt)*20*time.Millisecond + rand.N(40*time.Millisecond))
	defer wait.Stop()
	select {
	case <-wait.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once is one transaction. Whatever way do ends, by a panic too, the connection goes back only when its transaction is over: the pool
// destroys any other.
func (db *DB) once(ctx context.Context, scope tenancy.Scope, do func(context.Context, *session) error) (*ports.Commit, error) {
	conn, err := db.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	tx, err := db.begin(ctx, conn, string(scope.Org()))
	if err != nil {
		return nil, err
	}
	defer rollback(ctx, tx)
	s := newSession(tx, scope)
	if err := do(ctx, s); err != nil {
		return nil, lost(conn, err)
	}
	if err := tx.Commit(ctx); err != nil {
		return nil, lost(conn, fmt.Errorf("commit: %w", err))
	}
	return s.commit, nil
}

// begin opens the transaction and sets its organization in one round trip.
func (db *DB) begin(ctx context.Context, conn *pgxpool.Conn, org string) (pgx.Tx, error) {
	starting, cancel := context.WithTimeout(ctx, db.opts.StartTimeout)
	defer cancel()
	batch := &pgx.Batch{}
	batch.BeginTx(pgx.TxOptions{})
	statement, args := db.announce(org)
	batch.Queue(statement, args...)
	results := conn.SendBatch(starting, batch)
	tx := results.Tx()
	err := results.Close()
	if err == nil {
		return tx, nil
	}
	if tx != nil {
		rollback(ctx, tx)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, fmt.Errorf("begin: %w", ctx.Err())
	}
	return nil, lost(conn, fmt.Errorf("begin: %w", err))
}

// announce is the statement that sets the organization until the transaction's end, and the timeouts where the session does not keep them.
func (db *DB) announce(org string) (string, []any) {
	statement := strings.Builder{}
	statement.WriteString("SELECT set_config('app.org_id', $1, true)")
	args := []any{org}
	for i := 0; i < len(db.settings); i += 2 {
		args = append(args, db.settings[i], db.settings[i+1])
		fmt.Fprintf(&statement, ", set_config($%d, $%d, true)", len(args)-1, len(args))
	}
	return statement.String(), args
}

// rollback ends a transaction that is still open, even when the caller is gone: the connection is then still of use.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = tx.Rollback(ctx) // after a commit there is nothing to do; after any other failure pgx has closed the connection
}

// lost makes an Overloaded fault of an error that came with the loss of the connection, however the driver put it. A fault, or a caller that
// went away, stays what it is.
func lost(conn *pgxpool.Conn, err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || !conn.Conn().IsClosed() {
		return err
	}
	return overloaded(err)
}
