package control

import (
	"context"
	"net/http"
	"strings"
	"time"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// Config describes a control API.
type Config struct {
	// Quiet is how long the bot must have said and done nothing before a wait for its answer ends.
	// Default 150 ms.
	Quiet time.Duration

	// AtWork reports whether the bot has something left to do. Where the bot can be asked, a wait
	// for its answer does not end before it is at rest; else Quiet alone decides. Default: nobody
	// is asked.
	AtWork func() bool

	// Record gives entries of the audit record of the bot that are numbered above a number, oldest
	// first; the newest ones when there are more than the limit. ShowRecordGrowth tells pages of new
	// ones. Default: there is no record.
	Record func(ctx context.Context, after int64, limit int) ([]client.RecordEntry, error)

	// Page is served at / and at every path that is no API's. Default: a JSON 404.
	Page http.Handler
}

// Control is the control API of one pod. It ends with the pod.
type Control struct {
	cfg    Config
	pod    *sandbox.Pod
	api    http.Handler // of the pod
	router *rest.Router[*operation]

	// The pod's mutex guards everything below; it is held within pod.Do.
	world    *world.World
	spoken   chan struct{} // closed and replaced at every message
	watchers []*watcher
}

// New makes a pod's control API: a handler of that, the pod's own API and the page.
func New(pod *sandbox.Pod, cfg Config) *Control {
	if cfg.Quiet == 0 {
		cfg.Quiet = 150 * time.Millisecond
	}
	c := &Control{cfg: cfg, pod: pod, api: pod.Handler(), router: newRouter(), spoken: make(chan struct{})}
	pod.Do(func(w *world.World) { c.world = w })
	pod.Observe(c)
	return c
}

const base = "/sandbox/v1"

// ServeHTTP sends a request to the control API, to the pod's API or to the page.
func (c *Control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := "/" + strings.TrimLeft(r.URL.Path, "/") // of a base address that ends with a slash
	switch {
	case path == base || strings.HasPrefix(path, base+"/"):
		c.serve(w, r)
	case sandbox.IsAPI(path):
		c.api.ServeHTTP(w, r)
	case c.cfg.Page != nil:
		c.cfg.Page.ServeHTTP(w, r)
	default:
		_ = encodeError(rest.UnknownPath(r.Method, r.URL.Path, nil)).Write(w)
	}
}

// serve answers the control API, to this machine only.
func (c *Control) serve(w http.ResponseWriter, r *http.Request) {
	found := c.router.Match(r.Method, r.URL)
	var out *rest.Encoded
	err := checkLocal(r)
	switch {
	case err != nil:
	case !found.Found:
		err = rest.UnknownPath(r.Method, r.URL.Path, found.Allowed)
	case found.Route.handle == nil:
		c.serveLive(w, r)
		return
	default:
		out, err = c.runOperation(w, &request{
			Call: &rest.Call{Request: r, Params: found.Params, Query: r.URL.Query()}, operation: found.Route,
		})
	}
	if err != nil {
		out = encodeError(err)
	}
	_ = out.Write(w)
}

// runOperation runs an operation. A panic is an answer 500, and releases the pod's mutex.
func (c *Control) runOperation(w http.ResponseWriter, r *request) (out *rest.Encoded, err error) {
	defer rest.Recover(c.pod.Log(), r.operation.name, &err)
	if r.Body, err = rest.ReadBody(w, r.Call.Request, rest.MaxBody); err != nil {
		return nil, err
	}
	var answer any
	if r.operation.waits {
		answer, err = r.operation.handle(c, r)
	} else {
		c.pod.Do(func(*world.World) { answer, err = r.operation.handle(c, r) })
	}
	if err != nil {
		return nil, err
	}
	return rest.Encode(answer), nil
}
