package trial

import "syscall"

// childAttributes puts a child into a process group of its own, since Ctrl-C is for the trial,
// which ends its children itself. The kernel ends it with a trial that is killed.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
