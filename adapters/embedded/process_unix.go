//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// alive reports whether a process with that id runs, whoever owns it. In containers whose first process collects
// no orphans, an ended one stays in the table; it counts as gone.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return (err == nil || errors.Is(err, syscall.EPERM)) && !defunct(pid)
}

// sendSignal asks a server to end; a process that is gone is no error.
func sendSignal(_ context.Context, _ string, pid int, sig syscall.Signal) error {
	if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process %d: %w", pid, err)
	}
	return nil
}

// reaperScript blocks until the pipe from this program closes, which also a kill -9 cannot prevent, then ends the
// server and removes the directory, if any. It gives the server 20 s, and counts an ended one that nobody collects
// as gone.
const reaperScript = `
cat >/dev/null
kill -"$2" "$1" 2>/dev/null
n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt 200 ]; do
	stat=
	[ ! -r "/proc/$1/stat" ] || read -r stat <"/proc/$1/stat"
	case $stat in *") Z "*) break ;; esac
	sleep 0.1
	n=$((n+1))
done
[ -z "$3" ] || rm -rf -- "$3"
`

// startReaper leaves a shell behind that clears up after this program, were it killed. The returned function
// dismisses the shell once there is nothing left to clear up.
func startReaper(ctx context.Context, pid int, sig syscall.Signal, remove string) (dismiss func(), err error) {
	fromUs, toUs, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("pipe to the reaper: %w", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", reaperScript, "reaper",
		strconv.Itoa(pid), strconv.Itoa(int(sig)), remove)
	cmd.Stdin = fromUs
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	closing := fromUs.Close()
	if err = errors.Join(err, closing); err != nil {
		return nil, errors.Join(fmt.Errorf("start the reaper: %w", err), toUs.Close())
	}
	return func() {
		// Killed rather than let go: it must not signal a process id that may by now be another's.
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = toUs.Close()
	}, nil
}
