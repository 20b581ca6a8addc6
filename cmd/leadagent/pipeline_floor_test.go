package main

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// floor is a world without processes: the test calls the use cases itself, in this process, and so decides what happens when. Nothing is rung and
// nothing swept unless the test does it.
type floor struct {
	*world
	*parts
	org tenancy.OrgID
}

func newFloor(t *testing.T, changes map[string]string) *floor {
	t.Helper()
	w := newWorld(t)
	return &floor{world: w, parts: w.parts(changes), org: clerk.AcmeID}
}

// another is a second process's worth of use cases on the same stores.
func (f *floor) another(changes map[string]string) *floor {
	f.t.Helper()
	return &floor{world: f.world, parts: f.world.parts(changes), org: f.org}
}

// of is the floor as seen by another organization.
func (f *floor) of(org tenancy.OrgID) *floor {
	other := *f
	other.org = org
	return &other
}

// exec changes the database as the superuser, past every policy.
func (f *floor) exec(sql string, args ...any) {
	f.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, f.world.db.SuperuserURL)
	require.NoError(f.t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql, args...)
	require.NoError(f.t, err, sql)
}

// text reads one value as text.
func (f *floor) text(sql string, args ...any) string {
	f.t.Helper()
	var s *string
	f.query(sql, args, &s)
	if s == nil {
		return ""
	}
	return *s
}

// take submits a lead through the form and gives its run.
func (f *floor) take(body submissionBody) workflows.ID {
	f.t.Helper()
	receipt, err := f.intake.Submit(f.t.Context(), intake.Request{FormKey: body.Form, Address: "203.0.113.7", Raw: leads.Raw{
		Email: body.Email, Name: body.Name, Company: body.Company, Phone: body.Phone, Message: body.Message,
	}})
	require.NoError(f.t, err)
	require.Equal(f.t, leads.Pending, receipt.Status)
	return workflows.ID(f.text(`SELECT id::text FROM workflows WHERE lead_id = $1`, string(receipt.Lead)))
}

// prepared is a run that has come to its review.
func (f *floor) prepared(n int) workflows.ID {
	f.t.Helper()
	id := f.take(aLead(n))
	f.advance(id)
	require.Equal(f.t, workflows.AwaitingReview, f.run(id).State)
	return id
}

// advance does what a ring of the doorbell leads to.
func (f *floor) advance(id workflows.ID) {
	f.t.Helper()
	require.NoError(f.t, f.pipeline.Advance(f.t.Context(), f.org, id))
}

func (f *floor) within(do func(ctx context.Context, s *ports.Store) error) {
	f.t.Helper()
	require.NoError(f.t, f.parts.db.Within(f.t.Context(), tenancy.ForSystem(f.org, tenancy.Pipeline), do))
}

func (f *floor) run(id workflows.ID) (run workflows.Run) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		run, _, err = s.Runs.Get(ctx, id)
		return err
	})
	return run
}

func (f *floor) carriage(id workflows.ID) (c ports.Carriage) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		_, c, err = s.Runs.Get(ctx, id)
		return err
	})
	return c
}

func (f *floor) emails(id workflows.ID) (list []ports.Email) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		list, err = s.Emails.List(ctx, id)
		return err
	})
	return list
}

func (f *floor) drafts(id workflows.ID) (list []workflows.Draft) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		list, err = s.Drafts.List(ctx, id)
		return err
	})
	return list
}

func (f *floor) decisions(id workflows.ID) (list []ports.Decision) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		list, err = s.Decisions.List(ctx, id)
		return err
	})
	return list
}

func (f *floor) moments(id workflows.ID) (list []ports.Moment) {
	f.t.Helper()
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		list, err = s.Timeline.List(ctx, id, 0)
		return err
	})
	return list
}

// leadStatus is the status of a run's lead.
func (f *floor) leadStatus(id workflows.ID) string {
	f.t.Helper()
	return f.text(`SELECT l.status FROM leads l JOIN workflows w ON w.org_id = l.org_id AND w.lead_id = l.id WHERE w.id = $1`, string(id))
}

// person is the scope of one of Acme's or Globex's people.
func (f *floor) person(id tenancy.UserID, surface tenancy.Surface) tenancy.Scope {
	f.t.Helper()
	var m tenancy.Member
	f.within(func(ctx context.Context, s *ports.Store) (err error) {
		m, err = s.Members.Get(ctx, id)
		return err
	})
	return tenancy.ForMember(f.org, m, surface)
}

// admin is Acme's admin at the dashboard.
func (f *floor) admin() tenancy.Scope { return f.person(clerk.AcmeAdminID, tenancy.Dashboard) }

// due makes a run's wake time, and whatever it waits for, past.
func (f *floor) due(id workflows.ID) {
	f.t.Helper()
	f.exec(`UPDATE workflows SET wake_at = now() - interval '1 second', not_before = least(not_before, now() - interval '1 second'),
		review_due_at = CASE WHEN status = 'awaiting_review' THEN now() - interval '1 second' ELSE review_due_at END WHERE id = $1`, string(id))
}

// asked counts the calls that came to a role of the model.
func (f *floor) asked(role model.Role) int {
	n := 0
	for _, c := range f.box.Model.Calls() {
		if c.Role == role {
			n++
		}
	}
	return n
}

// input decodes what a role was last told.
func (f *floor) input(role model.Role) map[string]any {
	f.t.Helper()
	var last map[string]any
	for _, c := range f.box.Model.Calls() {
		if c.Role == role {
			last = nil
			require.NoError(f.t, json.Unmarshal(c.Input, &last))
		}
	}
	return last
}

// clash is what a person reads who came too late.
type clash struct {
	Message string
	Details map[string]string
}

// conflict requires a Conflict and gives what it says.
func conflict(t *testing.T, err error) clash {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, fault.Conflict, f.Kind, "%v", err)
	return clash{f.Message, f.Details}
}

// inBackground calls do and gives its error when it ends.
func inBackground(do func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	return done
}

// ends waits for what runs in the background.
func ends(t *testing.T, done <-chan error, what string) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(30 * time.Second):
		t.Fatalf("%s did not end", what)
		return errors.New("unreachable")
	}
}
