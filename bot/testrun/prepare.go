// Package testrun prepares processes whose tests mostly wait: for a bot, a pod, or other processes.
package testrun

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// Prepare runs so many tests at once for each processor, collects garbage less often, and puts
// temporary files into memory where there is room, since no test needs them after a crash of the
// machine. The flag -parallel and the variables GOGC and TMPDIR still count. A TestMain calls it.
func Prepare(testsPerProcessor int) {
	if err := flag.Set("test.parallel", strconv.Itoa(max(testsPerProcessor/raceFactor, 1)*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("TMPDIR") == "" && hasRoom(memoryFolder) {
		if err := os.Setenv("TMPDIR", memoryFolder); err != nil {
			panic(err)
		}
	}
}

// memoryFolder is where Linux has a file system in memory.
const memoryFolder = "/dev/shm"
