package postgres

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// maxIdentifier is the longest name that Postgres keeps, in bytes (the manual's "Identifiers and Key Words").
const maxIdentifier = 63

// migrationRoles are the roles that the migrations grant to.
type migrationRoles struct {
	owner, app, resolver string
}

// announce tells the migrations, on their connection, whom to grant to. A migration that has to wait for a lock gives up before it has held
// up everybody else for long.
func (r migrationRoles) announce(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config('leadagent.app_role', $1, false), set_config('leadagent.resolver_role', $2, false),
		set_config('lock_timeout', '10s', false), set_config('search_path', 'public', false)`, r.app, r.resolver)
	if err != nil {
		return fmt.Errorf("announce the roles: %w", err)
	}
	return nil
}

// planRoles logs in as the owner and checks that the roles are what the wall between organizations needs.
func planRoles(ctx context.Context, ownerURL, appURL string) (migrationRoles, *pgx.ConnConfig, error) {
	var roles migrationRoles
	config, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return roles, nil, fmt.Errorf("the owner's database URL: %w", err)
	}
	app, err := pgx.ParseConfig(appURL)
	if err != nil {
		return roles, nil, fmt.Errorf("the app role's database URL: %w", err)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return roles, nil, fmt.Errorf("log in as the owner: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // everything that was asked has been answered
	roles.app = app.User
	if err := conn.QueryRow(ctx, "SELECT current_user").Scan(&roles.owner); err != nil {
		return roles, nil, fmt.Errorf("ask who the owner is: %w", err)
	}
	if roles.resolver, err = findResolver(ctx, conn); err != nil {
		return roles, nil, err
	}
	mistakes, err := roles.mistakes(ctx, conn)
	if err != nil {
		return roles, nil, err
	}
	if config.Database != app.Database {
		mistakes = append(mistakes, fmt.Errorf("the two URLs name different databases, %q and %q", config.Database, app.Database))
	}
	return roles, config, errors.Join(mistakes...)
}

// findResolver gives the role that owns the narrow functions, which a copied or renamed database keeps, else the name that it will have.
func findResolver(ctx context.Context, conn *pgx.Conn) (string, error) {
	var name, database string
	err := conn.QueryRow(ctx, `
		SELECT current_database(), coalesce((
			SELECT pg_get_userbyid(p.proowner) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
			WHERE n.nspname = 'app' AND p.proname = 'resolve_form'), '')`).Scan(&database, &name)
	if err != nil {
		return "", fmt.Errorf("look for the resolver role: %w", err)
	}
	if name != "" {
		return name, nil
	}
	return resolverName(database), nil
}

// resolverName makes the resolver role's name from the database's. Roles belong to the whole cluster, so the database must be in it.
func resolverName(database string) string {
	const suffix = "_resolver"
	for len(database) > maxIdentifier-len(suffix) {
		_, size := utf8.DecodeLastRuneInString(database)
		database = database[:len(database)-size]
	}
	return database + suffix
}

// roleMistakes finds everything that is wrong with the roles, in words with the command that mends it. $1 is the app role, $2 the resolver.
const roleMistakes = `
WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),
     app AS (SELECT * FROM pg_roles WHERE rolname = $1),
     resolver AS (SELECT * FROM pg_roles WHERE rolname = $2)
SELECT format('the owner role %I is a superuser: the migrations need a plain role (ALTER ROLE %1$I NOSUPERUSER)', rolname) FROM me WHERE rolsuper
UNION ALL
SELECT format('the owner role %I bypasses row-level security (ALTER ROLE %1$I NOBYPASSRLS)', rolname) FROM me WHERE rolbypassrls AND NOT rolsuper
UNION ALL
SELECT format('the owner role %I does not own the database %I (ALTER DATABASE %2$I OWNER TO %1$I)', me.rolname, d.datname)
FROM me, pg_database d WHERE d.datname = current_database() AND d.datdba <> me.oid
UNION ALL
SELECT format('the owner role %I must not run as the app role: give DATABASE_URL a role of its own (CREATE ROLE … LOGIN)', rolname)
FROM me WHERE rolname = $1
UNION ALL
SELECT format('the app role %I does not exist (CREATE ROLE %1$I LOGIN PASSWORD …)', $1::text) WHERE NOT EXISTS (SELECT FROM app)
UNION ALL
SELECT format('the app role %I is a superuser (ALTER ROLE %1$I NOSUPERUSER)', rolname) FROM app WHERE rolsuper AND rolname <> current_user
UNION ALL
SELECT format('the app role %I bypasses row-level security (ALTER ROLE %1$I NOBYPASSRLS)', rolname)
FROM app WHERE rolbypassrls AND rolname <> current_user
UNION ALL
SELECT format('the app role %I may create roles or databases (ALTER ROLE %1$I NOCREATEROLE NOCREATEDB)', rolname)
FROM app WHERE (rolcreaterole OR rolcreatedb) AND rolname <> current_user
UNION ALL
SELECT format('the app role %I is a member of %I (REVOKE %2$I FROM %1$I)', app.rolname, r.rolname)
FROM app, pg_roles r
WHERE r.oid <> app.oid AND NOT app.rolsuper AND pg_has_role(app.oid, r.oid, 'MEMBER')
  AND (r.rolsuper OR r.rolbypassrls OR r.rolname = $2 OR r.rolname = current_user)
UNION ALL
SELECT format('the owner role %I needs CREATEROLE to create the role %I (ALTER ROLE %1$I CREATEROLE, or CREATE ROLE %2$I NOLOGIN NOINHERIT '
              'and GRANT %2$I TO %1$I WITH ADMIN OPTION)', me.rolname, $2::text)
FROM me WHERE NOT (rolcreaterole OR rolsuper) AND NOT EXISTS (SELECT FROM resolver)
UNION ALL
SELECT format('the owner role %I may not grant the role %I (GRANT %2$I TO %1$I WITH ADMIN OPTION)', me.rolname, resolver.rolname)
FROM me, resolver
WHERE NOT me.rolsuper AND NOT pg_has_role(me.oid, resolver.oid, 'MEMBER WITH ADMIN OPTION')
  AND NOT (me.rolcreaterole AND current_setting('server_version_num')::integer < 160000)
UNION ALL
SELECT format('the role %I exists and is more than a resolver (ALTER ROLE %1$I NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS)', rolname)
FROM resolver WHERE rolcanlogin OR rolsuper OR rolbypassrls`

func (r migrationRoles) mistakes(ctx context.Context, conn *pgx.Conn) ([]error, error) {
	rows, err := conn.Query(ctx, roleMistakes, r.app, r.resolver)
	if err != nil {
		return nil, fmt.Errorf("check the roles: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("check the roles: %w", err)
	}
	mistakes := make([]error, len(found))
	for i, what := range found {
		mistakes[i] = errors.New(what)
	}
	return mistakes, nil
}
