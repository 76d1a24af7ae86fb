package config

// inherit takes over from the global server what the component does not set itself. A proxy or a set of headers is taken
// whole or not at all, as the vendor's kits do it.
func (c *Client) inherit(global Server) {
	take(c, "scheme", &c.Scheme, global.Scheme)
	take(c, "host", &c.Host, global.Host)
	take(c, "port", &c.Port, global.Port)
	take(c, "context", &c.Context, global.Context)
	take(c, "proxy", &c.Proxy, global.Proxy)
	take(c, "defaultHeaders", &c.DefaultHeaders, global.DefaultHeaders)
	take(c, "connectionTimeout", &c.ConnectionTimeout, global.ConnectionTimeout)
	take(c, "readTimeout", &c.ReadTimeout, global.ReadTimeout)
}

func take[T any](c *Client, key string, into *T, global T) {
	if !c.Has(key) {
		*into = global
	}
}
