package symphony

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
)

// AgentInfo is what an agent says of itself.
type AgentInfo struct {
	Hostname   string `json:"hostname,omitempty"`
	IPAddress  string `json:"ipAddress,omitempty"`
	ServerFQDN string `json:"serverFqdn,omitempty"`
	// Version is shaped "Agent-25.8.1-…".
	Version  string `json:"version,omitempty"`
	URL      string `json:"url,omitempty"`
	OnPrem   bool   `json:"onPrem,omitempty"`
	CommitID string `json:"commitId,omitempty"`
}

// UnmarshalJSON accepts the flag as text.
func (a *AgentInfo) UnmarshalJSON(b []byte) error {
	type plain AgentInfo
	w := struct {
		*plain
		OnPrem lenientBool `json:"onPrem"`
	}{plain: (*plain)(a)}
	err := json.Unmarshal(b, &w)
	a.OnPrem = bool(w.OnPrem)
	return err
}

// AgentInfo asks the agent who it is. It needs no session.
//
//	GET /agent/v1/info
func (c *Client) AgentInfo(ctx context.Context) (AgentInfo, error) {
	return call[AgentInfo](ctx, c, request{op: opAgentInfo})
}

var agentVersion = regexp.MustCompile(`^Agent-(\d{1,6})\.(\d{1,6})`)

// supportsSimplifiedKeys reports whether the agent needs no key manager token: from version 24.12
// on.
func (a AgentInfo) supportsSimplifiedKeys() bool {
	m := agentVersion.FindStringSubmatch(a.Version)
	if m == nil {
		return false
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return major > 24 || major == 24 && minor >= 12
}
