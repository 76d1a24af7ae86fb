package symphony

// secret is a token. It prints as a word wherever it is printed.
type secret string

const redacted = "[redacted]"

func (secret) String() string { return redacted }

// GoString is for %#v.
func (secret) GoString() string { return redacted }

// MarshalText keeps it out of JSON and logs.
func (secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
