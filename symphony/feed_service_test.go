package symphony_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// feedService is the service's side of feeds, with its rules: reads are parked for 20 s, what is
// not acknowledged comes again after 30 s, and a feed that is not read for half an hour is gone
// with its events.
type feedService struct {
	mu    sync.Mutex
	live  map[string]*liveFeed
	made  int
	begun time.Time
	// fault answers in the service's place when it returns true.
	fault func(pattern string, w http.ResponseWriter, r *http.Request) bool
	calls []time.Time
}

type liveFeed struct {
	read   time.Time
	events []*queued
}

type queued struct {
	id      string
	ack     string
	visible time.Time
}

const (
	parks      = 20 * time.Second
	visibility = 30 * time.Second
	feedLife   = 30 * time.Minute
)

// newFeedService is a service that a pod asks.
func newFeedService(p *pod) *feedService {
	s := &feedService{live: map[string]*liveFeed{}, begun: time.Now()}
	for pattern, h := range map[string]http.HandlerFunc{
		listFeeds: s.list, createFeed: s.create, readFeed: s.read, deleteFeed: s.remove,
		"POST /login/pubkey/authenticate": answerWith(200, `{"token":"session"}`),
		"POST /relay/pubkey/authenticate": answerWith(200, `{"token":"keys"}`),
	} {
		p.on(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			fault := s.fault
			s.calls = append(s.calls, time.Now())
			s.mu.Unlock()
			if fault == nil || !fault(pattern, w, r) {
				h(w, r)
			}
		})
	}
	return s
}

func (s *feedService) list(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireFeeds()
	var all []string
	for id := range s.live {
		all = append(all, feed(id))
	}
	reply(w, 200, "["+strings.Join(all, ",")+"]")
}

func (s *feedService) create(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	id := fmt.Sprintf("%032d_f_3c7de", s.made)
	s.live[id] = &liveFeed{read: time.Now()}
	reply(w, 201, feed(id))
}

func (s *feedService) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, r.PathValue("id"))
	reply(w, 204, ``)
}

// expireFeeds removes the feeds that were not read for long. The caller holds the lock.
func (s *feedService) expireFeeds() {
	for id, f := range s.live {
		if time.Since(f.read) > feedLife {
			delete(s.live, id)
		}
	}
}

func (s *feedService) read(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		AckID string `json:"ackId"`
	}
	_ = json.NewDecoder(r.Body).Decode(&asked)
	for end := time.Now().Add(parks); ; {
		status, body := s.readFeed(r.PathValue("id"), asked.AckID)
		if status != 0 {
			reply(w, status, body)
			return
		}
		if !time.Now().Before(end) {
			reply(w, 200, `{"ackId":"nothing","events":[]}`)
			return
		}
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
			return
		}
	}
}

// readFeed is one look at a feed; status 0 says that there is nothing.
func (s *feedService) readFeed(id, ack string) (status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireFeeds()
	f := s.live[id]
	if f == nil {
		return 400, `{"code":400,"message":"no such feed"}`
	}
	now := time.Now()
	f.read = now
	f.events = slices.DeleteFunc(f.events, func(e *queued) bool { return ack != "" && e.ack == ack })
	given := fmt.Sprintf("ack-%d", now.UnixNano())
	var events []string
	for _, e := range f.events {
		if !now.Before(e.visible) {
			e.ack, e.visible = given, now.Add(visibility)
			events = append(events, messageEvent(e.id))
		}
	}
	if len(events) == 0 {
		return 0, ""
	}
	return 200, `{"ackId":"` + given + `","events":[` + strings.Join(events, ",") + `]}`
}

// publish puts an event into every feed.
func (s *feedService) publish(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.live {
		f.events = append(f.events, &queued{id: id})
	}
}

// setFault sets the fault, nil for none.
func (s *feedService) setFault(fault func(string, http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// callsBetween are the times of the calls from one time to another.
func (s *feedService) callsBetween(from, to time.Time) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []time.Time
	for _, at := range s.calls {
		if at.After(from) && at.Before(to) {
			all = append(all, at)
		}
	}
	return all
}

// listener runs a feed in a bubble until its test ends.
type listener struct {
	*feedService
	t      *testing.T
	net    *network
	client *symphony.Client
	feed   *symphony.Feed
	log    logbook
	ended  chan error
	end    context.CancelFunc

	heardMu sync.Mutex
	heard   map[string]int
	broken  error // of the store
	slow    time.Duration
}

func startListener(t *testing.T, change ...func(*symphony.Config)) *listener {
	t.Helper()
	p := newPod(t)
	l := &listener{feedService: newFeedService(p), t: t, net: newNetwork(), heard: map[string]int{}, ended: make(chan error, 1)}
	l.client = l.net.client(t, p, change...)
	l.start()
	time.Sleep(time.Minute)
	return l
}

func (l *listener) start() {
	ctx, end := context.WithCancel(l.t.Context())
	l.end = end
	l.feed = l.client.Feed(symphony.FeedConfig{})
	go func() { l.ended <- l.feed.Run(l.log.context(ctx), l.handle) }()
}

func (l *listener) handle(_ context.Context, events []symphony.Event) error {
	l.heardMu.Lock()
	slow := l.slow
	l.heardMu.Unlock()
	time.Sleep(slow)
	l.heardMu.Lock()
	defer l.heardMu.Unlock()
	if l.broken != nil {
		return l.broken
	}
	for _, e := range events {
		l.heard[string(e.Head().MessageID)]++
	}
	return nil
}

// breakStore makes it fail until it is mended by nil.
func (l *listener) breakStore(broken error) {
	l.heardMu.Lock()
	defer l.heardMu.Unlock()
	l.broken = broken
}

// slowStore makes it take so long.
func (l *listener) slowStore(slow time.Duration) {
	l.heardMu.Lock()
	defer l.heardMu.Unlock()
	l.slow = slow
}

func (l *listener) timesHandled(id string) int {
	l.heardMu.Lock()
	defer l.heardMu.Unlock()
	return l.heard[id]
}

// linesAfterStart are the lines logged, without those of a start without trouble.
func (l *listener) linesAfterStart() []logLine {
	l.t.Helper()
	return l.log.lines(l.t, "signed in to Symphony", "a feed was created")
}

// stop ends the feed, which must take no time at all.
func (l *listener) stop() {
	l.t.Helper()
	begin := time.Now()
	l.end()
	require.NoError(l.t, <-l.ended)
	require.Zero(l.t, time.Since(begin))
}
