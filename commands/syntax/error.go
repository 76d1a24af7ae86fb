package syntax

// Code names a kind of error. Codes are stable: logs, metrics and tests use them.
type Code string

// The codes there are. The last four are never returned by the parser: they are for whoever looks
// people and groups up.
const (
	UnclosedQuote      Code = "unclosed-quote"
	QuoteRunOn         Code = "quote-run-on"
	NameEmpty          Code = "name-empty"
	NameTooLong        Code = "name-too-long"
	WordAlone          Code = "word-alone"
	UnexpectedText     Code = "unexpected-text"
	UnknownOption      Code = "unknown-option"
	OptionMissingValue Code = "option-missing-value"
	OptionBadValue     Code = "option-bad-value"
	OptionDuplicate    Code = "option-duplicate"
	OptionConflict     Code = "option-conflict"
	UnknownCommand     Code = "unknown-command"
	MultipleCommands   Code = "multiple-commands"
	TooManyMembers     Code = "too-many-members"
	UnknownPerson      Code = "unknown-person"
	AmbiguousPerson    Code = "ambiguous-person"
	UnknownGroup       Code = "unknown-group"
	AmbiguousGroup     Code = "ambiguous-group"
)

// Error is what stopped the reading of a message, in words for its author.
type Error struct {
	Code Code
	// Command is the canonical name of the command that was being read; empty where none was.
	Command string
	// At is the offset in code points in the text as its author sees it. It may equal the length of
	// the text.
	At int
	// Message is one or two sentences for the author. It may quote the text.
	Message string
	// Fix is the corrected message, if there is exactly one sensible reading. It holds everything
	// the author wrote and can be run as it is.
	Fix *Message
	// Readings are the corrected messages, where there are several, or where the only one leaves out
	// or changes something. Then Fix is nil.
	Readings []Reading
	// Count and Limit are set where something is too long or too many.
	Count, Limit int
	// Option is the key of the option concerned, if any.
	Option string
	// Text is what has no place, without its quotes, From where it begins and End where it ends: of
	// UnexpectedText, and of OptionBadValue where an option that takes people names them by name.
	// It begins before At where it is the rest of a name, @Alice Martin, or behind the option's key.
	Text      string
	From, End int
	// Name is the unquoted name that the question is about, without what may be no part of it.
	Name string
}
