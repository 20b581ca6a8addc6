package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/adapters/sandbox"
	"github.com/leadagent/leadagent/web"
)

type devCommand struct {
	Reset       bool   `help:"Begin with an empty database and mailbox."`
	Ephemeral   bool   `help:"Keep nothing: use a temporary database that goes when the program ends."`
	Addr        string `help:"Where the program listens." default:"localhost:8080"`
	SandboxAddr string `help:"Where the sandbox of the vendors listens." default:"localhost:8090"`
	Dir         string `help:"Where data is kept between starts; empty: the user's state folder." type:"path"`
	Verbose     bool   `help:"Print the log to the terminal instead of a file."`
}

// devHome is where `dev` keeps things between starts; empty when it keeps nothing.
type devHome string

// Run is `leadagent dev`: everything in this one process, until Ctrl-C.
func (d devCommand) Run(s surroundings) error {
	began := time.Now()
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }
	config, problems := readConfig(s.environ)
	if err := mistakes("the environment has mistakes", problems); err != nil {
		return err
	}
	home, err := d.home(say)
	if err != nil {
		return err
	}
	log, closeLog, err := d.log(home, s)
	if err != nil {
		return err
	}
	defer closeLog()

	say("Starting Postgres …")
	pg, err := embedded.StartPostgres(s.ctx, embedded.PostgresOptions{
		DataDir: home.join("postgres"), Durable: home != "", Progress: func(line string) { say("  %s", line) },
	})
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	defer stopQuietly(pg.Stop)
	rd, err := embedded.StartRedis(s.ctx, embedded.RedisOptions{})
	if err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	defer stopQuietly(rd.Stop)
	if err := postgres.Migrate(s.ctx, pg.OwnerURL(""), pg.AppURL(""), postgres.MigrateOptions{}); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	listener, err := listen(s.ctx, d.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w (choose another with --addr)", d.Addr, err)
	}
	box, err := d.sandbox(s.ctx, home, baseURL(d.Addr, listener))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer box.Close()

	config.DatabaseURL, config.RedisURL = pg.AppURL(""), rd.URL()
	config.BaseURL = baseURL(d.Addr, listener)
	if err := useSandbox(&config, box, home); err != nil {
		return errors.Join(err, listener.Close())
	}
	return d.everything(s, config, box, listener, log, func() {
		say("")
		say("Lead Agent runs on this machine alone; no email leaves it. Ready after %.1f s.", time.Since(began).Seconds())
		say("")
		say("  Dashboard      %s        (sign in as any of the people listed)", config.BaseURL)
		say("  Acme's form    %s/f/acme-demo", config.BaseURL)
		say("  Globex's form  %s/f/globex-demo", config.BaseURL)
		say("  Mailbox        %s", box.MailboxURL())
		say("  Slack          %s", box.SlackURL())
		say("")
		say("Press Ctrl-C to stop.%s", home.note())
	})
}

// everything runs web, workers, relay and sweeper in this process until ctx ends.
func (d devCommand) everything(
	s surroundings, config Config, box *sandbox.Sandbox, listener net.Listener, log *slog.Logger, ready func(),
) error {
	l := local{dial: box.Dial, sandbox: &web.Sandbox{MailboxURL: box.MailboxURL(), SlackURL: box.SlackURL()}}
	p, err := assemble(s.ctx, config, l, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer p.close()
	server, err := p.web(l)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	workers := p.workers()
	if err := workers.Start(); err != nil {
		return err
	}
	ringing, stopRinging := context.WithCancel(s.ctx)
	wait := p.ring(ringing)
	if err := seed(s.ctx, p); err != nil {
		log.ErrorContext(s.ctx, "seed", "error", err)
		_, _ = fmt.Fprintln(s.err, "The example leads could not be made:", err)
	}
	ready()
	select {
	case err = <-failed:
	case <-s.ctx.Done():
		_, _ = fmt.Fprintln(s.out, "\nStopping …")
		err = server.Shutdown(2 * time.Second)
	}
	stopRinging()
	wait()
	workers.Stop()
	return err
}

func (d devCommand) home(say func(string, ...any)) (devHome, error) {
	if d.Ephemeral {
		return "", nil
	}
	dir := d.Dir
	if dir == "" {
		state, err := embedded.DefaultStateDir()
		if err != nil {
			return "", fmt.Errorf("no place to keep data: %w (name one with --dir, or keep nothing with --ephemeral)", err)
		}
		dir = filepath.Join(state, "dev")
	}
	if d.Reset {
		for _, kept := range []string{"postgres", "mailbox", "keys.json"} {
			if err := os.RemoveAll(filepath.Join(dir, kept)); err != nil {
				return "", fmt.Errorf("reset: %w", err)
			}
		}
		say("Began anew.")
	}
	return devHome(dir), os.MkdirAll(dir, 0o755)
}

func (h devHome) join(name string) string {
	if h == "" {
		return ""
	}
	return filepath.Join(string(h), name)
}

func (h devHome) note() string {
	if h == "" {
		return " Nothing is kept."
	}
	return " Data and log are kept in " + string(h) + "; --reset begins anew."
}

// log goes to a file beside the data, so that the terminal keeps the addresses in sight.
func (d devCommand) log(home devHome, s surroundings) (*slog.Logger, func(), error) {
	if d.Verbose || home == "" {
		level := slog.LevelWarn
		if d.Verbose {
			level = slog.LevelInfo
		}
		return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level})), func() {}, nil
	}
	file, err := os.OpenFile(home.join("leadagent.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("log file: %w", err)
	}
	return slog.New(slog.NewTextHandler(file, nil)), func() { _ = file.Close() }, nil // it was written line by line
}

