// Package review is what people do with a run: edit the draft, approve, reject, take back, settle a doubtful send, cancel, retry, reopen. The
// surface does not matter: Slack, the dashboard and the API come through the same doors, and the first decision wins.
package review

import (
	"context"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Limits of a draft that a person writes, in Unicode characters.
const (
	MaxSubject = 200
	MaxBody    = 10_000
	MaxNote    = 1_000
)

// Desk is where reviews are decided.
type Desk struct {
	work   ports.UnitOfWork
	mover  *transition.Mover
	slack  SlackSide
	log    *slog.Logger
	clocks clocks
}

type clocks struct {
	// patience is how long a click waits for Slack to say who pressed it before it is given up.
	patience time.Duration
	now      ports.Clock
}

// SlackSide is what deciding from Slack needs. Its zero value serves a program without Slack.
type SlackSide struct {
	Clicks  ports.Clicks
	Channel ports.ReviewChannel
	Sealer  ports.Sealer
}

// New makes a Desk.
func New(work ports.UnitOfWork, mover *transition.Mover, slack SlackSide, now ports.Clock, log *slog.Logger) *Desk {
	return &Desk{work: work, mover: mover, slack: slack, log: log, clocks: clocks{patience: 10 * time.Minute, now: now}}
}

// decide applies one event of the scope's person to a run.
func (d *Desk) decide(
	ctx context.Context, scope tenancy.Scope, need tenancy.Permission, id workflows.ID, build transition.Build,
) (workflows.Run, error) {
	if err := scope.RequirePermission(need); err != nil {
		return workflows.Run{}, err
	}
	var run workflows.Run
	err := d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		run, err = d.decideIn(ctx, s, scope, id, build)
		return err
	})
	return run, err
}

// decideIn is decide within a running unit of work; the permission is the caller's matter.
func (d *Desk) decideIn(
	ctx context.Context, s *ports.Store, scope tenancy.Scope, id workflows.ID, build transition.Build,
) (workflows.Run, error) {
	run, err := d.mover.ByPerson(ctx, s, scope, id, build)
	if fault.Is(err, fault.Conflict) {
		err = d.nameWinner(ctx, s, run, err)
	}
	return run, err
}

// event is the plain event of the scope's person.
func event(scope tenancy.Scope, kind workflows.EventKind, version int) transition.Input {
	return transition.Input{Event: workflows.Event{Kind: kind, By: scope.Actor().UserID, Version: version}}
}

// cleanDraft checks a draft that a person wrote and names what to correct.
func cleanDraft(subject, body string) (string, string, error) {
	subject = strings.TrimSpace(strings.Map(dropControl, subject))
	body = strings.TrimSpace(strings.Map(keepBreaks, lineEnds.Replace(body)))
	var bad []fault.Field
	switch n := utf8.RuneCountInString(subject); {
	case n == 0:
		bad = append(bad, fault.Field{Name: "email_subject", Message: "Write a subject."})
	case n > MaxSubject:
		bad = append(bad, fault.Field{Name: "email_subject", Message: "The subject can have at most 200 characters."})
	}
	switch n := utf8.RuneCountInString(body); {
	case n == 0:
		bad = append(bad, fault.Field{Name: "email_draft", Message: "Write a reply."})
	case n > MaxBody:
		bad = append(bad, fault.Field{Name: "email_draft", Message: "The reply can have at most 10,000 characters."})
	}
	if len(bad) > 0 {
		return "", "", fault.InvalidFields(bad...)
	}
	return subject, body, nil
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func dropControl(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return keepBreaks(r)
}

func keepBreaks(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == utf8.RuneError:
		return -1
	}
	return r
}

func needVersion(version int) error {
	if version > 0 {
		return nil
	}
	return fault.InvalidFields(fault.Field{Name: "draft_version", Message: "Say which draft version you decide on."})
}
