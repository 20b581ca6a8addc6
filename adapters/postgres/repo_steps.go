package postgres

import (
	"context"

	"github.com/aarondl/opt/null"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type stepRepo struct{ *session }

var _ ports.Steps = stepRepo{}

// The statuses of a step.
const (
	stepStarted  = "started"
	stepFinished = "finished"
	stepFailed   = "failed"
)

// heldBy gives the run's row while the lease stands. The lock keeps it standing until the transaction ends, so that what is written beside
// it is written by the holder.
const heldBy = `SELECT org_id, id FROM workflows WHERE id = ? AND attempt = ? AND lease_until IS NOT NULL FOR NO KEY UPDATE`

// thisMoment reads the clock once, so that a step that was never begun does not end before its beginning.
const thisMoment = `(SELECT clock_timestamp() AS at OFFSET 0) clock`

const (
	// beginStep does not lock the run: the mark of a worker that loses its lease at this moment does no harm, as long as it does not
	// overwrite a later one's.
	beginStep = `
WITH held AS (SELECT org_id, id FROM workflows WHERE id = ? AND attempt = ? AND lease_until IS NOT NULL),
begun AS (
  INSERT INTO workflow_steps AS s (org_id, id, workflow_id, name, status, attempt) SELECT org_id, ?, id, ?, 'started', ? FROM held
  ON CONFLICT (org_id, workflow_id, name) DO UPDATE SET status = 'started', attempt = excluded.attempt, error = NULL
  WHERE s.status <> 'finished' AND s.attempt <= excluded.attempt)
SELECT s.status, s.output FROM held h LEFT JOIN workflow_steps s ON s.org_id = h.org_id AND s.workflow_id = h.id AND s.name = ?`

	finishStep = `
WITH held AS (` + heldBy + `)
INSERT INTO workflow_steps AS s (org_id, id, workflow_id, name, status, attempt, output, tokens_in, tokens_out, cost_micros, started_at, finished_at)
SELECT org_id, ?, id, ?, 'finished', ?, ?::jsonb, ?, ?, ?, at, at FROM held, ` + thisMoment + `
ON CONFLICT (org_id, workflow_id, name) DO UPDATE SET status = 'finished', attempt = excluded.attempt, output = excluded.output, error = NULL,
  tokens_in = excluded.tokens_in, tokens_out = excluded.tokens_out, cost_micros = excluded.cost_micros, finished_at = excluded.finished_at
WHERE s.status <> 'finished'`

	failStep = `
WITH held AS (` + heldBy + `)
INSERT INTO workflow_steps AS s (org_id, id, workflow_id, name, status, attempt, error) SELECT org_id, ?, id, ?, 'failed', ?, ? FROM held
ON CONFLICT (org_id, workflow_id, name) DO UPDATE SET status = 'failed', attempt = excluded.attempt, error = excluded.error
WHERE s.status <> 'finished'`

	recordStep = `
INSERT INTO workflow_steps (org_id, id, workflow_id, name, status, attempt, output, started_at, finished_at)
SELECT org_id, ?, id, ?, 'finished', attempt, ?::jsonb, at, at FROM workflows, ` + thisMoment + ` WHERE id = ?
ON CONFLICT (org_id, workflow_id, name) DO UPDATE SET status = 'finished', attempt = excluded.attempt, output = excluded.output, error = NULL,
  finished_at = excluded.finished_at`
)

// Begin implements ports.Steps. A step that is begun again keeps its place among the run's steps. Stale when the lease was lost.
func (r stepRepo) Begin(ctx context.Context, l ports.Lease, name string) ([]byte, bool, error) {
	type step struct {
		Status null.Val[string]
		Output null.Val[jsonb]
	}
	id, err := newID()
	if err != nil {
		return nil, false, err
	}
	found, err := read[step](ctx, r.session, beginStep, string(l.Run), l.Attempt, id, name, l.Attempt, name)
	if err != nil {
		return nil, false, failed("begin step", err)
	}
	if len(found) == 0 {
		return nil, false, stale("begin step")
	}
	switch status := found[0].Status.GetOrZero(); status {
	case stepFinished:
		return bytesOf(found[0].Output), true, nil
	case "", stepStarted, stepFailed:
		r.changed(l.Run)
		return nil, false, nil
	default:
		return nil, false, failed("begin step", corrupt("step status", status))
	}
}

// Finish implements ports.Steps.
func (r stepRepo) Finish(ctx context.Context, l ports.Lease, name string, output []byte, spent ports.Spent) error {
	id, err := newID()
	if err != nil {
		return err
	}
	return r.held(ctx, "finish step", l, finishStep, string(l.Run), l.Attempt,
		id, name, l.Attempt, raw(output), spent.TokensIn, spent.TokensOut, spent.CostMicros)
}

// Fail implements ports.Steps. Stale when the lease was lost or the step is finished.
func (r stepRepo) Fail(ctx context.Context, l ports.Lease, name, why string) error {
	id, err := newID()
	if err != nil {
		return err
	}
	return r.held(ctx, "fail step", l, failStep, string(l.Run), l.Attempt, id, name, l.Attempt, why)
}

// Output implements ports.Steps.
func (r stepRepo) Output(ctx context.Context, run workflows.ID, name string) ([]byte, error) {
	if !isID(run) {
		return nil, nil
	}
	where := dbmodel.SelectWhere.WorkflowSteps
	rows, err := dbmodel.WorkflowSteps.Query(where.WorkflowID.EQ(string(run)), where.Name.EQ(name), where.Status.EQ(stepFinished)).All(ctx, r.exec)
	if err != nil || len(rows) == 0 {
		return nil, failed("read step", err)
	}
	return bytesOf(rows[0].Output), nil
}

// Record implements ports.Steps. Such a step may be done again, as a decision is after it was undone; the last one stands. NotFound when
// there is no such run.
func (r stepRepo) Record(ctx context.Context, run workflows.ID, name string, output []byte) error {
	if !isID(run) {
		return unknown("record step")
	}
	id, err := newID()
	if err != nil {
		return err
	}
	n, err := r.write(ctx, recordStep, id, name, raw(output), string(run))
	if err != nil {
		return failed("record step", err)
	}
	if n == 0 {
		return failed("record step", fault.New(fault.NotFound, "There is no such run."))
	}
	r.changed(run)
	return nil
}
