package bot

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// startPages serves a page with short timeouts, and returns its address.
func startPages(t *testing.T, timeouts pageTimeouts) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := newPageServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }), timeouts)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	return listener.Addr().String()
}

// connectTo connects, and sends the beginning of something.
func connectTo(t *testing.T, address, begin string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, begin)
	require.NoError(t, err)
	return conn
}

// isClosed waits until the server has closed the connection.
func isClosed(t *testing.T, conn io.Reader) {
	t.Helper()
	_, err := io.Copy(io.Discard, conn)
	if timeout, ok := errors.AsType[net.Error](err); ok {
		require.False(t, timeout.Timeout(), "the server keeps the connection")
	}
}

func TestHealthPageClosesConnectionsThatDoNothing(t *testing.T) {
	t.Parallel()
	const soon, late = 100 * time.Millisecond, time.Hour
	t.Run("no whole header", func(t *testing.T) {
		t.Parallel()
		isClosed(t, connectTo(t, startPages(t, pageTimeouts{soon, late, late, late}), "GET /healthz HTTP/1.1\r\nHost"))
	})
	t.Run("no whole request", func(t *testing.T) {
		t.Parallel()
		isClosed(t, connectTo(t, startPages(t, pageTimeouts{late, soon, late, late}), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"))
	})
	t.Run("no further request", func(t *testing.T) {
		t.Parallel()
		conn := connectTo(t, startPages(t, pageTimeouts{late, late, late, soon}), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.False(t, answer.Close, "the server would take a further request")
		isClosed(t, conn)
	})
	t.Run("every time is bounded", func(t *testing.T) {
		t.Parallel()
		times := defaultPageTimeouts()
		for _, d := range []time.Duration{times.header, times.request, times.answer, times.idle} {
			require.Positive(t, d)
		}
	})
}
