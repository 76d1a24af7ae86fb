package symphony

import "fmt"

// BalanceMode is how one of several agents is chosen, in the words of the vendor's kits.
type BalanceMode string

// The ways to choose an agent.
const (
	// Random takes any.
	Random BalanceMode = "random"
	// RoundRobin takes each in turn.
	RoundRobin BalanceMode = "roundRobin"
	// External asks the first agent, which stands for a load balancer, for the name of the one
	// behind it that should be used.
	External BalanceMode = "external"
)

// Balance spreads calls over the agents of Endpoints.Agents.
type Balance struct {
	// Mode is Random by default.
	Mode BalanceMode
	// Sticky keeps to an agent until it fails; otherwise each call chooses anew (External asks
	// again after half a minute). A feed is always sticky.
	Sticky bool
}

func (b Balance) check() error {
	switch b.Mode {
	case "", Random, RoundRobin, External:
		return nil
	}
	return fmt.Errorf("symphony: balance: %q is none of random, roundRobin, external", b.Mode)
}
