package symphony_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

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
	require.JSONEq(t, `{"category":"AVAILABLE"}`, p.requestsTo("POST", "/pod/v2/user/presence")[0].Body)
}
