package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	// unixSockets is off on Windows, where PostgreSQL's own tools prefer TCP.
	unixSockets = runtime.GOOS != "windows"
	// readyPatience covers the recovery after a crash under load.
	readyPatience = 2 * time.Minute
	// launchAttempts bounds how often another program may take the free port just chosen, or the remains of a
	// crashed server may be in the way.
	launchAttempts = 20
)

// launch starts the server on p.port, or on a free one the first time, and waits until it takes connections.
// p.mu is held.
func (p *Postgres) launch(ctx context.Context) error {
	for attempt := 1; ; attempt++ {
		port, err := choosePort(ctx, p.port)
		if err != nil {
			return err
		}
		said, err := p.try(ctx, port)
		if err == nil {
			if p.port == 0 { // afterwards it is read without the lock
				p.port = port
			}
			return nil
		}
		again := p.port == 0 && strings.Contains(said, "could not bind") ||
			// The sessions of a killed server hold its memory until they notice.
			strings.Contains(said, "shared memory block")
		if !again || attempt == launchAttempts {
			return err
		}
		if waiting := pause(ctx, 100*time.Millisecond); waiting != nil {
			return errors.Join(err, waiting)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("given up: %w", ctx.Err())
	}
}

// choosePort makes sure that a port can be listened on, or picks one when it is 0.
func choosePort(ctx context.Context, port int) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return 0, fmt.Errorf("127.0.0.1:%d cannot be listened on, choose another port: %w: %w", port, ErrPortInUse, err)
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil || !ok {
		return 0, fmt.Errorf("free port (%v): %w", l.Addr(), err)
	}
	return addr.Port, nil
}

// try starts the server once. Where it ends at once, said is what it logged.
func (p *Postgres) try(ctx context.Context, port int) (said string, err error) {
	if err := writeSettings(p.dir.data(), port, p.socketDir, p.opts.Durable); err != nil {
		return "", err
	}
	log, err := openLog(p.dir.logFile())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return "", fmt.Errorf("server's log: %w", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), p.inst.command("postgres"), "-D", p.dir.data())
	cmd.Env = serverEnv()
	cmd.Dir = p.dir.data()
	cmd.Stdout, cmd.Stderr = log, log
	if p.proc, err = startProcess(cmd, p.as, p.endSignal()); err != nil {
		p.proc = nil
		return "", err
	}
	if err := p.settle(ctx); err != nil {
		killing := killTree(context.WithoutCancel(ctx), p.proc)
		p.forget()
		said := tailOf(p.dir.logFile(), before)
		return said, errors.Join(fmt.Errorf("%w; it said: %s", err, said), killing)
	}
	return "", nil
}

// settle records the new server and waits until it takes connections.
func (p *Postgres) settle(ctx context.Context) error {
	if err := writeJSON(p.dir.runFile(), runState{PID: p.proc.pid, SocketDir: p.socketDir}); err != nil {
		return err
	}
	if p.dir.temporary || !diesWithParent {
		remove := ""
		if p.dir.temporary {
			remove = p.dir.path
		}
		var err error
		if p.dismiss, err = startReaper(ctx, p.proc.pid, p.endSignal(), remove); err != nil {
			return err
		}
	}
	return poll(ctx, readyPatience, func() (bool, error) {
		if !p.proc.running() {
			return false, fmt.Errorf("the server ended: %w", errors.Join(p.proc.err, errEnded))
		}
		f, err := readPIDFile(p.dir.data())
		return f.pid == p.proc.pid && f.ready, err
	})
}

var errEnded = errors.New("before it took connections")

// openLog opens the server's log for appending; a large one becomes the former log first.
func openLog(path string) (*os.File, error) {
	const large = 16 << 20
	if info, err := os.Stat(path); err == nil && info.Size() > large {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("server's log: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("server's log: %w", err)
	}
	return f, nil
}

// tailOf reads what was written to the log since it was so many bytes long, as far as it is of use in an error.
func tailOf(path string, since int64) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	const enough = 1500
	raw = raw[min(since, int64(len(raw))):]
	return strings.TrimSpace(string(raw[max(0, len(raw)-enough):]))
}
