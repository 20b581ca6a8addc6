package liveredis

import (
	"sync"
	"time"
)

// mostCells bounds the memory of counting here, to some megabytes.
const mostCells = 50_000

// cells counts in this process. Each key has the time at which it would have used up nothing (its theoretical arrival time).
type cells struct {
	most int

	mu   sync.Mutex
	free map[string]time.Time
}

func newCells(most int) *cells { return &cells{most: most, free: map[string]time.Time{}} }

// wait tells how long the next event has to wait, and counts nothing.
func (c *cells) wait(key string, limit int, now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return waiting(c.next(key, limit, now), now)
}

// allow counts one event, or tells how long to wait for it.
func (c *cells) allow(key string, limit int, now time.Time) (bool, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.next(key, limit, now)
	if wait := waiting(next, now); wait > 0 {
		return false, wait
	}
	c.put(key, next, now)
	return true, 0
}

// count counts an event that was allowed elsewhere.
func (c *cells) count(key string, limit int, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(key, c.next(key, limit, now), now)
}

// next is the key's time after one more event.
func (c *cells) next(key string, limit int, now time.Time) time.Time {
	free := c.free[key]
	if free.Before(now) {
		free = now
	}
	return free.Add(time.Minute / time.Duration(limit))
}

func waiting(next, now time.Time) time.Duration { return max(0, next.Add(-time.Minute).Sub(now)) }

func (c *cells) put(key string, next, now time.Time) {
	if _, known := c.free[key]; !known && len(c.free) >= c.most {
		c.makeRoom(now)
	}
	c.free[key] = next
}

// makeRoom drops the keys that are as good as new. Where that is not enough everything is forgotten: for a moment the limits are too
// generous, which is better than to turn away people who did nothing.
func (c *cells) makeRoom(now time.Time) {
	for key, free := range c.free {
		if free.Before(now) {
			delete(c.free, key)
		}
	}
	if len(c.free) >= c.most {
		clear(c.free)
	}
}
