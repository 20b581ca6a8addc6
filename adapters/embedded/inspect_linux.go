package embedded

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// isPostgres tells a server from a process that has since been given its id. In doubt it says yes, since two
// servers on one directory would destroy it.
func isPostgres(_ context.Context, pid int) bool {
	name, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	if err != nil {
		return alive(pid)
	}
	return strings.HasPrefix(string(name), "postgres") || strings.HasPrefix(string(name), "postmaster")
}

// childrenOf lists the direct children of a process.
func childrenOf(_ context.Context, parent int) ([]int, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var children []int
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if s, ok := readStatus(pid); ok && s.parent == parent {
			children = append(children, pid)
		}
	}
	return children, nil
}

// defunct reports a process that has ended and that its parent has not collected.
func defunct(pid int) bool {
	s, ok := readStatus(pid)
	return ok && s.state == "Z"
}

type status struct {
	state  string
	parent int
}

// readStatus reads proc_pid_stat(5): "pid (name) state parent …", where the name may hold anything, also a bracket.
func readStatus(pid int) (s status, ok bool) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return s, false
	}
	_, err = fmt.Sscan(string(raw[bytes.LastIndexByte(raw, ')')+1:]), &s.state, &s.parent)
	return s, err == nil
}
