package postgres

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// followUp ends a statement that gave its run's row as "saved": it puts the run into the outbox for its wake time, or takes it out where
// there is none. Asking anew takes a row away from the relay that is ringing for it. Its argument is the queue.
const followUp = `,
dropped AS (
  DELETE FROM outbox o USING saved s WHERE s.wake_at IS NULL AND o.org_id = s.org_id AND o.workflow_id = s.id AND o.kind = 'run'),
asked AS (
  INSERT INTO outbox (org_id, workflow_id, kind, queue, available_at)
  SELECT org_id, id, 'run', ?, wake_at FROM saved WHERE wake_at IS NOT NULL
  ON CONFLICT (org_id, workflow_id, kind) DO UPDATE SET available_at = excluded.available_at, queue = excluded.queue, ring = NULL)
SELECT id FROM saved`

const (
	// runState writes what stateArguments gives.
	runState = `status = ?, resume_status = ?, category = ?, draft_version = ?, redrafts = ?, feedback = ?, approved_by = ?, rejected_by = ?,
    decided_at = ?, not_before = ?, review_due_at = ?, doubt = ?, error = ?, completed_at = ?`

	// wakeTime writes what wakeArguments gives.
	wakeTime = `CASE WHEN ? THEN greatest(?, clock_timestamp()) END`

	createRun = `
WITH saved AS (
  INSERT INTO workflows (org_id, id, lead_id, created_at, status, resume_status, category, draft_version, redrafts, feedback, approved_by,
    rejected_by, decided_at, not_before, review_due_at, doubt, error, completed_at, wake_at)
  VALUES (?, ?, ?, coalesce(?, now()), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ` + wakeTime + `)
  ON CONFLICT DO NOTHING RETURNING org_id, id, wake_at)` + followUp

	saveRun = `
WITH saved AS (
  UPDATE workflows SET ` + runState + `, wake_at = ` + wakeTime + `, waiting_for = NULL, attempt = attempt + 1, lease_until = NULL,
    rung_at = NULL, rings = 0, tries = 0, failures = 0, updated_at = now()
  WHERE id = ? RETURNING org_id, id, wake_at)` + followUp

	saveHeldRun = `
UPDATE workflows SET ` + runState + `, wake_at = ` + wakeTime + `, waiting_for = NULL, tries = 0, failures = 0, updated_at = now()
WHERE id = ? AND attempt = ? AND lease_until IS NOT NULL`
)

func stateArguments(r workflows.Run) []any {
	return []any{
		string(r.State), argument(r.Resume), argument(r.Category), r.DraftVersion, r.Redrafts, argument(r.Feedback), argument(r.ApprovedBy),
		argument(r.RejectedBy), moment(r.DecidedAt), moment(r.NotBefore), moment(r.ReviewDue), r.Doubt, argument(r.Problem),
		moment(r.CompletedAt),
	}
}

// wakeArguments asks the run as of the beginning of time, which the database then raises to its own: so the wake time is by the database's
// clock without asking for it first.
func wakeArguments(r workflows.Run) ([]any, workflows.Queue) {
	wake, queue, due := r.Wake(time.Time{})
	if queue == "" {
		queue = workflows.Research // no row comes of it
	}
	return []any{due, moment(wake)}, queue
}

// Create implements ports.Runs. A second run of the same id or lead is a Conflict.
func (r runRepo) Create(ctx context.Context, run workflows.Run) error {
	wake, queue := wakeArguments(run)
	args := append([]any{r.org(), string(run.ID), string(run.LeadID), moment(run.CreatedAt)}, stateArguments(run)...)
	n, err := r.write(ctx, createRun, append(append(args, wake...), string(queue))...)
	if err != nil {
		return failed("create run", err)
	}
	if n == 0 {
		return failed("create run", fault.New(fault.Conflict, "This lead has a run already."))
	}
	r.changed(run.ID)
	r.due()
	return nil
}

// Save implements ports.Runs. NotFound when there is no such run.
func (r runRepo) Save(ctx context.Context, run workflows.Run) error {
	if !isID(run.ID) {
		return unknown("save run")
	}
	wake, queue := wakeArguments(run)
	args := append(stateArguments(run), wake...)
	n, err := r.write(ctx, saveRun, append(args, string(run.ID), string(queue))...)
	if err != nil {
		return failed("save run", err)
	}
	if n == 0 {
		return unknown("save run")
	}
	r.changed(run.ID)
	r.due()
	return nil
}

// SaveHeld implements ports.Runs.
func (r runRepo) SaveHeld(ctx context.Context, l ports.Lease, run workflows.Run) error {
	wake, _ := wakeArguments(run)
	args := append(stateArguments(run), wake...)
	return r.held(ctx, "save held run", l, saveHeldRun, append(args, string(l.Run), l.Attempt)...)
}
