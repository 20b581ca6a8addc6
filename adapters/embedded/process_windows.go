package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// confine does nothing: a Windows child runs as ourselves, and stale servers are found at the next start.
func confine(_ *exec.Cmd, _ *account, _ syscall.Signal) {}

// diesWithParent says that nothing more is done for the children of a killed program.
const diesWithParent = true

// alive reports whether a process with that id exists.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	// Releasing a handle that was just opened cannot fail in a way that matters here.
	_ = p.Release()
	return true
}

// sendSignal uses pg_ctl, which passes signals to a server through its named pipe.
func sendSignal(ctx context.Context, binDir string, pid int, sig syscall.Signal) error {
	name := map[syscall.Signal]string{syscall.SIGINT: "INT", syscall.SIGQUIT: "QUIT", syscall.SIGTERM: "TERM"}[sig]
	if binDir == "" || name == "" {
		p, err := os.FindProcess(pid)
		if err != nil {
			return nil
		}
		return p.Kill()
	}
	out, err := exec.CommandContext(ctx, filepath.Join(binDir, "pg_ctl"), "kill", name, strconv.Itoa(pid)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("signal process %d: %w: %s", pid, err, out)
	}
	return nil
}

// startReaper has no counterpart on Windows.
func startReaper(context.Context, int, syscall.Signal, string) (func(), error) { return func() {}, nil }
