package client

import "time"

// IndexAnswer is the answer of GET /sandbox/v1.
type IndexAnswer struct {
	Operations []string `json:"operations"` // method and path of each operation
}

// ErrorBody is the body of every answer that is not a success.
type ErrorBody struct {
	Message string `json:"message"`
}

// EmptyAnswer is the answer of POST leave and POST reset.
type EmptyAnswer struct{}

// Conversation is the answer of POST say, edit and act.
type Conversation struct {
	Message Message   `json:"message"` // what was said, or the message whose form was submitted
	Replies []Message `json:"replies"` // what service accounts said since, where the person can read it
}

// Message is a message as somebody sees it.
type Message struct {
	ID         string `json:"messageId"`
	Seq        int64  `json:"seq"` // its place in the order in which the pod took all messages, from 1
	StreamID   string `json:"streamId"`
	From       Sender `json:"from"`
	Timestamp  int64  `json:"timestamp"` // milliseconds since 1970, the pod's clock
	Markup     string `json:"message"`   // PresentationML
	Data       string `json:"data"`      // JSON of the entities
	Text       string `json:"text"`      // what a person reads
	Replacing  string `json:"replacing,omitempty"`
	ReplacedBy string `json:"replacedBy,omitempty"`
	InitialID  string `json:"initialMessageId,omitempty"` // the first version of an edited message
	Forms      []Form `json:"forms"`
	Files      []File `json:"attachments,omitempty"`
}

// Sender is who wrote a message.
type Sender struct {
	ID          int64  `json:"id"`
	DisplayName string `json:"displayName"`
	Username    string `json:"username"`
}

// Form is a form of a message.
type Form struct {
	ID        string `json:"id"`
	Submitted bool   `json:"submitted"` // by who sees the message; by anybody in an answer for nobody in particular
}

// File is an attachment of a message.
type File struct {
	Name string `json:"name"`
	Size int    `json:"size"` // bytes
}

// MessagesAnswer is the answer of GET messages?after=SEQ&as=USERNAME&from=USERNAME&limit=N:
// messages of the whole pod, oldest first. "as" keeps those that somebody can read, "from" those of
// one sender. Nothing is marked as read.
type MessagesAnswer struct {
	Messages []Message `json:"messages"`
	Last     int64     `json:"last"` // Seq of the last message that was looked at: where to continue
}

// Person is a user of the pod.
type Person struct {
	ID          int64  `json:"id"`
	Username    string `json:"username"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email,omitempty"`
	Company     string `json:"company,omitempty"`
	Title       string `json:"title,omitempty"`
	AccountType string `json:"accountType,omitempty"` // "NORMAL" or "SYSTEM"
	Active      bool   `json:"active"`
	External    bool   `json:"external"` // of another company than the bot's
	About       string `json:"about,omitempty"`
}

// PeopleAnswer is the answer of GET people.
type PeopleAnswer struct {
	People []Person      `json:"people"`
	Groups []PeopleGroup `json:"groups"`
	Bot    Person        `json:"bot"`
}

// PeopleGroup is a distribution list in the answer of GET people.
type PeopleGroup struct {
	ID        string  `json:"id"`
	ProfileID int64   `json:"profileId"`
	Name      string  `json:"name"`
	Members   []int64 `json:"members"` // user ids
}

// Group is a distribution list in the answer of GET state.
type Group struct {
	ID        string   `json:"id"`
	ProfileID int64    `json:"profileId"`
	Name      string   `json:"name"`
	Members   []string `json:"members"` // usernames
}

// State is the answer of GET state: the whole pod, messages aside.
type State struct {
	Now      time.Time     `json:"now"` // the pod's clock
	People   []Person      `json:"people"`
	Groups   []Group       `json:"groups"`
	Rooms    []Room        `json:"rooms"` // oldest first
	Chats    []ChatMembers `json:"chats"` // those that are no rooms, oldest first
	Feeds    []Feed        `json:"feeds"`
	Faults   []Fault       `json:"faults"`
	Rights   Rights        `json:"rights"`
	Messages int           `json:"messages"` // how many are kept
}

// Room is a room with its members.
type Room struct {
	RoomProperties
	StreamID string   `json:"streamId"`
	Active   bool     `json:"active"`
	Members  []Member `json:"members"` // in the order of joining
}

// ChatMembers is a chat that is no room.
type ChatMembers struct {
	StreamID string   `json:"streamId"`
	Members  []Member `json:"members"`
}

// Member is somebody in a room or chat, in the answer of GET state.
type Member struct {
	Username string   `json:"username"`
	Owner    bool     `json:"owner"`
	Joined   int64    `json:"joinDate"`          // milliseconds since 1970, the pod's clock
	Through  []string `json:"through,omitempty"` // names of the groups they came with
}

