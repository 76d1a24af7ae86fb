package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"roombot/bot"
)

// anyPort lets the system choose the port of the health page; the log names it.
const anyPort = "127.0.0.1:0"

// healthLimit is longer than a bot waits for its store before it answers.
const healthLimit = 5 * time.Second

// page is where the present process of a bot tells how it is.
type page struct {
	mu      sync.Mutex // guards what follows
	begins  int64      // where its lines begin in the log
	address string     // empty before it was found
}

// Health asks the bot how it is. One that was killed does not answer, and one
// that was just started not yet.
func (b *Bot) Health(ctx context.Context) (bot.Health, error) {
	address, err := b.page.find(b.Log())
	if err != nil {
		return bot.Health{}, fmt.Errorf("%s: %w", b.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return bot.Health{}, err
	}
	response, err := b.http.Do(request)
	if err != nil {
		return bot.Health{}, fmt.Errorf("ask %s: %w", b.Name, err)
	}
	defer response.Body.Close()
	var h bot.Health
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&h); err != nil {
		return bot.Health{}, fmt.Errorf("ask %s: %w", b.Name, err)
	}
	return h, nil
}

// Idle tells whether the bots say that nothing is left to be done, which one of
// them knows for all. None may answer at the moment: then they are not idle.
func (t *Trial) Idle(ctx context.Context) bool {
	for _, b := range t.Bots {
		if h, err := b.Health(ctx); err == nil {
			return h.Queue.Answers && h.Queue.Queued == 0 && h.Queue.Running == 0
		}
	}
	return false
}

// renew forgets the address: a new process begins, whose lines follow in the log.
func (p *page) renew(begins int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begins, p.address = begins, ""
}

func (p *page) find(log string) (address string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.address == "" {
		p.address, err = announced(log, p.begins)
	}
	return p.address, err
}

// announced reads the address that a bot logs when its page is open.
func announced(log string, from int64) (address string, err error) {
	err = eachLine(log, from, func(_ []byte, entry logEntry) bool {
		if entry.Message == "health page listening" {
			address = entry.Address
		}
		return address == ""
	})
	if address == "" && err == nil {
		err = errors.New("has not opened its health page yet")
	}
	return address, err
}
