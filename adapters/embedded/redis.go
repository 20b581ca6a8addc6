package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// RedisKind is what stands behind a private Redis.
type RedisKind string

// The kinds.
const (
	// RedisServer is the machine's redis-server.
	RedisServer RedisKind = "server"
	// RedisInProcess is a stand-in inside this program: slower, and always without persistence.
	RedisInProcess RedisKind = "inprocess"
)

// RedisOptions says how a private Redis is run. The zero value is one without persistence, on a free port.
type RedisOptions struct {
	// Dir keeps the data between starts, in an append-only file synced every second; empty keeps nothing. The
	// in-process kind keeps nothing in any case.
	Dir string
	// Port to listen on, on 127.0.0.1 only; 0 picks a free one.
	Port int
	// Prefer picks the kind; empty takes the machine's server where there is one.
	Prefer RedisKind
}

// Redis is a private Redis. Its methods may be called at the same time.
type Redis struct {
	kind RedisKind
	dir  string
	port int

	mu      sync.Mutex
	running redisInstance // nil while it does not run
}

// redisInstance is one life of a Redis.
type redisInstance interface {
	// stop ends it in good order; where ctx ends first, it is killed.
	stop(ctx context.Context) error
	// kill ends it at once.
	kill()
}

// StartRedis brings up a private Redis. ctx bounds the start and not the server's life. When the program dies, even
// by kill -9, the server goes down with it; call Stop all the same. A taken port is ErrPortInUse.
func StartRedis(ctx context.Context, options RedisOptions) (*Redis, error) {
	binary, kind, err := chooseRedis(options.Prefer)
	if err != nil {
		return nil, fmt.Errorf("private Redis: %w", err)
	}
	r := &Redis{kind: kind, dir: options.Dir}
	for attempt := 1; ; attempt++ {
		if r.port, err = choosePort(ctx, options.Port); err != nil {
			return nil, fmt.Errorf("private Redis: %w", err)
		}
		if r.running, err = startRedisInstance(ctx, binary, r.dir, r.port); err == nil {
			return r, nil
		}
		// Another program may have taken the free port since.
		if options.Port != 0 || !errors.Is(err, ErrPortInUse) || attempt == launchAttempts {
			return nil, fmt.Errorf("private Redis: %w", err)
		}
	}
}

// startRedisInstance starts the server binary, or the in-process kind where binary is empty.
func startRedisInstance(ctx context.Context, binary, dir string, port int) (redisInstance, error) {
	if binary == "" {
		return startInProcessRedis(ctx, port)
	}
	return startRedisServer(ctx, binary, dir, port)
}

// URL is the address in the form that redis.ParseURL and asynq.ParseRedisURI take.
func (r *Redis) URL() string { return "redis://" + r.Addr() + "/0" }

// Addr is the host and port.
func (r *Redis) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

// InProcess reports whether it is the stand-in and no server.
func (r *Redis) InProcess() bool { return r.kind == RedisInProcess }

// Stop ends it in good order. A stopped one does not mind.
func (r *Redis) Stop(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.halt(ctx)
}

// halt is Stop with r.mu held.
func (r *Redis) halt(ctx context.Context) error {
	if r.running == nil {
		return nil
	}
	err := r.running.stop(ctx)
	r.running = nil
	if err != nil {
		return fmt.Errorf("stop the private Redis: %w", err)
	}
	return nil
}

// Kill ends it at once, as a crash would; Restart brings it back, empty where nothing is kept.
func (r *Redis) Kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		r.running.kill()
		r.running = nil
	}
}

// Restart stops it if it runs and starts it on the same port, empty where nothing is kept.
func (r *Redis) Restart(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.halt(ctx); err != nil {
		return err
	}
	binary, _, err := chooseRedis(r.kind)
	if err == nil {
		r.running, err = startRedisInstance(ctx, binary, r.dir, r.port)
	}
	if err != nil {
		r.running = nil
		return fmt.Errorf("restart the private Redis: %w", err)
	}
	return nil
}
