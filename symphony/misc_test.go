package symphony_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestStreams(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/im/create", 200, `{"id":"V1TMjaYeorLs6xhXPC7zA3///nA7a8R/dA=="}`)
	p.answer("GET /pod/v2/streams/{sid}/info", 200, `{"id":"0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA","crossPod":true,"origin":"INTERNAL",
		"active":true,"lastMessageDate":1717000190000,"streamType":{"type":"ROOM"},"roomAttributes":{"name":"Q3 desk"},
		"streamAttributes":{"members":[7078106103901,"7078106103902"]}}`)
	c := p.client()
	im, err := c.CreateIM(t.Context(), 7078106103901)
	require.NoError(t, err)
	require.EqualValues(t, "V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA", im)
	require.JSONEq(t, `[7078106103901]`, p.got("POST", "/pod/v1/im/create")[0].Body)
	stream, err := c.Stream(t.Context(), "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA")
	require.NoError(t, err)
	require.Equal(t, symphony.Stream{
		ID: "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA", Type: symphony.RoomStream, Name: "Q3 desk", CrossPod: true, Active: true,
		Members: []symphony.UserID{7078106103901, 7078106103902},
	}, stream)
}

func TestPresence(t *testing.T) {
	t.Parallel()
	const available = `{"category":"AVAILABLE","userId":7078106103815,"timestamp":1717000190000}`
	p := newPod(t)
	p.answer("GET /pod/v2/user/presence", 200, available)
	p.answer("POST /pod/v2/user/presence", 200, available)
	p.answer("GET /pod/v3/user/{uid}/presence", 200, available)
	c := p.client()
	want := symphony.Presence{User: 7078106103815, Category: "AVAILABLE", At: time.UnixMilli(1717000190000).UTC()}
	got, err := c.Presence(t.Context(), 7078106103815)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = c.OwnPresence(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = c.SetPresence(t.Context(), "AVAILABLE")
	require.NoError(t, err)
	require.JSONEq(t, `{"category":"AVAILABLE"}`, p.got("POST", "/pod/v2/user/presence")[0].Body)
}

func TestConnections(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /pod/v1/connection/user/{userId}/info", 404, `{"code":404,"message":"no"}`)
	p.answer("POST /pod/v1/connection/create", 200,
		`{"userId":7078106103901,"status":"PENDING_OUTGOING","firstRequestedAt":1,"updatedAt":2,"requestCounter":1}`)
	c := p.client()
	_, err := c.Connection(t.Context(), 7078106103901)
	require.ErrorIs(t, err, symphony.ErrNotFound)
	got, err := c.Connect(t.Context(), 7078106103901)
	require.NoError(t, err)
	require.Equal(t, symphony.Connection{
		User: 7078106103901, Status: symphony.PendingOutgoing, FirstRequestedAt: time.UnixMilli(1).UTC(),
		UpdatedAt: time.UnixMilli(2).UTC(), Requests: 1,
	}, got)
	require.JSONEq(t, `{"userId":7078106103901}`, p.got("POST", "/pod/v1/connection/create")[0].Body)
}

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
	require.Empty(t, p.got("POST", "/login/pubkey/authenticate"))
}

func TestSomethingDownIsAnAnswer(t *testing.T) {
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

func TestTheManifestIsSentWithinItsLimit(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/user/manifest/own", 200, `{"format":"TEXT","message":"ok"}`)
	c := p.client()
	require.NoError(t, c.SetManifest(t.Context(), `{"commands":[]}`))
	require.JSONEq(t, `{"manifest":"{\"commands\":[]}"}`, p.got("POST", "/pod/v1/user/manifest/own")[0].Body)
	require.ErrorContains(t, c.SetManifest(t.Context(), strings.Repeat("é", 6145)), "6144")
	require.NoError(t, c.SetManifest(t.Context(), strings.Repeat("é", 6144)))
}
