package config

import (
	"net"
	"strconv"
	"strings"
)

// Endpoints are the base URLs of Symphony's components, without the components' own paths (/pod,
// /agent, …) and without a slash at the end: {scheme}://{host}:{port}{/context}, as the vendor's
// kits form them.
type Endpoints struct {
	Pod, KeyManager, SessionAuth, KeyAuth string

	Agent  string   // the agent, or the first of several
	Agents []string // all agents; one unless agent.loadBalancing is set
}

// Endpoints are the base URLs of the components. A component without settings of its own has the
// global address.
func (c *Config) Endpoints() Endpoints {
	a := Endpoints{
		Pod:         c.Pod.BaseURL(),
		KeyManager:  c.KeyManager.BaseURL(),
		SessionAuth: c.SessionAuth.BaseURL(),
		KeyAuth:     c.KeyAuth.BaseURL(),
		Agents:      []string{c.Agent.BaseURL()},
	}
	if balanced := c.Agent.LoadBalancing; balanced != nil {
		a.Agents = nil
		for _, node := range balanced.Nodes {
			a.Agents = append(a.Agents, baseURL(node.Scheme, node.Host, node.Port, node.Context))
		}
	}
	a.Agent = a.Agents[0]
	return a
}

// BaseURL is the base URL.
func (s Server) BaseURL() string { return baseURL(s.Scheme, s.Host, s.Port, s.Context) }

func baseURL(scheme string, host Host, port int, context ContextPath) string {
	base := scheme + "://" + net.JoinHostPort(string(host), strconv.Itoa(port))
	if path := strings.Trim(string(context), "/"); path != "" {
		base += "/" + path
	}
	return base
}
