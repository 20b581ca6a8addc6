package embedded_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/adapters/embedded"
)

func startRedis(t *testing.T, opts embedded.RedisOptions) (*embedded.Redis, *redis.Client) {
	t.Helper()
	r, err := embedded.StartRedis(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, r) })
	opt, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opt)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, client
}

func bothKinds(t *testing.T, test func(t *testing.T, kind embedded.RedisKind)) {
	t.Helper()
	for _, kind := range []embedded.RedisKind{embedded.RedisServer, embedded.RedisInProcess} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}

func TestRedisExpiresKeys(t *testing.T) {
	t.Parallel()
	bothKinds(t, func(t *testing.T, kind embedded.RedisKind) {
		r, client := startRedis(t, embedded.RedisOptions{Prefer: kind})
		if want := kind == embedded.RedisInProcess; r.InProcess() != want {
			t.Errorf("InProcess is %t", r.InProcess())
		}
		for key, ttl := range map[string]time.Duration{"short": 300 * time.Millisecond, "long": time.Hour} {
			if err := client.Set(t.Context(), key, "1", ttl).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if n := client.Exists(t.Context(), "short", "long").Val(); n != 2 {
			t.Errorf("%d keys at first, want 2", n)
		}
		eventually(t, "the short-lived key is gone", func() bool { return client.Exists(t.Context(), "short").Val() == 0 })
		if n := client.Exists(t.Context(), "long").Val(); n != 1 {
			t.Error("the long-lived key went too")
		}
	})
}

func TestRedisRestartsEmptyOnTheSamePort(t *testing.T) {
	t.Parallel()
	bothKinds(t, func(t *testing.T, kind embedded.RedisKind) {
		r, client := startRedis(t, embedded.RedisOptions{Prefer: kind})
		for _, restart := range []func() error{
			func() error { return r.Restart(t.Context()) },
			func() error { r.Kill(); return r.Restart(t.Context()) },
		} {
			if err := client.Set(t.Context(), "key", "1", 0).Err(); err != nil {
				t.Fatal(err)
			}
			addr := r.Addr()
			if err := restart(); err != nil {
				t.Fatal(err)
			}
			if r.Addr() != addr {
				t.Errorf("it moved from %s to %s", addr, r.Addr())
			}
			// The client may first find its old connections broken.
			eventually(t, "it answers", func() bool { return client.Ping(t.Context()).Err() == nil })
			if n := client.Exists(t.Context(), "key").Val(); n != 0 {
				t.Error("it kept a key")
			}
		}
		stop(t, r)
		if !refusing(t, r.Addr()) {
			t.Error("its port still answers after Stop")
		}
	})
}

func TestRedisKeepsDataInADirectory(t *testing.T) {
	t.Parallel()
	opts := embedded.RedisOptions{Prefer: embedded.RedisServer, Dir: filepath.Join(t.TempDir(), "redis")}
	r, client := startRedis(t, opts)
	if err := client.Set(t.Context(), "key", "kept", 0).Err(); err != nil {
		t.Fatal(err)
	}
	stop(t, r)
	_, client = startRedis(t, opts)
	if got := client.Get(t.Context(), "key").Val(); got != "kept" {
		t.Errorf("read back %q", got)
	}
}

func TestRedisNamesATakenPort(t *testing.T) {
	t.Parallel()
	port := takenPort(t)
	bothKinds(t, func(t *testing.T, kind embedded.RedisKind) {
		_, err := embedded.StartRedis(t.Context(), embedded.RedisOptions{Prefer: kind, Port: port})
		if !errors.Is(err, embedded.ErrPortInUse) {
			t.Errorf("%v, want ErrPortInUse", err)
		}
	})
}
