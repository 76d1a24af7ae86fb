package sandbox

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
)

// Delays of faults that say none.
const (
	defaultSearchLag    = "3s"
	defaultOutsideDelay = "30s"
)

// delayOf is a fault's delay, which was checked when the fault was added.
func delayOf(f *client.Fault) time.Duration {
	d, _ := time.ParseDuration(f.Delay)
	return d
}

func checkFault(f *client.Fault) error {
	setDefault(&f.Kind, client.FaultHTTP)
	kinds := []string{
		client.FaultHTTP, client.FaultSessionExpired, client.FaultFeedKilled, client.FaultDuplicateEvents,
		client.FaultReorderEvents, client.FaultSearchLag, client.FaultOutsideDelay, client.FaultOutsideNever,
	}
	delay, err := time.ParseDuration(f.Delay)
	switch {
	case !slices.Contains(kinds, f.Kind):
		return rest.BadRequest("kind must be one of %s", strings.Join(kinds, ", "))
	case f.Delay != "" && (err != nil || delay < 0):
		return rest.BadRequest("delay must be a duration such as 500ms or 2s")
	case f.Drop != "" && f.Drop != client.DropBefore && f.Drop != client.DropAfter:
		return rest.BadRequest("drop must be before or after")
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return rest.BadRequest("status must be between 400 and 599")
	case f.Empty != 0 && f.Empty != http.StatusNoContent:
		return rest.BadRequest("empty must be 204: searches that find nothing answer 200 as it is")
	case f.Probability < 0 || f.Probability > 1 || f.Count < 0 || f.RetryAfter < 0:
		return rest.BadRequest("probability must be between 0 and 1, count and retryAfter not negative")
	case f.Message != "" && f.Body != "":
		return rest.BadRequest("body is the whole answer: leave message out, or body")
	case f.Kind != client.FaultHTTP && f.Kind != client.FaultSessionExpired && f.Match != "":
		return rest.BadRequest("match is for kinds http and session-expired, which strike calls with a body")
	case f.Kind != client.FaultHTTP && hasText(f):
		return rest.BadRequest("message and body are for kind http")
	case f.Kind == client.FaultHTTP && f.Status == 0 && f.Delay == "" && f.Drop == "" && f.Empty == 0 && !hasText(f):
		return rest.BadRequest("an http fault needs a status, a delay, a drop, empty, a message or a body")
	}
	return nil
}

// hasText reports whether a fault changes the text of a refusal.
func hasText(f *client.Fault) bool { return f.Message != "" || f.Body != "" }

// isOnlyText reports whether a fault does nothing but change the text of a refusal: it strikes only
// where there is one.
func isOnlyText(f *client.Fault) bool {
	return f.Kind == client.FaultHTTP && hasText(f) && f.Status == 0 && f.Delay == "" && f.Drop == "" && f.Empty == 0
}

// applyText gives an error the text of a fault.
func applyText(f *client.Fault, e *rest.Error) {
	if f.Message != "" {
		e.Text = f.Message
	}
	e.Body = f.Body
}

// matchesCall reports whether a fault is about a call: its path is a glob over the call's path, or
// the operation's name, and the call's body contains its match.
func matchesCall(f *client.Fault, c *call) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, c.Method) {
		return false
	}
	if f.Match != "" && !bytes.Contains(c.Body, []byte(f.Match)) {
		return false
	}
	return f.Path == "" || f.Path == "*" || f.Path == c.route.name || matchesGlob(f.Path, c.URL.Path)
}

// matchesGlob reports whether a text is like a pattern in which * stands for any run of
// characters.
func matchesGlob(pattern, text string) bool {
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

// faultList are the faults that were added, and the dice that are thrown for them.
type faultList struct {
	mu   sync.Mutex // guards the rest
	dice *rand.Rand
	list []*client.Fault
	next int
}

func newFaultList(seed int64) *faultList { return &faultList{dice: newDice(seed)} }

func newDice(seed int64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), 0)) //nolint:gosec // repeatable on purpose
}

func (l *faultList) add(f client.Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	f.ID, f.Hits = "f"+strconv.Itoa(l.next), 0
	l.list = append(l.list, &f)
}

// remove takes one fault away, or all of them when no id is given.
func (l *faultList) remove(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.DeleteFunc(l.list, func(f *client.Fault) bool { return id == "" || f.ID == id })
}

func (l *faultList) all() []client.Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]client.Fault, 0, len(l.list))
	for _, f := range l.list {
		list = append(list, *f)
	}
	return list
}

// throwDice gives the faults of those wanted that strike; one that is used up goes.
func (l *faultList) throwDice(wanted func(*client.Fault) bool) []client.Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	var struck []client.Fault
	for _, f := range l.list {
		if !wanted(f) || (f.Probability > 0 && l.dice.Float64() >= f.Probability) {
			continue
		}
		f.Hits++
		struck = append(struck, *f)
	}
	l.list = slices.DeleteFunc(l.list, func(f *client.Fault) bool { return f.Count > 0 && f.Hits >= f.Count })
	return struck
}

// reset takes all faults away and begins the dice anew.
func (l *faultList) reset(seed int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.dice = nil, newDice(seed)
}

func (l *faultList) shuffle(how func(*rand.Rand)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	how(l.dice)
}
