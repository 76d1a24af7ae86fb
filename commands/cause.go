package commands

import "slices"

// CauseLeft is the cause of somebody who was added and is not in the room when the reply is
// decided. Unlike the others it is never stored.
const CauseLeft Cause = "left"

// causeText is what a user reads about a cause.
type causeText struct {
	what string // what happened, after the name and a colon
	next string // what the reader can do about it
}

// causeTexts are the texts of all causes.
var causeTexts = map[Cause]causeText{
	CauseNotFound: {
		"Symphony does not know this account any more",
		"Check who was meant, and add them in the room.",
	},
	CauseDisabled: {
		"the account is disabled",
		"Your Symphony administrators can enable it again.",
	},
	CauseNotConnected: {
		"not connected with me",
		"Their company must first accept a connection with me; ask your Symphony administrators.",
	},
	CauseInternalRoom: {
		"from another company, and this room is internal",
		"A room opened with external:yes can take other companies.",
	},
	CauseBarrier: {
		"kept out by an information barrier",
		"Only Compliance can change that.",
	},
	CauseEntitlement: {
		"not entitled to rooms of this kind",
		"Your Symphony administrators can grant the entitlement.",
	},
	CauseForbidden: {
		"Symphony does not allow it",
		"An information barrier or a missing entitlement may be the reason: ask Compliance or your Symphony administrators.",
	},
	CauseCompliance: {
		"blocked by a compliance rule",
		"Compliance can tell you which one.",
	},
	CauseNotOwner: {
		"added, but not made an owner: Symphony refused",
		"An owner can do it in the room's settings. Where I am the only owner, ask your Symphony administrators.",
	},
	CauseOwnerEntitlement: {
		"added, but not made an owner: owners of a public room need the entitlement to create public rooms",
		"Your Symphony administrators can grant it to them; an owner can make them one after that.",
	},
	CauseInvited: {
		"invited, not in yet",
		"Their company has to let them in. I look for up to ten minutes and report here.",
	},
	CauseNotJoined: {
		"invited, but not in the room after ten minutes",
		"Their company may still let them in: please look in the room later. Whoever was to be an owner is not made one then; an owner of the room can do it.",
	},
	CauseGroup: {
		"Symphony does not let me add this group",
		"An information barrier may keep some of its people out. Add people by name, or ask your Symphony administrators.",
	},
	CauseNoAnswer: {
		"Symphony did not answer, though I asked several times",
		"Look in the room, and add them there if they are missing.",
	},
	CauseShutOut: {
		"not added: I am no longer an owner of the room",
		"The room's owners can add them.",
	},
	CauseUnseen: {
		"I am not in the room any more, and cannot see who is",
		"Please look in the room. Its owners can add who is missing.",
	},
	CauseLeft: {
		"added, but not in the room any more",
		"They left or were taken out; an owner can add them again.",
	},
	CauseRefused: {
		"Symphony refused without saying why",
		"Add them in the room, or ask your administrators with the request number.",
	},
}

// isOfDirectory reports whether a cause tells something of an account that others need not know.
func (c Cause) isOfDirectory() bool {
	return slices.Contains([]Cause{CauseNotFound, CauseDisabled, CauseBarrier, CauseForbidden, CauseCompliance}, c)
}

// isOfOwnership reports whether somebody is in the room and only not an owner.
func (c Cause) isOfOwnership() bool { return c == CauseNotOwner || c == CauseOwnerEntitlement }

// text is the text of the cause. A cause of a newer version reads as a refusal without a reason.
func (c Cause) text() causeText {
	if text, ok := causeTexts[c]; ok {
		return text
	}
	return causeTexts[CauseRefused]
}
