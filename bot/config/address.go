package config

// Addresses are the base URLs of Symphony's components, without the components' own paths (/pod, /agent, …) and without
// a slash at the end: {scheme}://{host}:{port}{/context}, as the vendor's kits form them.
type Addresses struct {
	Pod, KeyManager, SessionAuth, KeyAuth string

	Agent  string   // the agent, or the first of several
	Agents []string // all agents; one unless agent.loadBalancing is set
}

// Addresses derives the base URLs; a component without settings of its own is at the global address.
func (c *Config) Addresses() Addresses { return c.addresses() }
