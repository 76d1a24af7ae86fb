package sandbox

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kinds of faults.
const (
	kindHTTP           = "http"
	kindSessionExpired = "session-expired"
	kindFeedKilled     = "feed-killed"
	kindDuplicate      = "duplicate-events"
	kindReorder        = "reorder-events"
	kindSearchLag      = "search-lag"
)

// Fault is trouble the pod makes on purpose.
type Fault struct {
	ID          string  `json:"id"`
	Kind        string  `json:"kind"`                  // default "http"
	Path        string  `json:"path,omitempty"`        // pattern with *, or an operation's name; default: every call
	Method      string  `json:"method,omitempty"`      // default: every method
	Status      int     `json:"status,omitempty"`      // answer with this status instead of doing the work
	RetryAfter  int     `json:"retryAfter,omitempty"`  // seconds, sent with the status
	Delay       string  `json:"delay,omitempty"`       // wait before the work, e.g. "2s"; search-lag: the lag, default 3s
	Drop        string  `json:"drop,omitempty"`        // end the connection "before" or "after" the work
	Probability float64 `json:"probability,omitempty"` // 0 to 1; default 1
	Count       int     `json:"count,omitempty"`       // how often; default: until it is taken away
	Hits        int     `json:"hits"`                  // how often it has struck
}

func (f *Fault) delay() time.Duration {
	d, _ := time.ParseDuration(f.Delay) // checked when it was added
	return d
}

func (f *Fault) check() error {
	fill(&f.Kind, kindHTTP)
	kinds := []string{kindHTTP, kindSessionExpired, kindFeedKilled, kindDuplicate, kindReorder, kindSearchLag}
	delay, err := time.ParseDuration(f.Delay)
	switch {
	case !slices.Contains(kinds, f.Kind):
		return badRequest("kind must be one of %s", strings.Join(kinds, ", "))
	case f.Delay != "" && (err != nil || delay < 0):
		return badRequest("delay must be a duration such as 500ms or 2s")
	case f.Drop != "" && f.Drop != "before" && f.Drop != "after":
		return badRequest("drop must be before or after")
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return badRequest("status must be between 400 and 599")
	case f.Probability < 0 || f.Probability > 1 || f.Count < 0 || f.RetryAfter < 0:
		return badRequest("probability must be between 0 and 1, count and retryAfter not negative")
	case f.Kind == kindHTTP && f.Status == 0 && f.Delay == "" && f.Drop == "":
		return badRequest("an http fault needs a status, a delay or a drop")
	}
	return nil
}

// matches compares a call with the fault's pattern: a glob over the path, or the operation's name.
func (f *Fault) matches(path, name, method string) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, method) {
		return false
	}
	return f.Path == "" || f.Path == "*" || f.Path == name || glob(f.Path, path)
}

// glob matches a pattern in which * stands for any run of characters.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for i, part := range parts[1:] {
		if i == len(parts)-2 {
			return strings.HasSuffix(text, part)
		}
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return text == ""
}

// faults are the troubles switched on, and the dice they are thrown with.
type faults struct {
	mu   sync.Mutex
	dice *rand.Rand
	list []*Fault
	next int
}

func newFaults(seed int64) *faults {
	return &faults{dice: rand.New(rand.NewPCG(uint64(seed), 0))} //nolint:gosec // repeatable on purpose
}

// addFault also refuses a fault of an operation that there is not: it would never strike.
func (p *Pod) addFault(f Fault) (Fault, error) {
	if f.Path != "" && !strings.ContainsAny(f.Path, "/*") && !p.api.names(f.Path) {
		return Fault{}, badRequest("path: there is no operation %q; write its name, or a path with *", f.Path)
	}
	return p.faults.add(f)
}

func (s *faults) add(f Fault) (Fault, error) {
	if err := f.check(); err != nil {
		return Fault{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	f.ID, f.Hits = "f"+strconv.Itoa(s.next), 0
	s.list = append(s.list, &f)
	return f, nil
}

// remove takes one fault away, or all of them when no id is given.
func (s *faults) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(f *Fault) bool { return id == "" || f.ID == id })
}

func (s *faults) all() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Fault, 0, len(s.list))
	for _, f := range s.list {
		list = append(list, *f)
	}
	return list
}

