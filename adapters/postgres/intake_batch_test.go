package postgres_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

func TestABatchCommitsSeveralOrganizationsTogether(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	var entries []ports.Entry
	for i := range 30 {
		entries = append(entries, of(t, []string{orgC, orgA, orgB}[i%3], i))
	}
	for i, r := range c.batch(entries...) {
		require.NoError(t, r.err)
		require.Equal(t, leads.Pending, r.Status)
		require.Equal(t, string(entries[i].Scope.Org()), one[string](t, c.super, "SELECT org_id FROM leads WHERE id = $1", string(r.Lead)))
	}
	c.oneTransaction()
	c.requireWhole()
	told := c.commits()
	require.Len(t, told, 3, "one word for each organization")
	for _, left := range told {
		require.True(t, left.Due)
		require.Len(t, left.Changed, 10)
		for _, run := range left.Changed {
			require.Equal(t, string(left.Org), one[string](t, c.super, "SELECT org_id FROM workflows WHERE id = $1", string(run)))
		}
	}
	requireCanaries(t, c)
}

// requireCanaries checks that no byte of one organization stands in a row of another.
func requireCanaries(t *testing.T, c *crowd) {
	t.Helper()
	for _, table := range tenantTables(t, c.super) {
		require.Zero(t, c.count(`SELECT count(*) FROM `+table+` r WHERE EXISTS (
			SELECT FROM unnest(ARRAY['org_a', 'org_b', 'org_c']) o WHERE o <> r.org_id AND to_jsonb(r)::text LIKE '%' || o || '%')`), table)
	}
	require.Positive(t, c.count("SELECT count(*) FROM leads r WHERE to_jsonb(r)::text LIKE '%canary of ' || org_id || '%'"))
}

func TestOneBadRowDoesNotFailItsNeighbours(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	badUser, badForm, foreignForm, nul, unknownOrg, noID := of(t, orgA, 2), of(t, orgB, 5), of(t, orgB, 6), of(t, orgC, 8), of(t, "org_nobody", 9), of(t, orgC, 10)
	badUser.UserID = "user_of_nobody"
	badForm.FormID = newID()
	form := newID()
	exec(t, c.super, "INSERT INTO forms (org_id, id, key) VALUES ($1, $2, 'k')", orgA, form)
	foreignForm.FormID = form
	noID.FormID = "no id"
	nul.Submission.Name = "a\x00b"

	release := c.hold()
	for e, kind := range map[*ports.Entry]fault.Kind{&nul: fault.Invalid, &noID: fault.NotFound, {Submission: nul.Submission}: fault.Internal} {
		_, err := c.intake.Accept(t.Context(), *e)
		require.True(t, fault.Is(err, kind), "told before any transaction: %v", err)
	}
	results, done := c.queue(t.Context(),
		of(t, orgA, 1), badUser, of(t, orgA, 3), of(t, orgB, 4), badForm, foreignForm, of(t, orgC, 7), unknownOrg)
	release()
	<-done
	for i, kind := range []fault.Kind{0, fault.Invalid, 0, 0, fault.NotFound, fault.NotFound, 0, fault.NotFound} {
		if kind == 0 {
			require.NoError(t, results[i].err, i)
			require.Equal(t, leads.Pending, results[i].Status, i)
		} else {
			require.True(t, fault.Is(results[i].err, kind), "%d: %v", i, results[i].err)
		}
	}
	require.Equal(t, []string{orgA, orgA, orgB, orgC}, all[string](t, c.super, "SELECT org_id FROM leads ORDER BY 1"))
	c.requireWhole()
}

