package symphony

import (
	"sync/atomic"
	"time"
)

// Stats is how a client fares. What it counts by operation and status comes from Config.Observe.
type Stats struct {
	// Logins count the sign-ins that succeeded, FailedLogins those that did not.
	Logins, FailedLogins int64
	// LastLogin is when one last succeeded, LoginError the error of the last try if it failed, also
	// while it is being repeated.
	LastLogin  time.Time
	LoginError error
	// Retries count the repetitions of calls; the feed's are in FeedStats.
	Retries int64
	// Throttled counts the answers that asked for less: 429, or 503 with Retry-After.
	Throttled int64
	// Pace is how many calls a second are made at most because of them, 0 for no limit.
	Pace float64
	// Waiting is how many calls wait for their turn now. Waited is how long calls have waited for
	// it, or because they were throttled themselves, all together.
	Waiting int
	Waited  time.Duration
	// Unreadable counts the entries of lists that could not be read and were left out.
	Unreadable int64
	// Agents are the agents with their failures.
	Agents []AgentStats
}

// Stats is how the client fares.
func (c *Client) Stats() Stats {
	s := Stats{Retries: c.counts.retries.Load(), Unreadable: c.counts.unreadable.Load(), Agents: c.agents.stats()}
	c.counts.signIns.addStats(&s)
	c.throttle.addStats(&s)
	return s
}

type clientCounts struct {
	retries    atomic.Int64
	unreadable atomic.Int64
	signIns    signInLog
}

func (t *throttle) addStats(s *Stats) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.growPace(t.now())
	s.Throttled, s.Waiting, s.Waited = t.throttled, t.waiting, t.waited
	if t.limiter != nil {
		s.Pace = float64(t.limiter.Limit())
	}
}
