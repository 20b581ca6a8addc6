package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

func (s *stage) getLead(id leads.ID) (l leads.Lead) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		l, err = st.Leads.Get(ctx, id)
		return err
	})
	return l
}

func TestLeadIsStoredAsItIs(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := newLead("Jane.Roe@Acme.test", `Jane "J" O'Roe \ 100%`)
	l.Company, l.Phone, l.UserID, l.AssignedTo = "ACME  Inc", "+1 (555) 0100 200", admin, worker
	l.Category, l.Reason, l.Status = leads.FollowUp, "later", leads.Closed
	l.CreatedAt = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	s.lead(l)
	got := s.getLead(l.ID)
	require.WithinDuration(t, time.Now(), got.UpdatedAt, time.Minute)
	l.UpdatedAt = got.UpdatedAt
	require.Equal(t, l, got)
	require.Equal(t, "acme inc", one[string](t, s.super, "SELECT company_normalised FROM leads"))
	require.Equal(t, "jane.roe@acme.test", one[string](t, s.super, "SELECT email_normalised FROM leads"))
	require.Equal(t, l.Fingerprint(), one[string](t, s.super, "SELECT fingerprint FROM leads"))
}

// The transaction goes on after a Conflict, since nothing was written.
func TestLeadOfAnExistingIDIsAConflict(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	first := s.lead(newLead("a@acme.test", "First"))
	s.do(func(ctx context.Context, st *ports.Store) error {
		again := newLead("b@acme.test", "Second")
		again.ID = first.ID
		require.True(t, fault.Is(st.Leads.Create(ctx, again, ""), fault.Conflict))
		again.ID, again.Reference = leads.ID(newID()), first.Reference
		require.True(t, fault.Is(st.Leads.Create(ctx, again, ""), fault.Conflict))
		again.Reference = newID()
		return st.Leads.Create(ctx, again, "")
	})
	require.Equal(t, "First", s.getLead(first.ID).Name)
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Leads.Create(ctx, newLead("c@acme.test", "Third"), newID())
	})
}

func TestLeadIsWrittenInParts(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := newLead("jane@acme.test", "Jane")
	l.Company, l.Phone = "Acme", "0555 0100 2000"
	run := s.runOf(s.lead(l))
	details := func(d ports.LeadDetails) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Leads.SetDetails(ctx, l.ID, d) })
		s.noted(run.ID, false)
	}
	text := func(v string) *string { return &v }
	owner := func(v tenancy.UserID) *tenancy.UserID { return &v }

	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Leads.SetJudgement(ctx, l.ID, leads.Support, "a question")
	})
	s.noted(run.ID, false)
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Leads.SetStatus(ctx, l.ID, leads.Approved) })
	s.noted(run.ID, false)
	got := s.getLead(l.ID)
	require.Equal(t, leads.Support, got.Category)
	require.Equal(t, "a question", got.Reason)
	require.Equal(t, leads.Approved, got.Status)

	details(ports.LeadDetails{})
	require.Equal(t, l.Submission, s.getLead(l.ID).Submission, "nil parts stay")
	details(ports.LeadDetails{Name: text("Janet"), Company: text("Apex Ltd"), Phone: text("1234567890"), AssignedTo: owner(worker)})
	got = s.getLead(l.ID)
	require.Equal(t, []string{"Janet", "Apex Ltd", "1234567890", string(worker)}, []string{got.Name, got.Company, got.Phone, string(got.AssignedTo)})
	require.Equal(t, "apex ltd", one[string](t, s.super, "SELECT company_normalised FROM leads"))
	details(ports.LeadDetails{Company: text(""), Phone: text(""), AssignedTo: owner("")})
	got = s.getLead(l.ID)
	require.Equal(t, []string{"Janet", "", "", ""}, []string{got.Name, got.Company, got.Phone, string(got.AssignedTo)})
	require.True(t, one[bool](t, s.super, "SELECT company IS NULL AND company_normalised IS NULL AND phone IS NULL AND assigned_to IS NULL FROM leads"))
}

func TestLeadIsOnlyAssignedToActiveMembers(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	l := s.lead(newLead("jane@acme.test", "Jane"))
	gone := tenancy.UserID("user_gone")
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Members.Put(ctx, tenancy.Member{UserID: gone, Role: tenancy.Worker, Active: false}, time.Now())
	})
	foreign := tenancy.UserID("user_foreign")
	s.require(s.withinOf(s.organization("org_other"), func(ctx context.Context, st *ports.Store) error {
		return st.Members.Put(ctx, tenancy.Member{UserID: foreign, Role: tenancy.Worker, Active: true}, time.Now())
	}))
	for _, user := range []tenancy.UserID{gone, foreign, "user_nobody"} {
		err := s.within(func(ctx context.Context, st *ports.Store) error {
			return st.Leads.SetDetails(ctx, l.ID, ports.LeadDetails{AssignedTo: &user})
		})
		var invalid *fault.Error
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, fault.Invalid, invalid.Kind)
		require.Equal(t, "assigned_to", invalid.Fields[0].Name)
	}
	require.Empty(t, s.getLead(l.ID).AssignedTo)
}

func TestKnownLeads(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	began := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	add := func(minute int, email, company string) leads.ID {
		l := newLead(email, "Somebody")
		l.Company, l.CreatedAt = company, began.Add(time.Duration(minute)*time.Minute)
		return s.lead(l).ID
	}
	person := add(1, "Jane@acme.test", "")
	colleague := add(2, "bob@ACME.test", "Elsewhere")
	company := add(3, "jane@home.test", "Acme   INC")
	add(4, "stranger@else.test", "Other")
	self := add(5, "jane@acme.test", "acme inc")
	add(6, "jane@acme.test", "Acme Inc")

	known := func(q ports.KnownQuery) (ids []leads.ID) {
		s.do(func(ctx context.Context, st *ports.Store) error {
			list, err := st.Leads.Known(ctx, q)
			for _, l := range list {
				ids = append(ids, l.ID)
			}
			return err
		})
		return ids
	}
	require.Equal(t, []leads.ID{company, colleague, person},
		known(ports.KnownQuery{Email: "JANE@acme.test", Domain: "Acme.test", Company: "ACME inc", Except: self, Limit: 10}))
	require.Equal(t, []leads.ID{company, colleague}, known(ports.KnownQuery{Email: "jane@acme.test", Domain: "acme.test", Company: "acme inc", Except: self, Limit: 2}))
	require.Equal(t, []leads.ID{person}, known(ports.KnownQuery{Email: "jane@acme.test", Except: self, Limit: 10}))
	require.Equal(t, []leads.ID{colleague, person}, known(ports.KnownQuery{Domain: "acme.test", Except: self, Limit: 10}))
	require.Equal(t, []leads.ID{company}, known(ports.KnownQuery{Company: "acme inc", Except: self, Limit: 10}))
	require.Empty(t, known(ports.KnownQuery{Except: self, Limit: 10}))
	require.Len(t, known(ports.KnownQuery{Email: "jane@acme.test", Limit: 10}), 3, "with nothing left out, all are earlier")

	s.require(s.withinOf(s.organization("org_other"), func(ctx context.Context, st *ports.Store) error {
		list, err := st.Leads.Known(ctx, ports.KnownQuery{Email: "jane@acme.test", Domain: "acme.test", Company: "acme inc", Limit: 10})
		require.Empty(t, list)
		return err
	}))
}
