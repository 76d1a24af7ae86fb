package schema

import "fmt"

const redactedText = "[redacted]"

// Secret is a text that no log, error or encoder prints. The text stands behind a pointer, so that even a printer that
// looks into unexported fields finds an address only.
type Secret struct{ text *string }

// NewSecret hides text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal gives the text, "" for the zero Secret.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero says whether there is no text.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Format prints "[redacted]" for every verb, or nothing when there is nothing to hide.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// String is "[redacted]", or "" when there is nothing to hide.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redactedText
}

// GoString is String: %#v redacts too.
func (s Secret) GoString() string { return s.String() }

// MarshalText is String, for every encoder that asks.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
