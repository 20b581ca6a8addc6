// Command dbmodel writes adapters/postgres/dbmodel: it migrates a private Postgres and lets bob's generator read the schema from it. Run it
// with `go generate ./adapters/postgres` after every change of a migration. The same migrations always give the same files, so that CI can
// compare.
//
// It does not import adapters/postgres, which does not compile while the generated files are behind.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/migrations"
)

const (
	ownerRole    = "leadagent_owner"
	appRole      = "leadagent_app"
	resolverRole = "leadagent_resolver"
	database     = "leadagent"
	destination  = "../adapters/postgres/dbmodel"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dbmodel:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	server, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{Database: database, OwnerRole: ownerRole, AppRole: appRole})
	if err != nil {
		return err
	}
	defer func() {
		if stopped := server.Stop(context.WithoutCancel(ctx)); err == nil {
			err = stopped
		}
	}()
	owner := server.OwnerURL(database)
	if err := migrate(ctx, owner); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := os.RemoveAll(destination); err != nil {
		return err
	}
	return generate(ctx, owner)
}

// migrate applies the migrations over a connection that carries the roles' names, as the migrations expect.
func migrate(ctx context.Context, owner string) error {
	dsn, err := withParameters(owner, map[string]string{
		"leadagent.app_role": appRole, "leadagent.resolver_role": resolverRole,
	})
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, dropForeignKeys)
	return err
}

// dropForeignKeys takes away what bob would make loaders, joins and attaching methods of: with the organization in every key they would
// be many and of no use, since the repositories join by hand.
const dropForeignKeys = `
DO $$
DECLARE
  c record;
BEGIN
  FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname);
  END LOOP;
END $$`

// generate runs the generator that go.mod pins. It connects by itself, through a driver that demands TLS unless told not to.
func generate(ctx context.Context, owner string) error {
	dsn, err := withParameters(owner, map[string]string{"sslmode": "disable"})
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "go", "tool", "bobgen-psql", "-c", "dbmodel/bobgen.yaml")
	command.Env = append(os.Environ(), "PSQL_DSN="+dsn)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("bobgen-psql: %w\n%s", err, said)
	}
	return nil
}

func withParameters(dsn string, parameters map[string]string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("the private server's address: %w", err)
	}
	query := u.Query()
	for name, value := range parameters {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
