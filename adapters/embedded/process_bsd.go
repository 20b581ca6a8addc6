//go:build unix && !linux

package embedded

import (
	"os/exec"
	"syscall"
)

// confine sets the child's account and process group. These systems have no parent-death signal; a reaper
// stands in for it.
func confine(cmd *exec.Cmd, as *account, _ syscall.Signal) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as.credential()}
}

// diesWithParent says that the kernel ends the children of a killed program.
const diesWithParent = false
