package symphony

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// route is the answer of a front: the agent to use.
type route struct {
	node  *node
	asked time.Time
	// named is false for a front that stands in because none gave a name.
	named bool
}

const (
	routeLife = 30 * time.Second // of one that is not kept until it fails
	routeRest = 5 * time.Second  // before asking again for one that failed
	askLimit  = 5 * time.Second
	maxNamed  = 64
)

// askFront asks the fronts, in order, for the agent to use. One that works but has
// no name to give serves itself.
func (c *Client) askFront(ctx context.Context) (*route, error) {
	a := c.agents
	for _, front := range a.nodes {
		info, err := call[AgentInfo](ctx, c, request{op: opAgentInfo, once: true, at: front, timeout: askLimit})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		base, err := named(front.base, info.ServerFQDN)
		if err == nil {
			return &route{a.nodeOf(base), a.now(), true}, nil
		}
		return &route{front, a.now(), false}, nil
	}
	return &route{a.choose(&lane{}, nil), a.now(), false}, nil
}

// good is true for a route that need not be asked for again, if only because that
// was done just now.
func (a *agents) good(r *route) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	age := a.now().Sub(r.asked)
	if !a.open(r.node, nil) {
		return age < routeRest
	}
	return r.named && a.balance.Sticky || age < routeLife
}

// nodeOf is the node of an address, always the same one so that its failures count.
func (a *agents) nodeOf(base string) *node {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.named[base] == nil {
		if len(a.named) >= maxNamed { // a front that invents names
			clear(a.named)
		}
		a.named[base] = &node{base: base}
	}
	return a.named[base]
}

// named is the address of the agent that a front names: a whole address, or a host
// and perhaps a port, which takes the rest from the front's. The tokens go there, so
// a name must not lead from https to http.
func named(front, name string) (string, error) {
	at, err := url.Parse(front)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", fmt.Errorf("the agent at %s has no name", at.Host)
	}
	base := strings.TrimRight(name, "/")
	if !strings.Contains(name, "://") {
		if u, err := url.Parse("//" + name); err != nil || u.Host != name {
			return "", fmt.Errorf("the agent at %s names %q, which is no host", at.Host, clip(name, 80))
		}
		if _, _, err := net.SplitHostPort(name); err != nil && at.Port() != "" {
			name = net.JoinHostPort(name, at.Port())
		}
		base = at.Scheme + "://" + name + at.Path
	}
	if err := checkBase(base); err != nil {
		return "", err
	}
	if at.Scheme == "https" && !strings.HasPrefix(base, "https://") {
		return "", fmt.Errorf("the agent at %s names one without TLS", at.Host)
	}
	return base, nil
}
