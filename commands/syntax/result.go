package syntax

// TopicGeneral is the value of [Result.Help] that asks for help in general and not for one command.
const TopicGeneral = "help"

// Result is what a message was understood to be. Exactly one field is set, Talk aside.
type Result struct {
	// Command is a complete command, ready to run.
	Command *Invocation
	// Error is what stopped the reading, at its place.
	Error *Error
	// Form asks for what is missing, with everything understood filled in.
	Form *FormRequest
	// Help is the command help was asked for, or TopicGeneral.
	Help string
	// Talk is set besides Help for a message to the bot that does not ask for help in words.
	Talk Talk
	// Ignore is true for a message that is not for the bot.
	Ignore bool
}

// CommandName is the canonical name of the command that was read, however far; empty where none
// was.
func (r Result) CommandName() string {
	switch {
	case r.Command != nil:
		return r.Command.Command
	case r.Form != nil:
		return r.Form.Command
	case r.Error != nil:
		return r.Error.Command
	}
	return ""
}

// invocation is what was understood of a command, complete or not.
func (r Result) invocation() Invocation {
	switch {
	case r.Command != nil:
		return *r.Command
	case r.Form != nil:
		return r.Form.Prefill
	}
	return Invocation{}
}

// Note is a remark about something that was read generously.
type Note = string

// The notes there are.
const (
	NoteInvisibleRemoved Note = "invisible-removed"
	NoteMentionInText    Note = "mention-in-text"
	NoteDuplicatePerson  Note = "duplicate-person"
	NoteDuplicateGroup   Note = "duplicate-group"
	NoteBotIgnored       Note = "bot-ignored"
)

// Invocation is a command with its arguments.
type Invocation struct {
	// Command is the canonical name of the command.
	Command string
	// Name is the room's name: NFC, one line, 1 to 49 code points.
	Name string
	// NameUnquoted is true where the name is a run of words without quotes, whose tail may be people.
	NameUnquoted bool
	// Users are people by mention, in order, each once.
	Users []int64
	// Usernames are people written as @username, without the "@".
	Usernames []string
	// Emails are people by e-mail address, as typed.
	Emails []string
	// Groups are names of groups, each once without regard to case.
	Groups []string
	// Options are the other options by key: a bool, a string or, for owners, []Person.
	Options map[string]any
	// Notes are remarks, each once, in order.
	Notes []Note
	// Text is the argument of a command that takes text.
	Text string
	// Asked is the whole command that a command is about; nil for none.
	Asked *Message
}

// Flag is the value of a flag, and whether it was given.
func (i Invocation) Flag(key string) (yes, given bool) {
	yes, given = i.Options[key].(bool)
	return yes, given
}

// Value is the value of an option that takes a text or a duration; empty if it was not given.
func (i Invocation) Value(key string) string {
	text, _ := i.Options[key].(string)
	return text
}

// Persons is the value of an option that keeps people.
func (i Invocation) Persons(key string) []PersonRef {
	people, _ := i.Options[key].([]PersonRef)
	return people
}

// FormRequest is a request for what is missing.
type FormRequest struct {
	// Command is the canonical name of the command that was begun.
	Command string
	// Missing are the fields without which the command cannot run.
	Missing []string
	// Prefill is everything that was understood. Of a message with mistakes the name may be longer
	// than MaxName, and options may contradict each other.
	Prefill Invocation
	// Rest is what was not understood, as it was typed.
	Rest string
}
