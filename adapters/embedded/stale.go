package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pidFile is postmaster.pid, read as far as it has been written; see PostgreSQL's
// src/include/utils/pidfile.h for its lines.
type pidFile struct {
	pid   int
	ready bool
}

func readPIDFile(data string) (pidFile, error) {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return pidFile{}, nil
	}
	if err != nil {
		return pidFile{}, fmt.Errorf("server's pid file: %w", err)
	}
	lines := strings.Split(string(raw), "\n")
	var f pidFile
	// Single-user and bootstrap servers write a negative id.
	if f.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil || f.pid < 0 {
		f.pid = max(-f.pid, 0)
	}
	const statusLine = 7
	f.ready = len(lines) > statusLine && strings.TrimSpace(lines[statusLine]) == "ready"
	return f, nil
}

// clearStale makes way for a new server on a directory that this program holds the lock of. A server left by a
// killed program is stopped; a pid file whose process is gone, or is by now something else, is removed. A server
// that we did not start is left alone: ErrInUse.
func (d *directory) clearStale(ctx context.Context, binDir string) error {
	var state runState
	if err := readJSON(d.runFile(), &state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		state = runState{} // half written by a killed program: as good as none
	}
	found, err := readPIDFile(d.data())
	if err != nil {
		return err
	}
	if found.pid > 0 && alive(found.pid) && isPostgres(ctx, found.pid) {
		if found.pid != state.PID {
			return fmt.Errorf("a Postgres server that leadagent did not start (process %d) runs on %s: %w", found.pid, d.data(), ErrInUse)
		}
		if err := stopOrphan(ctx, binDir, found.pid); err != nil {
			return err
		}
	}
	if state.SocketDir != "" && strings.HasPrefix(filepath.Base(state.SocketDir), temporaryPrefix) {
		if err := os.RemoveAll(state.SocketDir); err != nil {
			return fmt.Errorf("remove the former socket: %w", err)
		}
	}
	if err := os.Remove(filepath.Join(d.data(), "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the stale pid file: %w", err)
	}
	return nil
}

// stopOrphan ends a server whose program was killed. On Linux it is already on its way down.
func stopOrphan(ctx context.Context, binDir string, pid int) error {
	if err := sendSignal(ctx, binDir, pid, syscall.SIGINT); err != nil {
		return fmt.Errorf("stop the server left by a killed program: %w", err)
	}
	err := poll(ctx, orphanPatience, func() (bool, error) { return !alive(pid), nil })
	if err != nil {
		return fmt.Errorf("the server left by a killed program (process %d) does not stop: %w: %w", pid, ErrInUse, err)
	}
	return nil
}

const (
	orphanPatience = 20 * time.Second
	pollEvery      = 5 * time.Millisecond
)

var errPatience = errors.New("took too long")

// poll asks until done, an error, the end of ctx, or the end of patience.
func poll(ctx context.Context, patience time.Duration, done func() (bool, error)) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("given up: %w", ctx.Err())
		case <-deadline.C:
			return fmt.Errorf("%w (%s)", errPatience, patience)
		case <-tick.C:
		}
	}
}
