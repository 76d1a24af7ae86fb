package trial

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Sample is what a running process has used so far. It is zero where the system does not tell.
type Sample struct {
	CPU      time.Duration
	WakeUps  int64 // voluntary context switches: how often a thread has waited for something, and went on
	Resident int64 // bytes
}

// Sample reads what the bot's process has used. Of the waits of threads that have ended nothing is
// known; those of a Go program go on to its end.
func (b *Bot) Sample() Sample {
	if !b.IsAlive() {
		return Sample{}
	}
	pid := b.process.cmd.Process.Pid
	process := fmt.Sprintf("/proc/%d", pid)
	s := Sample{CPU: processorTime(pid), Resident: residentMemory(process)}
	threads, _ := filepath.Glob(process + "/task/*/status") // the pattern is right
	for _, status := range threads {
		s.WakeUps += statusNumber(status, "voluntary_ctxt_switches:")
	}
	return s
}

// residentMemory is the memory that a process has now, in bytes.
func residentMemory(process string) int64 { return statusNumber(process+"/status", "VmRSS:") << 10 }

// statusNumber is the number of a line of a status file; 0 where it is not known.
func statusNumber(path, label string) int64 {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, found := strings.CutPrefix(line, label); found {
			return parseNumber(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
		}
	}
	return 0
}

func parseNumber(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
