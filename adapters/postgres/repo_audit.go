package postgres

import (
	"context"

	"github.com/aarondl/opt/omit"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/ports"
)

type auditRepo struct{ *session }

var _ ports.Audit = auditRepo{}

const addAuditEntry = `
INSERT INTO audit_log (org_id, id, actor_kind, actor_id, surface, action, subject_kind, subject_id, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Add implements ports.Audit.
func (r auditRepo) Add(ctx context.Context, e ports.AuditEntry) error {
	id, err := newID()
	if err != nil {
		return err
	}
	actor := r.scope.Actor()
	_, err = r.write(ctx, addAuditEntry, r.org(), id, string(actor.Kind), string(actor.UserID), string(actor.Surface), e.Action, e.SubjectKind,
		e.SubjectID, append([]string{}, e.Fields...))
	if err != nil || e.Lead == "" || (e.Before == nil && e.After == nil) {
		return failed("add audit entry", err)
	}
	return failed("add audit values", r.keepValues(ctx, id, e))
}

// keepValues stores the personal values beside the entry, from where they go with the lead.
func (r auditRepo) keepValues(ctx context.Context, entry string, e ports.AuditEntry) error {
	before, err := values("before", e.Before)
	if err != nil {
		return err
	}
	after, err := values("after", e.After)
	if err != nil {
		return err
	}
	_, err = dbmodel.AuditValues.Insert(&dbmodel.AuditValueSetter{
		OrgID: omit.From(r.org()), AuditID: omit.From(entry), LeadID: omit.From(string(e.Lead)), Before: omit.From(before),
		After: omit.From(after),
	}).Exec(ctx, r.exec)
	return err
}

func values(column string, v map[string]string) (jsonb, error) {
	if v == nil {
		v = map[string]string{}
	}
	return document(column, v)
}
