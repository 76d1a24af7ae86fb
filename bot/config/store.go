package config

import (
	"errors"
	"net/url"

	"roombot/bot/config/schema"
	"roombot/bot/engine"
)

// Store is where durable work is kept: after Load, with the path of a file made absolute.
type Store struct{ engine.Address }

// UnmarshalText takes a path or a URL. The value is not shown in faults: the URL of a database may
// hold a password.
func (s *Store) UnmarshalText(text []byte) error {
	address, err := engine.ParseAddress(string(text))
	if wrong, ok := errors.AsType[*engine.AddressError](err); ok {
		return &schema.InvalidValue{What: wrong.Problem, Fix: wrong.Remedy, Secret: true}
	}
	s.Address = address
	return err
}

// HoldsSecret reports whether the address holds a password.
func (s Store) HoldsSecret() bool {
	u, err := url.Parse(s.Reveal())
	if err != nil || !s.IsPostgres() {
		return s.IsPostgres()
	}
	_, inUser := u.User.Password()
	return inUser || u.Query().Has("password") || u.Query().Has("sslpassword")
}
