package fiberhttp

import (
	"encoding/json"
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// listJSON is a page of a list. NextCursor is null at the end.
type listJSON[T any] struct {
	Data       []T     `json:"data"`
	NextCursor *string `json:"next_cursor"`
}

// leadJSON is a lead as the API speaks of it. What is not there is null; times are RFC 3339, UTC.
type leadJSON struct {
	ID                    string       `json:"id"`
	UserID                *string      `json:"user_id"`
	AssignedTo            *string      `json:"assigned_to"`
	Email                 string       `json:"email"`
	Name                  string       `json:"name"`
	Company               *string      `json:"company"`
	Phone                 *string      `json:"phone"`
	Message               string       `json:"message"`
	QualificationCategory *string      `json:"qualification_category"`
	QualificationReason   *string      `json:"qualification_reason"`
	Status                string       `json:"status"`
	Source                leads.Source `json:"source"`
	WorkflowID            *string      `json:"workflow_id"`
	CreatedAt             *time.Time   `json:"created_at"`
	UpdatedAt             *time.Time   `json:"updated_at"`
}

func leadToJSON(l leads.Lead, run workflows.ID) leadJSON {
	return leadJSON{
		ID: string(l.ID), UserID: orNull(l.UserID), AssignedTo: orNull(l.AssignedTo), Email: l.Email.String(), Name: l.Name,
		Company: orNull(l.Company), Phone: orNull(l.Phone), Message: l.Message, QualificationCategory: orNull(l.Category),
		QualificationReason: orNull(l.Reason), Status: string(l.Status), Source: l.Source, WorkflowID: orNull(run),
		CreatedAt: utc(l.CreatedAt), UpdatedAt: utc(l.UpdatedAt),
	}
}

// runJSON is a workflow as the API speaks of it. Steps are left out of lists.
type runJSON struct {
	ID              string          `json:"id"`
	LeadID          string          `json:"lead_id"`
	Status          string          `json:"status"`
	ResearchResults json.RawMessage `json:"research_results"`
	EmailSubject    *string         `json:"email_subject"`
	EmailDraft      *string         `json:"email_draft"`
	DraftVersion    int             `json:"draft_version"` // 0 before there is a draft
	ApprovedBy      *string         `json:"approved_by"`
	RejectedBy      *string         `json:"rejected_by"`
	DecidedAt       *time.Time      `json:"decided_at"`
	Error           *string         `json:"error"`
	ReviewDueAt     *time.Time      `json:"review_due_at"`
	CreatedAt       *time.Time      `json:"created_at"`
	CompletedAt     *time.Time      `json:"completed_at"`
	Steps           *[]stepJSON     `json:"steps,omitempty"`
}

type stepJSON struct {
	Name       string     `json:"name"`
	Status     string     `json:"status"`
	Attempt    int        `json:"attempt"`
	Error      *string    `json:"error"`
	TokensIn   int64      `json:"tokens_in"`
	TokensOut  int64      `json:"tokens_out"`
	CostMicros int64      `json:"cost_micros"` // millionths of a US dollar
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
}

func runToJSON(r ports.RunRow) runJSON {
	out := runJSON{
		ID: string(r.ID), LeadID: string(r.LeadID), Status: string(r.State), ResearchResults: json.RawMessage("null"),
		EmailSubject: orNull(r.Subject), EmailDraft: orNull(r.Body), DraftVersion: r.DraftVersion, ApprovedBy: orNull(r.ApprovedBy),
		RejectedBy: orNull(r.RejectedBy), DecidedAt: utc(r.DecidedAt), Error: orNull(r.Problem), ReviewDueAt: utc(r.ReviewDue),
		CreatedAt: utc(r.CreatedAt), CompletedAt: utc(r.CompletedAt),
	}
	if len(r.Research) > 0 {
		out.ResearchResults = r.Research
	}
	return out
}

func stepsToJSON(steps []ports.StepRow) *[]stepJSON {
	out := make([]stepJSON, len(steps))
	for i, s := range steps {
		out[i] = stepJSON{
			Name: s.Name, Status: s.Status, Attempt: s.Attempt, Error: orNull(s.Error), TokensIn: s.Spent.TokensIn, TokensOut: s.Spent.TokensOut,
			CostMicros: s.Spent.CostMicros, StartedAt: utc(s.StartedAt), FinishedAt: utc(s.FinishedAt),
		}
	}
	return &out
}

// orNull turns an empty text into JSON's null.
func orNull[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

// utc turns a time into UTC, and the zero time into JSON's null.
func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
