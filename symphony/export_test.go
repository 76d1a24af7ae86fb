package symphony

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"time"
)

// SetSleep replaces the waiting between tries.
func (c *Client) SetSleep(sleep func(context.Context, time.Duration) error) { c.sleep = sleep }

// SetDial replaces the network and leaves proxies out.
func (c *Client) SetDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	for _, h := range c.hosts {
		t := h.http.Transport.(*http.Transport)
		t.DialContext, t.Proxy = dial, nil
	}
}

// UserChunks are the calls that a look-up of so many values is cut into.
func UserChunks(values []string) [][]string {
	var chunks [][]string
	for c := range userChunks(values) {
		chunks = append(chunks, c)
	}
	return chunks
}

// Waits are the first n pauses of a policy.
func (p RetryPolicy) Waits(n int) []time.Duration {
	row := p.withDefaults().newBackOff()
	waits := make([]time.Duration, n)
	for i := range waits {
		waits[i] = row.NextBackOff()
	}
	return waits
}

// NewCredential is something that is fetched on demand and shared.
func NewCredential[T any](fetch func(context.Context) (*T, error)) *credential[T] {
	return &credential[T]{fetch: fetch}
}

// Get is the current value or a fetched one.
func (k *credential[T]) Get(ctx context.Context) (*T, error) { return k.get(ctx) }

// NamedAgent is the address of the agent that a balancer names, with these agents configured.
func NamedAgent(balancer, name string, listed ...string) (string, error) {
	a := newAgentPool(Config{Now: time.Now, Endpoints: Endpoints{Agents: append([]string{balancer}, listed...)}})
	return a.agentAddress(balancer, name)
}

// DecodeBatch reads the answer to a read of the feed.
func DecodeBatch(b []byte) (Batch, error) {
	return DecodeBatchWithin(b, DefaultMaxBody)
}

// DecodeBatchWithin is DecodeBatch with a limit of Config.MaxBody.
func DecodeBatchWithin(b []byte, limit int64) (Batch, error) {
	r := batchReader{parse: parseEvent}
	err := r.read(bytes.NewReader(b), limit)
	return r.batch, err
}

// DecodeBatchOf is DecodeBatch for a feed of self's.
func DecodeBatchOf(b []byte, self UserID) (Batch, error) {
	r := batchReader{parse: parseEvent, own: newOwnEvents(self)}
	err := r.read(bytes.NewReader(b), DefaultMaxBody)
	return r.batch, err
}

// SetParseEvent replaces what reads an event of a feed; change gets what reads them otherwise.
func (c *Client) SetParseEvent(change func(parse func(raw []byte) Event) func(raw []byte) Event) {
	c.parseEvent = change(c.parseEvent)
}

// ParseSafely is what parse reads, or an Unknown that says how it panicked.
func ParseSafely(raw []byte, parse func(raw []byte) Event) Event { return parseSafely(raw, parse) }
