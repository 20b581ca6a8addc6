package review

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// Reasons are why a draft may be rejected.
func Reasons() []string { return []string{"wrong_facts", "tone", "wrong_category", "spam", "other"} }

// Reject ends the run without a reply. An empty reason counts as other. Faults as with Approve.
func (d *Desk) Reject(
	ctx context.Context, scope tenancy.Scope, id workflows.ID, version int, reason, note string,
) (workflows.Run, error) {
	if err := needVersion(version); err != nil {
		return workflows.Run{}, err
	}
	reason, err := parseReason(reason)
	if err != nil {
		return workflows.Run{}, err
	}
	if note, err = parseNote(note); err != nil {
		return workflows.Run{}, err
	}
	return d.decide(ctx, scope, tenancy.LeadsApprove, id, rejection(scope, version, reason, note))
}

func rejection(scope tenancy.Scope, version int, reason, note string) transition.Build {
	return func(workflows.Run, time.Time) (transition.Input, error) {
		in := event(scope, workflows.RejectedBy, version)
		in.Reason, in.Remark = reason, note
		return in, nil
	}
}

func parseReason(s string) (string, error) {
	if s == "" {
		return "other", nil
	}
	for _, known := range Reasons() {
		if s == known {
			return s, nil
		}
	}
	return "", fault.InvalidFields(fault.Field{Name: "reason", Message: "Choose one of " + strings.Join(Reasons(), ", ") + "."})
}

func parseNote(s string) (string, error) {
	s = strings.TrimSpace(strings.Map(keepBreaks, lineEnds.Replace(s)))
	if utf8.RuneCountInString(s) > MaxNote {
		return "", fault.InvalidFields(fault.Field{Name: "note", Message: "A note can have at most 1,000 characters."})
	}
	return s, nil
}
