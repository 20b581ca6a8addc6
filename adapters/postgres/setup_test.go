package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
)

// migrated brings a test's database up to date. All tests share one, so that they share one template.
func migrated(ctx context.Context, ownerURL, appURL string) error {
	return postgres.Migrate(ctx, ownerURL, appURL, postgres.MigrateOptions{})
}

// connect gives a connection of its own, without a unit of work, for what tests arrange and look at.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql, args...)
	require.NoError(t, err, sql)
}

// one gives the only value of a query.
func one[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	require.NoError(t, err, sql)
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	require.NoError(t, err, sql)
	return value
}

// all gives the only column of a query.
func all[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	require.NoError(t, err, sql)
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	require.NoError(t, err, sql)
	return values
}

// open connects a DB as the app role.
func open(t *testing.T, db *pgtest.DB, change func(*postgres.Options)) *postgres.DB {
	t.Helper()
	opts := postgres.Options{URL: db.AppURL, MaxConns: 4}
	if change != nil {
		change(&opts)
	}
	opened, err := postgres.Connect(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}