func TestABatchGrantsByRank(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"hold", "refuse"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			c := setupCrowd(t, nil)
			c.organization(orgA, "starter", policy, 99)
			var entries []ports.Entry
			for i := range 50 {
				entries = append(entries, of(t, orgA, i))
			}
			results := c.batch(append(entries, of(t, orgB, 1))...)
			require.NoError(t, results[0].err)
			require.Equal(t, leads.Pending, results[0].Status, "the first that came has the plan's last one")
			for _, r := range results[1:50] {
				if policy == "hold" {
					require.NoError(t, r.err)
					require.Equal(t, leads.Held, r.Status)
				} else {
					require.True(t, fault.Is(r.err, fault.QuotaReached), "%v", r.err)
				}
			}
			require.NoError(t, results[50].err)
			require.Equal(t, leads.Pending, results[50].Status, "another organization's")
			require.Equal(t, 100, c.count("SELECT used FROM usage_periods WHERE org_id = $1", orgA))
			require.Equal(t, map[string]int{"hold": 49, "refuse": 0}[policy], c.count("SELECT count(*) FROM leads WHERE status = 'held'"))
			c.oneTransaction()
			c.requireWhole()
			require.Len(t, c.commits(), 2)
		})
	}
}

func TestABatchKnowsALoweredPlan(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	c.organization(orgA, "starter", "hold", 150)
	for _, r := range c.batch(of(t, orgA, 1), of(t, orgA, 2)) {
		require.NoError(t, r.err)
		require.Equal(t, leads.Held, r.Status)
	}
	require.Equal(t, 150, c.count("SELECT lead_limit FROM usage_periods WHERE org_id = $1", orgA), "never below what is used")
	require.Equal(t, 150, c.count("SELECT used FROM usage_periods WHERE org_id = $1", orgA))
	require.Empty(t, c.commits(), "nothing to ring for")
}

func withKey(e ports.Entry, key, hash string) ports.Entry {
	e.IdempotencyKey, e.BodyHash = key, hash
	return e
}

func TestTheSameKeyWithinOneBatch(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	results := c.batch(
		withKey(of(t, orgA, 1), "k", "one"), withKey(of(t, orgA, 1), "k", "one"), withKey(of(t, orgA, 2), "k", "two"),
		withKey(of(t, orgB, 1), "k", "three"), withKey(of(t, orgA, 3), "k2", "one"), withKey(of(t, orgA, 1), "k", "one"))
	require.NoError(t, results[0].err)
	require.False(t, results[0].Replayed)
	for _, i := range []int{1, 5} {
		require.NoError(t, results[i].err)
		require.True(t, results[i].Replayed && !results[i].Duplicate)
		require.Equal(t, results[0].Lead, results[i].Lead)
		require.Equal(t, results[0].Reference, results[i].Reference)
	}
	require.True(t, fault.Is(results[2].err, fault.Invalid), "%v", results[2].err)
	require.NoError(t, results[3].err)
	require.False(t, results[3].Replayed, "another organization's key")
	require.NoError(t, results[4].err)
	require.NotEqual(t, results[0].Lead, results[4].Lead)
	require.Equal(t, 3, c.count("SELECT count(*) FROM leads"))
	require.Equal(t, 3, c.count("SELECT count(*) FROM idempotency_keys"))
	c.oneTransaction()

	again := c.batch(withKey(of(t, orgA, 1), "k", "one"), withKey(of(t, orgA, 1), "k", "other"), withKey(of(t, orgB, 1), "k", "three"))
	require.True(t, again[0].Replayed)
	require.Equal(t, results[0].Lead, again[0].Lead)
	require.True(t, fault.Is(again[1].err, fault.Invalid), "%v", again[1].err)
	require.Equal(t, results[3].Lead, again[2].Lead)
	c.requireWhole()
}

