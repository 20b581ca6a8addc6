package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadagent/leadagent/ports"
)

// Outbox is the relay's and the sweeper's side of the outbox, over all organizations, through narrow functions of the database.
type Outbox struct{ db *DB }

var _ ports.Outbox = Outbox{}

// NewOutbox makes the outbox of a pool.
func NewOutbox(db *DB) Outbox { return Outbox{db: db} }

// Take implements ports.Outbox.
func (o Outbox) Take(ctx context.Context, most, slots int, hold time.Duration) ([]ports.Ring, error) {
	var rings []ports.Ring
	err := o.db.outside(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, "SELECT org_id, workflow_id::text, kind, queue, ring FROM app.take_rings($1, $2, $3)", most, slots, hold)
		if err != nil {
			return err
		}
		rings, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ports.Ring])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take from the outbox: %w", err)
	}
	return rings, nil
}

// Rang implements ports.Outbox.
func (o Outbox) Rang(ctx context.Context, rings []ports.Ring) error {
	if len(rings) == 0 {
		return nil
	}
	numbers := make([]int64, len(rings))
	for i, r := range rings {
		numbers[i] = r.Number
	}
	err := o.db.outside(ctx, func(ctx context.Context, q querier) error {
		_, err := q.Exec(ctx, "SELECT app.rang($1)", numbers)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove from the outbox: %w", err)
	}
	return nil
}

// Sweep implements ports.Outbox.
func (o Outbox) Sweep(ctx context.Context, grace time.Duration, everything bool) (int, error) {
	var found int
	err := o.db.outside(ctx, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, "SELECT app.sweep($1, $2)", grace, everything).Scan(&found)
	})
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	return found, nil
}
