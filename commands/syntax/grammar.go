package syntax

// DefaultMaxMembers is how many people one command may name if the grammar
// does not say otherwise.
const DefaultMaxMembers = 100

// Grammar is everything the parser knows beforehand.
type Grammar struct {
	// BotID is the bot's own user id: a mention of it addresses the bot.
	BotID int64
	// Commands are the commands there are, in the order they are listed to users.
	Commands []Command
	// MaxMembers is how many people one command may name. Default 100.
	MaxMembers int
	// KnownGroups are names of groups that may be offered as corrections. A
	// group that is not listed is no error: the list may be old or empty.
	KnownGroups []string
}

// Command describes one command, for parsing, help and autocompletion alike.
type Command struct {
	// Name is written without the slash, in lower case.
	Name string
	// Aliases are other names of the same command.
	Aliases []string
	// Summary is one sentence for users.
	Summary string
	// Args says what words outside of options mean.
	Args Args
	// Options are listed to users in this order.
	Options []Option
	// Conflicts are pairs of settings that cannot go together.
	Conflicts []Conflict
	// Examples are complete lines, the simplest first.
	Examples []string
}

// Args says what the words of a command mean that belong to no option.
type Args int

const (
	// ArgsNone takes no words.
	ArgsNone Args = iota
	// ArgsRoom takes a name and people, in any order.
	ArgsRoom
	// ArgsPeople takes people only.
	ArgsPeople
	// ArgsText takes everything as one text.
	ArgsText
	// ArgsCommand takes the name of a command.
	ArgsCommand
)
