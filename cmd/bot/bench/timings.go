package bench

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// timings are when each request was sent and answered, by the pod's clock, in milliseconds since
// 1970.
type timings struct {
	mu          sync.Mutex       // guards all below
	sent        map[string]int64 // of the requests that are answered, by request number
	linked      map[string]int64
	final       map[string]client.Message
	waits       map[string]chan struct{}
	linkTimes   []time.Duration // from the message to the first answer with the link
	answerTimes []time.Duration // from the message to the final answer
	// newcomerTimes are those of linkTimes whose request named somebody for the first time.
	newcomerTimes []time.Duration
	ratios        []float64 // of the link to the critical path of its request
}

func newTimings() *timings {
	return &timings{
		sent: map[string]int64{}, linked: map[string]int64{}, final: map[string]client.Message{}, waits: map[string]chan struct{}{},
	}
}

// noteMessages notes when the bot answered which request.
func (w *timings) noteMessages(messages []client.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range messages {
		stamp := trial.ReadStamp(m)
		if m.From.Username != "roombot" || stamp.Request == "" {
			continue
		}
		if _, known := w.linked[stamp.Request]; !known && strings.Contains(m.Markup, "open.symphony.com/?streamId=") {
			w.linked[stamp.Request] = m.Timestamp
		}
		if stamp.IsFinal() {
			w.final[stamp.Request] = m
			if wait := w.waits[stamp.Request]; wait != nil {
				close(wait)
				delete(w.waits, stamp.Request)
			}
		}
	}
	return nil
}

// awaitAnswer waits for the final answer to a message, notes how long it took, and gives how long
// the link did.
func (w *timings) awaitAnswer(ctx context.Context, said client.Message, patience time.Duration) (link time.Duration, err error) {
	request := string(commands.NewRequestID(said.ID))
	w.mu.Lock()
	answered := make(chan struct{})
	if _, known := w.final[request]; known {
		close(answered)
	} else {
		w.waits[request] = answered
	}
	w.mu.Unlock()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-answered:
	case <-limit.C:
		return 0, fmt.Errorf("the bot did not answer within %s: %s", patience, said.Text)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return w.noteAnswer(request, said)
}

func (w *timings) noteAnswer(request string, said client.Message) (link time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	linked, ok := w.linked[request]
	final := w.final[request]
	if !ok || !strings.HasPrefix(final.Text, "✓") {
		return 0, fmt.Errorf("the bot opened no room, or not wholly: %s: %s", said.Text, final.Text)
	}
	link = time.Duration(linked-said.Timestamp) * time.Millisecond
	w.linkTimes = append(w.linkTimes, link)
	w.answerTimes = append(w.answerTimes, time.Duration(final.Timestamp-said.Timestamp)*time.Millisecond)
	w.sent[request] = said.Timestamp
	delete(w.linked, request)
	delete(w.final, request)
	return link, nil
}

// noteLink notes how long the link took of a request that named somebody for the first time, or
// nobody new.
func (w *timings) noteLink(link time.Duration, newcomer bool, rtt time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	path := roundTrips * rtt
	if newcomer {
		path = newcomerRoundTrips * rtt
		w.newcomerTimes = append(w.newcomerTimes, link)
	}
	if path > 0 {
		w.ratios = append(w.ratios, float64(link)/float64(path))
	}
}

// joinTimes is how long it took, for each room, until its last member was added.
func (w *timings) joinTimes(rooms []client.Room) (all []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range rooms {
		sent, known := w.sent[trial.RoomRequest(r)]
		if !known {
			continue
		}
		last := sent
		for _, m := range r.Members {
			last = max(last, m.Joined)
		}
		all = append(all, time.Duration(last-sent)*time.Millisecond)
	}
	return all
}

// reset forgets what was measured so far.
func (w *timings) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.linkTimes, w.answerTimes, w.newcomerTimes, w.ratios, w.sent = nil, nil, nil, nil, map[string]int64{}
}
