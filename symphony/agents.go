package symphony

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// agents are the servers that the agent's calls are spread over.
type agents struct {
	balance Balance
	now     func() time.Time
	// calls is the lane of everything but feeds.
	calls *lane
	// front is asked which agent to use, nil unless the mode is External.
	front *credential[route]

	mu    sync.Mutex // guards what follows, the nodes' state and the lanes
	nodes []*node
	named map[string]*node // by address, of those that a front has named
	turn  int
}

// node is one agent.
type node struct {
	base string
	// row counts failures since the last answer, until ends the time for which
	// they put it aside.
	row   int
	until time.Time
	total int64
	down  outage
}

// lane is a succession of calls with a memory of the node that served the last.
type lane struct {
	sticky bool
	at     *node
}

func newAgents(config Config) *agents {
	a := &agents{
		balance: config.Balance, now: config.Now, named: map[string]*node{},
		calls: &lane{sticky: config.Balance.Sticky},
	}
	for _, base := range config.Endpoints.agents() {
		a.nodes = append(a.nodes, &node{base: base})
	}
	return a
}

type laneKey struct{}

// inLane makes the agent's calls under ctx keep to a lane of their own.
func inLane(ctx context.Context, l *lane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

// pick is the node to try next, nil when all were tried.
func (a *agents) pick(ctx context.Context, tried []*node) *node {
	l, own := ctx.Value(laneKey{}).(*lane)
	if !own {
		l = a.calls
	}
	if n := a.kept(l, tried); n != nil {
		return n
	}
	if a.front != nil {
		if r, err := a.front.get(ctx); err == nil && a.settle(l, r.node, tried) {
			return r.node
		}
	}
	return a.choose(l, tried)
}

// kept is the node that a sticky lane stays with, nil if it has none that works.
func (a *agents) kept(l *lane, tried []*node) *node {
	a.mu.Lock()
	defer a.mu.Unlock()
	if l.sticky && l.at != nil && a.open(l.at, tried) {
		return l.at
	}
	return nil
}

// settle takes a node that was named by a front, unless it is known to be down.
func (a *agents) settle(l *lane, n *node, tried []*node) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.open(n, tried) {
		return false
	}
	l.at = n
	return true
}

// choose takes a node that works by the mode's rule. When none does, those that are
// aside are tried nevertheless, the best first: there is no dead end.
func (a *agents) choose(l *lane, tried []*node) *node {
	a.mu.Lock()
	defer a.mu.Unlock()
	var open, aside []*node
	for i := range a.nodes {
		switch n := a.nodes[(a.turn+i)%len(a.nodes)]; {
		case a.open(n, tried):
			open = append(open, n)
		case !slices.Contains(tried, n):
			aside = append(aside, n)
		}
	}
	var n *node
	switch {
	case len(open)+len(aside) == 0:
		return nil
	case len(open) == 0:
		n = slices.MinFunc(aside, func(x, y *node) int { return x.until.Compare(y.until) })
	case a.balance.Mode == External:
		n = open[0]
	case a.balance.Mode == RoundRobin:
		n = open[0]
		a.turn = slices.Index(a.nodes, n) + 1
	default:
		n = open[rand.N(len(open))]
	}
	if a.balance.Mode != External { // whose fronts only stand in and are not stayed with
		l.at = n
	}
	return n
}

// open is true for a node that is neither aside nor tried. The caller holds the lock.
func (a *agents) open(n *node, tried []*node) bool {
	return !a.now().Before(n.until) && !slices.Contains(tried, n)
}

// Bounds of the time for which a node that failed is left alone.
const (
	minAside = 2 * time.Second // of which at least half: longer than the first pause before a call is repeated
	maxAside = time.Minute
)

// failed puts a node aside, longer each time in a row. Calls that were under way
// together fail together and count once. It returns how long the node has failed,
// and whether the log should hear of it.
func (a *agents) failed(n *node, asked time.Duration) (lasts time.Duration, say bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n.total++
	now := a.now()
	if now.Before(n.until) {
		return 0, false
	}
	wait := min(minAside<<min(n.row, 10), maxAside)
	wait = wait/2 + rand.N(wait+1)
	n.row++
	n.until = now.Add(max(wait, min(asked, maxAside)))
	lasts, say = n.down.failed(now)
	return lasts, say && len(a.nodes)+len(a.named) > 1
}

// answered brings a node back. It returns how long it was down, and whether the log
// should hear of it.
func (a *agents) answered(n *node) (lasted time.Duration, say bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n.row, n.until = 0, time.Time{}
	lasted, _, say = n.down.end(a.now())
	return lasted, say && len(a.nodes)+len(a.named) > 1
}

// AgentStats is how an agent fares.
type AgentStats struct {
	// Base is its address.
	Base string
	// Failures count the calls that it did not answer.
	Failures int64
	// AsideUntil is when it is tried again, zero for one that works.
	AsideUntil time.Time
}

func (a *agents) stats() []AgentStats {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []AgentStats
	add := func(n *node) {
		s := AgentStats{Base: n.base, Failures: n.total}
		if n.until.After(a.now()) {
			s.AsideUntil = n.until
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
