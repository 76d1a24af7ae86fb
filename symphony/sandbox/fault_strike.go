package sandbox

import (
	"context"
	"net/http"
	"strings"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// AddFault has the pod make trouble. It refuses a fault that makes no sense, and one of an
// operation that there is not: it would never strike.
func (p *Pod) AddFault(f client.Fault) error {
	if f.Path != "" && !strings.ContainsAny(f.Path, "/*") && !hasOperation(f.Path) {
		return rest.BadRequest("path: there is no operation %q; write its name, or a path with *", f.Path)
	}
	if err := checkFault(&f); err != nil {
		return err
	}
	p.faults.add(f)
	p.Do(func(*world.World) { p.notifyFaults() })
	return nil
}

// RemoveFaults ends one fault, or all of them when no id is given.
func (p *Pod) RemoveFaults(id string) {
	p.faults.remove(id)
	p.Do(func(*world.World) { p.notifyFaults() })
}

// Faults are those that were added and are not used up, oldest first.
func (p *Pod) Faults() []client.Fault { return p.faults.all() }

// throwDice gives the faults of those wanted that strike, and tells what became of them; the pod's
// mutex is held.
func (p *Pod) throwDice(wanted func(*client.Fault) bool) []client.Fault {
	list := p.faults.throwDice(wanted)
	if len(list) > 0 {
		p.notifyFaults()
	}
	return list
}

// faultStrikes reports whether a fault that is about events rather than calls strikes.
func (p *Pod) faultStrikes(kind string) bool {
	return len(p.throwDice(func(f *client.Fault) bool { return f.Kind == kind })) > 0
}

// killsFeed reports whether a read is to find its feed gone.
func (p *Pod) killsFeed(c *call) bool {
	return len(p.throwDice(func(f *client.Fault) bool { return f.Kind == client.FaultFeedKilled && matchesCall(f, c) })) > 0
}

// trouble is what struck one call.
type trouble struct {
	delay      time.Duration
	dropBefore bool
	dropAfter  bool
	emptyAs204 bool
	answer     error
}

// strikeCall throws the dice for a call.
func (p *Pod) strikeCall(c *call) trouble {
	struck := p.faults.throwDice(func(f *client.Fault) bool {
		return !isOnlyText(f) && (f.Kind == client.FaultHTTP || (f.Kind == client.FaultSessionExpired && hasSession(c))) && matchesCall(f, c)
	})
	if len(struck) == 0 {
		return trouble{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notifyFaults()
	var t trouble
	for _, f := range struck {
		t.delay += delayOf(&f)
		t.dropBefore = t.dropBefore || f.Drop == client.DropBefore
		t.dropAfter = t.dropAfter || f.Drop == client.DropAfter
		t.emptyAs204 = t.emptyAs204 || f.Empty == http.StatusNoContent
		if f.Status != 0 {
			answer := &rest.Error{Status: f.Status, Text: faultText(f.Status, c.route.name), RetryAfter: f.RetryAfter}
			applyText(&f, answer)
			t.answer = answer
		}
		if f.Kind == client.FaultSessionExpired {
			p.expireSession(c)
			t.answer = errInvalidSession
		}
	}
	return t
}

// changeText throws the dice for the text of a refusal.
func (p *Pod) changeText(c *call, refused *rest.Error) *rest.Error {
	struck := p.faults.throwDice(func(f *client.Fault) bool { return isOnlyText(f) && matchesCall(f, c) })
	if len(struck) == 0 {
		return refused
	}
	p.Do(func(*world.World) { p.notifyFaults() })
	changed := *refused
	for _, f := range struck {
		applyText(&f, &changed)
	}
	return &changed
}

// hasSession reports whether a call is made in a session; logins are not.
func hasSession(c *call) bool { return c.Header.Get(kindSession) != "" }

// expireSession ends the sessions of a call's account.
func (p *Pod) expireSession(c *call) {
	if s := p.sessionOf(c.Header.Get(kindSession), kindSession); s != nil {
		p.endSessions(func(other *session) bool { return other.user == s.user })
	}
}

// faultText is what the service says with a status, where that is known.
func faultText(status int, operation string) string {
	switch status {
	case http.StatusUnauthorized:
		return errInvalidSession.Text
	case http.StatusForbidden:
		return world.ErrEntitlement.Text
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

// apply makes a call wait, and gives an error when it is not to be done.
func (t trouble) apply(ctx context.Context, closed <-chan struct{}) error {
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
