package world

import "time"

// ChangeKind says what has changed.
type ChangeKind int

// The kinds of changes.
const (
	OtherChange     ChangeKind = iota // something that only a saved state shows
	MessageSent                       // Message, in Stream
	MessageChanged                    // Message, in Stream: suppressed, or a form of it submitted
	StreamChanged                     // Stream: its members or attributes
	MemberGone                        // User, from Stream
	FeedsChanged                      // the feeds with the ids Feeds have news
	ManifestChanged                   // the commands of a service account
	TimeAdvanced                      // the clock was moved
	Emptied                           // everything is as it was at first
)

// Change is one change of a world. Kind says which other fields are set.
type Change struct {
	Kind    ChangeKind
	Stream  *Stream
	Message *Message
	User    int64
	Feeds   []string
}

// Observer learns of each change, while the operation that makes it is under way: it may look at
// the world and must not change it.
type Observer interface {
	Changed(change Change)
}

// Faults is what goes wrong in a world on purpose.
type Faults interface {
	// DuplicatesEvent reports whether the next event comes twice.
	DuplicatesEvent() bool
	// SearchLag is how late the next room comes into the search index, in milliseconds.
	SearchLag() int64
	// OutsideDelay is how much later somebody of another company who is added comes into a room;
	// ever is false for never.
	OutsideDelay() (delay time.Duration, ever bool)
}

// DefaultOutsideDelay is how much later somebody of another company comes into a room.
const DefaultOutsideDelay = 2 * time.Second

type noObserver struct{}

func (noObserver) Changed(Change) {}

type noFaults struct{}

func (noFaults) DuplicatesEvent() bool { return false }
func (noFaults) SearchLag() int64      { return 0 }

func (noFaults) OutsideDelay() (delay time.Duration, ever bool) { return DefaultOutsideDelay, true }
