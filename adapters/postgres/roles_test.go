package postgres_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
)

// Each is a mistake of who set the database up; the migration refuses before it has changed anything.
func TestMigrateRefusesWrongRoles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sql             string // as the superuser; {new} is a role of the test's own that can log in
		newOwns, newApp bool   // {new} stands in for the owner, or for the app role
		mistakes        []string
	}{
		"owner is a superuser": {"ALTER ROLE {new} SUPERUSER; ALTER DATABASE {db} OWNER TO {new}", true, false, []string{"{new} is a superuser"}},
		"owner bypasses": {
			"ALTER ROLE {new} CREATEROLE BYPASSRLS; ALTER DATABASE {db} OWNER TO {new}", true, false, []string{"{new} bypasses row-level security"},
		},
		"owner does not own":        {"ALTER ROLE {new} CREATEROLE", true, false, []string{"{new} does not own the database {db}"}},
		"owner cannot create roles": {"ALTER DATABASE {db} OWNER TO {new}", true, false, []string{"{new} needs CREATEROLE"}},
		"owner is the app role": {
			"ALTER ROLE {new} CREATEROLE; ALTER DATABASE {db} OWNER TO {new}", true, true, []string{"{new} must not run as the app role"},
		},
		"app role is a superuser":         {"ALTER ROLE {new} SUPERUSER", false, true, []string{"the app role {new} is a superuser"}},
		"app role bypasses":               {"ALTER ROLE {new} BYPASSRLS CREATEDB", false, true, []string{"{new} bypasses row-level security", "{new} may create roles or databases"}},
		"app role is member of the owner": {"GRANT {owner} TO {new}", false, true, []string{"{new} is a member of {owner}"}},
		"app role is missing":             {"ALTER ROLE {new} RENAME TO {new}_gone", false, true, []string{"the app role {new} does not exist"}},
		"resolver can log in":             {"CREATE ROLE {db}_resolver LOGIN", false, false, []string{"{db}_resolver exists and is more than a resolver"}},
		"several at once": {
			"ALTER ROLE {new} SUPERUSER", true, true, []string{"{new} is a superuser", "{new} does not own", "{new} must not run as the app role"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pg := pgtest.New(t, nil)
			super := connect(t, pg.SuperuserURL)
			own := "role_of_" + pg.Name
			names := strings.NewReplacer("{new}", own, "{db}", pg.Name, "{owner}", user(t, pg.OwnerURL))
			exec(t, super, names.Replace("CREATE ROLE {new} LOGIN PASSWORD 'secret'"))
			exec(t, super, names.Replace(c.sql))
			ownerURL, appURL := pg.OwnerURL, pg.AppURL
			if c.newOwns {
				ownerURL = loginAs(t, ownerURL, own, "secret")
			}
			if c.newApp {
				appURL = loginAs(t, appURL, own, "secret")
			}
			err := migrated(t.Context(), ownerURL, appURL)
			for _, mistake := range c.mistakes {
				require.ErrorContains(t, err, names.Replace(mistake))
			}
			require.Zero(t, one[int](t, super, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('app', 'migration')"))
		})
	}
}

func TestMigrateRefusesTwoDatabases(t *testing.T) {
	t.Parallel()
	one, other := pgtest.New(t, nil), pgtest.New(t, nil)
	require.ErrorContains(t, migrated(t.Context(), one.OwnerURL, other.AppURL), "name different databases")
	require.ErrorContains(t, migrated(t.Context(), "postgres://h:no-port/db", one.AppURL), "the owner's database URL")
	require.ErrorContains(t, migrated(t.Context(), one.OwnerURL, "postgres://h:no-port/db"), "the app role's database URL")
}

// An owner without CREATEROLE can do with a resolver role that somebody else made for it.
func TestMigrateTakesAPreparedResolver(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, nil)
	super := connect(t, pg.SuperuserURL)
	own := "role_of_" + pg.Name
	exec(t, super, "CREATE ROLE "+own+" LOGIN PASSWORD 'secret'")
	exec(t, super, "ALTER DATABASE "+pg.Name+" OWNER TO "+own)
	exec(t, super, "CREATE ROLE "+pg.Name+"_resolver NOLOGIN NOINHERIT")
	owner := loginAs(t, pg.OwnerURL, own, "secret")
	require.ErrorContains(t, migrated(t.Context(), owner, pg.AppURL), "may not grant the role "+pg.Name+"_resolver")
	exec(t, super, "GRANT "+pg.Name+"_resolver TO "+own+" WITH ADMIN OPTION")
	require.NoError(t, migrated(t.Context(), owner, pg.AppURL))
	require.Equal(t, pg.Name+"_resolver", one[string](t, super, "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'sweep'"))
}

// A long name leaves room for what is added to it, and two letters of one character stay together.
func TestMigrateADatabaseWithALongName(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, nil)
	super := connect(t, pg.SuperuserURL)
	long := strings.Repeat("ä", 31) + "x"
	exec(t, super, `CREATE DATABASE "`+long+`" OWNER `+user(t, pg.OwnerURL))
	rename := func(u string) string { return strings.Replace(u, "/"+pg.Name, "/"+long, 1) }
	require.NoError(t, migrated(t.Context(), rename(pg.OwnerURL), rename(pg.AppURL)))
	require.Equal(t, strings.Repeat("ä", 27)+"_resolver",
		one[string](t, connect(t, rename(pg.SuperuserURL)), "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'sweep'"))
}

// Copies of a migrated database keep their resolver; what is migrated in them later is granted to that one.
func TestACopyKeepsItsResolver(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	super := connect(t, pg.SuperuserURL)
	resolver := one[string](t, super, "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'sweep'")
	require.NotEqual(t, pg.Name+"_resolver", resolver)
	require.NoError(t, rollbackTo(t, pg, 3))
	require.NoError(t, migrated(t.Context(), pg.OwnerURL, pg.AppURL))
	require.Equal(t, resolver, one[string](t, super, "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'sweep'"))
	require.Zero(t, one[int](t, super, "SELECT count(*) FROM pg_roles WHERE rolname = $1", pg.Name+"_resolver"))
}
