package postgres_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// pages reads all pages of leads and gives the ids in the order in which they came; between runs after every page.
func (s *stage) pages(scope tenancy.Scope, f ports.LeadFilter, between func()) (ids []leads.ID) {
	s.t.Helper()
	for {
		s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) error {
			page, next, err := st.Views.Leads(ctx, f)
			for _, row := range page {
				ids = append(ids, row.ID)
			}
			if next != "" {
				require.Len(s.t, page, f.Limit, "only the last page is short")
			}
			f.Cursor = next
			return err
		}))
		if f.Cursor == "" {
			return ids
		}
		between()
	}
}

// Whatever the leads, the filter and the size of a page, walking the cursors gives every lead just once, the newest first, also when leads of
// the same moment lie across pages and new leads come in meanwhile.
func TestPagesGiveEveryLeadOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	began := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		scope := s.organization(fmt.Sprintf("org_%d", round))
		limit := rapid.IntRange(1, 7).Draw(rt, "limit")
		filter := ports.LeadFilter{Limit: limit, Status: rapid.SampledFrom([]leads.Status{"", leads.Pending, leads.Held}).Draw(rt, "status")}
		var want []leads.Lead
		s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) error {
			for range rapid.IntRange(0, 20).Draw(rt, "leads") {
				l := newLead("jane@acme.test", "Jane")
				l.CreatedAt = began.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "moment")) * time.Microsecond)
				l.Status = rapid.SampledFrom([]leads.Status{leads.Pending, leads.Held}).Draw(rt, "of")
				if err := st.Leads.Create(ctx, l, ""); err != nil {
					return err
				}
				if filter.Status == "" || filter.Status == l.Status {
					want = append(want, l)
				}
			}
			return nil
		}))
		slices.SortFunc(want, func(a, b leads.Lead) int {
			if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
				return c
			}
			if a.ID > b.ID {
				return -1
			}
			return 1
		})
		got := s.pages(scope, filter, func() {
			s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) error {
				return st.Leads.Create(ctx, newLead("late@acme.test", "Late"), "") // the newest of all
			}))
		})
		if len(got) != len(want) {
			rt.Fatalf("%d leads came, want %d", len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i].ID {
				rt.Fatalf("lead %d is %s, want %s", i, got[i], want[i].ID)
			}
		}
	})
}

func TestBadCursorsAreInvalid(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for range 3 {
		s.run()
	}
	var ofLeads, ofRuns string
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		if _, ofLeads, err = st.Views.Leads(ctx, ports.LeadFilter{Limit: 1}); err != nil {
			return err
		}
		_, ofRuns, err = st.Views.Runs(ctx, ports.RunFilter{Limit: 1})
		return err
	})
	require.NotEmpty(t, ofLeads)
	require.NotEmpty(t, ofRuns)
	encode := base64.RawURLEncoding.EncodeToString
	bad := []string{"x", "!", "\x00", ofLeads + "A", ofLeads[:len(ofLeads)-1], encode([]byte("l.0")), encode([]byte("l..")), encode([]byte("l.zz.no-uuid")),
		encode([]byte("l.1y2p0ij32e8e7." + newID())), encode([]byte("l.-1y2p0ij32e8e7." + newID())), encode([]byte("'; DROP TABLE leads; --"))}
	check := func(word string, err error) {
		t.Helper()
		var invalid *fault.Error
		require.ErrorAs(t, err, &invalid, word)
		require.Equal(t, fault.Invalid, invalid.Kind, word)
		require.Equal(t, "cursor", invalid.Fields[0].Name)
	}
	for _, word := range append(bad, ofRuns) {
		check(word, s.within(func(ctx context.Context, st *ports.Store) error {
			_, _, err := st.Views.Leads(ctx, ports.LeadFilter{Cursor: word})
			return err
		}))
	}
	for _, word := range append(bad, ofLeads) {
		check(word, s.within(func(ctx context.Context, st *ports.Store) error {
			_, _, err := st.Views.Runs(ctx, ports.RunFilter{Cursor: word})
			return err
		}))
	}
}

