package postgres

import (
	"context"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type callbackRepo struct{ *session }

var _ ports.Callbacks = callbackRepo{}

const (
	addCallback = `
WITH stored AS (
  INSERT INTO webhook_events (id, org_id, vendor, event_id, workflow_id, body, received_at)
  VALUES (?, ?, ?, ?, ?, ?, coalesce(?, now()))
  ON CONFLICT DO NOTHING RETURNING org_id, workflow_id, wake_at)
INSERT INTO outbox (org_id, workflow_id, kind, queue, available_at)
SELECT org_id, workflow_id, 'callback', 'approvals', wake_at FROM stored WHERE workflow_id IS NOT NULL
ON CONFLICT (org_id, workflow_id, kind) DO UPDATE SET available_at = excluded.available_at, queue = excluded.queue, ring = NULL`

	waitingCallbacks = `
SELECT id, vendor, event_id, workflow_id, body, received_at FROM webhook_events WHERE workflow_id = ? AND processed_at IS NULL
ORDER BY received_at, id FOR UPDATE SKIP LOCKED`

	processedCallback = `UPDATE webhook_events SET processed_at = clock_timestamp(), error = ? WHERE id = ?`
)

// Add implements ports.Callbacks. A callback without an id gets one. NotFound when there is no such run.
func (r callbackRepo) Add(ctx context.Context, c ports.Callback) error {
	id := c.ID
	if id == "" {
		var err error
		if id, err = newID(); err != nil {
			return err
		}
	}
	body := c.Body
	if body == nil {
		body = []byte{}
	}
	_, err := r.write(ctx, addCallback, id, r.org(), c.Vendor, c.EventID, argument(c.Run), body, moment(c.ReceivedAt))
	if err != nil {
		return failed("add callback", err)
	}
	r.due()
	return nil
}

// Waiting implements ports.Callbacks. Those that another transaction has locked are passed over.
func (r callbackRepo) Waiting(ctx context.Context, run workflows.ID) ([]ports.Callback, error) {
	if !isID(run) {
		return nil, nil
	}
	rows, err := read[dbmodel.WebhookEvent](ctx, r.session, waitingCallbacks, string(run))
	if err != nil {
		return nil, failed("list waiting callbacks", err)
	}
	list := make([]ports.Callback, 0, len(rows))
	for _, row := range rows {
		list = append(list, ports.Callback{
			ID: row.ID, Vendor: row.Vendor, EventID: row.EventID, Run: workflows.ID(row.WorkflowID.GetOrZero()), Body: row.Body,
			ReceivedAt: row.ReceivedAt.UTC(),
		})
	}
	return list, nil
}

// Processed implements ports.Callbacks. NotFound when there is no such callback.
func (r callbackRepo) Processed(ctx context.Context, id, problem string) error {
	if !isID(id) {
		return unknown("mark callback processed")
	}
	n, err := r.write(ctx, processedCallback, argument(problem), id)
	if err == nil && n == 0 {
		return unknown("mark callback processed")
	}
	return failed("mark callback processed", err)
}
