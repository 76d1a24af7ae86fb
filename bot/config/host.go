package config

import (
	"net"
	"regexp"
	"strings"

	"roombot/bot/config/schema"
)

// Host is the name or address of a host, without scheme, port and path; an IPv6 address without
// brackets.
type Host string

var hostNames = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$`)

// UnmarshalText accepts a host and refuses URLs, ports and paths.
func (h *Host) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	const fix = "write the name alone, such as acme.symphony.com"
	switch {
	case value == "":
		return &schema.InvalidValue{What: "is empty", Fix: fix}
	case strings.Contains(value, "@"):
		return &schema.InvalidValue{What: "must not hold a user or a password", Fix: fix, Secret: true}
	case strings.Contains(value, "://"):
		return &schema.InvalidValue{What: "is a URL and not a host name", Fix: fix}
	case strings.ContainsAny(value, "/?#"):
		return &schema.InvalidValue{What: "has a path", Fix: fix + `, and the path as "context"`}
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(value, "["), "]")
	if net.ParseIP(bare) != nil {
		*h = Host(bare)
		return nil
	}
	if strings.Contains(value, ":") {
		return &schema.InvalidValue{What: "has a port", Fix: fix + `, and the port as "port"`}
	}
	if len(value) > 253 || !hostNames.MatchString(value) || strings.Contains(value, "..") {
		return &schema.InvalidValue{What: "is not a host name", Fix: fix}
	}
	*h = Host(value)
	return nil
}

// ContextPath is the path before the components' own paths, with or without slashes around it.
type ContextPath string

// UnmarshalText accepts a path and refuses URLs and queries.
func (c *ContextPath) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	if strings.Contains(value, "://") || strings.ContainsAny(value, "?#\\ \t\r\n\x00") {
		return &schema.InvalidValue{What: "is not a path", Fix: "write the path alone, such as /symphony"}
	}
	*c = ContextPath(value)
	return nil
}
