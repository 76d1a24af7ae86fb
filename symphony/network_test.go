package symphony_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// network is a network in memory, for bubbles whose time passes only when all wait.
type network struct {
	mu        sync.Mutex
	hosts     map[string]*pipeListener
	broken    map[string]error // why a host is not reached
	dialCount map[string]int
}

func newNetwork() *network {
	return &network{hosts: map[string]*pipeListener{}, broken: map[string]error{}, dialCount: map[string]int{}}
}

// host puts a server at a name, until the bubble's test ends.
func (n *network) host(t *testing.T, name string, h http.Handler) {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	n.hosts[name+":80"] = l
	n.mu.Unlock()
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, s.Close()) })
}

// setBroken makes a host unreachable for this reason, nil for none.
func (n *network) setBroken(name string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken[name+":80"] = err
}

var errRefused = errors.New("connection refused")

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	l, err := n.hosts[address], n.broken[address]
	n.dialCount[address]++
	n.mu.Unlock()
	if err == nil && l == nil {
		err = errRefused
	}
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.closed:
		return nil, errRefused
	}
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// client is one of the pod at http://symphony, which waits in the bubble's time.
func (n *network) client(t *testing.T, p *pod, change ...func(*symphony.Config)) *symphony.Client {
	t.Helper()
	n.host(t, "symphony", p.handler())
	config := symphony.Config{
		Username: "room.bot", Key: key(), Endpoints: symphony.Endpoints{Pod: "http://symphony"},
	}
	for _, c := range change {
		c(&config)
	}
	c, err := symphony.New(config)
	require.NoError(t, err)
	c.SetDial(n.dial)
	t.Cleanup(c.Close)
	return c
}

// inBubble runs a test in a time of its own.
func inBubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	key() // is made in real time
	synctest.Test(t, test)
}

// logbook keeps what was logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// context is ctx with the logbook as its logger, from level info on.
func (l *logbook) context(ctx context.Context) context.Context {
	return zerolog.New(l).Level(zerolog.InfoLevel).With().Timestamp().Logger().WithContext(ctx)
}

type logLine struct {
	Level, Message string
	Time           time.Time
	Lasted         float64 // milliseconds
	Failures       int
	Feed           string
}

// lines are what was logged, without some messages.
func (l *logbook) lines(t *testing.T, without ...string) []logLine {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []logLine
	for raw := range bytes.Lines(l.text.Bytes()) {
		var line logLine
		require.NoError(t, json.Unmarshal(raw, &line))
		skip := false
		for _, w := range without {
			skip = skip || line.Message == w
		}
		if !skip {
			all = append(all, line)
		}
	}
	return all
}
