package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
)

func TestEveryTableKeepsOrganizationsApart(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t, migrated)
	fill(t, db, orgA)
	fill(t, db, orgB)
	super := connect(t, db.SuperuserURL)
	require.Empty(t, unfilled(t, super), "the fixture has no rows for these tables")

	app := connect(t, db.AppURL)
	for _, table := range tenantTables(t, super) {
		total := one[int](t, super, "SELECT count(*) FROM "+table)
		own := one[int](t, super, "SELECT count(*) FROM "+table+" WHERE org_id = $1", orgA)
		w := wall{t: t, app: app, table: table, columns: writable(t, super, table)}
		t.Run(table, func(t *testing.T) {
			w.t = t
			w.readsOnlyItsOwn(own)
			w.changesOnlyItsOwn(own)
			w.refusesForeignRows()
			w.refusesWithoutOrganization()
			require.Equal(t, total, one[int](t, super, "SELECT count(*) FROM "+table), "nothing was left behind")
		})
	}
}

func TestANewTableIsAccountedFor(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t, migrated)
	fill(t, db, orgA)
	fill(t, db, orgB)
	super := connect(t, db.SuperuserURL)
	require.Empty(t, unfilled(t, super))
	exec(t, connect(t, db.OwnerURL), "CREATE TABLE notes (org_id text NOT NULL REFERENCES organizations, id uuid, PRIMARY KEY (org_id, id))")
	require.Equal(t, []string{"notes"}, unfilled(t, super))
}

// writable are the columns that an INSERT may name.
func writable(t *testing.T, super *pgx.Conn, table string) string {
	t.Helper()
	return one[string](t, super, `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`, table)
}

// wall tries to get past one table's policies as the app role.
type wall struct {
	t              *testing.T
	app            *pgx.Conn
	table, columns string
}

// within runs do in a transaction and rolls it back. No org means that none is set.
func (w wall) within(org *string, do func(ctx context.Context, tx pgx.Tx) error) error {
	tx, err := w.app.Begin(w.t.Context())
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, tx.Rollback(context.WithoutCancel(w.t.Context()))) }()
	if org != nil {
		_, err = tx.Exec(w.t.Context(), "SELECT set_config('app.org_id', $1, true)", *org)
		require.NoError(w.t, err)
	}
	return do(w.t.Context(), tx)
}

func (w wall) asA(do func(ctx context.Context, tx pgx.Tx) error) error {
	org := orgA
	return w.within(&org, do)
}

func (w wall) readsOnlyItsOwn(own int) {
	require.NoError(w.t, w.asA(func(ctx context.Context, tx pgx.Tx) error {
		var seen, foreign int
		err := tx.QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE org_id IS DISTINCT FROM $1) FROM "+w.table, orgA).Scan(&seen, &foreign)
		require.Equal(w.t, own, seen)
		require.Zero(w.t, foreign)
		return err
	}))
	require.NoError(w.t, w.asA(func(ctx context.Context, tx pgx.Tx) error {
		var named int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM "+w.table+" WHERE org_id = $1", orgB).Scan(&named)
		require.Zero(w.t, named, "another organization's rows, by name")
		return err
	}))
}

// changesOnlyItsOwn updates and deletes without a condition, and then with one that names the other organization.
func (w wall) changesOnlyItsOwn(own int) {
	for _, statement := range []string{"UPDATE " + w.table + " SET org_id = org_id", "DELETE FROM " + w.table} {
		changed, err := w.change(statement)
		if err == nil && changed != 0 {
			require.EqualValues(w.t, own, changed, statement)
		}
		statement += " WHERE org_id = '" + orgB + "'"
		changed, err = w.change(statement)
		require.NoError(w.t, err, statement)
		require.Zero(w.t, changed, statement)
	}
}

// change gives how many rows A changes. Where A may not at all it changes none. A foreign key may keep A's own rows; that error is given.
func (w wall) change(statement string) (int64, error) {
	var changed int64
	err := w.asA(func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, statement)
		changed = tag.RowsAffected()
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		require.Contains(w.t, []string{"42501", "23503"}, refused.Code, statement)
		if refused.Code == "42501" {
			require.Contains(w.t, refused.Message, "permission denied", statement)
			return 0, nil
		}
	}
	return changed, err
}

// refusesForeignRows tries to write a row into the other organization, by insertion and by moving its own.
func (w wall) refusesForeignRows() {
	selected := strings.Replace(", "+w.columns, ", org_id", ", $1", 1)[2:]
	insert := "INSERT INTO " + w.table + " (" + w.columns + ") OVERRIDING SYSTEM VALUE SELECT " + selected + " FROM " + w.table + " LIMIT 1"
	for _, statement := range []string{insert, "UPDATE " + w.table + " SET org_id = $1"} {
		err := w.asA(func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, statement, orgB)
			return err
		})
		var refused *pgconn.PgError
		require.ErrorAs(w.t, err, &refused, statement)
		require.Equal(w.t, "42501", refused.Code, statement)
		if !strings.HasPrefix(refused.Message, "permission denied") {
			require.Contains(w.t, refused.Message, "row-level security", statement)
		}
	}
}

// refusesWithoutOrganization uses the table with no setting at all, and with the empty one that a transaction leaves behind.
func (w wall) refusesWithoutOrganization() {
	empty := ""
	for name, org := range map[string]*string{"no setting": nil, "the empty setting": &empty} {
		for _, statement := range []string{
			"SELECT * FROM " + w.table, "UPDATE " + w.table + " SET org_id = org_id", "DELETE FROM " + w.table,
			"INSERT INTO " + w.table + " DEFAULT VALUES",
		} {
			err := w.within(org, func(ctx context.Context, tx pgx.Tx) error {
				if org == nil {
					if _, err := tx.Exec(ctx, "RESET app.org_id"); err != nil {
						return errors.New("reset: " + err.Error())
					}
				}
				_, err := tx.Exec(ctx, statement)
				return err
			})
			var refused *pgconn.PgError
			require.ErrorAs(w.t, err, &refused, "%s: %s", name, statement)
			require.Equal(w.t, "42501", refused.Code, "%s: %s: %s", name, statement, refused.Message)
		}
	}
}
