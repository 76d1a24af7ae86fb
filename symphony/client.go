package symphony

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Client talks to one deployment as one service account. It is safe for concurrent use.
type Client struct {
	config  Config
	hosts   map[Component]host
	session *credential[session]
	access  *credential[accessToken]
	agents  *agents
	// pressure paces calls after Symphony has asked for less.
	pressure *pressure
	counts   counts
	sleep    func(context.Context, time.Duration) error
}

// host is where a component answers and the way to it.
type host struct {
	base    string
	http    *http.Client
	headers http.Header
	timeout time.Duration
}

// New makes a client. It reports everything wrong with the configuration at once
// and opens no connection.
func New(config Config) (*Client, error) {
	if err := config.faults(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	ways, err := newTransports(config)
	if err != nil {
		return nil, err
	}
	c := &Client{
		config: config, hosts: map[Component]host{}, agents: newAgents(config), pressure: newPressure(config.Now), sleep: sleep,
	}
	for _, part := range components {
		c.hosts[part] = host{
			base: config.Endpoints.url(part), http: &http.Client{Transport: ways[part], CheckRedirect: redirect},
			headers: config.way(part).Headers, timeout: config.timeout(part),
		}
	}
	c.session = &credential[session]{
		fetch: c.signIn, wrapError: func(err error) error { return &signInError{err} },
	}
	if config.Balance.Mode == External {
		c.agents.front = &credential[route]{fetch: c.askFront, usable: c.agents.good}
	}
	c.access = &credential[accessToken]{fetch: c.fetchAccess, usable: c.fresh}
	return c, nil
}

// Login signs in unless a session is there already. A refusal that repeating will
// not mend is a *[LoginError] and ErrLoginRejected.
func (c *Client) Login(ctx context.Context) error {
	if _, err := c.session.get(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}

// Close closes the connections that are idle. Calls under way are not disturbed.
func (c *Client) Close() {
	for _, h := range c.hosts {
		h.http.CloseIdleConnections()
	}
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
