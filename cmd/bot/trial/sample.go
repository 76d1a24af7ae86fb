package trial

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Sample is what a running process has used so far. It is zero where the system does not tell.
type Sample struct {
	CPU      time.Duration
	Resident int64 // bytes
}

// Sample reads what the bot's process has used.
func (b *Bot) Sample() Sample {
	if !b.IsAlive() {
		return Sample{}
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.process.cmd.Process.Pid))
	if err != nil {
		return Sample{}
	}
	// The fields after the name, which may hold blanks: state is the third of all.
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	const user, system, resident = 14 - 3, 15 - 3, 24 - 3
	if len(fields) <= resident {
		return Sample{}
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
	const tick = time.Second / 100 // USER_HZ, the same on every Linux
	return Sample{
		CPU:      time.Duration(number(user)+number(system)) * tick,
		Resident: number(resident) * int64(os.Getpagesize()),
	}
}
