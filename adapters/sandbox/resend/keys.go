package resend

import (
	"crypto/sha256"
	"sync"
	"time"
)

// kept is how long a key is remembered, and maxKey how long it may be, in characters. "Idempotency Keys".
const (
	kept   = 24 * time.Hour
	maxKey = 256
)

// use is what a key was used for.
type use struct {
	body  [sha256.Size]byte
	id    string // empty: under way
	since time.Time
}

// keys remembers idempotency keys.
type keys struct {
	mu    sync.Mutex
	taken map[string]use
}

// take begins a call with a key. It gives the id of the email that was sent with it before, or why the call cannot be made; neither: the call
// goes ahead, and ends with settle.
func (k *keys) take(key string, body []byte, now time.Time) (id string, conflict *problem) {
	k.mu.Lock()
	defer k.mu.Unlock()
	sum := sha256.Sum256(body)
	before, found := k.taken[key]
	switch {
	case !found || before.id != "" && now.Sub(before.since) >= kept:
		k.taken[key] = use{body: sum, since: now}
		return "", nil
	case before.body != sum:
		return "", otherPayload()
	case before.id == "":
		return "", underWay()
	}
	return before.id, nil
}

// settle ends a call that took a key. Without an id nothing was sent, and the key is free again.
func (k *keys) settle(key, id string) {
	if key == "" {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if id == "" {
		delete(k.taken, key)
		return
	}
	ended := k.taken[key]
	ended.id = id
	k.taken[key] = ended
}
