package symphony

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Client talks to one deployment as one service account. It is safe for concurrent use.
type Client struct {
	config      Config
	hosts       map[Component]host
	session     *credential[session]
	accessToken *credential[accessToken]
	agents      *agentPool
	// throttle paces calls after Symphony has asked for less.
	throttle *throttle
	counts   clientCounts
	keys     readKeys
	sleep    func(context.Context, time.Duration) error
	// parseEvent reads an event of a feed.
	parseEvent func(raw []byte) Event
}

// host is where a component answers and the way to it.
type host struct {
	base    string
	http    *http.Client
	headers http.Header
	timeout time.Duration
}

// New makes a client. It reports everything wrong with the configuration at once and opens no
// connection.
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	ways, err := newTransports(config)
	if err != nil {
		return nil, err
	}
	c := &Client{
		config: config, hosts: map[Component]host{}, agents: newAgentPool(config), throttle: newThrottle(config.Now), sleep: sleep,
		parseEvent: parseEvent,
	}
	for _, part := range components {
		c.hosts[part] = host{
			base: config.Endpoints.base(part), http: &http.Client{Transport: ways[part], CheckRedirect: checkRedirect},
			headers: config.transportTo(part).Headers, timeout: config.timeoutOf(part),
		}
	}
	c.session = &credential[session]{
		fetch: c.signIn, wrapError: func(err error) error { return &signInError{err} },
	}
	if config.Balance.Mode == External {
		c.agents.balancer = &credential[agentRoute]{fetch: c.askBalancer, isUsable: c.agents.isFresh}
	}
	c.accessToken = &credential[accessToken]{fetch: c.fetchAccessToken, isUsable: c.isFresh}
	return c, nil
}

// Login signs in unless a session is there already. A refusal that repeating will not mend is a
// *[LoginError] and ErrLoginRejected.
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
