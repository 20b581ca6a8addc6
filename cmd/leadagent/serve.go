package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/leadagent/leadagent/adapters/postgres"
)

// stopWithin is how long the web process lets running requests finish. With the workers' own time a process is gone within fifteen seconds.
const stopWithin = 8 * time.Second

// startWithin bounds connecting and checking at the start.
const startWithin = 4 * time.Second

type serveCommand struct{}

// Run is `leadagent serve`.
func (serveCommand) Run(s surroundings) error {
	return s.process(func(ctx context.Context, p *parts) error {
		server, err := p.web(local{})
		if err != nil {
			return err
		}
		var lc net.ListenConfig
		listener, err := lc.Listen(ctx, "tcp", p.config.HTTPAddr)
		if err != nil {
			return fmt.Errorf("HTTP_ADDR: %w", err)
		}
		p.log.InfoContext(ctx, "serving", "address", listener.Addr().String(), "base_url", p.config.BaseURL)
		failed := make(chan error, 1)
		go func() { failed <- server.Serve(listener) }()
		wait := p.ring(ctx)
		select {
		case err = <-failed:
		case <-ctx.Done():
			err = server.Shutdown(stopWithin)
		}
		if err == nil {
			wait()
		}
		return err
	})
}

type workCommand struct{}

// Run is `leadagent work`.
func (workCommand) Run(s surroundings) error {
	return s.process(func(ctx context.Context, p *parts) error {
		workers := p.workers()
		if err := workers.Start(); err != nil {
			return err
		}
		p.log.InfoContext(ctx, "working")
		wait := p.ring(ctx)
		<-ctx.Done()
		wait()
		workers.Stop()
		return nil
	})
}

// process is what `serve` and `work` share: configuration with every mistake named, checked role and schema, health, and an end on a signal.
func (s surroundings) process(do func(ctx context.Context, p *parts) error) error {
	config, problems := readConfig(s.environ)
	problems = append(problems, config.check()...)
	log := slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: config.LogLevel}))
	if config.DatabaseURL != "" {
		problems = append(problems, checkDatabase(s.ctx, config)...)
	}
	if err := mistakes("the configuration has mistakes", problems); err != nil {
		return err
	}
	p, err := assemble(s.ctx, config, local{}, log)
	if err != nil {
		return err
	}
	defer p.close()
	stopHealth, err := serveHealth(s.ctx, config.MetricsAddr, p.db.Ping, log)
	if err != nil {
		return err
	}
	defer stopHealth()
	return do(s.ctx, p)
}

// checkDatabase refuses a connection that could pass the wall between organizations, and a schema of another version.
func checkDatabase(ctx context.Context, c Config) []error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	db, err := postgres.Connect(ctx, postgres.Options{URL: c.DatabaseURL, ExecMode: c.DatabaseExecMode})
	if err != nil {
		return []error{fmt.Errorf("DATABASE_URL: %w", err)}
	}
	defer db.Close()
	if err := postgres.CheckStart(ctx, db); err != nil {
		return []error{fmt.Errorf("DATABASE_URL: %w", err)}
	}
	return nil
}
