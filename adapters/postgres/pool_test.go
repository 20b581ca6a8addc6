package postgres_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/fault"
)

func TestConnectRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	_, err := postgres.Connect(t.Context(), postgres.Options{URL: "postgres://h:no-port/db"})
	require.Error(t, err)
	_, err = postgres.Connect(t.Context(), postgres.Options{URL: "postgres://localhost/db", ExecMode: "fast"})
	require.ErrorContains(t, err, `unknown mode "fast"`)
}

// requireOverloaded wants an answer within two seconds.
func requireOverloaded(t *testing.T, db *postgres.DB, when string) {
	t.Helper()
	began := time.Now()
	ran := false
	err := db.InUnit(t.Context(), scopeOf(orgA), func(context.Context, postgres.UnitOf) error {
		ran = true
		return nil
	})
	require.Less(t, time.Since(began), 2*time.Second, when)
	require.True(t, fault.Is(err, fault.Overloaded), "%s: %v", when, err)
	require.Positive(t, fault.RetryAfter(err), when)
	require.False(t, ran, when)
	_, err = postgres.NewDirectory(db).Form(t.Context(), "key")
	require.True(t, fault.Is(err, fault.Overloaded), "%s: %v", when, err)
}

func TestADeadDatabaseIsToldAtOnceAndComesBack(t *testing.T) {
	t.Parallel()
	server, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{Durable: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Stop(context.WithoutCancel(t.Context())) })
	pg := &pgtest.DB{OwnerURL: server.OwnerURL(""), AppURL: server.AppURL(""), SuperuserURL: server.SuperuserURL("")}
	require.NoError(t, migrated(t.Context(), pg.OwnerURL, pg.AppURL))
	fill(t, pg, orgA)
	fill(t, pg, orgB)
	db := open(t, pg, nil)
	requireIsolated(t, db)

	require.NoError(t, server.Kill())
	requireOverloaded(t, db, "just killed")
	requireOverloaded(t, db, "still dead")

	require.NoError(t, server.Restart(t.Context()))
	requireIsolated(t, db)

	err = db.InUnit(t.Context(), scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
		require.NoError(t, server.Kill())
		_, err := u.Tx.Exec(ctx, "SELECT 1")
		return err
	})
	require.True(t, fault.Is(err, fault.Overloaded), "killed within a unit: %v", err)

	require.NoError(t, server.Restart(t.Context()))
	err = db.InUnit(t.Context(), scopeOf(orgA), func(context.Context, postgres.UnitOf) error { return server.Kill() })
	require.True(t, fault.Is(err, fault.Overloaded), "killed before the commit: %v", err)
}

func TestASilentDatabaseIsToldInTime(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	fill(t, pg, orgB)
	wire := startWire(t, pg.AppURL)
	db := open(t, pg, func(o *postgres.Options) { o.URL = wire.url })
	requireIsolated(t, db)
	wire.silence()
	requireOverloaded(t, db, "connections that never answer")
	requireOverloaded(t, db, "again")
}

func TestAFullPoolIsToldInTime(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	fill(t, pg, orgB)
	db := open(t, pg, func(o *postgres.Options) { o.MaxConns = 1 })
	require.NoError(t, db.InUnit(t.Context(), scopeOf(orgB), func(context.Context, postgres.UnitOf) error {
		requireOverloaded(t, db, "the only connection is in use")
		return nil
	}))
	requireIsolated(t, db)
}

// wire passes bytes to the server until it is silenced: then connections stay open and nothing passes any more.
type wire struct {
	url    string
	mu     sync.Mutex
	silent chan struct{}
}

func startWire(t *testing.T, target string) *wire {
	t.Helper()
	u, err := url.Parse(target)
	require.NoError(t, err)
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	w := &wire{silent: make(chan struct{})}
	server := u.Host
	u.Host = listener.Addr().String()
	w.url = u.String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = client.Close() })
			go w.serve(client, server)
		}
	}()
	return w
}

func (w *wire) serve(client net.Conn, server string) {
	select {
	case <-w.silent:
		return
	default:
	}
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		_ = client.Close()
		return
	}
	go w.pass(client, upstream)
	w.pass(upstream, client)
}

// pass copies until either side ends; when silenced it swallows.
func (w *wire) pass(to io.WriteCloser, from io.Reader) {
	defer func() { _ = to.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-w.silent:
		default:
			if _, failed := to.Write(buffer[:n]); failed != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.silent)
}