func TestTheSamePersonAndMessageWithinOneBatch(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	c.organization(orgA, "starter", "refuse", 99)
	var entries []ports.Entry
	for i := range 10 {
		entries = append(entries, withKey(of(t, orgA, 1), "k"+strconv.Itoa(i), "h"))
	}
	results := c.batch(append(entries, of(t, orgB, 1), of(t, orgA, 2))...)
	for i, r := range results[:10] {
		require.NoError(t, r.err)
		require.Equal(t, i > 0, r.Duplicate)
		require.Equal(t, results[0].Lead, r.Lead)
	}
	require.NoError(t, results[10].err)
	require.False(t, results[10].Duplicate, "another organization's person")
	require.True(t, fault.Is(results[11].err, fault.QuotaReached), "the plan's last lead went once: %v", results[11].err)
	require.Equal(t, 2, c.count("SELECT count(*) FROM leads"))
	for i := range 10 { // every key leads to the lead
		again, err := c.intake.Accept(t.Context(), entries[i])
		require.NoError(t, err)
		require.True(t, again.Replayed)
		require.Equal(t, results[0].Lead, again.Lead)
	}
	c.requireWhole()
}

func TestQuarantinedAmongTheOthersOfABatch(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	c.organization(orgA, "starter", "refuse", 99)
	caught := func(person int) ports.Entry {
		e := of(t, orgA, person)
		e.Quarantine = "too fast"
		return e
	}
	results := c.batch(caught(1), of(t, orgA, 1), caught(1), of(t, orgA, 1), of(t, orgA, 2), caught(3))
	for i, wanted := range []struct {
		status    leads.Status
		duplicate bool
		as        int
	}{{leads.Quarantined, false, 0}, {leads.Pending, false, 1}, {leads.Quarantined, true, 0}, {leads.Pending, true, 1}, {"", false, -1}, {leads.Quarantined, false, 5}} {
		if wanted.as < 0 {
			require.True(t, fault.Is(results[i].err, fault.QuotaReached), "%d: %v", i, results[i].err)
			continue
		}
		require.NoError(t, results[i].err, i)
		require.Equal(t, wanted.status, results[i].Status, i)
		require.Equal(t, wanted.duplicate, results[i].Duplicate, i)
		require.Equal(t, results[wanted.as].Lead, results[i].Lead, i)
	}
	require.Equal(t, 100, c.count("SELECT used FROM usage_periods WHERE org_id = $1", orgA), "the caught ones cost nothing")
	require.Equal(t, 2, c.count("SELECT count(*) FROM leads WHERE quarantine_reason = 'too fast'"))
	c.requireWhole()
}

func TestABatchKeepsWhoSubmitted(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	exec(t, c.super, "INSERT INTO members (org_id, user_id, role) VALUES ($1, 'user_1', 'org:member')", orgA)
	byMember := of(t, orgA, 1)
	byMember.Scope = tenancy.ForMember(orgA, tenancy.Member{UserID: "user_1", Active: true, Role: tenancy.Worker}, tenancy.API)
	byMember.UserID = "user_1"
	for _, r := range c.batch(byMember, of(t, orgA, 2)) {
		require.NoError(t, r.err)
	}
	require.Equal(t, []string{"member:user_1:api", "prospect::form"},
		all[string](t, c.super, "SELECT actor_kind || ':' || actor_id || ':' || surface FROM audit_log ORDER BY 1"))
	require.Equal(t, []string{"user_1"}, all[string](t, c.super, "SELECT user_id FROM leads WHERE user_id IS NOT NULL"))
	require.Equal(t, []string{"api", "form"}, all[string](t, c.super, "SELECT data->>'surface' FROM timeline ORDER BY 1"))
	c.requireWhole()
}

func TestAFloodLeavesRoomInTheBatch(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	var entries []ports.Entry
	for i := range 200 {
		entries = append(entries, of(t, orgA, i))
	}
	for _, r := range c.batch(append(entries, of(t, orgB, 1), of(t, orgC, 1))...) {
		require.NoError(t, r.err)
	}
	require.Equal(t, []string{"126 1 1", "74 0 0"}, all[string](t, c.super, `
		SELECT concat_ws(' ', count(*) FILTER (WHERE org_id = 'org_a'), count(*) FILTER (WHERE org_id = 'org_b'), count(*) FILTER (WHERE org_id = 'org_c'))
		FROM leads GROUP BY created_at ORDER BY created_at`), "128 at once, and nobody's last")
	c.requireWhole()
}
