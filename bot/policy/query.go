package policy

import "time"

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
	// Plan is what the request would do; nil while that is not known. Until then the conditions on
	// it are open: an allow rule is taken to admit, a deny rule with conditions not to match.
	Plan *Plan
	// Used is nil where it was not counted: limits are not reached then.
	Used *Used
	// Grants are the exceptions for the person that are good now.
	Grants []Grant
}

// Plan is what a request would do, as far as rules turn on it.
type Plan struct {
	External, Public, ReadOnly, NoCopy, History, Discoverable, MembersCanAdd bool

	People    int       // with the requester and those behind the groups, each counted once
	Owners    int       // with the requester
	Groups    []string  // names of the distribution lists, as the directory has them
	Companies []int64   // other companies whose people would be invited
	Members   []Subject // who is named, and so would be brought in
	Behind    []Subject // who is behind the groups, where a deny rule asks for that; the requester does not count
	// PeopleUnknown says that People leaves out those behind groups, whose number is not known.
	PeopleUnknown bool
	// BehindUnknown says that it is not known of each group who is behind it.
	BehindUnknown bool
}

// Used is how many rooms the person has made that count, in the last hour and in the last day.
type Used struct{ Hour, Day int }

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
	// Groups says of distribution lists, by their id, whether the account is in them. Of one that
	// is left out it is not known, unless AllGroups is set: then the account is not in it. A policy
	// whose names are not resolved knows groups by their name, see GroupsByName.
	Groups    map[string]bool
	AllGroups bool
}

// Place is the conversation in which the command was given.
type Place struct {
	Kind     ChatKind
	StreamID string // base64, any alphabet and padding
	RoomName string
}

// Outcome is what a decision comes to.
type Outcome string

// The outcomes. Only Allow lets the request be carried out.
const (
	Allow   Outcome = "allow"
	Deny    Outcome = "deny"
	Approve Outcome = "approve" // somebody has to approve it first
	Limit   Outcome = "limit"   // the rule's limits are used up
)

// Decision is the answer and all that led to it.
type Decision struct {
	Allowed bool
	Rule    string  // name of the rule that decided; empty when none did (default deny, /help)
	Line    int     // the rule's line in its file
	Grant   int64   // the number of the grant that admits, where no rule does
	Denial  Denial  // empty when allowed
	Reason  string  // of a denial ByRule: the sentence of the rule's author for the user
	Contact string  // whom a refused user should ask
	Checks  []Check // each condition of the rule that decided; when none did, of the allow rule that came closest
	// Nearest is the allow rule that came closest, where none admits, and NearestLine its line.
	Nearest     string
	NearestLine int
	// NearestApprovers are who would have had to approve the request by that rule, as it names them;
	// nil where nobody would.
	NearestApprovers []string
	// Advice are sentences for the user that say what did not fit the rule that came closest.
	Advice []string
	// Limits are those of the allow rule that admits.
	Limits Limits
	// Approvers are who may approve, as the rule names them, where the request needs an approval.
	Approvers []string
	// NextWithin is how long it takes at most until a limit that is reached lets the person open a
	// room again; 0 where none is reached.
	NextWithin time.Duration
}

// Outcome is what the decision comes to.
func (d Decision) Outcome() Outcome {
	switch {
	case d.Allowed:
		return Allow
	case d.Denial == NeedsApproval:
		return Approve
	case d.Denial == LimitReached:
		return Limit
	}
	return Deny
}

// Limits bound how many rooms one person may make under a rule, in any span of an hour or a day; 0
// for any number.
type Limits struct{ PerHour, PerDay int }

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
	UnknownGroup   Denial = "unknown-group"   // a deny rule is about a distribution list whose members are not shown
	UnknownMember  Denial = "unknown-member"  // a deny rule is about who is brought in, and that is not known of one of them
	ByCondition    Denial = "condition"       // an allow rule is about the person and the command, but not about this request
	NeedsApproval  Denial = "approval"        // a rule admits it once somebody has approved it
	LimitReached   Denial = "limit"           // the rule's limits are used up
)

// Check is one condition and whether the request meets it.
type Check struct {
	Key  string // who, where, command, or the condition's name; empty for others
	What string
	OK   bool
	Open bool // not known yet: the request is not planned
}
