package soak

import (
	"time"

	"roombot/symphony/sandbox/client"
)

// Judge notes what should have been otherwise with the outage, for so many bots.
func (o *Outage) Judge(bots int) { o.judge(bots) }

// DrawRules are the texts of the policy that the administrator writes during so many requests, and
// the faulty ones.
func DrawRules(n int, seed int64, people []client.Person) (rules []*Rules, faulty [][]byte, err error) {
	g, err := planGovernment(n, seed, people)
	for _, e := range g.edits {
		rules = append(rules, e.rules)
		if e.faulty != nil {
			faulty = append(faulty, e.faulty)
		}
	}
	return rules, faulty, err
}

// RecoveryLimit is how long the bots may take to recover.
const RecoveryLimit time.Duration = recoveryLimit

// GrantDay is how long a grant for a day is good.
const GrantDay time.Duration = grantDay
