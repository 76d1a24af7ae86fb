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
	// Key signs the login. One of Key, ReadKey and Certificate is needed; Certificate wins.
	Key *rsa.Key
	// ReadKey gives the key anew for each sign-in, so that Key can be replaced while the client
	// works. It must not return nil.
	ReadKey func() *rsa.Key
	// PreviousKey is the key that was in use before, if anything still depends on it: it signs
	// nothing, and [Client.DeriveSecrets] includes its secret.
	PreviousKey *rsa.Key
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
	// Timeout bounds one try of one call, by default [DefaultTimeout]. Reads of the feed have their
	// own.
	Timeout time.Duration
	// MaxBody bounds the bytes read from one answer, by default [DefaultMaxBody].
	MaxBody int64
	// Observe is called after every try, if set. It must not block.
	Observe func(Call)
	// Now is the clock, for tests. Default time.Now.
	Now func() time.Time
}

// Call is what an observer learns of one try.
type Call struct {
	// Operation is the method and the path pattern, as in Operations.
	Operation string
	// Status is the HTTP status, 0 when no answer came.
	Status   int
	Duration time.Duration
	// Err is the try's error, nil when it succeeded.
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

// Endpoints are base URLs (scheme, host, port, optional context) without the component's own path:
// "https://acme.symphony.com", not "…/pod".
type Endpoints struct {
	Pod, Login, Agent, KeyManager, SessionAuth, KeyAuth string
	// Agents are several agents in place of Agent, used as Config.Balance says.
	Agents []string
}

// agentBases are the addresses of all agents, at least one.
func (e Endpoints) agentBases() []string {
	if len(e.Agents) == 0 {
		return []string{e.base(AgentHost)}
	}
	var all []string
	for _, base := range e.Agents {
		all = append(all, strings.TrimRight(base, "/"))
	}
	return all
}

// base is the base for a component, the pod's where none is given.
func (e Endpoints) base(c Component) string {
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

// check names everything wrong with the configuration at once.
func (c Config) check() error {
	var faults []error
	if c.Certificate == nil && (c.Key == nil && c.ReadKey == nil || c.Username == "") {
		faults = append(faults, errors.New("symphony: a username and a key, or a certificate, are needed"))
	}
	check := func(part Component, base string) {
		if err := checkBase(base); err != nil {
			faults = append(faults, fmt.Errorf("symphony: endpoint of %s: %w", part, err))
		}
	}
	for _, part := range components {
		if part != AgentHost {
			check(part, c.Endpoints.base(part))
		}
	}
	for _, base := range c.Endpoints.agentBases() {
		check(AgentHost, base)
	}
	return errors.Join(append(faults, c.Balance.check())...)
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
