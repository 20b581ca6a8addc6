package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadagent/leadagent/adapters/postgres"
)

type migrateCommand struct{}

// Run is `leadagent migrate`.
func (migrateCommand) Run(s surroundings) error {
	config, problems := readConfig(s.environ)
	if config.MigrationDatabaseURL == "" {
		problems = append(problems, errors.New("MIGRATION_DATABASE_URL is missing: the database's address with the owner role"))
	}
	if config.DatabaseURL == "" {
		problems = append(problems, errors.New("DATABASE_URL is missing: the database's address with the app role"))
	}
	if err := mistakes("the configuration has mistakes", problems); err != nil {
		return err
	}
	if err := postgres.Migrate(s.ctx, config.MigrationDatabaseURL, config.DatabaseURL, postgres.MigrateOptions{}); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, _ = fmt.Fprintln(s.out, "The database is up to date.")
	return nil
}

type doctorCommand struct{}

// Run is `leadagent doctor`. It fails when anything is wrong.
func (doctorCommand) Run(s surroundings) error {
	config, problems := readConfig(s.environ)
	problems = append(problems, config.check()...)
	for _, problem := range problems {
		_, _ = fmt.Fprintln(s.out, "✗ configuration:", problem)
	}
	findings, err := inspect(s.ctx, config)
	if err != nil {
		_, _ = fmt.Fprintln(s.out, "✗ database:", err)
		problems = append(problems, err)
	}
	for _, f := range findings {
		_, _ = fmt.Fprintf(s.out, "✗ %s\n  mend it: %s\n", f.What, f.Mend)
		problems = append(problems, errors.New(f.What))
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d things are wrong", len(problems))
	}
	_, _ = fmt.Fprintln(s.out, "✓ configuration, roles, row-level security and schema are as they should be")
	return nil
}

func inspect(ctx context.Context, c Config) ([]postgres.Finding, error) {
	if c.DatabaseURL == "" {
		return nil, errors.New("without DATABASE_URL nothing of the database can be checked")
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	db, err := postgres.Connect(ctx, postgres.Options{URL: c.DatabaseURL, ExecMode: c.DatabaseExecMode})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	findings, err := postgres.Inspect(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	return findings, nil
}
