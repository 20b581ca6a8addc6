package embedded

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a child that ends with this program.
type process struct {
	pid    int
	cmd    *exec.Cmd
	exited chan struct{} // closed after the child has been reaped
	err    error         // readable once exited is closed
}

// startProcess starts cmd under the account, in a process group of its own, so that a Ctrl-C in the terminal
// reaches this program alone. On Linux the child gets lastSignal when this program dies.
func startProcess(cmd *exec.Cmd, as *account, lastSignal syscall.Signal) (*process, error) {
	confine(cmd, as, lastSignal)
	p := &process{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel sends the parent-death signal when the forking *thread* ends (prctl(2),
		// PR_SET_PDEATHSIG), so the thread is held for as long as the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		p.err = cmd.Wait()
		close(p.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// running reports whether the child has not been seen to end.
func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// wait returns nil once the child has ended, whatever its status.
func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.exited:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("process %d still runs: %w", p.pid, ctx.Err())
	}
}

// kill ends the child and waits for that.
func (p *process) kill() {
	// An error here means that the child has ended already.
	_ = p.cmd.Process.Kill()
	<-p.exited
}
