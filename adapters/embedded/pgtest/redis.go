package pgtest

import (
	"context"
	"testing"

	"github.com/leadagent/leadagent/adapters/embedded"
)

// Redis gives the test a Redis of its own, without persistence, and stops it when the test ends.
func Redis(tb testing.TB) *embedded.Redis {
	tb.Helper()
	r, err := embedded.StartRedis(tb.Context(), embedded.RedisOptions{})
	if err != nil {
		tb.Fatalf("Redis for the test: %v", err)
	}
	tb.Cleanup(func() {
		if err := r.Stop(context.WithoutCancel(tb.Context())); err != nil {
			tb.Errorf("stop the test's Redis: %v", err)
		}
	})
	return r
}
