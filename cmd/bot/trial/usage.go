package trial

import (
	"fmt"
	"time"
)

// Usage is what the processes of a bot have used.
type Usage struct {
	CPU  time.Duration `json:"cpu"`  // of those that have ended
	Peak int64         `json:"peak"` // bytes: the most that one of them held at a time; 0 where the system does not tell
}

// notePeakMemory reads the peak memory of the running process. What the kernel tells after its end
// includes the memory of the parent at the moment of the fork.
func (b *Bot) notePeakMemory() {
	b.used.Peak = max(b.used.Peak, readPeakMemory(b.process.cmd.Process.Pid))
}

// addProcessorTime adds that of a process that has ended.
func (b *Bot) addProcessorTime() {
	if s := b.process.cmd.ProcessState; s != nil {
		b.used.CPU += s.UserTime() + s.SystemTime()
	}
}

// readPeakMemory is the peak of a process's resident memory, in bytes; 0 where it is not known.
func readPeakMemory(pid int) int64 {
	return statusNumber(fmt.Sprintf("/proc/%d/status", pid), "VmHWM:") << 10
}

// MiB is the peak memory in MiB.
func (u Usage) MiB() float64 { return float64(u.Peak) / (1 << 20) }
