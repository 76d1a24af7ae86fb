package symphony

import (
	"context"
	"net/http"
)

// Health is what the agent says of itself and of what it depends on.
type Health struct {
	// Status is UP or DOWN.
	Status  string `json:"status"`
	Version string `json:"version,omitempty"`
	// Services are pod, key_manager, datafeed and others; Users are the agent's own accounts.
	Services map[string]HealthPart `json:"services,omitempty"`
	Users    map[string]HealthPart `json:"users,omitempty"`
}

// HealthPart is one thing the agent depends on.
type HealthPart struct {
	Status   string `json:"status"`
	Version  string `json:"version,omitempty"`
	AuthType string `json:"authType,omitempty"`
	// Message says what is wrong when Status is DOWN.
	Message string `json:"message,omitempty"`
}

// Up reports whether the agent and all that it depends on are up.
func (h Health) Up() bool {
	for _, parts := range []map[string]HealthPart{h.Services, h.Users} {
		for _, p := range parts {
			if p.Status != "UP" {
				return false
			}
		}
	}
	return h.Status == "UP"
}

// Health asks whether the agent runs. It needs no session.
//
//	GET /agent/v3/health
func (c *Client) Health(ctx context.Context) (Health, error) {
	return call[Health](ctx, c, request{op: opHealth})
}

// HealthExtended asks also for the agent's dependencies. One that is down is an answer, not an
// error.
//
//	GET /agent/v3/health/extended
func (c *Client) HealthExtended(ctx context.Context) (Health, error) {
	return call[Health](ctx, c, request{op: opHealthExtended, accept: http.StatusServiceUnavailable})
}
