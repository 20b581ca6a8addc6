package clerk

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/jwks"
	"golang.org/x/sync/singleflight"

	"github.com/leadagent/leadagent/ports"
)

// signature is the one algorithm that Clerk signs session tokens with (RFC 7518, 3.3).
const signature = "RS256"

// leastBits is the shortest RSA key that is taken (RFC 7518, 3.3).
const leastBits = 2048

const (
	// between is the time between two fetches of the keys that unknown key ids can cause.
	between = time.Minute
	// afterFailure is the same after a fetch that failed.
	afterFailure = 5 * time.Second
	// fresh is how old known keys may become before they are fetched again, so that a withdrawn key is forgotten.
	fresh = 10 * time.Minute
)

var errUnknownKey = errors.New("no key of that id")

// keySource finds the keys that a token may be signed with.
type keySource interface {
	find(ctx context.Context, id string) ([]*clerksdk.JSONWebKey, error)
}

// givenKeys are keys of the configuration. They have no ids, so each is tried.
type givenKeys []*clerksdk.JSONWebKey

func (g givenKeys) find(context.Context, string) ([]*clerksdk.JSONWebKey, error) { return g, nil }

// parsePEM reads any number of public keys, with commas between them or not. A variable that cannot hold line breaks may have \n for them.
func parsePEM(text string) ([]*clerksdk.JSONWebKey, error) {
	// A key is only found at the beginning of a line.
	rest := []byte(strings.NewReplacer(`\n`, "\n", "-----BEGIN", "\n-----BEGIN").Replace(text))
	var keys []*clerksdk.JSONWebKey
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		rest = after
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		public, isRSA := parsed.(*rsa.PublicKey)
		if err != nil || !isRSA || public.N.BitLen() < leastBits {
			return nil, fmt.Errorf("PEM key %d is not a public RSA key of %d bits or more", len(keys)+1, leastBits)
		}
		keys = append(keys, &clerksdk.JSONWebKey{Key: public, Algorithm: signature})
	}
	if len(keys) == 0 && strings.TrimSpace(text) != "" {
		return nil, errors.New("the PEM key cannot be read; it begins with -----BEGIN PUBLIC KEY-----")
	}
	return keys, nil
}

// keyCache keeps the keys of the Backend API (https://clerk.com/docs/reference/backend-api, GET /jwks). However many tokens name unknown
// keys, they cause one fetch a minute; those that come meanwhile share it.
type keyCache struct {
	client *jwks.Client
	clock  ports.Clock
	group  singleflight.Group

	mu      sync.Mutex
	keys    map[string]*clerksdk.JSONWebKey
	fetched time.Time // the last success
	next    time.Time // no fetch before
}

func newKeyCache(client *jwks.Client, clock ports.Clock) *keyCache {
	return &keyCache{client: client, clock: clock}
}

func (c *keyCache) find(ctx context.Context, id string) ([]*clerksdk.JSONWebKey, error) {
	key, stale, due := c.look(id)
	if key != nil {
		if stale && due {
			c.fetch(ctx) // the token need not wait for news that hardly ever comes
		}
		return []*clerksdk.JSONWebKey{key}, nil
	}
	// Not due may mean that somebody has fetched since the look, or is about to be done; the group tells.
	select {
	case done := <-c.fetch(ctx):
		if done.Err != nil {
			return nil, done.Err
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the keys: %w", ctx.Err())
	}
	if key, _, _ = c.look(id); key == nil {
		return nil, errUnknownKey
	}
	return []*clerksdk.JSONWebKey{key}, nil
}

// look gives the key if it is known, whether it may be out of date, and whether keys may be fetched now.
func (c *keyCache) look(id string) (key *clerksdk.JSONWebKey, stale, due bool) {
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keys[id], now.Sub(c.fetched) > fresh, !now.Before(c.next)
}

// fetch gets the keys where that is due, or joins whoever does. Its outcome counts for all who wait, so no one's context ends it.
func (c *keyCache) fetch(ctx context.Context) <-chan singleflight.Result {
	ctx = context.WithoutCancel(ctx)
	return c.group.DoChan("keys", func() (any, error) {
		if _, _, due := c.look(""); !due {
			return struct{}{}, nil
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		set, err := c.client.Get(ctx, &jwks.GetParams{})
		if err == nil && len(set.Keys) == 0 {
			err = errUnknownKey
		}
		c.keep(set, err)
		if err != nil {
			return struct{}{}, fmt.Errorf("fetch the keys: %w", vendorError(err))
		}
		return struct{}{}, nil
	})
}

// keep stores what came. After a failure the old keys stay.
func (c *keyCache) keep(set *clerksdk.JSONWebKeySet, err error) {
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.next = now.Add(afterFailure)
		return
	}
	c.fetched, c.next, c.keys = now, now.Add(between), map[string]*clerksdk.JSONWebKey{}
	for _, key := range set.Keys {
		if key == nil || key.KeyID == "" || key.Algorithm != signature || (key.Use != "" && key.Use != "sig") {
			continue
		}
		if public, ok := key.Key.(*rsa.PublicKey); ok && public.N.BitLen() >= leastBits {
			c.keys[key.KeyID] = key
		}
	}
}
