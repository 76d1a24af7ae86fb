package bot

import (
	"strings"

	"roombot/commands/syntax"
)

// A health page shows so many faults of a text, and so much of each.
const (
	maxFaults = 10
	maxFault  = 300 // letters
)

func (s snapshot) policyHealth() PolicyHealth {
	now := s.policy
	h := PolicyHealth{Version: now.policy.Version(), Since: now.since, Faulty: now.fault != nil, Versions: s.versions}
	if now.fault == nil {
		return h
	}
	for line := range strings.SplitSeq(now.fault.Error(), "\n") {
		if len(h.Faults) == maxFaults {
			break
		}
		h.Faults = append(h.Faults, syntax.Truncate(line, maxFault))
	}
	return h
}
