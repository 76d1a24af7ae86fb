package trial

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is how long all threads of a process have run, those that have ended included; 0
// where it is not known. /proc tells hundredths of a second only.
func processorTime(pid int) time.Duration {
	const scheduled = 2 // CPUCLOCK_SCHED, of clock_getcpuclockid
	var at unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &at); err != nil {
		return 0
	}
	return time.Duration(at.Nano())
}
