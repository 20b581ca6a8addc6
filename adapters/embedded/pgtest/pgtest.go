// Package pgtest owns what tests run on: one throw-away Postgres per test process, a migrated template per
// migrate function, and a clone of it for each test. It is imported by _test files only, and knows the schema only
// through the migrate function that it is given.
package pgtest

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"github.com/leadagent/leadagent/adapters/embedded"
)

// MigrateFunc brings an empty database up to date. The URLs connect to it as its owner and as the app role.
type MigrateFunc = func(ctx context.Context, ownerURL, appURL string) error

// DB is one test's own database.
type DB struct {
	Name         string
	OwnerURL     string // the role that owns the database
	AppURL       string // the role that logs in and owns nothing
	SuperuserURL string // for tests of the catalogue and for pg_dump
}

// New gives the test a database that migrate has been applied to, and drops it when the test ends. The first call
// in a process starts the server; the first with a given function migrates a template, which the rest copy. Functions
// are told apart by their code: two closures of one function literal share a template. A nil one migrates nothing.
func New(tb testing.TB, migrate MigrateFunc) *DB {
	tb.Helper()
	c, err := theCluster()
	if err != nil {
		tb.Fatalf("Postgres for the tests: %v", err)
	}
	template, err := c.template(tb.Context(), migrate)
	if err != nil {
		tb.Fatalf("migrate the template: %v", err)
	}
	name := c.nextName("test")
	if err := c.server.CreateDatabase(tb.Context(), name, template); err != nil {
		tb.Fatalf("clone the template: %v", err)
	}
	tb.Cleanup(func() {
		// The test's own context has ended by now.
		if err := c.server.DropDatabase(context.WithoutCancel(tb.Context()), name); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return &DB{
		Name: name, OwnerURL: c.server.OwnerURL(name), AppURL: c.server.AppURL(name),
		SuperuserURL: c.server.SuperuserURL(name),
	}
}

// theCluster starts the process's server once. It is a variable because Go's tests have no other place that
// all of a process's tests share; the server ends with the process.
var theCluster = sync.OnceValues(func() (*cluster, error) {
	server, err := embedded.StartPostgres(context.Background(), embedded.PostgresOptions{})
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	return &cluster{server: server, templates: map[uintptr]func() (string, error){}}, nil
})

// cluster is the process's server with the templates made so far.
type cluster struct {
	server *embedded.Postgres

	mu        sync.Mutex
	names     int
	templates map[uintptr]func() (string, error)
}

// nextName returns a database name that was not given out before.
func (c *cluster) nextName(kind string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	return fmt.Sprintf("%s_%d", kind, c.names)
}

// template returns the name of the database that migrate was applied to, and applies it the first time. Tests that
// ask at the same time wait for that; a failure is the same for all of them.
func (c *cluster) template(ctx context.Context, migrate MigrateFunc) (string, error) {
	if migrate == nil {
		return "", nil
	}
	// The first test's end must not cut short what the others wait for.
	ctx = context.WithoutCancel(ctx)
	key := reflect.ValueOf(migrate).Pointer()
	c.mu.Lock()
	made, found := c.templates[key]
	if !found {
		made = sync.OnceValues(func() (string, error) { return c.makeTemplate(ctx, migrate) })
		c.templates[key] = made
	}
	c.mu.Unlock()
	return made()
}

func (c *cluster) makeTemplate(ctx context.Context, migrate MigrateFunc) (string, error) {
	name := c.nextName("template")
	if err := c.server.CreateDatabase(ctx, name, ""); err != nil {
		return "", fmt.Errorf("create it: %w", err)
	}
	if err := migrate(ctx, c.server.OwnerURL(name), c.server.AppURL(name)); err != nil {
		return "", err
	}
	if err := c.server.SealDatabase(ctx, name); err != nil {
		return "", fmt.Errorf("seal it: %w", err)
	}
	return name, nil
}