func (d devCommand) sandbox(ctx context.Context, home devHome, base string) (*sandbox.Sandbox, error) {
	listener, err := listen(ctx, d.SandboxAddr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w (choose another with --sandbox-addr)", d.SandboxAddr, err)
	}
	return sandbox.Start(sandbox.Options{
		Listener: listener, BaseURL: baseURL(d.SandboxAddr, listener), AppURL: base, MailDir: home.join("mailbox"),
	})
}

// listen opens the address, and for localhost the IPv4 loopback, so that both names reach it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp4", addr)
}

// baseURL names the address as a browser on this machine calls it. A port of 0 is the one that was given.
func baseURL(addr string, l net.Listener) string {
	host, port, err := net.SplitHostPort(addr)
	if _, given, e := net.SplitHostPort(l.Addr().String()); e == nil && port == "0" {
		port = given
	}
	if err != nil || host == "" || host == "0.0.0.0" {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// useSandbox points every vendor that the environment does not name at the sandbox.
func useSandbox(c *Config, box *sandbox.Sandbox, home devHome) error {
	credentials := box.Credentials()
	c.ClerkPublishableKey, c.ClerkSecretKey, c.ClerkIssuer = credentials.ClerkPublishableKey, credentials.ClerkSecretKey, credentials.ClerkIssuer
	c.ClerkAPIURL, c.ClerkWebhookSecret, c.ClerkJWTKey = credentials.ClerkAPIURL, credentials.ClerkWebhookSecret, ""
	c.SlackClientID, c.SlackClientSecret = credentials.SlackClientID, credentials.SlackClientSecret
	c.SlackSigningSecret, c.SlackAPIURL = credentials.SlackSigningSecret, credentials.SlackAPIURL
	c.SMTPURL, c.ResendAPIKey, c.EmailFrom = credentials.SMTPURL, "", "hello@leadagent.example"
	if c.GeminiAPIKey == "" {
		c.GeminiAPIKey, c.GeminiAPIURL = credentials.GeminiAPIKey, credentials.GeminiAPIURL
	}
	if c.ExaAPIKey == "" {
		c.ExaAPIKey, c.ExaAPIURL = credentials.ExaAPIKey, credentials.ExaAPIURL
	}
	key, err := home.encryptionKey()
	c.EncryptionKey = key
	return err
}

// encryptionKey is made once and kept beside the data that it seals.
func (h devHome) encryptionKey() (string, error) {
	var kept struct {
		EncryptionKey string `json:"encryption_key"`
	}
	path := h.join("keys.json")
	if path != "" {
		raw, err := os.ReadFile(path)
		if err == nil && json.Unmarshal(raw, &kept) == nil && kept.EncryptionKey != "" {
			return kept.EncryptionKey, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("keys: %w", err)
		}
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	kept.EncryptionKey = base64.StdEncoding.EncodeToString(key)
	if path == "" {
		return kept.EncryptionKey, nil
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return "", fmt.Errorf("keys: %w", err)
	}
	return kept.EncryptionKey, os.WriteFile(path, raw, 0o600)
}

func stopQuietly(stop func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := stop(ctx); err != nil && !strings.Contains(err.Error(), "already") {
		fmt.Fprintln(os.Stderr, "stop:", err)
	}
}
