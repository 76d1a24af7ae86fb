package symphony

// secret is a token. It prints as a word wherever it is printed.
type secret string

const redactedText = "[redacted]"

func (secret) String() string { return redactedText }

// GoString is for %#v.
func (secret) GoString() string { return redactedText }

// MarshalText keeps it out of JSON and logs.
func (secret) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
