package sandbox

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"
)

// serve sends a request to the API, the control API or the page.
func (p *Pod) serve(w http.ResponseWriter, r *http.Request) {
	f, isAPI := apiOf(r.URL.Path)
	switch {
	case isAPI && f == familyControl:
		p.serveControl(w, r)
	case isAPI:
		p.serveAPI(w, r, f)
	case p.cfg.Page != nil:
		p.cfg.Page.ServeHTTP(w, r)
	default:
		write(w, encodeError(familyPod, unknownPath(r.Method, r.URL.Path, nil)))
	}
}

// serveAPI answers one call of Symphony's API: find the operation, apply faults, run it, keep it on the wire log.
func (p *Pod) serveAPI(w http.ResponseWriter, r *http.Request, f family) {
	started := time.Now()
	found, params, allowed := p.api.match(r.Method, r.URL)
	c := &call{Request: r, route: found, params: params, query: r.URL.Query()}
	if found == nil {
		c.route = &route{method: r.Method, path: r.URL.Path, name: "unknown", family: f, handle: nowhere(allowed)}
	}
	if c.route.name != "readDatafeed" {
		p.calls.begin()
		defer p.calls.end()
	}
	out, err := p.run(w, c)
	if err != nil {
		out = encodeError(c.route.family, err)
	}
	dropped := errors.Is(err, errDropped)
	p.log(c, out, started, dropped)
	if dropped {
		panic(http.ErrAbortHandler) // closes the connection without an answer, and without a trace in the server's log
	}
	p.deliver(w, r, out)
}

func nowhere(allowed []string) handler {
	return func(_ *Pod, c *call) (any, error) { return nil, unknownPath(c.Method, c.URL.Path, allowed) }
}

// run takes a call through its faults and its operation.
func (p *Pod) run(w http.ResponseWriter, c *call) (*encoded, error) {
	limit := int64(maxBody)
	if c.route.large {
		limit = maxMessageBody
	}
	var err error
	if c.body, err = readBody(w, c.Request, limit); err != nil {
		return nil, err
	}
	if !p.travel(c.Request.Context()) {
		return nil, errDropped
	}
	trouble := p.strike(c)
	if err := trouble.before(c.Request.Context(), p.closed); err != nil {
		p.travel(c.Request.Context())
		return nil, err
	}
	out, err := p.operate(c)
	p.travel(c.Request.Context()) // whoever goes away meanwhile does not undo what was done
	if trouble.dropAfter {
		return nil, errDropped
	}
	return out, err
}

// operate runs the operation itself, with the mutex held unless its route says otherwise.
func (p *Pod) operate(c *call) (*encoded, error) {
	if !c.route.free {
		p.mu.Lock()
		defer p.mu.Unlock()
		if err := p.authenticate(c, c.route.auth); err != nil {
			return nil, err
		}
		c.now = p.now()
	}
	value, err := c.route.handle(p, c)
	if err != nil {
		return nil, err
	}
	return encode(value), nil
}

// deliver writes an answer; one that its reader no longer waits for is taken back.
func (p *Pod) deliver(w http.ResponseWriter, r *http.Request, out *encoded) {
	gone := r.Context().Err() != nil
	if !gone {
		gone = write(w, out) != nil
	}
	if gone && out.undo != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		out.undo()
	}
}

func write(w http.ResponseWriter, out *encoded) error {
	maps.Copy(w.Header(), out.header)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(out.status)
	if out.status == http.StatusNoContent {
		return nil
	}
	_, err := w.Write(out.body)
	return err
}

// bearer gives the Authorization header's token, with or without its scheme: kits send both.
func bearer(r *http.Request) string {
	value := strings.TrimSpace(r.Header.Get("Authorization"))
	if scheme, token, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}
