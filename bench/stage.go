package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/ports"
)

//go:embed limits.sql
var limits string

// stage is a server with organizations in it and an intake over it.
type stage struct {
	plan   plan
	server *embedded.Postgres
	super  *pgx.Conn
	db     *postgres.DB
	intake *postgres.Intake
	bell   chan struct{} // rung after every commit that left something due
	sent   sequence
}

func start(ctx context.Context, p plan, progress io.Writer) (*stage, error) {
	server, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{Durable: true, Progress: func(line string) {
		_, _ = fmt.Fprintln(progress, line)
	}})
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	s := &stage{plan: p, server: server, bell: make(chan struct{}, 1)}
	if err := s.fill(ctx); err != nil {
		s.stop(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

func (s *stage) fill(ctx context.Context) error {
	if err := postgres.Migrate(ctx, s.server.OwnerURL(""), s.server.AppURL(""), postgres.MigrateOptions{}); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var err error
	if s.super, err = pgx.Connect(ctx, s.server.SuperuserURL("")); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	app, err := pgx.ParseConfig(s.server.AppURL(""))
	if err != nil {
		return fmt.Errorf("app role: %w", err)
	}
	for _, statement := range []string{
		limits,
		"GRANT USAGE ON SCHEMA bench TO " + pgx.Identifier{app.User}.Sanitize(),
		`INSERT INTO organizations (org_id, name, created_at)
		 SELECT 'org_bench_' || lpad(n::text, 4, '0'), 'Bench', now() - interval '1 hour' FROM generate_series(0, 9999) n WHERE n < ` + fmt.Sprint(s.plan.orgs),
		"INSERT INTO usage_periods (org_id, starts_at, ends_at) SELECT org_id, created_at, created_at + interval '1 month' FROM organizations",
		"ANALYZE",
	} {
		if _, err := s.super.Exec(ctx, statement); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	s.db, err = postgres.Connect(ctx, postgres.Options{URL: s.server.AppURL(""), MaxConns: s.plan.pool, OnCommit: s.committed})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	s.intake = postgres.NewIntake(s.db, func() string { return uuid.Must(uuid.NewV7()).String() })
	return nil
}

// committed rings as the program does: whoever listens hears of many commits at once.
func (s *stage) committed(left ports.Commit) {
	if left.Due {
		select {
		case s.bell <- struct{}{}:
		default:
		}
	}
}

func (s *stage) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if s.intake != nil {
		_ = s.intake.Close(ctx) // nothing is left to do about it
		s.db.Close()
	}
	if s.super != nil {
		_ = s.super.Close(ctx)
	}
	_ = s.server.Stop(ctx)
}

// measure runs every contender by turns, round after round.
func (s *stage) measure(ctx context.Context, progress io.Writer) (map[string][]result, error) {
	results := map[string][]result{}
	for round := range s.plan.rounds {
		for _, c := range contenders() {
			before, err := s.serverCPU(ctx)
			if err != nil {
				return nil, err
			}
			r, err := c.run(ctx, s, results)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			after, err := s.serverCPU(ctx)
			if err != nil {
				return nil, err
			}
			r.cpu = after - before
			results[c.name] = append(results[c.name], r)
			_, _ = fmt.Fprintf(progress, "round %d of %d: %s: %.0f a second\n", round+1, s.plan.rounds, c.name, r.rate())
		}
	}
	return results, s.check(ctx)
}

// check holds the counts against the rows: a fast intake that loses or doubles something measures nothing.
func (s *stage) check(ctx context.Context) error {
	var wrong int
	err := s.super.QueryRow(ctx, `
		SELECT count(*) FROM usage_periods u
		WHERE u.used <> (SELECT count(*) FROM leads l WHERE l.org_id = u.org_id AND l.status = 'pending')
		   OR u.used <> (SELECT count(*) FROM outbox b WHERE b.org_id = u.org_id)`).Scan(&wrong)
	if err != nil {
		return fmt.Errorf("check the counts: %w", err)
	}
	if wrong > 0 {
		return fmt.Errorf("the counts of %d organizations are wrong", wrong)
	}
	return nil
}
