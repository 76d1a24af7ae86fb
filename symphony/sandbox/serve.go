package sandbox

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"roombot/symphony/sandbox/rest"
)

// maxMessageBody is how long the body of a message with files may be, in bytes.
const maxMessageBody = 48 << 20

// serve answers one call of Symphony's API: it finds the operation, applies faults, runs it, and
// keeps it in the log of calls.
func (p *Pod) serve(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	c := p.newCall(r)
	if c.route.name != readDatafeed { // to wait for events is no work
		p.traffic.begin()
		defer p.traffic.end()
	}
	out, err := p.run(w, c)
	dropped := errors.Is(err, errDropped)
	if err != nil && !dropped {
		out = c.route.family.encodeError(p.changeText(c, c.route.family.errorOf(err)))
	}
	p.logCall(c, out, started, dropped)
	if dropped {
		panic(http.ErrAbortHandler) // closes the connection without an answer, and without a trace in the server's log
	}
	p.deliver(w, r, out)
}

func (p *Pod) newCall(r *http.Request) *call {
	found := p.router.Match(r.Method, r.URL)
	c := &call{Call: &rest.Call{Request: r, Params: found.Params, Query: r.URL.Query()}, route: found.Route}
	if !found.Found {
		f, _ := familyOf(r.URL.Path)
		c.route = &route{method: r.Method, path: r.URL.Path, name: "unknown", family: f, handle: func(*Pod, *call) (any, error) {
			return nil, rest.UnknownPath(r.Method, r.URL.Path, found.Allowed)
		}}
	}
	return c
}

// run takes a call through its faults and its operation. A panic is an answer 500, and every mutex
// is released.
func (p *Pod) run(w http.ResponseWriter, c *call) (out *rest.Encoded, err error) {
	defer rest.Recover(p.cfg.Log, c.route.name, &err)
	limit := int64(rest.MaxBody)
	if c.route.large {
		limit = maxMessageBody
	}
	if c.Body, err = rest.ReadBody(w, c.Call.Request, limit); err != nil {
		return nil, err
	}
	if !p.waitHalfRoundTrip(c.Context()) {
		return nil, errDropped
	}
	trouble := p.strikeCall(c)
	if err := trouble.apply(c.Context(), p.closed); err != nil {
		p.waitHalfRoundTrip(c.Context())
		return nil, err
	}
	c.emptyAs204 = trouble.emptyAs204
	out, err = p.runOperation(c)
	p.waitHalfRoundTrip(c.Context()) // whoever goes away meanwhile does not undo what was done
	if trouble.dropAfter {
		return nil, errDropped
	}
	return out, err
}

// runOperation runs the operation itself, with the mutex held unless its route says otherwise.
func (p *Pod) runOperation(c *call) (*rest.Encoded, error) {
	if !c.route.free {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.world.AdmitInvited()
		if err := p.authenticate(c, c.route.auth); err != nil {
			return nil, err
		}
	}
	value, err := c.route.handle(p, c)
	if err != nil {
		return nil, err
	}
	if a, ok := value.(*rest.Answer); ok && a.Empty && c.emptyAs204 {
		value = rest.NoContent{}
	}
	return rest.Encode(value), nil
}

// deliver writes an answer; one that its reader no longer waits for is taken back.
func (p *Pod) deliver(w http.ResponseWriter, r *http.Request, out *rest.Encoded) {
	gone := r.Context().Err() != nil
	if !gone {
		gone = out.Write(w) != nil
	}
	if gone && out.Undo != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		out.Undo()
	}
}

// familyOf says which part of Symphony's API a path belongs to, if any.
func familyOf(path string) (f family, isAPI bool) {
	path = "/" + strings.TrimLeft(path, "/") // of a base address that ends with a slash
	for _, base := range []struct {
		prefix string
		family family
	}{
		{"/login", familyPod}, {"/relay", familyPod}, {"/pod", familyPod}, {"/sessionauth", familyPod}, {"/keyauth", familyPod},
		{"/agent", familyAgent}, {"/profile-manager", familyProfile}, {"/v1", familyPod}, {"/v5", familyPod},
	} {
		if path == base.prefix || strings.HasPrefix(path, base.prefix+"/") {
			return base.family, true
		}
	}
	return familyPod, false
}

// IsAPI reports whether a path belongs to Symphony's API.
func IsAPI(path string) bool {
	_, isAPI := familyOf(path)
	return isAPI
}
