package fiberhttp_test

import (
	"context"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type views struct {
	ports.Views
	*tenant
}

// page cuts a list at a cursor, which here is the number of rows to leave out.
func page[T any](rows []T, cursor string, limit int) ([]T, string, error) {
	skip := 0
	if cursor != "" {
		var err error
		if skip, err = strconv.Atoi(cursor); err != nil {
			return nil, "", fault.InvalidFields(fault.Field{Name: "cursor", Message: "This is no cursor of ours."})
		}
	}
	rows = rows[min(skip, len(rows)):]
	if limit <= 0 || len(rows) <= limit {
		return rows, "", nil
	}
	return rows[:limit], strconv.Itoa(skip + limit), nil
}

func (v views) Leads(_ context.Context, f ports.LeadFilter) ([]ports.LeadRow, string, error) {
	var rows []ports.LeadRow
	for i := len(v.leads) - 1; i >= 0; i-- {
		l := *v.leads[i]
		text := strings.ToLower(l.Name + " " + l.Email.String() + " " + l.Company)
		switch {
		case f.Status != "" && l.Status != f.Status, f.Category != "" && l.Category != f.Category,
			f.AssignedTo != "" && l.AssignedTo != f.AssignedTo, !strings.Contains(text, strings.ToLower(f.Text)),
			!f.CreatedAfter.IsZero() && !l.CreatedAt.After(f.CreatedAfter), !f.CreatedBefore.IsZero() && !l.CreatedAt.Before(f.CreatedBefore):
			continue
		}
		row := ports.LeadRow{Lead: l}
		if r := v.runOf(l.ID); r != nil {
			row.Run, row.State = r.ID, r.State
		}
		rows = append(rows, row)
	}
	return page(rows, f.Cursor, f.Limit)
}

func (v views) row(r *run) ports.RunRow {
	row := ports.RunRow{Run: r.Run, Carriage: r.carriage, Research: r.research}
	if l, err := v.lead(r.LeadID); err == nil {
		row.Lead = *l
	}
	if n := len(r.drafts); n > 0 {
		row.Subject, row.Body = r.drafts[n-1].Subject, r.drafts[n-1].Body
	}
	return row
}

func (v views) Runs(_ context.Context, f ports.RunFilter) ([]ports.RunRow, string, error) {
	var rows []ports.RunRow
	for _, r := range v.runs {
		if (f.State == "" || r.State == f.State) && (f.Lead == "" || r.LeadID == f.Lead) {
			rows = append(rows, v.row(r))
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].CreatedAt.After(rows[j].CreatedAt) })
	return page(rows, f.Cursor, f.Limit)
}

func (v views) Run(_ context.Context, id workflows.ID) (ports.RunRow, error) {
	r, err := v.run(id)
	if err != nil {
		return ports.RunRow{}, err
	}
	return v.row(r), nil
}

func (v views) Queue(_ context.Context, limit int) ([]ports.RunRow, error) {
	var rows []ports.RunRow
	for _, r := range v.runs {
		if r.State == workflows.AwaitingReview {
			rows = append(rows, v.row(r))
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].CreatedAt.Before(rows[j].CreatedAt) })
	return rows[:min(limit, len(rows))], nil
}

func (v views) Steps(_ context.Context, id workflows.ID) ([]ports.StepRow, error) {
	r, err := v.run(id)
	if err != nil {
		return nil, err
	}
	return r.steps, nil
}

func (v views) Counts(context.Context, *time.Location) (ports.Counts, error) {
	counts := ports.Counts{Leads: len(v.leads)}
	for _, r := range v.runs {
		switch {
		case r.State == workflows.AwaitingReview:
			counts.AwaitingReview++
		case r.State == workflows.NeedsAttention:
			counts.NeedsAttention++
		case r.State.Working():
			counts.Working++
		}
	}
	return counts, nil
}

func (v views) LastDecision(context.Context) (ports.Decision, ports.RunRow, bool, error) {
	var last ports.Decision
	var of *run
	for _, r := range v.runs {
		for _, d := range r.decisions {
			if (d.Kind == workflows.ApprovedBy || d.Kind == workflows.RejectedBy) && d.At.After(last.At) {
				last, of = d, r
			}
		}
	}
	if of == nil {
		return last, ports.RunRow{}, false, nil
	}
	return last, v.row(of), true, nil
}

func (v views) CardTrouble(context.Context) (string, time.Time, bool, error) {
	return v.trouble, v.troubleAt, v.trouble != "", nil
}
