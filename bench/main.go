// Command bench measures how many submissions a second the intake stores, against what pgbench gets out of the same server with the same
// transaction. It brings its own Postgres, with fsync on, and prints a Markdown table of medians over interleaved rounds. Rates of different
// machines say little; the ratios in the last column are what to compare.
//
// It must not be needed to build or run the program.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// plan is what is measured.
type plan struct {
	rounds  int
	seconds int // of each measurement
	orgs    int
	callers int
	pool    int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	short := flags.Bool("short", false, "one short round, to see that it works")
	rounds := flags.Int("rounds", 3, "interleaved rounds")
	seconds := flags.Int("seconds", 5, "of each measurement")
	orgs := flags.Int("orgs", 1000, "organizations")
	callers := flags.Int("callers", 64, "that submit at a time")
	pool := flags.Int("pool", 8, "connections of the pool, and clients of pgbench")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	p := plan{rounds: *rounds, seconds: *seconds, orgs: *orgs, callers: *callers, pool: *pool}
	if *short {
		p.rounds, p.seconds = 1, 2
	}
	began := time.Now()
	s, err := start(ctx, p, progress)
	if err != nil {
		return err
	}
	defer s.stop(context.WithoutCancel(ctx))
	results, err := s.measure(ctx, progress)
	if err != nil {
		return err
	}
	return report(out, p, results, time.Since(began))
}
