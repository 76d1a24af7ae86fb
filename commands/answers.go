package commands

import (
	"fmt"
	"time"
)

// nothingCreated ends every refusal before which nothing was written.
const nothingCreated = " Nothing was created."

// Each of these answers is named by its outcome code.

// AlreadyDone refuses to execute the command of one message a second time.
func AlreadyDone(first RequestID) *Refusal {
	return &Refusal{
		Code:    "already-done",
		Message: "I have already acted on this (request " + string(first) + ").",
		Next:    "For another room, send a new message.",
		Final:   true,
		Open:    true,
	}
}

// Denied is the refusal by a rule of the policy, in the words of its author. Only the requester
// reads it.
func Denied(reason string) *Refusal {
	return &Refusal{Code: "denied", Message: reason, Private: true, Final: true}
}

// DeniedByDefault is the refusal of what no rule of the policy allows.
func DeniedByDefault(command, contact string) *Refusal {
	return Denied(fmt.Sprintf("Nobody has allowed you /%s here. Ask %s.", command, contact))
}

// DeniedOutsideIM is the refusal of what the policy allows only in the 1:1 chat with the bot.
func DeniedOutsideIM(command string) *Refusal {
	return Denied(fmt.Sprintf("You may not use /%s here, but you may in your 1:1 chat with me.", command))
}

// DeniedForUnknown is the refusal where a deny rule depends on what Symphony does not show.
func DeniedForUnknown(command, unknown, contact string) *Refusal {
	return Denied(fmt.Sprintf("A rule about /%s depends on %s, which Symphony does not show me, so I must refuse. Ask %s.",
		command, unknown, contact))
}

// Expired refuses a click on a button whose message is gone or has no such offer.
func Expired() *Refusal {
	return &Refusal{
		Code:    "expired",
		Message: "This button does not work any more.",
		Next:    "Please type the command again.",
		Final:   true,
		Open:    true,
	}
}

// NotYours refuses a click on a button for somebody else: whoever clicks would own the room, and
// the other could open none any more. Only who has clicked reads it; owner is empty where they may
// not be told a name.
func NotYours(owner string) *Refusal {
	message := "This is for the person whose message it answers."
	if owner != "" {
		message = "This is for " + owner + ", whose message it answers."
	}
	return &Refusal{
		Code:    "not-yours",
		Message: message,
		Next:    "For a room of your own:",
		Offers:  []Offer{openFormOffer()},
		Private: true, Unannounced: true,
		Final: true, Fresh: true,
	}
}

// lookupRefused is the refusal where Symphony does not let the bot look something up.
func lookupRefused(what string) *Refusal {
	return &Refusal{
		Code:    "lookup-refused",
		Message: "Symphony does not let me look up " + what + "." + nothingCreated,
		Next:    "Your Symphony administrators can check the rights of my account.",
	}
}

// CodeTooMany is the outcome of requests that are left out.
const CodeTooMany = "too-many"

// TooMany refuses the requests of a chat in which as many as the limit are unfinished.
func TooMany(limit int) *Refusal {
	return &Refusal{
		Code:    CodeTooMany,
		Message: fmt.Sprintf("%d commands are waiting in this chat, as many as I take at once. I left out what came after them.", limit),
		Next:    "I answer those first. Then please send again what has no answer.",
		Open:    true,
	}
}

// TooManyOfPerson refuses the requests of a person of whom as many as the limit are unfinished in a
// chat.
func TooManyOfPerson(who string, limit int) *Refusal {
	r := TooMany(limit)
	r.Message = fmt.Sprintf("%s, %d of your commands are waiting in this chat, as many as I take from one person at once. "+
		"I left out what you sent after them.", who, limit)
	return r
}

// TooManyRooms refuses a room of a person who has opened as many as the limit within an hour; next
// is when another one is possible.
func TooManyRooms(limit int, next time.Time) *Refusal {
	const minute = time.Minute
	next = next.UTC().Add(minute - 1).Truncate(minute)
	return &Refusal{
		Code:    "too-many-rooms",
		Message: fmt.Sprintf("You have asked for %s in the last hour, as many as one person may open.", countNoun(limit, "room", "rooms")) + nothingCreated,
		Next:    "The next is possible at " + next.Format("15:04") + " UTC. Please send the command again then.",
	}
}

// Unreadable refuses a message or form that the bot could not read because of a bug.
func Unreadable(id RequestID) *Refusal {
	return &Refusal{
		Code:    "unreadable",
		Message: "I could not read this. The fault is mine, not yours." + nothingCreated,
		Next:    "Please try it in other words. Your administrators find the reason under request " + string(id) + ".",
		Open:    true,
	}
}

// PutOff is the first answer to a request that takes longer; after is how long until the next
// attempt, 0 if that is not known.
func PutOff(after time.Duration) Reply {
	when := "I keep trying"
	if after >= time.Second {
		when = fmt.Sprintf("I go on in about %d s", int(after.Round(time.Second).Seconds()))
	}
	return openReply(CodePutOff, "⏳ This takes longer than usual. "+when+" and report here; no need to send it again.")
}

// AnsweredInPrivate replaces a first answer in a room when the reply itself is only for the
// requester.
func AnsweredInPrivate() Reply {
	return openReply(codeElsewhere, "I have answered in our 1:1 chat.")
}

// maxEcho is how much of what a user typed is repeated in an answer.
const maxEcho = 80
