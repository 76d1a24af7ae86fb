package symphony_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

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
	require.JSONEq(t, `{"userId":7078106103901}`, p.requestsTo("POST", "/pod/v1/connection/create")[0].Body)
}
