package commands

import (
	"slices"
	"strings"
)

// CauseLeft is the cause of somebody who was added and is not in the room when the reply is
// decided. Unlike the others it is never stored.
const CauseLeft Cause = "left"

// causeText is what a user reads about a cause.
type causeText struct {
	what string // what happened, after the name and a colon
	// next is what the reader can do about it; {contact} is whom they can ask, {bot} the bot's name.
	// It is empty for what stands in receipts only.
	next string
	// otherwise stands in place of next where the requester is no owner in the room, and can add
	// nobody.
	otherwise string
}

// causeTexts are the texts of all causes.
var causeTexts = map[Cause]causeText{
	CauseNotFound: {
		what:      "Symphony does not know this account any more",
		next:      "Check who was meant, and add them in the room.",
		otherwise: "Check who was meant, and ask {contact} to add them.",
	},
	CauseDisabled: {
		what: "the account is disabled",
		next: "Ask {contact} to enable it again.",
	},
	CauseNotConnected: {
		what: "not connected with {bot}",
		next: "Their company must first accept a connection with {bot}: ask {contact}.",
	},
	CauseInternalRoom: {
		what: "from another company, and this room is internal",
		next: "A room opened with external:yes can take other companies.",
	},
	CauseBarrier: {
		what: "kept out by an information barrier",
		next: "Only Compliance can change that.",
	},
	CauseEntitlement: {
		what: "not entitled to rooms of this kind",
		next: "Ask {contact} to grant the entitlement.",
	},
	CauseForbidden: {
		what: "Symphony does not allow it",
		next: "An information barrier or a missing entitlement may be the reason: ask Compliance or {contact}.",
	},
	CauseCompliance: {
		what: "blocked by a compliance rule",
		next: "Ask Compliance which one.",
	},
	CauseNotOwner: {
		what:      "added, but not made an owner: Symphony refused",
		next:      "You can do it in the room's settings.",
		otherwise: "An owner can do it in the room's settings; if I am the only one, ask {contact}.",
	},
	CauseOwnerEntitlement: {
		what: "added, but not made an owner: owners of a public room need the entitlement to create public rooms",
		next: "Ask {contact} to grant it to them; an owner can make them one after that.",
	},
	CauseInvited: {
		what: "invited, not in yet",
		next: "Their company has to let them in. I look for up to ten minutes and report here.",
	},
	CauseNotJoined: {
		what: "invited, but not in the room after ten minutes",
		next: "Their company may still let them in: please look in the room later. Whoever was to be an owner is not made one then; an owner of the room can do it.",
	},
	CauseEnded: {what: "the request ended before Symphony said whether they are invited"},
	CauseGroup: {
		what: "Symphony does not let me add this group",
		next: "An information barrier may keep some of its people out. Add people by name, or ask {contact}.",
	},
	CauseNoAnswer: {
		what:      "Symphony did not answer, though I asked several times",
		next:      "Look in the room, and add them there if they are missing.",
		otherwise: "Ask {contact} with the request number.",
	},
	CauseShutOut: {
		what: "not added: I am no longer an owner of the room",
		next: "The room's owners can add them.",
	},
	CauseUnseen: {
		what: "I am not in the room any more, and cannot see who is",
		next: "Please look in the room. Its owners can add who is missing.",
	},
	CauseLeft: {
		what:      "added, but not in the room any more",
		next:      "They left or were taken out; an owner can add them again.",
		otherwise: "They left or were taken out; an owner of the room, or {contact}, can add them again.",
	},
	CauseRefused: {
		what:      "Symphony refused without saying why",
		next:      "Add them in the room, or ask {contact} with the request number.",
		otherwise: "Ask {contact} with the request number.",
	},
}

// isOfDirectory reports whether a cause tells something of an account that others need not know.
func (c Cause) isOfDirectory() bool {
	return slices.Contains([]Cause{CauseNotFound, CauseDisabled, CauseBarrier, CauseForbidden, CauseCompliance}, c)
}

// isOfOwnership reports whether somebody is in the room and only not an owner.
func (c Cause) isOfOwnership() bool { return c == CauseNotOwner || c == CauseOwnerEntitlement }

// explain says what happened, and what the reader can do about it: ask the contact or, as an owner
// of the room, do it themselves. A cause of a newer version reads as a refusal without a reason.
func (c Cause) explain(env *Env, isOwner bool) string {
	text, ok := causeTexts[c]
	if !ok {
		text = causeTexts[CauseRefused]
	}
	next := text.next
	if !isOwner && text.otherwise != "" {
		next = text.otherwise
	}
	return env.fillIn(text.what + ". " + next)
}

// remedy is what whoever asked can do about a cause before the room is opened.
func (c Cause) remedy(env *Env) string { return env.fillIn(causeTexts[c].next) }

func (env *Env) fillIn(text string) string {
	return strings.NewReplacer("{contact}", env.Contact, "{bot}", env.Self.DisplayName).Replace(text)
}
