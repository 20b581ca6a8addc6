package review

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Edit stores the person's words as the next draft version. version is the one that the person started from; another current one is a
// Conflict with current_version, and nothing is stored. Words that equal the draft change nothing.
func (d *Desk) Edit(
	ctx context.Context, scope tenancy.Scope, id workflows.ID, version int, subject, body string,
) (workflows.Run, error) {
	if err := needVersion(version); err != nil {
		return workflows.Run{}, err
	}
	if err := scope.RequirePermission(tenancy.LeadsEdit); err != nil {
		return workflows.Run{}, err
	}
	subject, body, err := cleanDraft(subject, body)
	if err != nil {
		return workflows.Run{}, err
	}
	var run workflows.Run
	err = d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		run, err = d.editIn(ctx, s, scope, id, version, subject, body)
		return err
	})
	return run, err
}

func (d *Desk) editIn(
	ctx context.Context, s *ports.Store, scope tenancy.Scope, id workflows.ID, version int, subject, body string,
) (workflows.Run, error) {
	locked, _, err := s.Runs.Lock(ctx, id)
	if err != nil {
		return workflows.Run{}, err
	}
	if locked.State == workflows.AwaitingReview && locked.DraftVersion == version {
		old, err := s.Drafts.Get(ctx, id, version)
		if err != nil {
			return workflows.Run{}, err
		}
		if old.Subject == subject && old.Body == body {
			return locked, nil
		}
	}
	run, err := d.decideIn(ctx, s, scope, id, func(workflows.Run, time.Time) (transition.Input, error) {
		return event(scope, workflows.Edited, version), nil
	})
	if err != nil {
		return run, err
	}
	return run, d.storeVersion(ctx, s, run, version, workflows.Draft{
		Version: run.DraftVersion, Subject: subject, Body: body, Author: scope.Actor().UserID,
	})
}

// storeVersion adds the draft, with the facts that its forerunner stood on, and its audit entry.
func (d *Desk) storeVersion(
	ctx context.Context, s *ports.Store, run workflows.Run, previous int, draft workflows.Draft,
) error {
	old, err := s.Drafts.Get(ctx, run.ID, previous)
	if err != nil {
		return err
	}
	draft.FactsUsed = old.FactsUsed
	if err := s.Drafts.Add(ctx, run.ID, draft); err != nil {
		return err
	}
	return s.Audit.Add(ctx, ports.AuditEntry{
		Action: "draft.edited", SubjectKind: "run", SubjectID: string(run.ID), Fields: []string{"email_subject", "email_draft"},
		Lead:   run.LeadID,
		Before: map[string]string{"email_subject": old.Subject, "email_draft": old.Body},
		After:  map[string]string{"email_subject": draft.Subject, "email_draft": draft.Body},
	})
}
