package config

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"roombot/bot/config/schema"
)

// Host is the name or address of a host, without scheme, port and path; an IPv6 address without brackets.
type Host string

var hostNames = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$`)

// UnmarshalText takes a host and refuses what else people write there: URLs, ports, paths.
func (h *Host) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	const fix = "write the name alone, such as acme.symphony.com"
	switch {
	case value == "":
		return &schema.Wrong{What: "is empty", Fix: fix}
	case strings.Contains(value, "@"):
		return &schema.Wrong{What: "must not hold a user or a password", Fix: fix, Hide: true}
	case strings.Contains(value, "://"):
		return &schema.Wrong{What: "is a URL and not a host name", Fix: fix}
	case strings.ContainsAny(value, "/?#"):
		return &schema.Wrong{What: "has a path", Fix: fix + `, and the path as "context"`}
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(value, "["), "]")
	if net.ParseIP(bare) != nil {
		*h = Host(bare)
		return nil
	}
	if strings.Contains(value, ":") {
		return &schema.Wrong{What: "has a port", Fix: fix + `, and the port as "port"`}
	}
	if len(value) > 253 || !hostNames.MatchString(value) || strings.Contains(value, "..") {
		return &schema.Wrong{What: "is not a host name", Fix: fix}
	}
	*h = Host(value)
	return nil
}

// Context is a path that stands before the components' own, with or without slashes around it.
type Context string

// UnmarshalText takes a path and refuses whole URLs and queries.
func (c *Context) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	if strings.Contains(value, "://") || strings.ContainsAny(value, "?#\\ \t\r\n\x00") {
		return &schema.Wrong{What: "is not a path", Fix: "write the path alone, such as /symphony"}
	}
	*c = Context(value)
	return nil
}

// Store is where durable work is kept: after Load, the path of an SQLite file or the URL of a PostgreSQL database.
type Store string

// Shared is true for a database that several processes work on.
func (s Store) Shared() bool {
	scheme, _, url := strings.Cut(string(s), "://")
	return url && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql"))
}

// String hides the password of a URL.
func (s Store) String() string {
	if !s.Shared() {
		return string(s)
	}
	u, err := url.Parse(string(s))
	if err != nil {
		return "postgres://…"
	}
	return u.Redacted()
}

// MarshalText hides the password of a URL.
func (s Store) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes a path or a URL. The value is not shown in faults: a database's URL may hold a password.
func (s *Store) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	scheme, _, colon := strings.Cut(value, ":")
	scheme = strings.ToLower(scheme)
	const fix = "write the path of a file, such as roombot.db, or postgres://user@host/database"
	switch {
	case value == "" || strings.ContainsRune(value, 0):
		return &schema.Wrong{What: "is not a path", Fix: fix, Hide: true}
	case Store(value).Shared():
		if _, err := url.Parse(value); err != nil {
			return &schema.Wrong{What: "is not a URL", Fix: fix, Hide: true}
		}
	case strings.Contains(value, "://") || colon && (scheme == "file" || scheme == "sqlite" || scheme == "postgres" || scheme == "postgresql"):
		return &schema.Wrong{What: "is a URL of another kind", Fix: fix, Hide: true}
	}
	*s = Store(value)
	return nil
}

// Listen is a host:port to listen on; empty for none.
type Listen string

// UnmarshalText takes host:port. ":8081" is every interface; port 0 is any free port.
func (l *Listen) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	if value == "" {
		*l = ""
		return nil
	}
	_, port, err := net.SplitHostPort(value)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
		return &schema.Wrong{What: "is not host:port", Fix: "write 127.0.0.1:8081"}
	}
	*l = Listen(value)
	return nil
}
