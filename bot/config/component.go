package config

// inherit copies the global values of the keys that the component does not set. A proxy or a set of
// headers is copied whole, as the vendor's kits do it.
func (c *ComponentServer) inherit(global Server) {
	inheritKey(c, "scheme", &c.Scheme, global.Scheme)
	inheritKey(c, "host", &c.Host, global.Host)
	inheritKey(c, "port", &c.Port, global.Port)
	inheritKey(c, "context", &c.Context, global.Context)
	inheritKey(c, "proxy", &c.Proxy, global.Proxy)
	inheritKey(c, "defaultHeaders", &c.DefaultHeaders, global.DefaultHeaders)
	inheritKey(c, "connectionTimeout", &c.ConnectionTimeout, global.ConnectionTimeout)
	inheritKey(c, "readTimeout", &c.ReadTimeout, global.ReadTimeout)
}

func inheritKey[T any](c *ComponentServer, key string, into *T, global T) {
	if !c.Has(key) {
		*into = global
	}
}
