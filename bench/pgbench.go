package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pgbench runs a script (the manual's page "pgbench") that stores so many submissions with each transaction.
func (s *stage) pgbench(ctx context.Context, script string, each int, url string) (result, error) {
	program, err := s.pgbenchProgram()
	if err != nil {
		return result{}, err
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return result{}, fmt.Errorf("script: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "script.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return result{}, fmt.Errorf("script: %w", err)
	}
	command := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(s.plan.pool), "-j", strconv.Itoa(runtime.NumCPU()),
		"-T", strconv.Itoa(s.plan.seconds), "-D", "orgs="+strconv.Itoa(s.plan.orgs), "-f", file, "-l", "--log-prefix="+filepath.Join(dir, "log"), url)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Run(); err != nil {
		return result{}, fmt.Errorf("pgbench: %w: %s", err, said.String())
	}
	return pgbenchResult(said.String(), dir, each)
}

func (s *stage) pgbenchProgram() (string, error) {
	if path := filepath.Join(s.server.BinDir(), "pgbench"); exists(path) {
		return path, nil
	}
	path, err := exec.LookPath("pgbench")
	if err != nil {
		return "", errors.New("pgbench is not installed; it comes with Debian's postgresql package")
	}
	return path, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var (
	transactions = regexp.MustCompile(`number of transactions actually processed: (\d+)`)
	perSecond    = regexp.MustCompile(`tps = ([0-9.]+)`)
)

// pgbenchResult reads the rate from the summary and the latencies from the log, whose third column is microseconds.
func pgbenchResult(said, dir string, each int) (result, error) {
	count, rate := transactions.FindStringSubmatch(said), perSecond.FindStringSubmatch(said)
	if count == nil || rate == nil {
		return result{}, fmt.Errorf("pgbench said %q", said)
	}
	n, err := strconv.Atoi(count[1])
	if err != nil {
		return result{}, fmt.Errorf("pgbench: %w", err)
	}
	tps, err := strconv.ParseFloat(rate[1], 64)
	if err != nil {
		return result{}, fmt.Errorf("pgbench: %w", err)
	}
	t := tally{}
	logs, err := filepath.Glob(filepath.Join(dir, "log.*"))
	if err != nil {
		return result{}, fmt.Errorf("pgbench's log: %w", err)
	}
	for _, log := range logs {
		content, err := os.ReadFile(log)
		if err != nil {
			return result{}, fmt.Errorf("pgbench's log: %w", err)
		}
		for line := range strings.Lines(string(content)) {
			if fields := strings.Fields(line); len(fields) > 2 {
				us, err := strconv.Atoi(fields[2])
				if err != nil {
					return result{}, fmt.Errorf("pgbench's log: %w", err)
				}
				t.took = append(t.took, time.Duration(us)*time.Microsecond)
			}
		}
	}
	slices.Sort(t.took)
	r, err := t.result(time.Duration(float64(n) / tps * float64(time.Second)))
	r.stored = n * each
	return r, err
}
