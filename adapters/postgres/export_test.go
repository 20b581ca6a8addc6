package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// UnitOf is what the tests see of a unit of work beside its repositories.
type UnitOf struct {
	Tx      pgx.Tx
	Changed func(workflows.ID)
	Due     func()
}

// InUnit runs do in a unit of work with its bare transaction.
func (db *DB) InUnit(ctx context.Context, scope tenancy.Scope, do func(context.Context, UnitOf) error) error {
	return db.unit(ctx, scope, func(ctx context.Context, s *session) error {
		return do(ctx, UnitOf{Tx: s.tx, Changed: s.changed, Due: s.due})
	})
}

// AskOutside gives the text that a query has for an answer outside any unit of work.
func (db *DB) AskOutside(ctx context.Context, sql string) (answer string, err error) {
	return answer, db.outside(ctx, func(ctx context.Context, q querier) error { return q.QueryRow(ctx, sql).Scan(&answer) })
}

// Waiting is how many submissions wait for a committer.
func (in *Intake) Waiting() int {
	in.queue.mu.Lock()
	defer in.queue.mu.Unlock()
	return in.queue.waiting
}

// Idle tells whether nothing of the intake runs or is remembered.
func (in *Intake) Idle() bool {
	in.queue.mu.Lock()
	defer in.queue.mu.Unlock()
	return in.queue.active == 0 && in.queue.coming == 0 && len(in.queue.lines) == 0 && len(in.queue.ready) == 0
}
