package embedded_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadagent/leadagent/adapters/embedded"
)

func TestRolesHaveExactlyTheNamedAttributes(t *testing.T) {
	t.Parallel()
	p := start(t, embedded.PostgresOptions{})
	type role struct {
		Rolname                                                                         string
		Rolcanlogin, Rolcreaterole, Rolsuper, Rolcreatedb, Rolreplication, Rolbypassrls bool
	}
	rows, err := connect(t, p.SuperuserURL("")).Query(t.Context(), `
		SELECT rolname::text, rolcanlogin, rolcreaterole, rolsuper, rolcreatedb, rolreplication, rolbypassrls
		FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres' ORDER BY rolname`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowToStructByPos[role])
	if err != nil {
		t.Fatal(err)
	}
	want := []role{
		{Rolname: "leadagent_app", Rolcanlogin: true},
		{Rolname: "leadagent_owner", Rolcanlogin: true, Rolcreaterole: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("roles\n%+v, want\n%+v", got, want)
	}
	const memberships = "SELECT count(*) FROM pg_auth_members WHERE member::regrole::text LIKE 'leadagent%'"
	if n := query[int](t, p.SuperuserURL(""), memberships); n != 0 {
		t.Errorf("%d memberships in other roles, want none", n)
	}
	const owner = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'leadagent'"
	if got := query[string](t, p.AppURL(""), owner); got != "leadagent_owner" {
		t.Errorf("the database belongs to %s", got)
	}
}

func TestAppRoleCreatesNothing(t *testing.T) {
	t.Parallel()
	p := start(t, embedded.PostgresOptions{})
	app := connect(t, p.AppURL(""))
	for _, statement := range []string{"CREATE TABLE t ()", "CREATE SCHEMA s", "CREATE ROLE r", "CREATE DATABASE d"} {
		var refused *pgconn.PgError
		if _, err := app.Exec(t.Context(), statement); !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s: %v, want insufficient_privilege", statement, err)
		}
	}
}

func TestServerIsReachedByPasswordOverLoopbackOnly(t *testing.T) {
	t.Parallel()
	p := start(t, embedded.PostgresOptions{})
	addresses := []string{fmt.Sprintf("host=127.0.0.1 port=%d", p.Port())}
	if p.SocketDir() != "" {
		addresses = append(addresses, fmt.Sprintf("host=%s port=%d", p.SocketDir(), p.Port()))
	}
	for _, address := range addresses {
		_, err := pgx.Connect(t.Context(), address+" user=postgres password=guess sslmode=disable")
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "28P01" {
			t.Errorf("with a wrong password at %s: %v, want invalid_password", address, err)
		}
	}
	if got := query[string](t, p.SuperuserURL(""), "SHOW listen_addresses"); got != "127.0.0.1" {
		t.Errorf("listens on %s", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		durable bool
		fsync   string
	}{{durable: true, fsync: "on"}, {durable: false, fsync: "off"}} {
		t.Run(fmt.Sprintf("durable=%t", c.durable), func(t *testing.T) {
			t.Parallel()
			p := start(t, embedded.PostgresOptions{Durable: c.durable})
			for setting, want := range map[string]string{
				"fsync": c.fsync, "synchronous_commit": c.fsync, "full_page_writes": c.fsync,
				"timezone": "UTC", "max_connections": "200", "shared_buffers": "128MB", "server_encoding": "UTF8",
			} {
				if got := query[string](t, p.AppURL(""), "SHOW "+setting); got != want {
					t.Errorf("%s is %s, want %s", setting, got, want)
				}
			}
			if got := query[string](t, p.AppURL(""), "SELECT lower('ÄÖÉ')"); got != "äöé" {
				t.Errorf("lower knows no more than ASCII: %s", got)
			}
		})
	}
}

func TestStopLeavesNothingOfATemporaryServer(t *testing.T) {
	t.Parallel()
	p := start(t, embedded.PostgresOptions{})
	addr, dir := fmt.Sprintf("127.0.0.1:%d", p.Port()), filepath.Dir(p.LogFile())
	stop(t, p)
	if !refusing(t, addr) {
		t.Error("its port still answers")
	}
	if !missing(dir) {
		t.Errorf("%s is still there", dir)
	}
	stop(t, p)
	if err := p.Restart(t.Context()); err == nil {
		t.Error("it restarts after Stop")
	}
}

func TestDataIsKept(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "kept"), Durable: true}
	p := start(t, opts)
	exec(t, p.OwnerURL(""), "CREATE TABLE kept AS SELECT 42 AS n")
	before := p.OwnerURL("")
	check := func(p *embedded.Postgres) {
		t.Helper()
		if got := query[int](t, p.OwnerURL(""), "SELECT n FROM kept"); got != 42 {
			t.Errorf("read back %d, want 42", got)
		}
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(p)
	if p.OwnerURL("") != before {
		t.Errorf("after Restart it is at %s, before at %s", p.OwnerURL(""), before)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if !refusing(t, fmt.Sprintf("127.0.0.1:%d", p.Port())) {
		t.Error("the killed server still answers")
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(p)
	stop(t, p)
	if !missing(p.SocketDir()) {
		t.Errorf("%s is still there", p.SocketDir())
	}
	check(start(t, opts))
}

func TestKillEndsRunningSessionsAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t, embedded.PostgresOptions{})
	session := connect(t, p.AppURL(""))
	ended := make(chan error, 1)
	go func() {
		// A computation, which does not look for a dead parent the way that a waiting session does.
		_, err := session.Exec(t.Context(), "SELECT count(*) FROM generate_series(1, 1000000000) a, generate_series(1, 1000000000) b")
		ended <- err
	}()
	eventually(t, "the query runs", func() bool {
		return query[bool](t, p.SuperuserURL(""), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT count%' AND state = 'active' AND pid <> pg_backend_pid())")
	})
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the query outlived its server")
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSecondProgramOnTheSameDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	first := start(t, opts)
	_, err := embedded.StartPostgres(t.Context(), opts)
	if !errors.Is(err, embedded.ErrInUse) || !strings.Contains(err.Error(), opts.DataDir) {
		t.Errorf("%v, want ErrInUse that names the directory", err)
	}
	query[int](t, first.AppURL(""), "SELECT 1")
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	port := takenPort(t)
	_, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{Port: port})
	if !errors.Is(err, embedded.ErrPortInUse) || !strings.Contains(err.Error(), fmt.Sprint(port)) {
		t.Errorf("%v, want ErrPortInUse that names %d", err, port)
	}
}

func TestDataOfAnotherVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	stop(t, start(t, opts))
	version := filepath.Join(opts.DataDir, "data", "PG_VERSION")
	if err := os.WriteFile(version, []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.StartPostgres(t.Context(), opts)
	if !errors.Is(err, embedded.ErrOtherVersion) || !strings.Contains(err.Error(), "--reset") || !strings.Contains(err.Error(), "Postgres 9") {
		t.Errorf("%v, want ErrOtherVersion that names the version and --reset", err)
	}
	if missing(version) {
		t.Error("the data was deleted")
	}
}

func TestDirectoryWithSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{DataDir: dir}); err == nil {
		t.Error("it moved in")
	}
}

func TestUnfinishedClusterIsCreatedAnew(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	stop(t, start(t, opts))
	// As a kill during initdb leaves it.
	data := filepath.Join(opts.DataDir, "data")
	if err := os.Rename(data, data+".new"); err != nil {
		t.Fatal(err)
	}
	query[int](t, start(t, opts).AppURL(""), "SELECT 1")
}
