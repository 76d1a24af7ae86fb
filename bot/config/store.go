package config

import (
	"net/url"
	"strings"

	"roombot/bot/config/schema"
)

// Store says where jobs are kept: after Load, the path of an SQLite file or the URL of a PostgreSQL
// database.
type Store string

// Shared reports whether several processes can work on the store.
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

// UnmarshalText accepts a path or a URL. Problems do not show the value: a database's URL may hold
// a password.
func (s *Store) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	scheme, _, colon := strings.Cut(value, ":")
	scheme = strings.ToLower(scheme)
	const fix = "write the path of a file, such as roombot.db, or postgres://user@host/database"
	switch {
	case value == "" || strings.ContainsRune(value, 0):
		return &schema.InvalidValue{What: "is not a path", Fix: fix, Secret: true}
	case Store(value).Shared():
		if _, err := url.Parse(value); err != nil {
			return &schema.InvalidValue{What: "is not a URL", Fix: fix, Secret: true}
		}
	case strings.Contains(value, "://") || colon && (scheme == "file" || scheme == "sqlite" || scheme == "postgres" || scheme == "postgresql"):
		return &schema.InvalidValue{What: "is a URL of another kind", Fix: fix, Secret: true}
	}
	*s = Store(value)
	return nil
}
