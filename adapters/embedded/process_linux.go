package embedded

import (
	"os/exec"
	"syscall"
)

// confine sets the child's account, process group and parent-death signal.
func confine(cmd *exec.Cmd, as *account, lastSignal syscall.Signal) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: lastSignal, Credential: as.credential()}
}

// diesWithParent says that the kernel ends the children of a killed program.
const diesWithParent = true
