package syntax

// CommandOption describes one option of a command.
type CommandOption struct {
	// Key is the name shown to users and used in [Invocation.Options].
	Key string
	// Aliases are other spellings. Case, "-" and "_" never count.
	Aliases []string
	// Synonyms are words for it in other languages and programs. They are corrected to the key, and
	// never taken for it. Case, accents, "-" and "_" do not count.
	Synonyms []string
	// Kind says what values it takes.
	Kind ValueKind
	// Value is the placeholder shown in help, such as "text"; empty for flags.
	Value string
	// Example is a complete use, such as `group:"Test Group"`.
	Example string
	// Summary is one sentence for users.
	Summary string
	// Unavailable is true for what is understood and not carried out yet: no list of options names
	// it.
	Unavailable bool
	// Irreversible is true for what nobody can take back: no misspelt word is corrected to it.
	Irreversible bool
}

// ValueKind says what values an option takes and where they go.
type ValueKind int

const (
	// Flag is yes or no; alone it means yes. Its value is a bool.
	Flag ValueKind = iota
	// Text is one text. Its value is a string.
	Text
	// Name is another way to write the room's name; it goes to [Invocation.Name].
	Name
	// Groups is a list of group names; it goes to [Invocation.Groups]. Repeatable.
	Groups
	// People is a list of people; they go to the invocation's people. Repeatable.
	People
	// Owners is like People, and its value is also kept as []Person. Repeatable.
	Owners
	// Duration is a span such as 30d, 12h or 2w. Its value is a string that [ParseDuration] reads.
	Duration
)

// Conflict is a pair of settings that cannot go together, with the sentence that tells a user so.
type Conflict struct {
	A, B    Setting
	Message string
	// Opposites is true where each of the two says the opposite of the other.
	Opposites bool
}

// Setting is a flag with a value.
type Setting struct {
	Key   string
	Value bool
}
