package sandbox

import (
	"slices"
	"sync"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// MaxCalls is how many calls the log of calls keeps.
const MaxCalls = 500

const maxTrace = 64 // bytes

// callLog keeps the latest calls.
type callLog struct {
	mu    sync.Mutex // guards the rest
	last  int64
	calls []client.Call
}

func (l *callLog) add(c client.Call) client.Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	c.N = l.last
	l.calls = append(l.calls, c)
	if len(l.calls) >= 2*MaxCalls { // seldom, since it copies
		l.calls = slices.Clone(l.calls[len(l.calls)-MaxCalls:])
	}
	return c
}

// after gives the calls numbered above n; the newest ones when there are more than the limit.
func (l *callLog) after(n int64, limit int) []client.Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []client.Call{}
	for _, c := range l.calls[max(0, len(l.calls)-MaxCalls):] {
		if c.N > n {
			found = append(found, c)
		}
	}
	return found[max(0, len(found)-limit):]
}

func (l *callLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = nil
}

// Calls are the latest calls of Symphony's API numbered above n, oldest first, without secrets; the
// newest ones when there are more than the limit.
func (p *Pod) Calls(n int64, limit int) []client.Call { return p.calls.after(n, limit) }

// logCall keeps a call and tells those who watch.
func (p *Pod) logCall(c *call, out *rest.Encoded, started time.Time, dropped bool) {
	entry := client.Call{
		Time: started.UTC(), Method: c.Method, Path: c.URL.RequestURI(), Operation: c.route.name,
		Millis: float64(time.Since(started).Microseconds()) / 1000, Request: requestText(c), Curl: curlLine(c),
		Trace: cutText(c.Header.Get("X-Trace-Id"), maxTrace),
	}
	if !dropped {
		entry.Status, entry.Response = out.Status, bodyText(out.Body)
	}
	entry = p.calls.add(entry)
	p.Do(func(*world.World) {
		for _, o := range p.observers {
			o.Called(entry)
		}
	})
}
