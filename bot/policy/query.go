package policy

// ChatKind is the kind of a conversation.
type ChatKind string

// The kinds that rules distinguish.
const (
	IM   ChatKind = "im"
	Room ChatKind = "room"
)

// Query is a request to be decided. What is not known stays empty; see the package comment for what
// follows from that.
type Query struct {
	User    Subject
	Where   Place
	Command string // without slash, any case; "-" and "_" do not count
}

// AccountKind is what kind of account somebody has; empty where the directory does not tell.
type AccountKind string

// The kinds of accounts.
const (
	PersonAccount  AccountKind = "person"
	ServiceAccount AccountKind = "service"
)

// Subject is who asks. Username, Email and Kind are those of the own company's directory, and count
// for the own company's accounts only.
type Subject struct {
	ID       int64
	Company  int64 // number of the company, which is a part of the id
	External bool  // of another company
	Kind     AccountKind
	Username string
	Email    string
}

// Place is the conversation in which the command was given.
type Place struct {
	Kind     ChatKind
	StreamID string // base64, any alphabet and padding
	RoomName string
}

// Decision is the answer and all that led to it.
type Decision struct {
	Allowed bool
	Rule    string  // name of the rule that decided; empty when none did (default deny, /help)
	Line    int     // the rule's line in its file
	Denial  Denial  // empty when allowed
	Reason  string  // of a denial ByRule: the sentence of the rule's author for the user
	Contact string  // whom a refused user should ask
	Checks  []Check // each condition of the rule that decided; when none did, of the allow rule that came closest
}

// Denial is why a request is denied. The sentences for users stand in package commands.
type Denial string

// The denials.
const (
	ByRule         Denial = "rule"            // a deny rule matches
	ByDefault      Denial = "default"         // no rule allows it
	OutsideIM      Denial = "outside-im"      // no rule allows it here, but one does in the 1:1 chat with the bot
	UnknownRoom    Denial = "unknown-room"    // a deny rule is about the room's name, which is not known
	UnknownAddress Denial = "unknown-address" // a deny rule is about an address or username that is not known
	UnknownAccount Denial = "unknown-account" // a deny rule is about an account that the directory does not show
)

// Check is one condition and whether the request meets it.
type Check struct {
	What string
	OK   bool
}
