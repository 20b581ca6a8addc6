package liveredis_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/liveredis"
)

// allowed counts how many of n simultaneous events are allowed.
func allowed(t *testing.T, key string, limit, n int, limiters ...*liveredis.Limiter) int {
	t.Helper()
	var count atomic.Int64
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			ok, wait := limiters[i%len(limiters)].Allow(t.Context(), key, limit)
			if ok {
				count.Add(1)
			}
			if ok != (wait == 0) || wait < 0 || wait > time.Minute {
				t.Errorf("allowed %v, wait %v", ok, wait)
			}
		})
	}
	all.Wait()
	return int(count.Load())
}

func TestLimitIsSharedBetweenProcesses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		client := connect(t, r)
		one, _ := limiter(client)
		two, _ := limiter(connect(t, r))
		one.Patience, two.Patience = time.Minute, time.Minute // a busy machine is no outage here
		require.True(t, func() bool { ok, _ := one.Allow(t.Context(), "warm", 1); return ok }())
		require.Equal(t, 5, allowed(t, "address 192.0.2.7", 5, 40, one, two))
		require.Equal(t, 5, allowed(t, "address 192.0.2.8", 5, 40, one, two), "another key has its own count")
		ok, wait := one.Allow(t.Context(), "address 192.0.2.7", 5)
		require.False(t, ok)
		require.InDelta(t, 12*time.Second, wait, float64(2*time.Second))

		keys, err := client.Keys(t.Context(), "*").Result()
		require.NoError(t, err)
		require.Len(t, keys, 3)
		for _, key := range keys {
			require.NotContains(t, key, "192.0.2")
			left, err := client.TTL(t.Context(), key).Result()
			require.NoError(t, err)
			require.Greater(t, left, time.Duration(0), "a count ends by itself")
		}
	})
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	t.Cleanup(func() { _ = client.Close() })
	l, notes := limiter(client)
	for _, limit := range []int{0, -1} {
		require.Equal(t, 50, allowed(t, "k", limit, 50, l))
	}
	require.Empty(t, notes.String(), "Redis is not even asked")
}

func TestLimitHoldsWithoutRedisAndAfterItsReturn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		l, notes := limiter(connect(t, r))
		require.Equal(t, 3, allowed(t, "before", 3, 10, l))
		r.Kill()
		require.Zero(t, allowed(t, "before", 3, 10, l), "an outage is no fresh start")
		require.Equal(t, 3, allowed(t, "during", 3, 10, l))
		ok, wait := l.Allow(t.Context(), "during", 3)
		require.False(t, ok)
		require.InDelta(t, 20*time.Second, wait, float64(2*time.Second))
		require.Equal(t, 1, strings.Count(notes.String(), "in this process"), notes.String())

		require.NoError(t, r.Restart(t.Context()))
		i := 0
		eventually(t, func() bool {
			i++
			l.Allow(t.Context(), fmt.Sprint("after ", i), 1000)
			return strings.Contains(notes.String(), "in Redis again")
		})
		require.Equal(t, 3, allowed(t, "later", 3, 10, l))
	})
}

func TestASilentRedisCostsLittle(t *testing.T) {
	t.Parallel()
	// Connections are taken and never answered.
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	client := redis.NewClient(&redis.Options{Addr: listener.Addr().String()})
	t.Cleanup(func() { _ = client.Close() })
	l, _ := limiter(client)
	began := time.Now()
	require.Equal(t, 2, allowed(t, "k", 2, 30, l))
	for range 100 {
		l.Allow(t.Context(), "k", 2)
	}
	require.Less(t, time.Since(began), 900*time.Millisecond)
}

func TestACallerWhoLeftSaysNothingOfRedis(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		l, notes := limiter(connect(t, r))
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 5 {
			l.Allow(gone, "k", 2)
		}
		require.Empty(t, notes.String())
	})
}
