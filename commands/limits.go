package commands

import (
	"cmp"
	"time"

	"roombot/commands/syntax"
)

// The defaults of Limits. The configuration states no others.
const (
	DefaultMaxMembers    = syntax.DefaultMaxMembers
	DefaultMaxPeople     = 500
	DefaultCallTimeout   = 30 * time.Second
	DefaultSearchLag     = 10 * time.Second
	DefaultAddsPerSecond = 3.0 // the vendor's advice
	DefaultRoomsPerHour  = 20  // of the configuration
	DefaultUndoTime      = 15 * time.Minute
)

// Limits bound what one request may do and how long an unanswered write is looked for.
type Limits struct {
	// MaxMembers is how many people one request may name. Default DefaultMaxMembers.
	MaxMembers int
	// MaxPeople is how many people one request may bring together: the requester, those named and
	// those in the groups, each counted once. Default DefaultMaxPeople.
	MaxPeople int
	// CallTimeout is after how long a call to Symphony is given up; a write may still take effect
	// until then. Default DefaultCallTimeout.
	CallTimeout time.Duration
	// SearchLag is how long a new room or message may stay invisible to Symphony's search. Default
	// DefaultSearchLag.
	SearchLag time.Duration
	// AddsPerSecond is how many people are added to a room each second, after a first burst of ten.
	// Default DefaultAddsPerSecond.
	AddsPerSecond float64
	// RoomsPerHour is how many rooms one person may open in an hour; 0 for any number.
	RoomsPerHour int
	// UndoTime is for how long the answer that tells of a room can be undone, from when it was shown
	// by Symphony's clock. Default DefaultUndoTime.
	UndoTime time.Duration
}

// Settle is how long after an unanswered write it has either taken effect where a search sees it,
// or never will.
func (l Limits) Settle() time.Duration { return l.CallTimeout + l.SearchLag }

func (l Limits) withDefaults() Limits {
	return Limits{
		MaxMembers:    cmp.Or(l.MaxMembers, DefaultMaxMembers),
		MaxPeople:     cmp.Or(l.MaxPeople, DefaultMaxPeople),
		CallTimeout:   cmp.Or(l.CallTimeout, DefaultCallTimeout),
		SearchLag:     cmp.Or(l.SearchLag, DefaultSearchLag),
		AddsPerSecond: cmp.Or(l.AddsPerSecond, DefaultAddsPerSecond),
		RoomsPerHour:  l.RoomsPerHour,
		UndoTime:      cmp.Or(l.UndoTime, DefaultUndoTime),
	}
}
