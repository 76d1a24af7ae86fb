package engine

import (
	"net/url"
	"regexp"
	"strings"
)

// Address says where a store is: the path of an SQLite file, or the URL of a PostgreSQL database.
// It prints without passwords, can be compared, and its zero value names no store.
type Address struct {
	text     string // path of the file; or the URL, passwords included
	postgres bool
}

// AddressError says what is wrong with the text of an address. It does not hold the text, which may
// have a password in it.
type AddressError struct {
	Problem string // continues "address of the store": "is a URL of another kind"
	Remedy  string // what to write instead
}

// Error is the problem and its remedy.
func (e *AddressError) Error() string { return "address of the store " + e.Problem + "; " + e.Remedy }

const addressRemedy = "write the path of a file, such as roombot.db, or postgres://user@host/database"

// ParseAddress reads an address. Schemes may have capitals. What looks like a URL and is not one of
// PostgreSQL is an error, file: and sqlite: included: their options would have no effect. So is
// what looks like the address of a database in another notation.
func ParseAddress(text string) (Address, error) {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsRune(text, 0) {
		return Address{}, &AddressError{Problem: "is not a path", Remedy: addressRemedy}
	}
	scheme, rest := cutScheme(text)
	if scheme == "postgres" || scheme == "postgresql" {
		if !strings.HasPrefix(rest, "//") || !isPostgresURL(scheme+":"+rest) {
			return Address{}, &AddressError{
				Problem: "is not a URL", Remedy: addressRemedy + "; in a password write / as %2F, @ as %40, # as %23",
			}
		}
		return Address{text: scheme + ":" + rest, postgres: true}, nil
	}
	if problem := unlikePath(text, scheme); problem != "" {
		return Address{}, &AddressError{Problem: problem, Remedy: addressRemedy + "; a path that has to look so begins with ./ or /"}
	}
	return FileAddress(text), nil
}

// The beginnings of a plain path, also on Windows; and what stands in addresses of databases in
// other notations: "host=db password=…", "user:password@db", and URLs that were mistyped.
var (
	plainPath      = regexp.MustCompile(`^(/|\\|\.\.?[/\\]|[A-Za-z]:[/\\])`)
	keywordAddress = regexp.MustCompile(`(?i)\b(host|hostaddr|port|user|password|passfile|dbname|service|sslmode)\s*=`)
	hostAddress    = regexp.MustCompile(`[:：].*@|[:：]//|^[A-Za-z]+//`)
)

// unlikePath says why a text is not taken for the path of a file: a database that is taken for a
// file would make a store that nobody shares, under a name that may hold a password.
func unlikePath(text, scheme string) string {
	switch {
	case strings.HasPrefix(text, "~"):
		return "begins with ~, which only a shell replaces"
	case plainPath.MatchString(text):
		return ""
	case scheme != "" || hostAddress.MatchString(text):
		return "is a URL of another kind"
	case keywordAddress.MatchString(text):
		return "is a list of keywords and not a URL"
	}
	return ""
}

// FileAddress is the address of a file, whatever its path looks like.
func FileAddress(path string) Address { return Address{text: path} }

// urlScheme has two letters at least: one is the drive of a Windows path.
var urlScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+._-]+$`)

// cutScheme gives the scheme in small letters and what follows its colon; both are empty for a
// path.
func cutScheme(text string) (scheme, rest string) {
	scheme, rest, found := strings.Cut(text, ":")
	if !found || !urlScheme.MatchString(scheme) {
		return "", ""
	}
	return strings.ToLower(scheme), rest
}

// isPostgresURL also rejects a URL that ends in the middle of a password, which would be printed.
func isPostgresURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Fragment == "" && (u.User != nil || !strings.Contains(u.Path, "@"))
}

// IsPostgres reports whether the store is a PostgreSQL database.
func (a Address) IsPostgres() bool { return a.postgres }

// File is the path of the SQLite file; empty for a database.
func (a Address) File() string {
	if a.postgres {
		return ""
	}
	return a.text
}

// IsZero reports whether no store is named.
func (a Address) IsZero() bool { return a.text == "" }

// Reveal is the address as ParseAddress takes it, with its passwords.
func (a Address) Reveal() string { return a.text }

// String is the address without passwords.
func (a Address) String() string {
	if !a.postgres {
		return a.text
	}
	u, err := url.Parse(a.text)
	if err != nil {
		return "postgres://…"
	}
	u.RawQuery = redactQuery(u.RawQuery)
	return u.Redacted()
}

// redactQuery hides the passwords that may stand among the parameters of a URL.
func redactQuery(raw string) string {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return ""
	}
	for name := range query {
		if strings.HasSuffix(strings.ToLower(name), "password") { // also sslpassword
			query.Set(name, "xxxxx") // as in url.URL.Redacted
			raw = query.Encode()
		}
	}
	return raw
}

// UnmarshalText is ParseAddress, for flags and decoders.
func (a *Address) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAddress(string(text))
	return err
}

// GoString is String, for %#v.
func (a Address) GoString() string { return a.String() }

// MarshalText is String, for every encoder.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
