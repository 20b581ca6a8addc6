package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

func TestDirectoryResolvesForms(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	a, b := fill(t, pg, orgA), fill(t, pg, orgB)
	directory := postgres.NewDirectory(open(t, pg, nil))
	for org, f := range map[tenancy.OrgID]filled{orgA: a, orgB: b} {
		ref, err := directory.Form(t.Context(), f.key)
		require.NoError(t, err)
		require.Equal(t, ports.FormRef{Org: org, Form: f.form}, ref)
	}
	for _, key := range []string{"", "nobody's", a.key + "\x00", "\xff", "' OR true --"} {
		_, err := directory.Form(t.Context(), key)
		require.True(t, fault.Is(err, fault.NotFound), "%q: %v", key, err)
	}
	exec(t, connect(t, pg.SuperuserURL), "UPDATE forms SET key = 'shared'")
	_, err := directory.Form(t.Context(), "shared")
	require.True(t, fault.Is(err, fault.NotFound), "a key of two organizations: %v", err)
}

func TestDirectoryResolvesRunsInSlack(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	a, b := fill(t, pg, orgA), fill(t, pg, orgB)
	super := connect(t, pg.SuperuserURL)
	directory := postgres.NewDirectory(open(t, pg, nil))
	org, err := directory.SlackRun(t.Context(), a.team, a.run)
	require.NoError(t, err)
	require.EqualValues(t, orgA, org)
	for name, c := range map[string][2]string{
		"another organization's run": {a.team, b.run}, "a run of nobody": {a.team, newID()}, "no id": {a.team, "x"}, "no run": {a.team, ""},
		"an unknown team": {"T0", a.run}, "no team": {"", a.run}, "a NUL": {"T\x00", a.run},
	} {
		_, err := directory.SlackRun(t.Context(), c[0], c[1])
		require.True(t, fault.Is(err, fault.NotFound), "%s: %v", name, err)
	}

	// Two organizations in one workspace: the run tells them apart.
	exec(t, super, "UPDATE slack_installations SET team_id = 'T1'")
	for run, wanted := range map[string]string{a.run: orgA, b.run: orgB} {
		org, err := directory.SlackRun(t.Context(), "T1", run)
		require.NoError(t, err)
		require.EqualValues(t, wanted, org)
	}
	exec(t, super, "UPDATE slack_installations SET revoked_at = now()")
	_, err = directory.SlackRun(t.Context(), "T1", a.run)
	require.True(t, fault.Is(err, fault.NotFound), "revoked: %v", err)
}
