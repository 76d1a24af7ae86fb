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

// Limits bound what one request may do and how long an unanswered one is
// looked for.
type Limits struct {
	// MaxMembers is how many people one request may name. Default 100.
	MaxMembers int
	// CallTimeout is after how long a call to Symphony is given up; a write
	// may still take effect until then. Default 30 s.
	CallTimeout time.Duration
	// SearchLag is how long a new room or message may stay invisible to Symphony's
	// search. Default 5 s.
	SearchLag time.Duration
	// AddsPerSecond is how many people are let into a room each second, after a
	// first burst of ten. Default 3, the vendor's advice.
	AddsPerSecond float64
}

// Settle is how long after an unanswered write it has either taken effect where
// a search sees it, or never will.
func (l Limits) Settle() time.Duration { return l.CallTimeout + l.SearchLag }

// NewDesk fills in the defaults.
func NewDesk(d Desk) *Desk {
	if d.Limits.MaxMembers == 0 {
		d.Limits.MaxMembers = syntax.DefaultMaxMembers
	}
	if d.Limits.CallTimeout == 0 {
		d.Limits.CallTimeout = 30 * time.Second
	}
	if d.Limits.SearchLag == 0 {
		d.Limits.SearchLag = 5 * time.Second
	}
	if d.Limits.AddsPerSecond == 0 {
		d.Limits.AddsPerSecond = 3
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
