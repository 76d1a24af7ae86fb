package soak

import (
	"sync"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// ledger has the requests that were sent and the messages of the bots.
type ledger struct {
	mu          sync.Mutex          // guards all below
	pending     map[string]*Request // without a final answer, by number
	requests    map[string]*Request // all that were sent, by number
	finals      map[string]bool     // numbers that have a final answer, which may come before noteSent
	messages    []client.Message    // of the bots
	lastMessage time.Time           // when something was last said
}

func newLedger() *ledger {
	return &ledger{
		pending: map[string]*Request{}, requests: map[string]*Request{}, finals: map[string]bool{}, lastMessage: time.Now(),
	}
}

// botName is the service account's username on the pod.
const botName = "roombot"

func (l *ledger) noteSent(c *Request, said client.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.MessageID, c.StreamID = said.ID, said.StreamID
	c.Number = string(commands.NewRequestID(said.ID))
	l.requests[c.Number] = c
	if !l.finals[c.Number] {
		l.pending[c.Number] = c
	}
	l.lastMessage = time.Now()
}

// noteMessages keeps the messages of the bots.
func (l *ledger) noteMessages(messages []client.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range messages {
		if m.From.Username != botName {
			continue
		}
		l.messages = append(l.messages, m)
		l.lastMessage = time.Now()
		if stamp := trial.ReadStamp(m); stamp.IsFinal() {
			delete(l.pending, stamp.Request)
			l.finals[stamp.Request] = true
		}
	}
	return nil
}

// find is the request with a number; nil for none.
func (l *ledger) find(number string) *Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.requests[number]
}

// hasFinal reports whether a request has a final answer.
func (l *ledger) hasFinal(number string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.finals[number]
}

// countUnanswered is how many requests have no final answer.
func (l *ledger) countUnanswered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending)
}

// unansweredIn is how many requests of a chat have no final answer.
func (l *ledger) unansweredIn(chat string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, c := range l.pending {
		if c.chatKey() == chat {
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

// silence is how long nothing has been said.
func (l *ledger) silence() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.lastMessage)
}

func (l *ledger) botMessages() []client.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.messages
}
