package symphony_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestProxyThatRefusesToConnectIsNamed(t *testing.T) {
	t.Parallel()
	for status, says := range map[int]string{
		http.StatusForbidden:         "answers 403 Forbidden to CONNECT",
		http.StatusProxyAuthRequired: "answers 407 Proxy Authentication Required to CONNECT",
	} {
		gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(gate.Close)
		at, err := url.Parse(gate.URL)
		require.NoError(t, err)
		at.User = url.UserPassword("desk", "s3cret")
		c, err := symphony.New(symphony.Config{
			Username: "room.bot", Key: key(), Endpoints: symphony.Endpoints{Pod: "https://pod.acme.test"},
			Transport: symphony.Transport{Proxy: at}, Retry: symphony.RetryPolicy{MaxAttempts: 1},
		})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		err = c.Login(t.Context())
		require.ErrorContains(t, err, "the proxy "+at.Host+" "+says)
		require.NotContains(t, err.Error(), "s3cret")
		require.ErrorIs(t, err, symphony.ErrUnavailable)
		require.NotErrorIs(t, err, symphony.ErrLoginRejected)
	}
}

func TestProxyPageIsNotTakenForAnAnswer(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html>\n<html><head><title>\n400 No required SSL certificate &amp; no luck</title>"
	for _, status := range []int{200, 400, 401, 403, 404, 502} {
		p := newPod(t)
		p.answer(createRoom, status, page)
		_, err := p.client().CreateRoom(t.Context(), symphony.RoomAttributes{})
		require.ErrorContains(t, err, "not Symphony's JSON but probably the page of a proxy on the way", status)
		require.NotContains(t, err.Error(), "no luck")
		require.Contains(t, symphony.ErrorDetail(err), `a proxy on the way: "400 No required SSL certificate & no luck"`, status)
		require.ErrorIs(t, err, symphony.ErrNotSymphony)
	}
	p := newPod(t)
	p.answer(createRoom, 403, `{"code":403}`)
	_, err := p.client().CreateRoom(t.Context(), symphony.RoomAttributes{})
	require.NotContains(t, err.Error(), "JSON")
	require.NotErrorIs(t, err, symphony.ErrNotSymphony)
}

func TestConnectTimeoutIsNotReportedAsASlowAnswer(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	c := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
	c.SetDial(func(ctx context.Context, network, address string) (net.Conn, error) {
		past := net.Dialer{Deadline: time.Unix(1, 0)} // as after ConnectTimeout
		return past.DialContext(ctx, network, address)
	})
	_, err := c.Health(t.Context())
	require.ErrorContains(t, err, "i/o timeout")
	require.NotContains(t, err.Error(), "no answer within")
}

func TestPostWithoutABodyHasTheContentTypeJSON(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/room/{id}/setActive", 200, `{}`)
	p.answer(roomInfo, 200, room)
	c := p.client()
	require.NoError(t, c.SetRoomActive(t.Context(), "r", true))
	_, err := c.Room(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, "application/json", p.requestsTo("POST", "/pod/v1/room/r/setActive")[0].Header.Get("Content-Type"))
	require.Empty(t, p.requestsTo("GET", "/pod/v3/room/r/info")[0].Header.Get("Content-Type"))
}
