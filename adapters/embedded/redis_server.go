package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// chooseRedis finds the server's binary; an empty one stands for the in-process kind.
func chooseRedis(prefer RedisKind) (binary string, kind RedisKind, err error) {
	switch prefer {
	case RedisInProcess:
		return "", RedisInProcess, nil
	case RedisServer, "":
	default:
		return "", "", fmt.Errorf("unknown kind %q", prefer)
	}
	for _, name := range []string{"redis-server", "/opt/homebrew/bin/redis-server", "/usr/local/bin/redis-server", "valkey-server"} {
		if binary, err := exec.LookPath(name); err == nil {
			return binary, RedisServer, nil
		}
	}
	if prefer == RedisServer {
		return "", "", errors.New("no redis-server in PATH: install it, for instance with `sudo apt-get install -y redis-server` or `brew install redis`")
	}
	return "", RedisInProcess, nil
}

// redisServer is a running redis-server.
type redisServer struct {
	proc    *process
	dismiss func()
}

// startRedisServer starts a server and waits until it has loaded its data. The configuration goes through the
// standard input, which nobody else sees.
func startRedisServer(ctx context.Context, binary, dir string, port int) (*redisServer, error) {
	config, err := redisConfig(dir, port)
	if err != nil {
		return nil, err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(context.WithoutCancel(ctx), binary, "-")
	cmd.Stdin = strings.NewReader(config)
	cmd.Stdout, cmd.Stderr = &said, &said
	proc, err := startProcess(cmd, nil, syscall.SIGTERM)
	if err != nil {
		return nil, err
	}
	s := &redisServer{proc: proc, dismiss: func() {}}
	if !diesWithParent {
		s.dismiss, err = startReaper(ctx, proc.pid, syscall.SIGTERM, "")
	}
	if err == nil {
		err = s.awaitReady(ctx, port)
	}
	if err == nil {
		return s, nil
	}
	s.kill()
	if bytes.Contains(said.Bytes(), []byte("Address already in use")) {
		err = errors.Join(err, ErrPortInUse)
	}
	return nil, fmt.Errorf("%w; it said: %s", err, bytes.TrimSpace(said.Bytes()))
}

// redisConfig is redis.conf, in whole.
func redisConfig(dir string, port int) (string, error) {
	lines := []string{
		"bind 127.0.0.1",
		"protected-mode yes",
		"port " + strconv.Itoa(port),
		"daemonize no",
		`save ""`,
		"loglevel warning",
		"io-threads 1",
	}
	if dir == "" {
		lines = append(lines, "appendonly no", "dir "+strconv.Quote(os.TempDir()))
		return strings.Join(lines, "\n") + "\n", nil
	}
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("data directory of Redis: %w", err)
	}
	lines = append(lines, "appendonly yes", "appendfsync everysec", "dir "+strconv.Quote(dir))
	return strings.Join(lines, "\n") + "\n", nil
}

// awaitReady waits until the server that was started, and not another on the same port, serves.
func (s *redisServer) awaitReady(ctx context.Context, port int) error {
	ours := fmt.Sprintf("process_id:%d\r\n", s.proc.pid)
	return poll(ctx, readyPatience, func() (bool, error) {
		if !s.proc.running() {
			return false, fmt.Errorf("redis-server ended: %w", errors.Join(s.proc.err, errEnded))
		}
		info := askRedis(ctx, port)
		return strings.Contains(info, ours) && strings.Contains(info, "loading:0\r\n"), nil
	})
}

// askRedis returns the answer to INFO, or nothing. The connection is a plain one, since a client library would log
// each refusal while the server starts.
func askRedis(ctx context.Context, port int) string {
	const patience = time.Second
	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return ""
	}
	// QUIT makes the server close, so that the answer ends.
	_, err = conn.Write([]byte("INFO\r\nQUIT\r\n"))
	err = errors.Join(err, conn.SetReadDeadline(time.Now().Add(patience)))
	answer, reading := io.ReadAll(conn)
	if err = errors.Join(err, reading, conn.Close()); err != nil {
		return ""
	}
	return string(answer)
}

func (s *redisServer) stop(ctx context.Context) error {
	defer s.dismiss()
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	err := sendSignal(ctx, "", s.proc.pid, syscall.SIGTERM)
	if waiting := s.proc.wait(ctx); err != nil || waiting != nil {
		s.proc.kill()
	}
	return err
}

func (s *redisServer) kill() {
	s.proc.kill()
	s.dismiss()
}