// throw gives the faults of these kinds that strike a call; one that is used up goes.
func (s *faults) throw(wanted func(*Fault) bool) []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var struck []Fault
	for _, f := range s.list {
		if !wanted(f) || (f.Probability > 0 && s.dice.Float64() >= f.Probability) {
			continue
		}
		f.Hits++
		struck = append(struck, *f)
	}
	s.list = slices.DeleteFunc(s.list, func(f *Fault) bool { return f.Count > 0 && f.Hits >= f.Count })
	return struck
}

// reset takes all faults away and begins the dice anew.
func (s *faults) reset(seed int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list, s.dice = nil, newFaults(seed).dice
}

func (s *faults) shuffle(how func(*rand.Rand)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how(s.dice)
}

// struck throws the dice for faults, and shows what became of them.
func (p *Pod) struck(wanted func(*Fault) bool) []Fault {
	list := p.faults.throw(wanted)
	if len(list) > 0 {
		p.showFaults()
	}
	return list
}

// strikes throws the dice for faults that are about events rather than calls.
func (p *Pod) strikes(kind string) bool {
	return len(p.struck(func(f *Fault) bool { return f.Kind == kind })) > 0
}

// kills tells whether a read is to find its feed gone.
func (p *Pod) kills(c *call) bool {
	return len(p.struck(func(f *Fault) bool {
		return f.Kind == kindFeedKilled && f.matches(c.URL.Path, c.route.name, c.Method)
	})) > 0
}

// searchLag is how late a new room comes into the search index.
func (p *Pod) searchLag() time.Duration {
	lag := time.Duration(0)
	for _, f := range p.struck(func(f *Fault) bool { return f.Kind == kindSearchLag }) {
		fill(&f.Delay, "3s")
		lag = max(lag, f.delay())
	}
	return lag
}

// trouble is what struck one call.
type trouble struct {
	delay      time.Duration
	dropBefore bool
	dropAfter  bool
	answer     error
}

// strike throws the dice for a call.
func (p *Pod) strike(c *call) trouble {
	var t trouble
	struck := p.faults.throw(func(f *Fault) bool {
		return (f.Kind == kindHTTP || f.Kind == kindSessionExpired) && f.matches(c.URL.Path, c.route.name, c.Method) && p.harms(f, c)
	})
	for _, f := range struck {
		t.delay += f.delay()
		t.dropBefore = t.dropBefore || f.Drop == "before"
		t.dropAfter = t.dropAfter || f.Drop == "after"
		if f.Status != 0 {
			t.answer = &refusal{status: f.Status, message: faultText(f.Status, c.route.name), retryAfter: f.RetryAfter}
		}
		if f.Kind == kindSessionExpired {
			p.expire(c)
			t.answer = errInvalidSession
		}
	}
	if len(struck) > 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.showFaults()
	}
	return t
}

// harms spares the logins from expired sessions: there is none yet.
func (p *Pod) harms(f *Fault, c *call) bool {
	return f.Kind != kindSessionExpired || c.Header.Get("sessionToken") != ""
}

func (p *Pod) expire(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sessionOf(c.Header.Get("sessionToken"), kindSession); s != nil {
		p.killSessions(s.user)
	}
}

// faultText is what the service says with a status, where that is known.
func faultText(status int, operation string) string {
	switch status {
	case http.StatusUnauthorized:
		return errInvalidSession.message
	case http.StatusForbidden:
		return errEntitlement.message
	case http.StatusUnavailableForLegalReasons:
		if operation == "updateRoom" {
			return "Compliance issues found in room update"
		}
		return "Compliance issues found in room creation"
	}
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "Fault"
}

// before makes a call wait, and tells how it ends when it is not to be done.
func (t trouble) before(ctx context.Context, closed <-chan struct{}) error {
	if t.delay > 0 {
		if t.dropAfter { // held back by something in between, which does not care who still waits
			ctx = context.WithoutCancel(ctx)
		}
		timer := time.NewTimer(t.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-closed:
		case <-ctx.Done():
			return errDropped
		}
	}
	if t.dropBefore {
		return errDropped
	}
	return t.answer
}
