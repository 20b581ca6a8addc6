//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"syscall"
)

// killTree ends a server and its children at once, without any of them noticing. Postgres' backends lead sessions
// of their own, so signalling the process group would miss them; the parent is frozen first, so that it starts no
// more of them.
func killTree(ctx context.Context, p *process) error {
	if !p.running() {
		return nil
	}
	if err := syscall.Kill(p.pid, syscall.SIGSTOP); err != nil {
		return fmt.Errorf("freeze process %d: %w", p.pid, err)
	}
	children, err := childrenOf(ctx, p.pid)
	for _, pid := range append(children, p.pid) {
		if failed := syscall.Kill(pid, syscall.SIGKILL); failed != nil && !errors.Is(failed, syscall.ESRCH) {
			err = errors.Join(err, fmt.Errorf("kill process %d: %w", pid, failed))
		}
	}
	<-p.exited
	for _, pid := range children {
		gone := func() (bool, error) { return !alive(pid), nil }
		err = errors.Join(err, poll(ctx, orphanPatience, gone))
	}
	return err
}
