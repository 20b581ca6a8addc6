package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

func TestDrafts(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	at := time.Now().UTC().Truncate(time.Microsecond)
	first := workflows.Draft{Version: 1, Subject: "One", Body: "Dear Jane", FactsUsed: []string{"f1", "f2"}, CreatedAt: at}
	second := workflows.Draft{Version: 2, Subject: "Two", Body: "Hi Jane", Author: worker, FactsUsed: []string{}, CreatedAt: at}
	for _, d := range []workflows.Draft{first, second} {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Drafts.Add(ctx, run.ID, d) })
		s.noted(run.ID, false)
	}
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.True(t, fault.Is(st.Drafts.Add(ctx, run.ID, workflows.Draft{Version: 1, Subject: "Other", Body: "Other"}), fault.Conflict))
		got, err := st.Drafts.Get(ctx, run.ID, 1)
		require.NoError(t, err)
		require.Equal(t, first, got)
		list, err := st.Drafts.List(ctx, run.ID)
		require.NoError(t, err)
		require.Equal(t, []workflows.Draft{first, second}, list)
		shown, err := st.Views.Run(ctx, run.ID)
		require.Equal(t, []any{"Two", "Hi Jane", 2}, []any{shown.Subject, shown.Body, shown.DraftVersion})
		return err
	})
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error { _, err := st.Drafts.Get(ctx, run.ID, 3); return err })
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Drafts.Add(ctx, workflows.ID(newID()), first)
	})
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	at := time.Now().UTC().Truncate(time.Microsecond)
	decisions := []ports.Decision{
		{Kind: workflows.RedraftWanted, Version: 1, By: worker, Surface: tenancy.Dashboard, Note: "shorter", At: at},
		{Kind: workflows.ApprovedBy, Version: 2, By: admin, Surface: tenancy.Slack, Reason: "good", At: at.Add(time.Second)},
	}
	for i := len(decisions) - 1; i >= 0; i-- {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Decisions.Add(ctx, run.ID, decisions[i]) })
		s.noted(run.ID, false)
	}
	s.do(func(ctx context.Context, st *ports.Store) error {
		list, err := st.Decisions.List(ctx, run.ID)
		require.Equal(t, decisions, list)
		return err
	})
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Decisions.Add(ctx, workflows.ID(newID()), decisions[0])
	})
}

func TestEmails(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	at := time.Now().UTC().Truncate(time.Microsecond)
	email := func(number int) ports.Email {
		return ports.Email{
			ID: newID(), Run: run.ID, Number: number, Kind: "reply", DraftVersion: 1, FromName: "Stage", ReplyTo: "stage@stage.test",
			To: leads.TrustedEmail("jane@acme.test"), Subject: "Re", Body: "Hi", MessageID: "m@stage.test", Status: ports.EmailQueued, CreatedAt: at,
		}
	}
	first, second := email(1), email(2)
	second.Kind, second.DraftVersion = "handover", 0
	last := func() (e ports.Email, err error) {
		err = s.within(func(ctx context.Context, st *ports.Store) (err error) {
			e, err = st.Emails.Last(ctx, run.ID)
			return err
		})
		return e, err
	}
	_, err := last()
	require.True(t, fault.Is(err, fault.NotFound))
	add := func(e ports.Email) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Emails.Add(ctx, e) })
		s.noted(run.ID, false)
	}
	add(first)
	got, err := last()
	require.NoError(t, err)
	require.Equal(t, first, got)
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.True(t, fault.Is(st.Emails.Add(ctx, email(1)), fault.Conflict))
		same := email(3)
		same.ID = first.ID
		require.True(t, fault.Is(st.Emails.Add(ctx, same), fault.Conflict))
		return nil
	})
	add(second)
	move := func(id string, from, to ports.EmailStatus, problem string) error {
		return s.within(func(ctx context.Context, st *ports.Store) error {
			return st.Emails.SetStatus(ctx, id, from, to, problem)
		})
	}
	moved := func(from, to ports.EmailStatus, problem string) ports.Email {
		require.NoError(t, move(second.ID, from, to, problem))
		s.noted(run.ID, false)
		e, err := last()
		require.NoError(t, err)
		require.Equal(t, to, e.Status)
		require.Equal(t, problem, e.Problem)
		return e
	}
	for _, from := range []ports.EmailStatus{ports.EmailDoubtful, ports.EmailSent} {
		require.True(t, fault.Is(move(second.ID, from, ports.EmailRefused, ""), fault.Conflict))
	}
	e := moved(ports.EmailQueued, ports.EmailHandingOver, "")
	require.False(t, e.HandedOverAt.IsZero())
	require.True(t, e.SentAt.IsZero())
	require.True(t, fault.Is(move(second.ID, ports.EmailQueued, ports.EmailHandingOver, ""), fault.Conflict))
	e = moved(ports.EmailHandingOver, ports.EmailQueued, "The server is full.")
	require.True(t, e.HandedOverAt.IsZero(), "what did not go leaves no mark")
	began := moved(ports.EmailQueued, ports.EmailHandingOver, "").HandedOverAt
	e = moved(ports.EmailHandingOver, ports.EmailHandingOver, "")
	require.Equal(t, began, e.HandedOverAt, "a repeat does not renew the mark")
	moved(ports.EmailHandingOver, ports.EmailRefused, "No.")
	e = moved(ports.EmailRefused, ports.EmailHandingOver, "")
	require.True(t, e.HandedOverAt.After(began), "a new start does")
	e = moved(ports.EmailHandingOver, ports.EmailDoubtful, "No answer came.")
	require.False(t, e.HandedOverAt.IsZero())
	e = moved(ports.EmailDoubtful, ports.EmailSent, "")
	require.False(t, e.SentAt.IsZero())
	require.NoError(t, move(second.ID, ports.EmailSent, ports.EmailDropped, ""))
	got, err = last()
	require.NoError(t, err)
	require.Equal(t, first, got, "a dropped email is not the last")
	require.True(t, fault.Is(move(newID(), ports.EmailQueued, ports.EmailSent, ""), fault.NotFound))
	s.do(func(ctx context.Context, st *ports.Store) error {
		list, err := st.Emails.List(ctx, run.ID)
		require.Len(t, list, 2)
		require.Equal(t, []int{1, 2}, []int{list[0].Number, list[1].Number})
		return err
	})
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run, other := s.run(), s.run()
	add := func(id workflows.ID, kind string, data map[string]string) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Timeline.Add(ctx, id, kind, data) })
		s.noted(id, false)
	}
	add(run.ID, "received", nil)
	add(other.ID, "received", nil)
	add(run.ID, "drafted", map[string]string{"version": "1"})
	s.do(func(ctx context.Context, st *ports.Store) error {
		all, err := st.Timeline.List(ctx, run.ID, 0)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, []string{"received", "drafted"}, []string{all[0].Kind, all[1].Kind})
		require.Equal(t, map[string]string{"version": "1"}, all[1].Data)
		require.Less(t, all[0].ID, all[1].ID)
		rest, err := st.Timeline.List(ctx, run.ID, all[0].ID)
		require.Equal(t, all[1:], rest)
		return err
	})
}

