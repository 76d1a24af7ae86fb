package commands

// explain says what happened and what the reader can do about it.
func (c Cause) explain() (what, next string) {
	switch c {
	case CauseNotFound:
		return "Symphony does not know this account any more", "Check who was meant, and add them in the room."
	case CauseDisabled:
		return "the account is disabled", "Your Symphony administrators can enable it again."
	case CauseNotConnected:
		return "not connected with me", "Their company must first accept a connection with me; ask your Symphony administrators."
	case CauseInternalRoom:
		return "from another company, and this room is internal", "A room opened with external:yes can take other companies."
	case CauseBarrier:
		return "kept out by an information barrier", "Only Compliance can change that."
	case CauseEntitlement:
		return "not entitled to rooms of this kind", "Your Symphony administrators can grant the entitlement."
	case CauseCompliance:
		return "blocked by a compliance rule", "Compliance can tell you which one."
	case CauseNotOwner:
		return "added, but not made an owner: Symphony refused", "Another owner can do it in the room's settings."
	case CauseGroup:
		return "Symphony does not let me add this group",
			"An information barrier may keep some of its people out. Add people by name, or ask your Symphony administrators."
	case CauseNoAnswer:
		return "Symphony did not answer, though I asked several times", "Look in the room, and add them there if they are missing."
	case CauseShutOut:
		return "I am no longer an owner of the room, somebody may have taken me out", "The room's owners can add them."
	default:
		return "Symphony refused without saying why", "Add them in the room, or ask your administrators with the request number."
	}
}
