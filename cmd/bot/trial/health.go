package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"roombot/bot"
)

// anyPort lets the system choose the port of the health page; the log names it.
const anyPort = "127.0.0.1:0"

// healthLimit is longer than a bot waits for its store before it answers.
const healthLimit = 5 * time.Second

// healthPage is where the running process of a bot has its health page.
type healthPage struct {
	mu        sync.Mutex // guards all below
	logOffset int64      // where the lines of the process begin in the log
	address   string     // empty until it is found
}

// Health asks the bot's health page. A bot that was killed does not answer, and one that was just
// started not yet.
func (b *Bot) Health(ctx context.Context) (bot.Health, error) {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	page, err := b.readPage(ctx, "/readyz")
	if err != nil {
		return bot.Health{}, err
	}
	defer page.Close()
	var h bot.Health
	if err := json.NewDecoder(io.LimitReader(page, 1<<20)).Decode(&h); err != nil {
		return bot.Health{}, fmt.Errorf("ask %s: %w", b.Name, err)
	}
	return h, nil
}

// IsIdle reports whether the bots have nothing left to do. One of them knows for all. When none
// answers, they are not idle.
func (t *Trial) IsIdle(ctx context.Context) bool {
	for _, b := range t.Bots {
		if h, err := b.Health(ctx); err == nil {
			return h.Queue.Answers && h.Queue.Queued == 0 && h.Queue.Running == 0
		}
	}
	return false
}

// reset forgets the address: the lines of a new process begin there in the log.
func (p *healthPage) reset(logOffset int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.logOffset, p.address = logOffset, ""
}

// findAddress is the page's address, read from the log once.
func (p *healthPage) findAddress(log string) (address string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.address == "" {
		p.address, err = readHealthAddress(log, p.logOffset)
	}
	return p.address, err
}

// readHealthAddress reads the address that a bot logs when its page is open.
func readHealthAddress(log string, from int64) (address string, err error) {
	err = eachLine(log, from, func(_ []byte, entry logEntry) bool {
		address = entry.Address // no other line has one
		return address == ""
	})
	if address == "" && err == nil {
		err = errors.New("has not opened its health page yet")
	}
	return address, err
}
