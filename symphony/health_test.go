package symphony_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestHealthNeedsNoSession(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /agent/v3/health", 200, `{"status":"UP"}`)
	p.answer("GET /agent/v1/info", 200, `{"version":"Agent-25.8.1-Linux","serverFqdn":"a1.acme.test","onPrem":true}`)
	c := p.client()
	h, err := c.Health(t.Context())
	require.NoError(t, err)
	require.True(t, h.Up())
	info, err := c.AgentInfo(t.Context())
	require.NoError(t, err)
	require.Equal(t, symphony.AgentInfo{Version: "Agent-25.8.1-Linux", ServerFQDN: "a1.acme.test", OnPrem: true}, info)
	require.Empty(t, p.requestsTo("POST", "/login/pubkey/authenticate"))
}

func TestHealthWithADependencyDownIsNoError(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /agent/v3/health/extended", http.StatusServiceUnavailable, `{"status":"DOWN","version":"25.8.1",
		"services":{"pod":{"status":"UP","version":"20.17.1"},"key_manager":{"status":"DOWN","message":"timed out"}},
		"users":{"agentservice":{"authType":"RSA","status":"UP"}}}`)
	h, err := p.client().HealthExtended(t.Context())
	require.NoError(t, err)
	require.False(t, h.Up())
	require.Equal(t, "timed out", h.Services["key_manager"].Message)
}
