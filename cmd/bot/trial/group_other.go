//go:build !unix

package trial

import "syscall"

func childAttributes() *syscall.SysProcAttr { return nil }
