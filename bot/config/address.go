package config

import (
	"net"
	"strconv"
	"strings"
)

// Addresses are the base URLs of Symphony's components, without the components' own paths (/pod, /agent, …) and without
// a slash at the end: {scheme}://{host}:{port}{/context}, as the vendor's kits form them.
type Addresses struct {
	Pod, KeyManager, SessionAuth, KeyAuth string

	Agent  string   // the agent, or the first of several
	Agents []string // all agents; one unless agent.loadBalancing is set
}

// Addresses derives the base URLs; a component without settings of its own is at the global address.
func (c *Config) Addresses() Addresses {
	a := Addresses{
		Pod:         c.Pod.Address(),
		KeyManager:  c.KeyManager.Address(),
		SessionAuth: c.SessionAuth.Address(),
		KeyAuth:     c.KeyAuth.Address(),
		Agents:      []string{c.Agent.Address()},
	}
	if balanced := c.Agent.LoadBalancing; balanced != nil {
		a.Agents = nil
		for _, node := range balanced.Nodes {
			a.Agents = append(a.Agents, address(node.Scheme, node.Host, node.Port, node.Context))
		}
	}
	a.Agent = a.Agents[0]
	return a
}

// Address is the base URL.
func (s Server) Address() string { return address(s.Scheme, s.Host, s.Port, s.Context) }

func address(scheme string, host Host, port int, context Context) string {
	base := scheme + "://" + net.JoinHostPort(string(host), strconv.Itoa(port))
	if path := strings.Trim(string(context), "/"); path != "" {
		base += "/" + path
	}
	return base
}
