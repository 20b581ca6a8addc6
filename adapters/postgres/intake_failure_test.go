package postgres_test

import (
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

func TestAConnectionKilledInMidBatchAcknowledgesNothing(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	entries := []ports.Entry{of(t, orgA, 1), of(t, orgB, 2), withKey(of(t, orgC, 3), "k", "h")}
	results, done, release := c.stuck(t.Context(), entries...)
	exec(t, c.super, "SELECT pg_terminate_backend($1)", c.blocked()[0])
	<-done
	for _, r := range results {
		requireComeAgain(t, r.err)
	}
	release()
	require.Zero(t, c.count("SELECT count(*) FROM leads"))
	require.Zero(t, c.count("SELECT sum(used) FROM usage_periods"))
	require.Empty(t, c.commits())
	for _, r := range c.batch(entries...) {
		require.NoError(t, r.err)
		require.False(t, r.Duplicate || r.Replayed)
	}
	c.requireWhole()
}

// cutAtCommit is a wire that hands a COMMIT on to the server and then cuts both sides, so that the client never hears what became of it. It
// does so once.
func cutAtCommit(t *testing.T, target string) (through string) {
	t.Helper()
	u, err := url.Parse(target)
	require.NoError(t, err)
	server := u.Host
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	u.Host = listener.Addr().String()
	var once sync.Once
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				_ = client.Close()
				return
			}
			go relay(client, upstream, &once)
		}
	}()
	return u.String()
}

func relay(client, upstream net.Conn, once *sync.Once) {
	var cut sync.Mutex // held for good once the wire is cut
	go func() {
		defer func() { _ = client.Close() }()
		buffer := make([]byte, 32<<10)
		for {
			n, err := upstream.Read(buffer)
			if err != nil {
				return
			}
			cut.Lock()
			_, err = client.Write(buffer[:n])
			cut.Unlock()
			if err != nil {
				return
			}
		}
	}()
	defer func() { _ = upstream.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if strings.Contains(strings.ToLower(string(buffer[:n])), "commit") {
			once.Do(func() {
				cut.Lock()
				_, _ = upstream.Write(buffer[:n])
				_ = client.Close()
			})
		}
		if _, err := upstream.Write(buffer[:n]); err != nil {
			_, _ = io.Copy(io.Discard, client)
			return
		}
	}
}

func TestACommitOfUnknownOutcomeIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	c := setupCrowd(t, nil)
	c.intake = postgres.NewIntake(open(t, c.pg, func(o *postgres.Options) {
		o.MaxConns, o.URL = 1, cutAtCommit(t, c.pg.AppURL)
	}), newID)
	e := withKey(of(t, orgA, 1), "k", "h")
	_, err := c.intake.Accept(t.Context(), e)
	requireComeAgain(t, err)
	c.until("it was committed", func() bool { return c.count("SELECT count(*) FROM leads") == 1 })
	again, err := c.intake.Accept(t.Context(), e)
	require.NoError(t, err)
	require.True(t, again.Replayed, "a retry finds it")
	c.requireWhole()
}

func TestALockedOrganizationDoesNotHoldTheOthers(t *testing.T) {
	t.Parallel()
	for name, lock := range map[string]string{
		"its usage":     "SELECT FROM usage_periods WHERE org_id = $1 FOR UPDATE",
		"the row of it": "SELECT FROM organizations WHERE org_id = $1 FOR UPDATE",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := setupCrowd(t, func(o *postgres.Options) { o.LockTimeout = 15 * time.Second })
			locker := connect(t, c.pg.SuperuserURL)
			exec(t, locker, "BEGIN")
			exec(t, locker, lock, orgA)
			release := c.hold()
			locked, lockedDone := c.queue(t.Context(), of(t, orgA, 1), of(t, orgA, 2))
			others, othersDone := c.queue(t.Context(), of(t, orgB, 3), of(t, orgC, 4))
			release()
			<-othersDone
			for _, r := range others {
				require.NoError(t, r.err)
			}
			c.oneTransaction()
			c.until("it waits for its own lock alone", func() bool { return len(c.blocked()) == 1 })
			require.Equal(t, 2, c.count("SELECT count(*) FROM leads"), "the others are stored")
			exec(t, locker, "ROLLBACK")
			<-lockedDone
			for _, r := range locked {
				require.NoError(t, r.err)
				require.Equal(t, leads.Pending, r.Status)
			}
			c.requireWhole()
		})
	}
}