func TestLeadsAreFiltered(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	began := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	add := func(name string, change func(*leads.Lead)) string {
		l := newLead(fmt.Sprintf("p%d@acme.test", began.Unix()), name)
		l.CreatedAt = began
		began = began.Add(time.Minute)
		change(&l)
		s.lead(l)
		return name
	}
	plain := add("Plain", func(*leads.Lead) {})
	held := add("Held", func(l *leads.Lead) { l.Status = leads.Held })
	hot := add("Hot", func(l *leads.Lead) { l.Category = leads.Qualified; l.AssignedTo = worker })
	percent := add("100% Fun_d", func(l *leads.Lead) { l.Company = `Back\slash Büro` })
	mail := add("Mail", func(l *leads.Lead) { l.Email = leads.TrustedEmail("Needle.In@HAY.test") })
	names := func(f ports.LeadFilter) (names []string) {
		s.do(func(ctx context.Context, st *ports.Store) error {
			page, next, err := st.Views.Leads(ctx, f)
			require.Empty(t, next)
			for _, row := range page {
				names = append(names, row.Name)
			}
			return err
		})
		return names
	}
	all := []string{mail, percent, hot, held, plain}
	start := began.Add(-5 * time.Minute)
	for _, c := range []struct {
		filter ports.LeadFilter
		want   []string
	}{
		{ports.LeadFilter{}, all},
		{ports.LeadFilter{Limit: -3}, nil},
		{ports.LeadFilter{Limit: 1000}, all},
		{ports.LeadFilter{Status: leads.Held}, []string{held}},
		{ports.LeadFilter{Category: leads.Qualified}, []string{hot}},
		{ports.LeadFilter{AssignedTo: worker}, []string{hot}},
		{ports.LeadFilter{AssignedTo: worker, Status: leads.Held}, nil},
		{ports.LeadFilter{CreatedAfter: start}, []string{mail, percent, hot, held}},
		{ports.LeadFilter{CreatedBefore: start.Add(time.Minute)}, []string{plain}},
		{ports.LeadFilter{CreatedAfter: start, CreatedBefore: start.Add(2 * time.Minute)}, []string{held}},
		{ports.LeadFilter{Text: "pLaIn"}, []string{plain}},
		{ports.LeadFilter{Text: "  h"}, []string{mail, percent, hot, held}}, // hay, slash, hot, held
		{ports.LeadFilter{Text: "NEEDLE.in@hay"}, []string{mail}},
		{ports.LeadFilter{Text: "%"}, []string{percent}},
		{ports.LeadFilter{Text: "_"}, []string{percent}},
		{ports.LeadFilter{Text: `k\s`}, []string{percent}},
		{ports.LeadFilter{Text: "BÜRO"}, []string{percent}},
		{ports.LeadFilter{Text: "' OR true --"}, nil},
	} {
		if c.filter.Limit < 0 {
			s.do(func(ctx context.Context, st *ports.Store) error {
				page, next, err := st.Views.Leads(ctx, c.filter)
				require.Len(t, page, 1)
				require.NotEmpty(t, next)
				return err
			})
			continue
		}
		require.Equal(t, c.want, names(c.filter), "%+v", c.filter)
	}
}

func TestRunsAreShownWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := newLead("jane@acme.test", "Jane")
	l.AssignedTo = worker
	run := s.runOf(s.lead(l))
	plain := s.run()
	lease := s.claim(run.ID)
	run.State, run.ReviewDue = workflows.AwaitingReview, time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	s.do(func(ctx context.Context, st *ports.Store) error {
		require.NoError(t, st.Drafts.Add(ctx, run.ID, workflows.Draft{Version: 1, Subject: "Re", Body: "Hi"}))
		require.NoError(t, st.Runs.SetResearch(ctx, run.ID, []byte(`{"facts":[1]}`)))
		require.NoError(t, st.Runs.Spend(ctx, lease, ports.Spent{TokensIn: 1, TokensOut: 2, CostMicros: 3}))
		run.DraftVersion = 1
		require.NoError(t, st.Runs.SaveHeld(ctx, lease, run))
		return st.Runs.Release(ctx, lease, 0, "", false)
	})
	lead := s.getLead(l.ID)
	s.do(func(ctx context.Context, st *ports.Store) error {
		got, err := st.Views.Run(ctx, run.ID)
		require.NoError(t, err)
		require.JSONEq(t, `{"facts":[1]}`, string(got.Research))
		want := ports.RunRow{
			Run: run, Carriage: ports.Carriage{TokensIn: 1, TokensOut: 2, CostMicros: 3, WakeAt: run.ReviewDue}, Lead: lead, Research: got.Research,
			Subject: "Re", Body: "Hi",
		}
		require.Equal(t, want, got)
		for _, c := range []struct {
			filter ports.RunFilter
			want   []workflows.ID
		}{
			{ports.RunFilter{}, []workflows.ID{plain.ID, run.ID}},
			{ports.RunFilter{State: workflows.AwaitingReview}, []workflows.ID{run.ID}},
			{ports.RunFilter{State: workflows.Sending}, nil},
			{ports.RunFilter{Lead: plain.LeadID}, []workflows.ID{plain.ID}},
			{ports.RunFilter{Lead: "no id"}, nil},
			{ports.RunFilter{AssignedTo: worker}, []workflows.ID{run.ID}},
			{ports.RunFilter{AssignedTo: admin}, nil},
			{ports.RunFilter{CreatedAfter: run.CreatedAt}, []workflows.ID{plain.ID}},
			{ports.RunFilter{CreatedBefore: plain.CreatedAt}, []workflows.ID{run.ID}},
		} {
			page, next, err := st.Views.Runs(ctx, c.filter)
			require.NoError(t, err)
			require.Empty(t, next)
			var ids []workflows.ID
			for _, row := range page {
				ids = append(ids, row.ID)
			}
			require.Equal(t, c.want, ids, "%+v", c.filter)
		}
		page, next, err := st.Views.Runs(ctx, ports.RunFilter{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, plain.ID, page[0].ID)
		require.Nil(t, page[0].Research)
		page, next, err = st.Views.Runs(ctx, ports.RunFilter{Limit: 1, Cursor: next})
		require.Equal(t, want, page[0])
		require.Empty(t, next)
		return err
	})
}

func TestQueueHasTheLongestWaitingFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	runs := []workflows.Run{s.run(), s.run(), s.run(), s.run()}
	for _, i := range []int{2, 0, 3} {
		runs[i].State = workflows.AwaitingReview
		s.save(runs[i])
	}
	s.do(func(ctx context.Context, st *ports.Store) error {
		queue, err := st.Views.Queue(ctx, 2)
		require.Len(t, queue, 2)
		require.Equal(t, []workflows.ID{runs[0].ID, runs[2].ID}, []workflows.ID{queue[0].ID, queue[1].ID})
		return err
	})
}

func TestCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	zone, err := time.LoadLocation("Pacific/Kiritimati") // UTC+14
	require.NoError(t, err)
	y, m, d := time.Now().In(zone).Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for _, at := range []time.Time{midnight, midnight.Add(-time.Microsecond)} {
		l := newLead("jane@acme.test", "Jane")
		l.CreatedAt = at
		s.lead(l)
	}
	exec(t, s.super, "UPDATE leads SET status = 'held'")
	for _, state := range workflows.States() {
		run := s.run()
		exec(t, s.super, "UPDATE leads SET created_at = $2 WHERE id = $1", string(run.LeadID), midnight.Add(-time.Hour))
		run.State = state
		s.save(run)
	}
	run := s.run()
	exec(t, s.super, "UPDATE leads SET created_at = $2 WHERE id = $1", string(run.LeadID), midnight.Add(-time.Hour))
	for i, ago := range []time.Duration{time.Hour, 7*24*time.Hour - time.Minute, 7*24*time.Hour + time.Minute} {
		for j, kind := range []string{"reply", "handover"} {
			email := ports.Email{ID: newID(), Run: run.ID, Number: 2*i + j + 1, Kind: kind, To: leads.TrustedEmail("a@b.test"), MessageID: "m"}
			s.do(func(ctx context.Context, st *ports.Store) error {
				require.NoError(t, st.Emails.Add(ctx, email))
				return st.Emails.SetStatus(ctx, email.ID, ports.EmailQueued, ports.EmailSent, "")
			})
			exec(t, s.super, "UPDATE emails SET sent_at = now() - $2::interval WHERE id = $1", email.ID, ago)
		}
	}
	counts := func(scope tenancy.Scope) (c ports.Counts) {
		s.require(s.withinOf(scope, func(ctx context.Context, st *ports.Store) (err error) {
			c, err = st.Views.Counts(ctx, zone)
			return err
		}))
		return c
	}
	require.Equal(t, ports.Counts{AwaitingReview: 1, NeedsAttention: 2, Working: 6, NewToday: 1, SentThisWeek: 2, Leads: 15}, counts(s.scope))
	require.Zero(t, counts(s.organization("org_other")))
	exec(t, s.super, `INSERT INTO leads (org_id, id, reference, email, email_normalised, email_domain, name, message, fingerprint, status, created_at)
		SELECT 'org_other', gen_random_uuid(), n::text, '', '', '', '', '', '', 'pending', now() FROM generate_series(1, 10050) n`)
	require.Equal(t, 10000, counts(scopeOf("org_other")).Leads)
}

func TestLastDecision(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run, other := s.run(), s.run()
	last := func() (d ports.Decision, r ports.RunRow, found bool) {
		s.do(func(ctx context.Context, st *ports.Store) (err error) {
			d, r, found, err = st.Views.LastDecision(ctx)
			return err
		})
		return d, r, found
	}
	_, _, found := last()
	require.False(t, found)
	now := time.Now()
	for i, d := range []struct {
		of   workflows.ID
		kind workflows.EventKind
	}{{run.ID, workflows.ApprovedBy}, {other.ID, workflows.RejectedBy}, {run.ID, workflows.Undone}, {run.ID, workflows.CancelledBy}} {
		s.do(func(ctx context.Context, st *ports.Store) error {
			return st.Decisions.Add(ctx, d.of, ports.Decision{Kind: d.kind, By: admin, Surface: tenancy.Slack, At: now.Add(time.Duration(i) * time.Second)})
		})
	}
	d, r, found := last()
	require.True(t, found)
	require.Equal(t, workflows.RejectedBy, d.Kind)
	require.Equal(t, other.ID, r.ID)
}