func TestAuditTakesActorAndSurfaceFromTheScope(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := s.lead(newLead("jane@acme.test", "Jane"))
	scope := tenancy.ForMember(s.scope.Org(), tenancy.Member{UserID: admin, Role: tenancy.Admin, Active: true}, tenancy.Dashboard)
	add := func(e ports.AuditEntry) {
		s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) error { return st.Audit.Add(ctx, e) }))
	}
	entry := ports.AuditEntry{Action: "lead.edited", SubjectKind: "lead", SubjectID: string(l.ID), Fields: []string{"name", "phone"}, Lead: l.ID,
		Before: map[string]string{"name": "Jane"}, After: map[string]string{"name": "Janet"}}
	add(entry)
	type row struct {
		ActorKind, ActorID, Surface, Action, SubjectKind, SubjectID string
		Fields                                                      []string
		Before, After                                               map[string]string
	}
	rows, err := s.super.Query(t.Context(), `SELECT a.actor_kind, a.actor_id, a.surface, a.action, a.subject_kind, a.subject_id, a.fields, v.before, v.after
		FROM audit_log a JOIN audit_values v ON v.audit_id = a.id`)
	s.require(err)
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[row])
	s.require(err)
	require.Equal(t, row{"member", string(admin), "dashboard", "lead.edited", "lead", string(l.ID), entry.Fields, entry.Before, entry.After}, got)

	without := entry
	without.Lead = ""
	add(without)
	without = entry
	without.Before, without.After = nil, nil
	add(without)
	require.Equal(t, 3, one[int](t, s.super, "SELECT count(*) FROM audit_log"))
	require.Equal(t, 1, one[int](t, s.super, "SELECT count(*) FROM audit_values"), "values are kept only with a lead")
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run, other := s.run(), s.run()
	s.forget()
	at := time.Now().UTC().Truncate(time.Microsecond)
	callback := func(event string, id workflows.ID, after time.Duration) ports.Callback {
		return ports.Callback{ID: newID(), Vendor: "slack", EventID: event, Run: id, Body: []byte("{\x00}"), ReceivedAt: at.Add(after)}
	}
	add := func(c ports.Callback) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Callbacks.Add(ctx, c) })
	}
	late, early := callback("e2", run.ID, time.Second), callback("e1", run.ID, 0)
	add(late)
	require.True(t, s.commits()[0].Due)
	ring := s.ring(run.ID)
	require.Equal(t, []string{"callback", "approvals"}, []string{ring.Kind, ring.Queue})
	in(t, 0, ring.In)
	add(early)
	add(callback("e3", other.ID, 0))
	add(callback("e2", run.ID, time.Minute)) // delivered again
	require.Len(t, s.outbox(run.ID), 1)

	waiting := func(ctx context.Context, st *ports.Store) []ports.Callback {
		list, err := st.Callbacks.Waiting(ctx, run.ID)
		require.NoError(t, err)
		return list
	}
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.Equal(t, []ports.Callback{early, late}, waiting(ctx, st))
		// Another worker passes over what this one has locked.
		s.do(func(ctx context.Context, st *ports.Store) error {
			require.Empty(t, waiting(ctx, st))
			return nil
		})
		return st.Callbacks.Processed(ctx, early.ID, "It was too late.")
	})
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.Equal(t, []ports.Callback{late}, waiting(ctx, st))
		return nil
	})
	require.Equal(t, "It was too late.", one[string](t, s.super, "SELECT error FROM webhook_events WHERE processed_at IS NOT NULL"))
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error { return st.Callbacks.Processed(ctx, newID(), "") })
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Callbacks.Add(ctx, callback("e4", workflows.ID(newID()), 0))
	})
}
