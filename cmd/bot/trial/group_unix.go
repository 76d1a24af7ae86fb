//go:build unix && !linux

package trial

import "syscall"

// childAttributes puts a child into a process group of its own, since Ctrl-C is for the trial,
// which ends its children itself.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
