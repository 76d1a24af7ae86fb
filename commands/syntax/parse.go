package syntax

// Parse reads one message. It never panics, and it always sets exactly one
// field of the result.
func (g Grammar) Parse(m Message) Result { return Result{Ignore: true} }

// Lookup finds a command by name or alias; case, "-" and "_" do not count.
func (g Grammar) Lookup(name string) (Command, bool) { return Command{}, false }

// Conflict returns the first pair of options that cannot go together.
func (c Command) Conflict(options map[string]any) (Conflict, bool) { return Conflict{}, false }

// CleanName makes a room name of what somebody typed: NFC, one line, no
// invisible characters. invisible says that some were removed.
func CleanName(typed string) (name string, invisible bool) { return typed, false }

// MaxName is the most code points a room name may have.
const MaxName = 49

// Quote writes text so that it reads as one quoted text in a command.
func Quote(text string) string { return text }

// MarshalJSON writes the result as one object with only what is set.
func (r Result) MarshalJSON() ([]byte, error) { return []byte("{}"), nil }