// FeedsAnswer is the answer of GET feeds.
type FeedsAnswer struct {
	Feeds []Feed `json:"feeds"`
}

// Feed is a datafeed.
type Feed struct {
	ID       string    `json:"id"`
	Owner    string    `json:"owner"` // username
	Tag      string    `json:"tag,omitempty"`
	Queued   int       `json:"queued"`   // events waiting to be read
	InFlight int       `json:"inFlight"` // events read and not yet acknowledged
	Readers  int       `json:"readers"`  // reads waiting for events
	Oldest   int64     `json:"oldest"`   // when the oldest unacknowledged event happened, in milliseconds since 1970; 0 without one
	Created  time.Time `json:"created"`
	LastRead time.Time `json:"lastRead"`
	Expires  time.Time `json:"expires"` // unless it is read before
}

// WireAnswer is the answer of GET wire?after=N&limit=N: calls numbered above after, oldest first;
// the newest ones when there are more than the limit.
type WireAnswer struct {
	Calls []Call `json:"calls"`
}

// Call is one call of Symphony's API in the pod's log of calls. Bodies are JSON text without
// secrets, cut at 16 KiB.
type Call struct {
	N         int64     `json:"n"` // from 1
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Path      string    `json:"path"` // with the query
	Operation string    `json:"operation"`
	Status    int       `json:"status"`          // 0: the connection was dropped
	Millis    float64   `json:"ms"`              // milliseconds that it took
	Trace     string    `json:"trace,omitempty"` // the caller's X-Trace-Id
	Request   string    `json:"request"`
	Response  string    `json:"response"`
	Curl      string    `json:"curl"` // the call for a shell, with variables in the places of tokens
}

// RecordAnswer is the answer of GET record?after=SEQ&limit=N: entries of the audit record of the
// bot that are numbered above after, oldest first; the newest ones when there are more than the
// limit.
type RecordAnswer struct {
	Kept    bool          `json:"kept"` // whether the sandbox knows of a bot that keeps a record
	Entries []RecordEntry `json:"entries"`
}

// RecordEntry is an entry of an audit record: what a bot has decided or done once.
type RecordEntry struct {
	Seq      int64     `json:"seq"` // from 1
	Time     time.Time `json:"time"`
	Kind     string    `json:"kind"`              // such as "decision"
	Request  string    `json:"request,omitempty"` // the number that the user reads
	UserID   int64     `json:"userId,omitempty"`  // of who asked
	StreamID string    `json:"streamId,omitempty"`
	What     string    `json:"what"`               // in words
	Hash     string    `json:"hash"`               // in hex; the next entry has it in its own
	Decision *Decision `json:"decision,omitempty"` // of an entry that is one
}

// Decision is what a bot has decided about a request, and all that led to it.
type Decision struct {
	Outcome string          `json:"outcome"` // "allow", "deny", "approve" or "limit"
	Command string          `json:"command"`
	Text    string          `json:"text,omitempty"`    // as typed
	From    string          `json:"from,omitempty"`    // name of who asked
	Rule    string          `json:"rule,omitempty"`    // that decided; none where no rule did
	Line    int             `json:"line,omitempty"`    // of the rule in its file
	Grant   int64           `json:"grant,omitempty"`   // number of the exception that admits, where no rule does
	Nearest string          `json:"nearest,omitempty"` // where no rule admits: the one that came closest
	Why     string          `json:"why,omitempty"`     // not allowed, in words for users
	Version string          `json:"version,omitempty"` // of all rules
	Checks  []DecisionCheck `json:"checks,omitempty"`  // conditions of the rule, or of the nearest one
}

// DecisionCheck is a condition, and whether the request meets it.
type DecisionCheck struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
}

// Manifest is the answer of GET manifest: the bot's commands, as the bot uploaded them.
type Manifest struct {
	Commands []ManifestCommand `json:"commands"`
}

// ManifestCommand is a command of a bot.
type ManifestCommand struct {
	Name    string             `json:"name"`
	Desc    string             `json:"desc"`
	Example string             `json:"example,omitempty"`
	Args    []ManifestArgument `json:"args,omitempty"`
}

// ManifestArgument is an argument of a command.
type ManifestArgument struct {
	Name string `json:"name"`
}

// InjectAnswer is the answer of POST events, whose body is the event.
type InjectAnswer struct {
	Feeds int `json:"feeds"` // how many datafeeds it was put on
}

// ChatterAnswer is the answer of POST chatter.
type ChatterAnswer struct {
	StreamID string `json:"streamId"`
	Queued   int    `json:"queued"` // events waiting in the fullest datafeed
}

// ClockAnswer is the answer of POST clock.
type ClockAnswer struct {
	Now time.Time `json:"now"` // the pod's clock
}
