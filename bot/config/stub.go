package config

import "errors"

// Host is the name or address of a host, without scheme, port and path.
type Host string

// Store is where durable work is kept: the absolute path of an SQLite file.
type Store string

// Listen is a host:port to listen on.
type Listen string

func load(string, func(string) (string, bool), []string) (*Config, error) { return nil, errors.ErrUnsupported }
func (c *Config) addresses() Addresses { return Addresses{} }
