package bot_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// steeredClock stands still, and a span on it passes when the test says so.
type steeredClock struct {
	mu    sync.Mutex
	now   time.Time
	spans chan span
}

type span struct {
	length time.Duration
	passes chan time.Time
}

func newSteeredClock() *steeredClock {
	return &steeredClock{now: time.Now(), spans: make(chan span, 100)}
}

func (c *steeredClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *steeredClock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

func (c *steeredClock) After(d time.Duration) <-chan time.Time {
	s := span{d, make(chan time.Time, 1)}
	c.spans <- s
	return s.passes
}

// nextSpan is the next wait of an answer.
func (c *steeredClock) nextSpan(t testing.TB) span {
	t.Helper()
	select {
	case s := <-c.spans:
		return s
	case <-time.After(patience):
		require.Fail(t, "no answer waits")
		return span{}
	}
}

// hold keeps calls with a path and a text in their body from the pod until they are released.
type hold struct {
	path, body string
	arrived    chan struct{} // gets a value for each call that is held
	released   chan struct{}
}

func newHold(path, body string) *hold {
	return &hold{path: path, body: body, arrived: make(chan struct{}, 100), released: make(chan struct{})}
}

func (h *hold) release() { close(h.released) }

func (h *hold) front(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if strings.HasSuffix(r.URL.Path, h.path) && strings.Contains(string(body), h.body) {
			h.arrived <- struct{}{}
			select {
			case <-h.released:
			case <-r.Context().Done():
				return
			}
		}
		pod.ServeHTTP(rw, r)
	})
}
