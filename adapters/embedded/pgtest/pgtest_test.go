package pgtest_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query[T any](t *testing.T, conn *pgx.Conn, statement string, args ...any) T {
	t.Helper()
	var value T
	if err := conn.QueryRow(t.Context(), statement, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return value
}

func execAll(ctx context.Context, url string, statements ...string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, failed := conn.Exec(ctx, s); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", s, failed))
		}
	}
	return errors.Join(err, conn.Close(ctx))
}

// notes migrates the smallest schema that shows what is copied: a table that the app role may use, and privileges
// and settings of the database itself.
func notes(ctx context.Context, ownerURL, appURL string) error {
	app, err := pgx.ParseConfig(appURL)
	if err != nil {
		return err
	}
	return execAll(ctx, ownerURL,
		`CREATE TABLE notes (body text NOT NULL)`,
		`GRANT SELECT, INSERT ON notes TO `+app.User,
		`DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$`,
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''7s''', current_database()); END $$`,
	)
}

func TestClonesDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "b", "c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t, notes)
			app := connect(t, db.AppURL)
			exec(t, app, "INSERT INTO notes VALUES ('mine')")
			if n := query[int](t, app, "SELECT count(*) FROM notes"); n != 1 {
				t.Errorf("%d notes, want this test's own", n)
			}
		})
	}
}

func TestCloneBelongsToTheOwnerAndKeepsGrantsAndSettings(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t, notes)
	owner, app := connect(t, db.OwnerURL), connect(t, db.AppURL)

	me := query[string](t, owner, "SELECT current_user")
	if got := query[string](t, owner, "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = $1", db.Name); got != me {
		t.Errorf("the clone belongs to %s, want %s", got, me)
	}
	if got := query[string](t, owner, "SELECT tableowner::text FROM pg_tables WHERE tablename = 'notes'"); got != me {
		t.Errorf("its table belongs to %s, want %s", got, me)
	}
	if got := query[string](t, app, "SHOW statement_timeout"); got != "7s" {
		t.Errorf("statement_timeout is %s, want the template's 7s", got)
	}
	if query[bool](t, app, "SELECT has_database_privilege(current_database(), 'TEMPORARY')") {
		t.Error("the app role may create temporary tables, which the template forbids")
	}
	var refused *pgconn.PgError
	if _, err := app.Exec(t.Context(), "DELETE FROM notes"); !errors.As(err, &refused) || refused.Code != "42501" {
		t.Errorf("the app role deletes: %v, want insufficient_privilege", err)
	}
}

func TestTemplateIsMigratedOnce(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	counting := func(ctx context.Context, ownerURL, _ string) error {
		calls.Add(1)
		return execAll(ctx, ownerURL, "CREATE TABLE counted ()")
	}
	t.Run("clones", func(t *testing.T) {
		for range 4 {
			t.Run("one", func(t *testing.T) {
				t.Parallel()
				exec(t, connect(t, pgtest.New(t, counting).OwnerURL), "SELECT FROM counted")
			})
		}
	})
	// None where the test runs again in one process (-count): then the template is there already.
	if n := calls.Load(); n > 1 {
		t.Errorf("migrated %d times, want once", n)
	}
}

func TestDatabaseIsDroppedAfterTheTest(t *testing.T) {
	t.Parallel()
	var gone, idle *pgtest.DB
	t.Run("user", func(t *testing.T) {
		gone = pgtest.New(t, nil)
		// A connection left open must not keep the database.
		conn, err := pgx.Connect(t.Context(), gone.AppURL)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, conn, "SELECT 1")
	})
	idle = pgtest.New(t, nil)
	if query[bool](t, connect(t, idle.SuperuserURL), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", gone.Name) {
		t.Errorf("%s is still there", gone.Name)
	}
}

func TestEachTestHasItsOwnRedis(t *testing.T) {
	t.Parallel()
	if a, b := pgtest.Redis(t), pgtest.Redis(t); a.URL() == b.URL() {
		t.Errorf("both are %s", a.URL())
	}
}
