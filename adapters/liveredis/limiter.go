package liveredis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/ports"
)

const (
	patience = 150 * time.Millisecond
	// pause is how long Redis is left alone after it failed, so that an outage costs a request now and then, not each one.
	pause = time.Second
)

var errSilent = errors.New("no answer from Redis in time")

// Limiter counts in Redis, and in this process while Redis fails. Both count by the generic cell rate algorithm: a limit of n a minute
// allows n at once, and then one more every n-th part of a minute. What Redis allows is counted here as well, so that an outage gives
// nobody a fresh start, and a flood from one key stops reaching Redis.
type Limiter struct {
	// Patience is how long a call waits for Redis; set it before the first call. NewLimiter sets 150 ms.
	Patience time.Duration

	store *redis_rate.Limiter
	local *cells
	log   *slog.Logger

	mu     sync.Mutex
	failed time.Time // when Redis failed last; zero while it works
}

var _ ports.Limiter = (*Limiter)(nil)

// NewLimiter makes a limiter on the client, which stays the caller's to close.
func NewLimiter(client redis.UniversalClient, log *slog.Logger) *Limiter {
	return &Limiter{Patience: patience, store: redis_rate.NewLimiter(client), local: newCells(mostCells), log: log}
}

// Allow implements ports.Limiter. It takes at most Patience.
func (l *Limiter) Allow(ctx context.Context, key string, limit int) (bool, time.Duration) {
	if limit <= 0 {
		return true, 0
	}
	key = storeKey(key)
	if wait := l.local.wait(key, limit, time.Now()); wait > 0 {
		return false, wait // Redis has counted no less
	}
	if l.resting() {
		return l.local.allow(key, limit, time.Now())
	}
	result, err := l.ask(ctx, key, limit)
	l.note(ctx, err)
	if err != nil {
		return l.local.allow(key, limit, time.Now())
	}
	if result.Allowed == 0 {
		return false, max(result.RetryAfter, time.Millisecond)
	}
	l.local.count(key, limit, time.Now())
	return true, 0
}

// storeKey hides what is counted, such as an address, and bounds the key's length.
func storeKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "leadagent:limit:" + hex.EncodeToString(sum[:16])
}

// ask asks Redis. The client heeds a context only between its own time-outs, which are longer, so the question is left behind when time is
// up.
func (l *Limiter) ask(ctx context.Context, key string, limit int) (*redis_rate.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	type answer struct {
		result *redis_rate.Result
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		result, err := l.store.Allow(ctx, key, redis_rate.PerMinute(limit))
		answered <- answer{result, err}
	}()
	select {
	case a := <-answered:
		return a.result, a.err
	case <-ctx.Done():
		return nil, errors.Join(errSilent, ctx.Err())
	}
}

// resting tells whether Redis failed a moment ago. Of those who come after the pause one asks again; the others keep counting here.
func (l *Limiter) resting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed.IsZero() {
		return false
	}
	now := time.Now()
	if now.Sub(l.failed) < pause {
		return true
	}
	l.failed = now
	return false
}

// note remembers how the last question went, and says so when that changed. A caller who went away says nothing about Redis.
func (l *Limiter) note(ctx context.Context, err error) {
	if err != nil && ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	worked := l.failed.IsZero()
	l.failed = time.Time{}
	if err != nil {
		l.failed = time.Now()
	}
	l.mu.Unlock()
	switch {
	case err != nil && worked:
		l.log.WarnContext(ctx, "rate limits are counted in this process until Redis answers again", "error", err)
	case err == nil && !worked:
		l.log.InfoContext(ctx, "rate limits are counted in Redis again")
	}
}
