package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc, a hundredth of a second on every Linux that Go runs on (proc(5), sysconf(3)).
const tick = time.Second / 100

// serverCPU is the processor time that the server has used so far, its ended children included. Zero where there is no /proc.
func (s *stage) serverCPU(ctx context.Context) (time.Duration, error) {
	var backend int
	if err := s.super.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return 0, fmt.Errorf("backend: %w", err)
	}
	own, ok := stat(strconv.Itoa(backend))
	if !ok {
		return 0, nil
	}
	master := own.parent
	postmaster, _ := stat(master)
	total := postmaster.own + postmaster.children
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, fmt.Errorf("processes: %w", err)
	}
	for _, path := range all {
		if p, ok := stat(filepath.Base(path)); ok && p.parent == master {
			total += p.own
		}
	}
	return total, nil
}

type process struct {
	parent        string
	own, children time.Duration
}

// stat reads what proc(5) says of /proc/pid/stat: after the name in parentheses come state, parent, …; 14 to 17 are the times.
func stat(pid string) (process, bool) {
	content, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return process{}, false
	}
	_, rest, _ := strings.Cut(string(content), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return process{}, false
	}
	ticks := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i-3], 10, 64) // the kernel writes numbers
		return time.Duration(n) * tick
	}
	return process{parent: fields[1], own: ticks(14) + ticks(15), children: ticks(16) + ticks(17)}, true
}
