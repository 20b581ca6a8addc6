package review

import (
	"context"
	"errors"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// ReceiveClick stores a verified press of a button and returns once it is committed; a worker does the rest. It tells nothing of the run.
func (d *Desk) ReceiveClick(ctx context.Context, org tenancy.OrgID, click ports.Click, raw []byte, id string) error {
	return d.work.Within(ctx, tenancy.ForSystem(org, tenancy.Slack), func(ctx context.Context, s *ports.Store) error {
		return s.Callbacks.Add(ctx, ports.Callback{
			ID: id, Vendor: "slack", EventID: click.EventID, Run: click.Run, Body: raw,
		})
	})
}

// DecideClicks carries out the stored presses for a run, the oldest first. A press of somebody who may not decide changes nothing, leaves
// an audit entry, and the presser alone is told.
func (d *Desk) DecideClicks(ctx context.Context, org tenancy.OrgID, run workflows.ID) error {
	scope := tenancy.ForSystem(org, tenancy.Slack)
	for {
		var waiting []ports.Callback
		var install ports.Installation
		err := d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
			var err error
			if waiting, err = s.Callbacks.Waiting(ctx, run); err != nil || len(waiting) == 0 {
				return err
			}
			install, err = s.Slack.Get(ctx)
			return err
		})
		if fault.Is(err, fault.NotFound) && len(waiting) > 0 {
			// Slack was disconnected since: nobody can say any more who pressed.
			err = d.dismiss(ctx, scope, waiting[0], "Slack is not connected any more")
		} else if err == nil && len(waiting) > 0 {
			err = d.decideClick(ctx, scope, install, waiting[0])
		}
		if err != nil || len(waiting) == 0 {
			return err
		}
	}
}

func (d *Desk) decideClick(ctx context.Context, scope tenancy.Scope, install ports.Installation, stored ports.Callback) error {
	click, ok, err := d.slack.Clicks.Parse(stored.Body)
	if err != nil || !ok {
		return d.dismiss(ctx, scope, stored, "it could not be read")
	}
	email, err := d.whoPressed(ctx, scope, install, click)
	if err != nil && !fault.Is(err, fault.NotFound) {
		passing := fault.Is(err, fault.Busy) || fault.Is(err, fault.Unavailable) || ctx.Err() != nil
		if passing && d.clocks.now().Sub(stored.ReceivedAt) < d.clocks.patience {
			return err
		}
		d.log.WarnContext(ctx, "slack did not say who pressed", "org", scope.Org(), "run", click.Run, "error", err)
		d.Tell(ctx, click.ResponseURL, "Slack did not tell us who you are, so your decision was not recorded. Press again, or decide in the dashboard.")
		return d.dismiss(ctx, scope, stored, "Slack did not say who pressed")
	}
	answer, err := d.decideAs(ctx, scope, stored, click, email)
	if err != nil {
		return err
	}
	if answer != "" {
		d.Tell(ctx, click.ResponseURL, answer)
	}
	return nil
}

func (d *Desk) whoPressed(ctx context.Context, scope tenancy.Scope, install ports.Installation, click ports.Click) (string, error) {
	token, err := d.slack.Sealer.Open(scope.Org(), install.TokenSealed)
	if err != nil {
		return "", err
	}
	email, _, err := d.slack.Channel.Person(ctx, token, click.User)
	return email, err
}

// decideAs decides and marks the press as done in one transaction, so that a press counts once whatever dies. It gives what the presser is to
// be told, empty when the card itself shows the outcome.
func (d *Desk) decideAs(
	ctx context.Context, system tenancy.Scope, stored ports.Callback, click ports.Click, email string,
) (string, error) {
	scope, err := d.memberBehind(ctx, system, email)
	if err != nil {
		return "", err
	}
	var answer string
	err = d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		answer = ""
		still, err := s.Callbacks.Waiting(ctx, click.Run)
		if err != nil || !holds(still, stored.ID) {
			return err
		}
		if answer, err = d.tryDecide(ctx, s, scope, click); err != nil {
			return err
		}
		return s.Callbacks.Processed(ctx, stored.ID, answer)
	})
	return answer, err
}

// memberBehind is the scope of the member with this address; nobody's address leaves the system's scope, which may decide nothing.
func (d *Desk) memberBehind(ctx context.Context, system tenancy.Scope, email string) (tenancy.Scope, error) {
	scope := system
	if email == "" {
		return scope, nil
	}
	err := d.work.Within(ctx, system, func(ctx context.Context, s *ports.Store) error {
		member, err := s.Members.ByEmail(ctx, email)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err == nil {
			scope = tenancy.ForMember(system.Org(), member, tenancy.Slack)
		}
		return err
	})
	return scope, err
}

func (d *Desk) tryDecide(ctx context.Context, s *ports.Store, scope tenancy.Scope, click ports.Click) (string, error) {
	if !scope.HasPermission(tenancy.LeadsApprove) {
		return "You need leads:approve to decide on leads. Ask an admin of your organization for it.", s.Audit.Add(ctx, ports.AuditEntry{
			Action: "review.refused", SubjectKind: "run", SubjectID: string(click.Run), Fields: []string{"status"},
		})
	}
	var err error
	if click.Action == "approve" {
		_, err = d.approveIn(ctx, s, scope, click.Run, click.Version)
	} else {
		_, err = d.decideIn(ctx, s, scope, click.Run, rejection(scope, click.Version, "other", ""))
	}
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound, fault.Invalid:
		return message(err), nil
	default:
		return "", err
	}
}

func (d *Desk) dismiss(ctx context.Context, scope tenancy.Scope, stored ports.Callback, why string) error {
	return d.work.Within(ctx, scope, func(ctx context.Context, s *ports.Store) error {
		return s.Callbacks.Processed(ctx, stored.ID, why)
	})
}

// Tell shows a text to the presser alone. It is best effort: what was decided stands whether or not they can be told.
func (d *Desk) Tell(ctx context.Context, responseURL, text string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := d.slack.Channel.Tell(ctx, responseURL, text); err != nil {
		d.log.WarnContext(ctx, "slack could not be told the outcome of a press", "error", err)
	}
}

func holds(list []ports.Callback, id string) bool {
	for _, c := range list {
		if c.ID == id {
			return true
		}
	}
	return false
}

func message(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return ""
}
