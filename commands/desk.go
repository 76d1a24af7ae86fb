package commands

import (
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// Desk is what the commands work with.
type Desk struct {
	Symphony *symphony.Client
	// Self is the bot's own account.
	Self   symphony.User
	Groups *Directory
	Limits Limits
}

// What is assumed of a limit that is not given.
const (
	DefaultMaxMembers    = syntax.DefaultMaxMembers
	DefaultCallTimeout   = 30 * time.Second
	DefaultSearchLag     = 10 * time.Second
	DefaultAddsPerSecond = 3 // the vendor's advice
)

// Limits bound what one request may do and how long an unanswered one is
// looked for.
type Limits struct {
	// MaxMembers is how many people one request may name. Default DefaultMaxMembers.
	MaxMembers int
	// CallTimeout is after how long a call to Symphony is given up; a write
	// may still take effect until then. Default DefaultCallTimeout.
	CallTimeout time.Duration
	// SearchLag is how long a new room or message may stay invisible to Symphony's
	// search. Default DefaultSearchLag.
	SearchLag time.Duration
	// AddsPerSecond is how many people are let into a room each second, after a
	// first burst of ten. Default DefaultAddsPerSecond.
	AddsPerSecond float64
}

// Settle is how long after an unanswered write it has either taken effect where
// a search sees it, or never will.
func (l Limits) Settle() time.Duration { return l.CallTimeout + l.SearchLag }

// NewDesk fills in the defaults.
func NewDesk(d Desk) *Desk {
	if d.Limits.MaxMembers == 0 {
		d.Limits.MaxMembers = DefaultMaxMembers
	}
	if d.Limits.CallTimeout == 0 {
		d.Limits.CallTimeout = DefaultCallTimeout
	}
	if d.Limits.SearchLag == 0 {
		d.Limits.SearchLag = DefaultSearchLag
	}
	if d.Limits.AddsPerSecond == 0 {
		d.Limits.AddsPerSecond = DefaultAddsPerSecond
	}
	return &d
}

// Commands are all commands of this version.
func (d *Desk) Commands() Set {
	set := Set{d.newRoom(), d.groups()}
	return append(set, help(set))
}

// Foreign reports whether a person belongs to another company.
func (d *Desk) Foreign(who symphony.UserID) bool { return who.Tenant() != d.Self.ID.Tenant() }
