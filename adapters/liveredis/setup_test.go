package liveredis_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/liveredis"
)

// kinds are what the tests run on: the real server and the stand-in of `dev`.
func kinds() []embedded.RedisKind {
	return []embedded.RedisKind{embedded.RedisServer, embedded.RedisInProcess}
}

// onEach runs a test on a Redis of each kind.
func onEach(t *testing.T, test func(t *testing.T, r *embedded.Redis)) {
	t.Helper()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r, err := embedded.StartRedis(t.Context(), embedded.RedisOptions{Prefer: kind})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, r.Stop(context.WithoutCancel(t.Context()))) })
			test(t, r)
		})
	}
}

func connect(t *testing.T, r *embedded.Redis) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(r.URL())
	require.NoError(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// notes is a log that tests can read.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func limiter(client redis.UniversalClient) (*liveredis.Limiter, *notes) {
	var n notes
	return liveredis.NewLimiter(client, slog.New(slog.NewTextHandler(&n, nil))), &n
}

// eventually polls until it holds.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 10*time.Second, 10*time.Millisecond)
}
