package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leadagent/leadagent/ports"
)

// Options say how to reach the database. Zero values have the defaults named.
type Options struct {
	URL      string // logs in as the app role
	MaxConns int    // 8
	// ExecMode is pgx's mode by its name (cache_statement, cache_describe, describe_exec, exec, simple_protocol); empty means
	// cache_statement. Behind a pooler that hands out connections by the transaction, exec or simple_protocol is needed.
	ExecMode string
	// StartTimeout bounds the wait for a connection and for the transaction's first answer: 1.6 s, so that a database that is gone is told
	// within two seconds.
	StartTimeout     time.Duration
	StatementTimeout time.Duration // of one statement, at the server: 10 s
	LockTimeout      time.Duration // of one wait for a lock, at the server: 5 s
	UnitTimeout      time.Duration // of a whole unit of work: 30 s. A transaction that idles as long is ended by the server.
	// OnCommit is told of every committed unit that changed a run's page or left something due. It must not block.
	OnCommit func(ports.Commit)
	Tracer   pgx.QueryTracer // nil: none
}

func (o Options) withDefaults() Options {
	orElse := func(d *time.Duration, fallback time.Duration) {
		if *d <= 0 {
			*d = fallback
		}
	}
	orElse(&o.StartTimeout, 1600*time.Millisecond)
	orElse(&o.StatementTimeout, 10*time.Second)
	orElse(&o.LockTimeout, 5*time.Second)
	orElse(&o.UnitTimeout, 30*time.Second)
	if o.MaxConns <= 0 {
		o.MaxConns = 8
	}
	if o.OnCommit == nil {
		o.OnCommit = func(ports.Commit) {}
	}
	return o
}

// DB is the pool. All its methods may be called at the same time.
type DB struct {
	pool     *pgxpool.Pool
	opts     Options
	settings []string // name and value by turns, set anew in every transaction
}

var _ ports.UnitOfWork = (*DB)(nil)

// Connect makes the pool. It does not fail when the database is down: then every use is an Overloaded fault until the database is back. A
// URL or a mode that cannot be read is an error.
func Connect(ctx context.Context, opts Options) (*DB, error) {
	opts = opts.withDefaults()
	config, err := pgxpool.ParseConfig(opts.URL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	mode, err := parseExecMode(opts.ExecMode)
	if err != nil {
		return nil, err
	}
	config.MaxConns = int32(min(opts.MaxConns, 10_000)) //nolint:gosec // bounded
	config.MaxConnLifetimeJitter = 5 * time.Minute
	config.HealthCheckPeriod = 15 * time.Second
	config.PingTimeout = opts.StartTimeout / 2
	config.ConnConfig.ConnectTimeout = opts.StartTimeout
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ConnConfig.Tracer = opts.Tracer

	db := &DB{opts: opts}
	if throughPooler(mode) {
		// A pooler neither takes these with the log-in nor keeps them for this client alone.
		for name, value := range timeouts(opts) {
			db.settings = append(db.settings, name, value)
		}
	} else {
		for name, value := range timeouts(opts) {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("connection pool: %w", err)
	}
	return db, nil
}

// Close waits until every connection is given back and closes them.
func (db *DB) Close() { db.pool.Close() }

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return db.outside(ctx, func(ctx context.Context, q querier) error {
		var one int
		return q.QueryRow(ctx, "SELECT 1").Scan(&one)
	})
}

// Stat gives the pool's numbers.
func (db *DB) Stat() *pgxpool.Stat { return db.pool.Stat() }

func timeouts(o Options) map[string]string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }
	return map[string]string{
		"statement_timeout":                   ms(o.StatementTimeout),
		"lock_timeout":                        ms(o.LockTimeout),
		"idle_in_transaction_session_timeout": ms(o.UnitTimeout),
	}
}

func parseExecMode(name string) (pgx.QueryExecMode, error) {
	switch name {
	case "", "cache_statement":
		return pgx.QueryExecModeCacheStatement, nil
	case "cache_describe":
		return pgx.QueryExecModeCacheDescribe, nil
	case "describe_exec":
		return pgx.QueryExecModeDescribeExec, nil
	case "exec":
		return pgx.QueryExecModeExec, nil
	case "simple_protocol":
		return pgx.QueryExecModeSimpleProtocol, nil
	}
	return 0, fmt.Errorf("unknown mode %q: use cache_statement, cache_describe, describe_exec, exec or simple_protocol", name)
}

func throughPooler(mode pgx.QueryExecMode) bool {
	return mode == pgx.QueryExecModeExec || mode == pgx.QueryExecModeSimpleProtocol
}

// querier runs statements that belong to no organization's transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// acquire gives a connection, or an Overloaded fault when none is to be had in time.
func (db *DB) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, db.opts.StartTimeout)
	defer cancel()
	conn, err := db.pool.Acquire(waiting)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		return nil, fmt.Errorf("wait for a connection: %w", ctx.Err())
	}
	return nil, overloaded(fmt.Errorf("wait for a connection: %w", err))
}

// outside runs do, which is one statement, on a connection without an organization. All that can be reached there are the narrow functions.
func (db *DB) outside(ctx context.Context, do func(context.Context, querier) error) error {
	ctx, cancel := context.WithTimeout(ctx, db.opts.UnitTimeout)
	defer cancel()
	return db.repeat(ctx, func() error {
		conn, err := db.acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		return lost(conn, do(ctx, conn))
	})
}
