package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/leadagent/leadagent/migrations"
)

// MigrateOptions are the parts of a migration that callers may choose. The zero value brings the database to the newest version, silently.
type MigrateOptions struct {
	Log   *slog.Logger // gets a line for every migration; nil drops them
	Files fs.FS        // nil: the program's own migrations
}

// Migrate brings the database up to date. ownerURL logs in as the role that owns the database, appURL names the role that the program runs
// as; nobody logs in with it here. Several may run at once: one migrates, the others wait for it and find nothing to do. The error names
// everything that is wrong with the roles at once.
func Migrate(ctx context.Context, ownerURL, appURL string, opts MigrateOptions) error {
	return migrate(ctx, ownerURL, appURL, opts, func(p *goose.Provider) ([]*goose.MigrationResult, error) { return p.Up(ctx) })
}

// Rollback takes the database back to a version, 0 for an empty one. What the later versions held is lost.
func Rollback(ctx context.Context, ownerURL, appURL string, version int64, opts MigrateOptions) error {
	return migrate(ctx, ownerURL, appURL, opts, func(p *goose.Provider) ([]*goose.MigrationResult, error) {
		return p.DownTo(ctx, version)
	})
}

func migrate(ctx context.Context, ownerURL, appURL string, opts MigrateOptions, run func(*goose.Provider) ([]*goose.MigrationResult, error)) error {
	roles, config, err := planRoles(ctx, ownerURL, appURL)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if opts.Files == nil {
		opts.Files = migrations.Files
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(roles.announce))
	err = runProvider(db, opts, run)
	if err == nil {
		err = letAppReadVersion(ctx, db, roles.app)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func runProvider(db *sql.DB, opts MigrateOptions, run func(*goose.Provider) ([]*goose.MigrationResult, error)) error {
	// Asked for every second, for five minutes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, opts.Files, goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	results, err := run(provider)
	if opts.Log != nil {
		for _, r := range results {
			opts.Log.Info("migrated", "file", r.Source.Path, "direction", r.Direction, "took", r.Duration)
		}
	}
	return err
}

// letAppReadVersion lets the program check at its start that the schema is the one it was built for.
func letAppReadVersion(ctx context.Context, db *sql.DB, app string) error {
	for _, statement := range []string{
		"REVOKE ALL ON " + goose.DefaultTablename + " FROM PUBLIC",
		"GRANT SELECT ON " + goose.DefaultTablename + " TO " + pgx.Identifier{app}.Sanitize(),
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("let the app role read the version: %w", err)
		}
	}
	return nil
}

// WantedVersion is the schema version that this program was built for.
func WantedVersion() (int64, error) {
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("list the migrations: %w", err)
	}
	var newest int64
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s has no number: %w", name, err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}

// SchemaVersion is the version that the database was migrated to, 0 when it never was.
func (db *DB) SchemaVersion(ctx context.Context) (int64, error) {
	var version int64
	err := db.outside(ctx, func(ctx context.Context, q querier) error {
		var migrated bool
		if err := q.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", "public."+goose.DefaultTablename).Scan(&migrated); err != nil || !migrated {
			return err
		}
		return q.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM public."+goose.DefaultTablename).Scan(&version)
	})
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", err)
	}
	return version, nil
}
