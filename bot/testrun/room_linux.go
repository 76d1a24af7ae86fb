package testrun

import "syscall"

// leastRoom is several times what the tests of a package write.
const leastRoom = 4 << 30

// hasRoom reports whether a folder is a file system in memory with room for the files and programs
// of tests.
func hasRoom(folder string) bool {
	const tmpfs, noExecution, mayWrite, mayEnter = 0x01021994, 8, 2, 1 // as in the kernel's headers
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil || s.Type != tmpfs || s.Flags&noExecution != 0 {
		return false
	}
	return s.Bavail*uint64(s.Bsize) >= leastRoom && syscall.Access(folder, mayWrite|mayEnter) == nil
}
