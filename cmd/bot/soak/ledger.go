package soak

import (
	"sync"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// ledger knows what was said to the bots and what they said.
type ledger struct {
	mu       sync.Mutex // guards all below
	pending  map[string]*Command
	requests map[string]*Command
	early    map[string]bool  // requests answered before the sender knew that they were sent
	talk     []client.Message // of the bot
	lastSign time.Time
}

func newLedger() *ledger {
	return &ledger{
		pending: map[string]*Command{}, requests: map[string]*Command{}, early: map[string]bool{}, lastSign: time.Now(),
	}
}

// botName is the service account's username on the pod.
const botName = "roombot"

func (l *ledger) sent(c *Command, said client.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.Message, c.Stream = said.ID, said.StreamID
	c.Request = string(commands.NewRequestID(said.ID))
	l.requests[c.Request] = c
	if !l.early[c.Request] {
		l.pending[c.Request] = c
	}
	l.lastSign = time.Now()
}

// take notes what the bots said.
func (l *ledger) take(messages []client.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range messages {
		if m.From.Username != botName {
			continue
		}
		l.talk = append(l.talk, m)
		l.lastSign = time.Now()
		if stamp := trial.ReadStamp(m); stamp.IsFinal() {
			delete(l.pending, stamp.Request)
			if l.requests[stamp.Request] == nil {
				l.early[stamp.Request] = true
			}
		}
	}
	return nil
}

func (l *ledger) outstanding() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending)
}

// waitingIn is how many commands of a chat are unanswered.
func (l *ledger) waitingIn(chat string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, c := range l.pending {
		if c.chat() == chat {
			n++
		}
	}
	return n
}

func (l *ledger) counts() (sent, answered int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.requests), len(l.requests) - len(l.pending)
}

// quiet is how long nothing was said.
func (l *ledger) quiet() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.lastSign)
}

func (l *ledger) answers() []client.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.talk
}
