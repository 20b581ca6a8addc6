package postgres

import (
	"context"
	"time"

	"github.com/aarondl/opt/null"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type runRepo struct{ *session }

var _ ports.Runs = runRepo{}

// Get implements ports.Runs.
func (r runRepo) Get(ctx context.Context, id workflows.ID) (workflows.Run, ports.Carriage, error) {
	if !isID(id) {
		return workflows.Run{}, ports.Carriage{}, unknown("get run")
	}
	row, err := dbmodel.FindWorkflow(ctx, r.exec, r.org(), string(id))
	if err != nil {
		return workflows.Run{}, ports.Carriage{}, failed("get run", err)
	}
	run, err := toRun(row)
	return run, toCarriage(row), failed("get run", err)
}

// OfLead implements ports.Runs.
func (r runRepo) OfLead(ctx context.Context, id leads.ID) (workflows.Run, error) {
	if !isID(id) {
		return workflows.Run{}, unknown("find run of lead")
	}
	row, err := dbmodel.Workflows.Query(dbmodel.SelectWhere.Workflows.LeadID.EQ(string(id))).One(ctx, r.exec)
	if err != nil {
		return workflows.Run{}, failed("find run of lead", err)
	}
	run, err := toRun(row)
	return run, failed("find run of lead", err)
}

// runColumns are those that toRun reads.
const runColumns = `id, lead_id, status, resume_status, category, draft_version, redrafts, feedback, approved_by, rejected_by, decided_at,
  not_before, review_due_at, doubt, error, created_at, completed_at`

// The time is read around the locking query: inside it, it would be taken before the wait for the lock.
const (
	lockRun = `
SELECT *, clock_timestamp() AS locked_at FROM (
  SELECT ` + runColumns + ` FROM workflows WHERE id = ? FOR UPDATE) w`
	lockHeldRun = `
SELECT *, clock_timestamp() AS locked_at FROM (
  SELECT ` + runColumns + ` FROM workflows WHERE id = ? AND attempt = ? AND lease_until IS NOT NULL FOR UPDATE) w`
)

type lockedRun struct {
	dbmodel.Workflow
	LockedAt time.Time `db:"locked_at"`
}

// Lock implements ports.Runs.
func (r runRepo) Lock(ctx context.Context, id workflows.ID) (workflows.Run, time.Time, error) {
	if !isID(id) {
		return workflows.Run{}, time.Time{}, unknown("lock run")
	}
	row, err := readOne[lockedRun](ctx, r.session, lockRun, string(id))
	if err != nil {
		return workflows.Run{}, time.Time{}, failed("lock run", err)
	}
	run, err := toRun(&row.Workflow)
	return run, row.LockedAt.UTC(), failed("lock run", err)
}

// LockHeld implements ports.Runs.
func (r runRepo) LockHeld(ctx context.Context, l ports.Lease) (workflows.Run, time.Time, error) {
	if !isID(l.Run) {
		return workflows.Run{}, time.Time{}, stale("lock held run")
	}
	rows, err := read[lockedRun](ctx, r.session, lockHeldRun, string(l.Run), l.Attempt)
	if err != nil {
		return workflows.Run{}, time.Time{}, failed("lock held run", err)
	}
	if len(rows) == 0 {
		return workflows.Run{}, time.Time{}, stale("lock held run")
	}
	run, err := toRun(&rows[0].Workflow)
	return run, rows[0].LockedAt.UTC(), failed("lock held run", err)
}

func toRun(row *dbmodel.Workflow) (workflows.Run, error) {
	state, err := stateOf(null.From(row.Status))
	if err != nil {
		return workflows.Run{}, err
	}
	resume, err := stateOf(row.ResumeStatus)
	if err != nil {
		return workflows.Run{}, err
	}
	category, err := categoryOf(row.Category)
	if err != nil {
		return workflows.Run{}, err
	}
	return workflows.Run{
		ID: workflows.ID(row.ID), LeadID: leads.ID(row.LeadID), State: state, Resume: resume, Category: category,
		DraftVersion: row.DraftVersion, Redrafts: row.Redrafts, Feedback: row.Feedback.GetOrZero(),
		ApprovedBy: tenancy.UserID(row.ApprovedBy.GetOrZero()), RejectedBy: tenancy.UserID(row.RejectedBy.GetOrZero()),
		DecidedAt: timeOf(row.DecidedAt), NotBefore: timeOf(row.NotBefore), ReviewDue: timeOf(row.ReviewDueAt), Doubt: row.Doubt,
		Problem: row.Error.GetOrZero(), CreatedAt: row.CreatedAt.UTC(), CompletedAt: timeOf(row.CompletedAt),
	}, nil
}

// stateOf reads a state that may be missing.
func stateOf(v null.Val[string]) (workflows.State, error) {
	stored, ok := v.Get()
	if !ok {
		return "", nil
	}
	state, known := workflows.ParseState(stored)
	if !known {
		return "", corrupt("state", stored)
	}
	return state, nil
}

func toCarriage(row *dbmodel.Workflow) ports.Carriage {
	return ports.Carriage{
		Tries: row.Tries, Failures: row.Failures, TokensIn: row.TokensIn, TokensOut: row.TokensOut, CostMicros: row.CostMicros,
		WakeAt: timeOf(row.WakeAt), WaitingFor: row.WaitingFor.GetOrZero(),
	}
}
