package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
)

func TestMigrateUpDownUp(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t, nil)
	wanted, err := postgres.WantedVersion()
	require.NoError(t, err)
	version := func() int64 {
		v, err := open(t, db, nil).SchemaVersion(t.Context())
		require.NoError(t, err)
		return v
	}
	require.Zero(t, version(), "a database that was never migrated")
	require.NoError(t, migrated(t.Context(), db.OwnerURL, db.AppURL))
	require.Equal(t, wanted, version())
	require.NoError(t, migrated(t.Context(), db.OwnerURL, db.AppURL), "again")

	super := connect(t, db.SuperuserURL)
	objects := `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname IN ('public', 'app', 'migration') AND c.relname NOT LIKE 'goose%'`
	before := one[int64](t, super, objects)
	require.Positive(t, before)
	for v := wanted - 1; v >= 0; v-- {
		require.NoError(t, postgres.Rollback(t.Context(), db.OwnerURL, db.AppURL, v, postgres.MigrateOptions{}), "down to %d", v)
		require.Equal(t, v, version())
	}
	require.Zero(t, one[int64](t, super, objects), "everything is gone")
	require.NoError(t, migrated(t.Context(), db.OwnerURL, db.AppURL), "up again")
	require.Equal(t, before, one[int64](t, super, objects))
}
