package symphony

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"roombot/rsa"
)

// Config says who signs in, where, and how.
type Config struct {
	// Username is the service account's name, exactly as the pod knows it.
	Username string
	// Key signs the login. Either Key or Certificate is needed; Certificate wins.
	Key *rsa.Key
	// Certificate signs in by mutual TLS at SessionAuth and KeyAuth instead.
	Certificate *tls.Certificate
	// Endpoints are the hosts. Pod is required, the others default to it.
	Endpoints Endpoints
	// Balance spreads calls over Endpoints.Agents.
	Balance Balance
	// Transport is the way to every component that Transports does not name.
	Transport Transport
	// Transports overrides Transport by component.
	Transports map[Component]Transport
	// UserAgent is sent with every request. Default "Roombot".
	UserAgent string
	// Headers are added to every request that does not set them itself.
	Headers http.Header
	// Retry bounds the repetition of reads and safe writes.
	Retry RetryPolicy
	// Timeout bounds one attempt of one call. Default DefaultTimeout. Reads of the feed have their own.
	Timeout time.Duration
	// MaxBody bounds the bytes read from one answer. Default 64 MiB.
	MaxBody int64
	// Observe is called after every attempt, if set. It must not block.
	Observe func(Call)
	// Now is the clock, for tests. Default time.Now.
	Now func() time.Time
}

// Call is what an observer learns of one attempt.
type Call struct {
	// Operation is the method and the path pattern, as in Operations.
	Operation string
	// Status is the HTTP status, 0 when no answer came.
	Status   int
	Duration time.Duration
	// Err is the attempt's error, nil when it succeeded.
	Err     error
	TraceID string
}

// Component is one of the servers that make up a deployment.
type Component string

// The components of a deployment.
const (
	PodHost         Component = "pod"
	LoginHost       Component = "login"
	AgentHost       Component = "agent"
	KeyManagerHost  Component = "keyManager"
	SessionAuthHost Component = "sessionAuth"
	KeyAuthHost     Component = "keyAuth"
)

// Endpoints are base URLs (scheme, host, port, optional context) without the
// component's own path: "https://acme.symphony.com", not "…/pod".
type Endpoints struct {
	Pod, Login, Agent, KeyManager, SessionAuth, KeyAuth string
	// Agents are several agents in place of Agent, used as Config.Balance says.
	Agents []string
}

// agents are the addresses of all agents, at least one.
func (e Endpoints) agents() []string {
	if len(e.Agents) == 0 {
		return []string{e.url(AgentHost)}
	}
	var all []string
	for _, base := range e.Agents {
		all = append(all, strings.TrimRight(base, "/"))
	}
	return all
}

// url is the base for a component, the pod's where none is given.
func (e Endpoints) url(c Component) string {
	u := map[Component]string{
		LoginHost: e.Login, AgentHost: e.Agent, KeyManagerHost: e.KeyManager,
		SessionAuthHost: e.SessionAuth, KeyAuthHost: e.KeyAuth,
	}[c]
	if u == "" {
		u = e.Pod
	}
	return strings.TrimRight(u, "/")
}

var components = []Component{PodHost, LoginHost, AgentHost, KeyManagerHost, SessionAuthHost, KeyAuthHost}

// faults names everything wrong with the configuration at once.
func (c Config) faults() error {
	var faults []error
	if c.Certificate == nil && (c.Key == nil || c.Username == "") {
		faults = append(faults, errors.New("symphony: a username and a key, or a certificate, are needed"))
	}
	check := func(part Component, base string) {
		if err := checkBase(base); err != nil {
			faults = append(faults, fmt.Errorf("symphony: endpoint of %s: %w", part, err))
		}
	}
	for _, part := range components {
		if part != AgentHost {
			check(part, c.Endpoints.url(part))
		}
	}
	for _, base := range c.Endpoints.agents() {
		check(AgentHost, base)
	}
	return errors.Join(append(faults, c.Balance.fault())...)
}

func checkBase(base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("%q is not a plain http or https address", u.Redacted())
	}
	return nil
}

// DefaultTimeout bounds one attempt of one call where nothing else is configured.
const DefaultTimeout = 30 * time.Second

func (c Config) withDefaults() Config {
	if c.UserAgent == "" {
		c.UserAgent = "Roombot"
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MaxBody <= 0 {
		c.MaxBody = 64 << 20
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Retry = c.Retry.withDefaults()
	return c
}
