package trial

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"roombot/bot/engine"
)

// Bot is a bot under trial: one configuration, and one process after another.
type Bot struct {
	Name  string
	Store engine.Address

	dir        string
	program    string   // path; empty for this one
	flags      []string // of bot run, beside the configuration
	process    *process
	used       Usage
	healthPage healthPage
	http       *http.Client
}

func newBot(name, dir, program string) *Bot {
	// Each process has another port: a connection is of no use to the next.
	return &Bot{Name: name, dir: dir, program: program, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

func (b *Bot) configFile() string { return filepath.Join(b.dir, b.Name+".json") }

// Start starts a process.
func (b *Bot) Start() error {
	log, err := os.OpenFile(b.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own handle
	before, err := log.Stat()
	if err != nil {
		return err
	}
	b.healthPage.reset(before.Size())
	b.process, err = startProcess(b.program, append([]string{"run", "--config", b.configFile()}, b.flags...), log, log)
	return err
}

// IsAlive reports whether the process has started and not ended.
func (b *Bot) IsAlive() bool { return b.process != nil && b.process.isAlive() }

// Kill ends the process with SIGKILL. It reports whether there was one: the bot may have ended by
// itself.
func (b *Bot) Kill() bool {
	if !b.IsAlive() {
		return false
	}
	b.notePeakMemory()
	b.process.kill()
	b.addProcessorTime()
	return true
}

// Command runs another command of the program beside the bot, with its configuration.
func (b *Bot) Command(ctx context.Context, args ...string) error {
	program, err := programPath(b.program)
	if err != nil {
		return err
	}
	said, err := exec.CommandContext(ctx, program, append(args, "--config", b.configFile())...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(said))
	}
	return nil
}

// Stop ends the process with SIGTERM, as systemd or Kubernetes would.
func (b *Bot) Stop() error {
	if !b.IsAlive() {
		return fmt.Errorf("%s had ended before: %s", b.Name, b.lastLogLine())
	}
	b.notePeakMemory()
	const limit = 30 * time.Second
	err := b.process.stop(limit)
	b.addProcessorTime()
	if err != nil {
		return fmt.Errorf("%s %w: %s", b.Name, err, b.lastLogLine())
	}
	return nil
}

// Usage is what all its processes have used, the running one included.
func (b *Bot) Usage() Usage {
	if b.IsAlive() {
		b.notePeakMemory()
	}
	return b.used
}

// lastLogLine is the last line of the log, or why it cannot be read.
func (b *Bot) lastLogLine() string {
	raw, err := os.ReadFile(b.LogFile())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return lines[len(lines)-1]
}
