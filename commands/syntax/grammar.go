package syntax

// DefaultMaxMembers is how many people one command may name if the grammar does not say otherwise.
const DefaultMaxMembers = 100

// Grammar is everything the parser knows beforehand.
type Grammar struct {
	// BotID is the bot's own user id: a mention of it addresses the bot.
	BotID int64
	// Commands are the commands there are, in the order they are listed to users.
	Commands []Command
	// MaxMembers is how many people one command may name. Default 100.
	MaxMembers int
	// KnownGroups returns names of groups that may be offered as corrections to who wrote the
	// message, nil where they are not known. It is asked only where a correction hangs on it. A group
	// that is not listed is no error: the list may be old. Optional.
	KnownGroups func() []string
}

// Command describes one command, for parsing, help and autocompletion alike.
type Command struct {
	// Name is written without the slash, in lower case.
	Name string
	// Aliases are other names of the same command.
	Aliases []string
	// SaidAs are words by which people ask for the command who do not know its name. They are
	// offered as a correction, never run.
	SaidAs []string
	// Unlisted commands are not named to who does not know them.
	Unlisted bool
	// Summary is one sentence for users.
	Summary string
	// Args says what words outside of options mean.
	Args Args
	// Options are listed to users in this order.
	Options []CommandOption
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
	// ArgsPerson takes one person, or nobody.
	ArgsPerson
	// ArgsPersonOrText takes one person, or everything as one text.
	ArgsPersonOrText
	// ArgsQuestion takes one person, or nobody, and then a whole command, or none.
	ArgsQuestion
)

// Lookup finds a command by name or alias; case, "-" and "_" do not count.
func (g Grammar) Lookup(name string) (Command, bool) {
	if i := findSpelling(g.spellings(), name); i >= 0 {
		return g.Commands[i], true
	}
	return Command{}, false
}

func (g Grammar) spellings() []spelling {
	var all []spelling
	for i, c := range g.Commands {
		all = appendSpellings(all, i, c.Name, c.Aliases)
	}
	return all
}

func (g Grammar) memberLimit() int {
	if g.MaxMembers > 0 {
		return g.MaxMembers
	}
	return DefaultMaxMembers
}

// Option finds an option by key or alias; case, "-" and "_" do not count.
func (c Command) Option(name string) (CommandOption, bool) {
	if i := findSpelling(c.spellings(), name); i >= 0 {
		return c.Options[i], true
	}
	return CommandOption{}, false
}

func (c Command) spellings() []spelling {
	var all []spelling
	for i, o := range c.Options {
		all = appendSpellings(all, i, o.Key, o.Aliases)
	}
	return all
}

// Conflict returns the first pair of options that cannot go together, for options that did not come
// from a message, such as those of a form.
func (c Command) Conflict(options map[string]any) (Conflict, bool) {
	for _, conflict := range c.Conflicts {
		if conflict.A.isSetIn(options) && conflict.B.isSetIn(options) {
			return conflict, true
		}
	}
	return Conflict{}, false
}

func (s Setting) isSetIn(options map[string]any) bool {
	value, given := options[s.Key].(bool)
	return given && value == s.Value
}
