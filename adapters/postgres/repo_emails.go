package postgres

import (
	"context"

	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type emailRepo struct{ *session }

var _ ports.Emails = emailRepo{}

const (
	addEmail = `
INSERT INTO emails (org_id, id, workflow_id, number, kind, draft_version, from_name, reply_to, to_address, subject, body, status, message_id,
  created_at)
VALUES (?, ?, ?, ?, ?, nullif(?::integer, 0), ?, ?, ?, ?, ?, 'queued', ?, coalesce(?, clock_timestamp()))
ON CONFLICT DO NOTHING`

	// setEmailStatus keeps the mark of a handing over for as long as the email may have gone because of it: a repeat does not renew it.
	setEmailStatus = `
UPDATE emails SET status = ?, error = ?,
  handed_over_at = CASE WHEN ? = status THEN handed_over_at WHEN ? = 'handing_over' THEN clock_timestamp() WHEN ? = 'queued' THEN NULL
    ELSE handed_over_at END,
  sent_at = CASE WHEN ? = 'sent' THEN clock_timestamp() ELSE sent_at END
WHERE id = ? AND status = ? RETURNING workflow_id`
)

// Add implements ports.Emails. Whatever status it comes with, it is stored as queued. NotFound when there is no such run.
func (r emailRepo) Add(ctx context.Context, e ports.Email) error {
	if !isID(e.Run) {
		return unknown("add email")
	}
	n, err := r.write(ctx, addEmail, r.org(), e.ID, string(e.Run), e.Number, e.Kind, e.DraftVersion, e.FromName, e.ReplyTo, e.To.String(),
		e.Subject, e.Body, e.MessageID, moment(e.CreatedAt))
	if err != nil {
		return failed("add email", err)
	}
	if n == 0 {
		return failed("add email", fault.New(fault.Conflict, "This email exists already."))
	}
	r.changed(e.Run)
	return nil
}

// Last implements ports.Emails.
func (r emailRepo) Last(ctx context.Context, run workflows.ID) (ports.Email, error) {
	if !isID(run) {
		return ports.Email{}, unknown("find last email")
	}
	where := dbmodel.SelectWhere.Emails
	row, err := dbmodel.Emails.Query(where.WorkflowID.EQ(string(run)), where.Status.NE(string(ports.EmailDropped)),
		sm.OrderBy(dbmodel.Emails.Columns.Number).Desc(), sm.Limit(1)).One(ctx, r.exec)
	if err != nil {
		return ports.Email{}, failed("find last email", err)
	}
	email, err := toEmail(row)
	return email, failed("find last email", err)
}

// List implements ports.Emails.
func (r emailRepo) List(ctx context.Context, run workflows.ID) ([]ports.Email, error) {
	if !isID(run) {
		return nil, nil
	}
	rows, err := dbmodel.Emails.Query(dbmodel.SelectWhere.Emails.WorkflowID.EQ(string(run)),
		sm.OrderBy(dbmodel.Emails.Columns.Number)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list emails", err)
	}
	list := make([]ports.Email, 0, len(rows))
	for _, row := range rows {
		email, err := toEmail(row)
		if err != nil {
			return nil, failed("list emails", err)
		}
		list = append(list, email)
	}
	return list, nil
}

// SetStatus implements ports.Emails. NotFound when there is no such email.
func (r emailRepo) SetStatus(ctx context.Context, id string, from, to ports.EmailStatus, problem string) error {
	if !isID(id) {
		return unknown("set email status")
	}
	type moved struct{ WorkflowID string }
	status := string(to)
	rows, err := read[moved](ctx, r.session, setEmailStatus, status, argument(problem), status, status, status, status, id, string(from))
	if err != nil {
		return failed("set email status", err)
	}
	if len(rows) == 0 {
		return failed("set email status", r.whyNot(ctx, id))
	}
	r.changed(workflows.ID(rows[0].WorkflowID))
	return nil
}

// whyNot tells an email in another status from one that there is not.
func (r emailRepo) whyNot(ctx context.Context, id string) error {
	row, err := dbmodel.FindEmail(ctx, r.exec, r.org(), id)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "Somebody was faster: this email is in another state by now.").With("status", row.Status)
}

func toEmail(row *dbmodel.Email) (ports.Email, error) {
	status := ports.EmailStatus(row.Status)
	switch status {
	case ports.EmailQueued, ports.EmailHandingOver, ports.EmailSent, ports.EmailDoubtful, ports.EmailRefused, ports.EmailDropped:
	default:
		return ports.Email{}, corrupt("email status", row.Status)
	}
	return ports.Email{
		ID: row.ID, Run: workflows.ID(row.WorkflowID), Number: row.Number, Kind: row.Kind, DraftVersion: row.DraftVersion.GetOrZero(),
		FromName: row.FromName, ReplyTo: row.ReplyTo, To: leads.TrustedEmail(row.ToAddress), Subject: row.Subject, Body: row.Body,
		MessageID: row.MessageID, Status: status, Problem: row.Error.GetOrZero(), HandedOverAt: timeOf(row.HandedOverAt),
		SentAt: timeOf(row.SentAt), CreatedAt: row.CreatedAt.UTC(),
	}, nil
}
