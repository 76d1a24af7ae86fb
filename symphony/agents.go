package symphony

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"roombot/symphony/outage"
)

// agentPool spreads the calls to the agent over several servers.
type agentPool struct {
	balance Balance
	now     func() time.Time
	// defaultLane is for all calls but those of feeds.
	defaultLane *agentLane
	// balancer answers which agent to use, nil unless the mode is External.
	balancer *credential[agentRoute]

	mu    sync.Mutex // guards what follows, the nodes' state and the lanes
	nodes []*agentNode
	named map[string]*agentNode // by address, of those that a balancer has named
	// refusal is why the last name that was not used was not.
	refusal string
	next    int
}

// agentNode is one agent.
type agentNode struct {
	base string
	// failedInRow counts the failures since the last answer. They put the node aside until
	// asideUntil.
	failedInRow int
	asideUntil  time.Time
	failures    int64
	outage      outage.Outage
}

// agentLane is a succession of calls that remembers the node of the last.
type agentLane struct {
	sticky bool
	node   *agentNode
}

func newAgentPool(config Config) *agentPool {
	a := &agentPool{
		balance: config.Balance, now: config.Now, named: map[string]*agentNode{},
		defaultLane: &agentLane{sticky: config.Balance.Sticky},
	}
	for _, base := range config.Endpoints.agentBases() {
		a.nodes = append(a.nodes, &agentNode{base: base})
	}
	return a
}

type laneKey struct{}

// withLane makes the agent's calls under ctx keep to a lane of their own.
func withLane(ctx context.Context, l *agentLane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

// pickNode is the node to try next, nil when all were tried.
func (a *agentPool) pickNode(ctx context.Context, tried []*agentNode) *agentNode {
	l, own := ctx.Value(laneKey{}).(*agentLane)
	if !own {
		l = a.defaultLane
	}
	if n := a.stickyNode(l, tried); n != nil {
		return n
	}
	if a.balancer != nil {
		if r, err := a.balancer.get(ctx); err == nil && a.useNamed(l, r.node, tried) {
			return r.node
		}
	}
	return a.chooseNode(l, tried)
}

// stickyNode is the node that a sticky lane stays with, nil if it has none that works.
func (a *agentPool) stickyNode(l *agentLane, tried []*agentNode) *agentNode {
	a.mu.Lock()
	defer a.mu.Unlock()
	if l.sticky && l.node != nil && a.isOpen(l.node, tried) {
		return l.node
	}
	return nil
}

// useNamed takes a node that a balancer has named, and reports whether it is open.
func (a *agentPool) useNamed(l *agentLane, n *agentNode, tried []*agentNode) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.isOpen(n, tried) {
		return false
	}
	l.node = n
	return true
}

// chooseNode takes an open node by the mode's rule. When there is none, those that are aside are
// tried nevertheless, first the one whose time ends first.
func (a *agentPool) chooseNode(l *agentLane, tried []*agentNode) *agentNode {
	a.mu.Lock()
	defer a.mu.Unlock()
	var open, aside []*agentNode
	for i := range a.nodes {
		switch n := a.nodes[(a.next+i)%len(a.nodes)]; {
		case a.isOpen(n, tried):
			open = append(open, n)
		case !slices.Contains(tried, n):
			aside = append(aside, n)
		}
	}
	var n *agentNode
	switch {
	case len(open)+len(aside) == 0:
		return nil
	case len(open) == 0:
		n = slices.MinFunc(aside, func(x, y *agentNode) int { return x.asideUntil.Compare(y.asideUntil) })
	case a.balance.Mode == External:
		n = open[0]
	case a.balance.Mode == RoundRobin:
		n = open[0]
		a.next = slices.Index(a.nodes, n) + 1
	default:
		n = open[rand.N(len(open))]
	}
	if a.balance.Mode != External { // whose balancers only stand in for a while
		l.node = n
	}
	return n
}

// isOpen reports whether a node is neither aside nor tried. The caller holds the lock.
func (a *agentPool) isOpen(n *agentNode, tried []*agentNode) bool {
	return !a.now().Before(n.asideUntil) && !slices.Contains(tried, n)
}

// Bounds of the time for which a node that failed is left alone.
const (
	minAside = 2 * time.Second // of which at least half: longer than the first pause before a call is repeated
	maxAside = time.Minute
)

// setAside puts a node that failed aside, longer each time in a row and at least as long as it
// asks. Calls that were under way together fail together and count once. report says whether to log
// it, with how long the node has failed.
func (a *agentPool) setAside(n *agentNode, asked time.Duration) (lasts time.Duration, report bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n.failures++
	now := a.now()
	if now.Before(n.asideUntil) {
		return 0, false
	}
	wait := min(minAside<<min(n.failedInRow, 10), maxAside)
	wait = wait/2 + rand.N(wait+1)
	n.failedInRow++
	n.asideUntil = now.Add(max(wait, min(asked, maxAside)))
	lasts, report = n.outage.Fail(now)
	return lasts, report && a.hasSeveral()
}

// bringBack opens a node that has answered. report says whether to log it, with how long it was
// down.
func (a *agentPool) bringBack(n *agentNode) (lasted time.Duration, report bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n.failedInRow, n.asideUntil = 0, time.Time{}
	lasted, _, report = n.outage.End(a.now())
	return lasted, report && a.hasSeveral()
}

// hasSeveral reports whether the log should tell one agent from another: the failures of the only
// one are logged as those of the calls. The caller holds the lock.
func (a *agentPool) hasSeveral() bool { return len(a.nodes)+len(a.named) > 1 }

// AgentStats is how an agent fares.
type AgentStats struct {
	// Base is its address.
	Base string
	// Failures count the calls that it did not answer.
	Failures int64
	// AsideUntil is when it is tried again, zero for one that works.
	AsideUntil time.Time
}

func (a *agentPool) stats() []AgentStats {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []AgentStats
	add := func(n *agentNode) {
		s := AgentStats{Base: n.base, Failures: n.failures}
		if n.asideUntil.After(a.now()) {
			s.AsideUntil = n.asideUntil
		}
		all = append(all, s)
	}
	for _, n := range a.nodes {
		add(n)
	}
	for _, n := range a.named {
		add(n)
	}
	return all
}
