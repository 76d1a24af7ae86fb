package trial

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"roombot/bot/engine"
)

// Bot is a bot under trial: one configuration, and one process after the other.
type Bot struct {
	Name  string
	Store engine.Address

	dir  string
	run  *process
	used Usage
	page page
	http *http.Client
}

func newBot(name, dir string) *Bot {
	// A process has its own port, so that a connection to the one before is of no use.
	return &Bot{Name: name, dir: dir, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

func (b *Bot) config() string { return filepath.Join(b.dir, b.Name+".json") }

// Start starts a process.
func (b *Bot) Start() error {
	log, err := os.OpenFile(b.Log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own handle
	before, err := log.Stat()
	if err != nil {
		return err
	}
	b.page.renew(before.Size())
	b.run, err = begin([]string{"run", "--config", b.config()}, log, log)
	return err
}

// Alive reports whether the process has not ended, by itself or otherwise.
func (b *Bot) Alive() bool { return b.run != nil && b.run.alive() }

// Kill ends the process with SIGKILL. It reports whether there was one: a bot
// that had ended by itself cannot be killed.
func (b *Bot) Kill() bool {
	if !b.Alive() {
		return false
	}
	b.note()
	b.run.kill()
	b.account()
	return true
}

// Stop ends the process with SIGTERM, as systemd or Kubernetes would.
func (b *Bot) Stop() error {
	if !b.Alive() {
		return fmt.Errorf("%s had ended before: %s", b.Name, b.lastWords())
	}
	b.note()
	const limit = 30 * time.Second
	err := b.run.stop(limit)
	b.account()
	if err != nil {
		return fmt.Errorf("%s %w: %s", b.Name, err, b.lastWords())
	}
	return nil
}

// Usage is what all its processes took, the running one as of now.
func (b *Bot) Usage() Usage {
	if b.Alive() {
		b.note()
	}
	return b.used
}

func (b *Bot) lastWords() string {
	raw, err := os.ReadFile(b.Log())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return lines[len(lines)-1]
}
