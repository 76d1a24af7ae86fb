package symphony

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/publicsuffix"
)

// agentRoute is the answer of a balancer: the agent to use.
type agentRoute struct {
	node    *agentNode
	askedAt time.Time
	// isNamed is false for a balancer that stands in because none named an agent.
	isNamed bool
}

const (
	routeLife       = 30 * time.Second // of one that is not kept until it fails
	routeRetry      = 5 * time.Second  // before asking again for one that failed
	balancerTimeout = 5 * time.Second
	maxNamed        = 64
)

// askBalancer asks the balancers, in order, for the agent to use. One that answers but names none
// is used itself.
func (c *Client) askBalancer(ctx context.Context) (*agentRoute, error) {
	a := c.agents
	for _, balancer := range a.nodes {
		info, err := call[AgentInfo](ctx, c, request{op: opAgentInfo, once: true, agent: balancer, timeout: balancerTimeout})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		base, err := a.agentAddress(balancer.base, info.ServerFQDN)
		if err == nil {
			return &agentRoute{a.nodeAt(base), a.now(), true}, nil
		}
		if a.isNewRefusal(err) {
			zerolog.Ctx(ctx).Warn().Err(err).Str("agent", balancer.base).Msg("named agent is not used, the one that names it is")
		}
		return &agentRoute{balancer, a.now(), false}, nil
	}
	return &agentRoute{a.chooseNode(&agentLane{}, nil), a.now(), false}, nil
}

// isFresh reports whether a route need not be asked for again, if only because that was done just
// now.
func (a *agentPool) isFresh(r *agentRoute) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	age := a.now().Sub(r.askedAt)
	if !a.isOpen(r.node, nil) {
		return age < routeRetry
	}
	return r.isNamed && a.balance.Sticky || age < routeLife
}

// nodeAt is the node of an address, always the same one so that its failures count.
func (a *agentPool) nodeAt(base string) *agentNode {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.named[base] == nil {
		if len(a.named) >= maxNamed { // a balancer that invents names
			clear(a.named)
		}
		a.named[base] = &agentNode{base: base}
	}
	return a.named[base]
}

// agentAddress is the address of the agent that a balancer names: a whole address, or a host and
// perhaps a port, which takes the rest from the balancer's. The tokens go there, so a name must not
// lead from https to http, and not to a host that nobody has configured.
func (a *agentPool) agentAddress(balancer, name string) (string, error) {
	at, err := url.Parse(balancer)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", fmt.Errorf("the agent at %s has no name", at.Host)
	}
	base := strings.TrimRight(name, "/")
	if !strings.Contains(name, "://") {
		if u, err := url.Parse("//" + name); err != nil || u.Host != name {
			return "", fmt.Errorf("the agent at %s names %q, which is no host", at.Host, clipText(name, 80))
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
	if named := hostOf(base); !a.isListed(named) && !isInDomainOf(at.Hostname(), named) {
		return "", fmt.Errorf("the agent at %s names %q, which is neither in its domain nor one of the configured agents", at.Host, clipText(named, 80))
	}
	return base, nil
}

// hostOf is the host of an address, without its port.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// isListed reports whether the host is that of a configured agent.
func (a *agentPool) isListed(host string) bool {
	return slices.ContainsFunc(a.nodes, func(n *agentNode) bool { return strings.EqualFold(hostOf(n.base), host) })
}

// isInDomainOf reports whether a host is in the domain of a configured one: its name without the
// first label. An address, and a domain in which anybody can have a host, such as com or co.uk, are
// none.
func isInDomainOf(configured, host string) bool {
	_, domain, found := strings.Cut(normalizeHost(configured), ".")
	if !found || domain == "" || net.ParseIP(configured) != nil {
		return false
	}
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
		return false
	}
	return strings.HasSuffix(normalizeHost(host), "."+domain)
}

func normalizeHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// isNewRefusal reports whether the last answer of a balancer was not refused for the same reason,
// so that a reason is logged once and not each time.
func (a *agentPool) isNewRefusal(reason error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := a.refusal
	a.refusal = reason.Error()
	return last != a.refusal
}
