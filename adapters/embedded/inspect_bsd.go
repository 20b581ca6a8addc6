//go:build unix && !linux

package embedded

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// isPostgres tells a server from a process that has since been given its id. In doubt it says yes, since two
// servers on one directory would destroy it.
func isPostgres(ctx context.Context, pid int) bool {
	out, err := exec.CommandContext(ctx, "ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return alive(pid)
	}
	name := path.Base(strings.TrimSpace(string(out)))
	return strings.HasPrefix(name, "postgres") || strings.HasPrefix(name, "postmaster")
}

// childrenOf lists the direct children of a process.
func childrenOf(ctx context.Context, parent int) ([]int, error) {
	out, err := exec.CommandContext(ctx, "ps", "-axo", "pid=,ppid=").Output()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var children []int
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var pid, ppid int
		if _, err := fmt.Sscan(lines.Text(), &pid, &ppid); err == nil && ppid == parent {
			children = append(children, pid)
		}
	}
	return children, nil
}

// defunct is of no concern here: the first process of these systems collects every orphan.
func defunct(int) bool { return false }
