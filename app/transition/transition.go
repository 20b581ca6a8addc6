// Package transition moves runs: it applies an event to the stored run and, in the same transaction, carries out what the state machine
// asks for and writes down what happened. Every change of a run's state goes through here. It knows neither workers nor pages.
package transition

import (
	"context"
	"strconv"
	"time"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Settings are the process's defaults.
type Settings struct {
	ReviewExpire time.Duration // how long a review may wait where the organization says nothing
	MailDomain   string        // the right-hand side of Message-IDs
}

// Mover applies events to runs.
type Mover struct {
	newID    ports.NewID
	settings Settings
}

// New makes a Mover.
func New(newID ports.NewID, settings Settings) *Mover {
	return &Mover{newID: newID, settings: settings}
}

// Input is an event with what is only written down of it.
type Input struct {
	workflows.Event
	Reason string // a reviewer's reason
	Remark string // a reviewer's note
}

// Build makes the event once the run is locked. now is the database's time.
type Build func(run workflows.Run, now time.Time) (Input, error)

// ByPerson applies an event from outside the pipeline: a person's, or the clock's. A worker that holds the run loses its hold. Faults: NotFound,
// Conflict (the state or the draft version is another one).
func (m *Mover) ByPerson(ctx context.Context, s *ports.Store, scope tenancy.Scope, id workflows.ID, build Build) (workflows.Run, error) {
	before, now, err := s.Runs.Lock(ctx, id)
	if err != nil {
		return workflows.Run{}, err
	}
	return m.move(ctx, s, scope, before, now, build, func(after workflows.Run) error { return s.Runs.Save(ctx, after) })
}

// ByHolder applies an event of the worker that holds the run; Stale when it lost its hold.
func (m *Mover) ByHolder(
	ctx context.Context, s *ports.Store, scope tenancy.Scope, lease ports.Lease, build Build,
) (workflows.Run, error) {
	before, now, err := s.Runs.LockHeld(ctx, lease)
	if err != nil {
		return workflows.Run{}, err
	}
	return m.move(ctx, s, scope, before, now, build, func(after workflows.Run) error { return s.Runs.SaveHeld(ctx, lease, after) })
}

func (m *Mover) move(
	ctx context.Context, s *ports.Store, scope tenancy.Scope, before workflows.Run, now time.Time, build Build,
	save func(workflows.Run) error,
) (workflows.Run, error) {
	input, err := build(before, now)
	if err != nil {
		return before, err
	}
	input.At = now
	after, effects, err := before.Apply(input.Event)
	if err != nil {
		return before, err
	}
	if err := save(after); err != nil {
		return before, err
	}
	for _, effect := range effects {
		if err := m.carryOut(ctx, s, after, effect, now); err != nil {
			return before, err
		}
	}
	return after, m.writeDown(ctx, s, scope, before, after, input)
}

// ReviewDue is when a review that begins now runs out.
func (m *Mover) ReviewDue(ctx context.Context, s *ports.Store, now time.Time) (time.Time, error) {
	org, err := s.Organization.Get(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if org.ReviewDue > 0 {
		return now.Add(org.ReviewDue), nil
	}
	return now.Add(m.settings.ReviewExpire), nil
}

// writeDown keeps what happened: for the page, for the audit log, and the decision of a person.
func (m *Mover) writeDown(
	ctx context.Context, s *ports.Store, scope tenancy.Scope, before, after workflows.Run, in Input,
) error {
	actor := scope.Actor()
	data := map[string]string{"from": string(before.State), "to": string(after.State)}
	put := func(key, value string) {
		if value != "" {
			data[key] = value
		}
	}
	put("by", string(in.By))
	put("by_name", actor.Name)
	put("surface", string(actor.Surface))
	put("category", string(in.Category))
	put("reason", in.Reason)
	put("note", in.Remark)
	put("problem", in.Note)
	if in.Version > 0 {
		put("version", strconv.Itoa(in.Version))
	}
	if in.Kind == workflows.ApprovedBy && in.Undo > 0 {
		put("undo_until", after.NotBefore.UTC().Format(time.RFC3339))
	}
	if err := s.Timeline.Add(ctx, after.ID, string(in.Kind), data); err != nil {
		return err
	}
	entry := ports.AuditEntry{Action: "run." + string(in.Kind), SubjectKind: "run", SubjectID: string(after.ID), Fields: changed(before, after)}
	if err := s.Audit.Add(ctx, entry); err != nil {
		return err
	}
	if isDecision(in.Kind) {
		if err := m.recordDecision(ctx, s, actor, before, after, in); err != nil {
			return err
		}
	}
	if after.State.Ended() && !before.State.Ended() {
		return s.Steps.Record(ctx, after.ID, string(workflows.StepFinalize), nil)
	}
	return nil
}

func (m *Mover) recordDecision(
	ctx context.Context, s *ports.Store, actor tenancy.Actor, before, after workflows.Run, in Input,
) error {
	decision := ports.Decision{
		Kind: in.Kind, Version: before.DraftVersion, By: in.By, Surface: actor.Surface, Reason: in.Reason, Note: in.Remark, At: in.At,
	}
	if err := s.Decisions.Add(ctx, after.ID, decision); err != nil {
		return err
	}
	if in.Kind == workflows.ApprovedBy || in.Kind == workflows.RejectedBy {
		return s.Steps.Record(ctx, after.ID, string(workflows.StepDecision), nil)
	}
	return nil
}

func isDecision(k workflows.EventKind) bool {
	switch k {
	case workflows.ApprovedBy, workflows.RejectedBy, workflows.Undone, workflows.CancelledBy, workflows.Retried, workflows.ConfirmedSent,
		workflows.SendAgain, workflows.Reopened, workflows.RedraftWanted:
		return true
	case workflows.Started, workflows.Researched, workflows.QualifiedAs, workflows.Drafted, workflows.Sent, workflows.SendDoubtful,
		workflows.GaveUp, workflows.Broke, workflows.Edited, workflows.RanOut:
	}
	return false
}

// changed names the columns that the event wrote.
func changed(before, after workflows.Run) []string {
	var fields []string
	note := func(name string, differs bool) {
		if differs {
			fields = append(fields, name)
		}
	}
	note("status", before.State != after.State)
	note("resume_status", before.Resume != after.Resume)
	note("category", before.Category != after.Category)
	note("draft_version", before.DraftVersion != after.DraftVersion)
	note("redrafts", before.Redrafts != after.Redrafts)
	note("approved_by", before.ApprovedBy != after.ApprovedBy)
	note("rejected_by", before.RejectedBy != after.RejectedBy)
	note("decided_at", !before.DecidedAt.Equal(after.DecidedAt))
	note("not_before", !before.NotBefore.Equal(after.NotBefore))
	note("review_due_at", !before.ReviewDue.Equal(after.ReviewDue))
	note("feedback", before.Feedback != after.Feedback)
	note("doubt", before.Doubt != after.Doubt)
	note("error", before.Problem != after.Problem)
	note("completed_at", !before.CompletedAt.Equal(after.CompletedAt))
	return fields
}
