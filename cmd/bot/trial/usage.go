package trial

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is what processes took of the machine.
type Usage struct {
	CPU  time.Duration `json:"cpu"`  // of those that have ended
	Peak int64         `json:"peak"` // bytes: the most that one of them held at a time; 0 where the system does not tell
}

// note reads the peak memory while the process still lives: what the kernel
// accounts at its end includes the moment of the fork, which is the parent's.
func (b *Bot) note() { b.used.Peak = max(b.used.Peak, peakOf(b.run.cmd.Process.Pid)) }

// account adds the processor time of a process that has ended.
func (b *Bot) account() {
	if s := b.run.cmd.ProcessState; s != nil {
		b.used.CPU += s.UserTime() + s.SystemTime()
	}
}

// peakOf is the high-water mark of a process's resident memory, in bytes.
func peakOf(pid int) int64 {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:")
		if !ok {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			return 0
		}
		return kib << 10
	}
	return 0
}

// MiB is memory as people read it.
func (u Usage) MiB() float64 { return float64(u.Peak) / (1 << 20) }
