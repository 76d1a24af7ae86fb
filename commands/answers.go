package commands

import (
	"fmt"
	"strings"
	"time"

	"roombot/commands/syntax"
)

// nothingCreated ends every refusal before which nothing was written.
const nothingCreated = " Nothing was created."

// Each of these answers is named by its outcome code.

// AlreadyDone refuses to execute the command of one message a second time. The form with the same
// command makes another request.
func AlreadyDone(first RequestID, again syntax.Message) *Refusal {
	return &Refusal{
		Code:    "already-done",
		Message: "I have already acted on this (request " + string(first) + ").",
		Next:    "For another room, send a new message or fill in the form:",
		Offers:  []Offer{editOffer(again)},
		Final:   true,
		Open:    true,
		Fresh:   true,
	}
}

// Denied is the refusal by a rule of the policy, in the words of its author. Only the requester
// reads it, with whom they can ask, unless the reason names them.
func Denied(reason, contact string) *Refusal {
	r := &Refusal{Code: "denied", Message: reason, Private: true, Final: true}
	if !strings.Contains(reason, contact) {
		r.Next = "If you need it, ask " + contact + "."
	}
	return r
}

// DeniedByCondition is the refusal of a request that would be admitted with other people or
// options: what does not fit is said, so that it can be corrected.
func DeniedByCondition(reason, contact string) *Refusal {
	return &Refusal{Code: "denied", Message: reason + nothingCreated, Next: "Change that, or ask " + contact + ".", Private: true}
}

// DeniedByDefault is the refusal of what no rule of the policy allows.
func DeniedByDefault(command, contact string) *Refusal {
	return Denied(fmt.Sprintf("Nobody has allowed you /%s here. Ask %s.", command, contact), contact)
}

// DeniedOutsideIM is the refusal of what the policy allows only in the 1:1 chat with the bot. It is
// read there, and its buttons do there what was asked.
func (c Catalogue) DeniedOutsideIM(command string, g syntax.Grammar, asked syntax.Message) *Refusal {
	return &Refusal{
		Code:    "denied",
		Message: fmt.Sprintf("You may use /%s only in our 1:1 chat, not in rooms.", command),
		Next:    "Here it is one click:",
		Offers:  c.OffersAgain(g, asked),
		Private: true,
		Final:   true,
	}
}

// DeniedForUnknown is the refusal where a deny rule depends on what Symphony does not show.
func DeniedForUnknown(command, unknown, contact string) *Refusal {
	return Denied(fmt.Sprintf("A rule about /%s depends on %s, which Symphony does not show me, so I must refuse. Ask %s.",
		command, unknown, contact), contact)
}

// Expired refuses a click on a button whose message is gone or has no such offer.
func Expired() *Refusal {
	return &Refusal{
		Code:    "expired",
		Message: "This button does not work any more.",
		Next:    "Please type the command again, or fill in the form:",
		Offers:  []Offer{openFormOffer()},
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
func (env *Env) lookupRefused(what string) *Refusal {
	return &Refusal{
		Code:    "lookup-refused",
		Message: "Symphony does not let me look up " + what + "." + nothingCreated,
		Next:    "Ask " + env.Contact + " to check the rights of my account, " + env.Self.Username + ".",
	}
}

// CodeTooMany is the outcome of requests that are left out.
const CodeTooMany = "too-many"

// TooMany refuses the requests of a chat in which as many as the limit are unfinished. Of those
// that are left out, one is offered again.
func (c Catalogue) TooMany(limit int, one syntax.Message, read syntax.Result) *Refusal {
	r := &Refusal{
		Code:    CodeTooMany,
		Message: fmt.Sprintf("%d commands are waiting in this chat, as many as I take at once. I left out what came after them.", limit),
		Next:    "I answer those first. Then please send again what has no answer, or fill in the form:",
		Offers:  []Offer{openFormOffer()},
		Open:    true,
	}
	if read.Command != nil {
		r.Next = "I answer those first. Then one click does this one; please send again what else has no answer:"
		r.Offers = c.offersFor(one, read)
	}
	return r
}

// TooManyOfPerson refuses the requests of a person of whom as many as the limit are unfinished in a
// chat.
func (c Catalogue) TooManyOfPerson(who string, limit int, one syntax.Message, read syntax.Result) *Refusal {
	r := c.TooMany(limit, one, read)
	r.Message = fmt.Sprintf("%s, %d of your commands are waiting in this chat, as many as I take from one person at once. "+
		"I left out what you sent after them.", who, limit)
	return r
}

// TooManyRooms refuses a room of a person who has opened as many as the limit within an hour or a
// day; next is when another one is possible.
func TooManyRooms(limit int, span time.Duration, next time.Time, asked syntax.Message) *Refusal {
	next = nextMinute(next)
	within, at := "hour", next.Format("15:04")
	if span > time.Hour {
		within, at = "day", next.Format("2 January, 15:04")
	}
	return &Refusal{
		Code: "too-many-rooms",
		Message: fmt.Sprintf("You have asked for %s in the last %s, as many as one person may open.", countNoun(limit, "room", "rooms"), within) +
			nothingCreated,
		Next:   "The next is possible at " + at + " UTC. Then one click does it:",
		Offers: createOffers(asked),
	}
}

// nextMinute is the first full minute at which what is possible at a time is possible.
func nextMinute(t time.Time) time.Time { return t.UTC().Add(time.Minute - 1).Truncate(time.Minute) }

// Unreadable refuses a message or form that the bot could not read because of a bug.
func Unreadable(id RequestID) *Refusal {
	return &Refusal{
		Code:    "unreadable",
		Message: "I could not read this. The fault is mine, not yours." + nothingCreated,
		Next:    "Please try it in other words, or fill in the form. Your administrators find the reason under request " + string(id) + ".",
		Offers:  []Offer{openFormOffer()},
		Final:   true,
		Open:    true,
	}
}

// StillWorking refuses another version of a message whose command is not finished.
func StillWorking(first RequestID, typed syntax.Message) *Refusal {
	return &Refusal{
		Code:    "still-working",
		Message: "I am still working on your message as it was (request " + string(first) + ").",
		Next:    "Please wait for that answer. For another room, fill in the form:",
		Offers:  []Offer{editOffer(typed)},
		Fresh:   true,
		Final:   true,
		Open:    true,
	}
}

// AlreadyEnded refuses to act on a request that has ended.
func AlreadyEnded(request RequestID) *Refusal {
	return &Refusal{
		Code:    "already-ended",
		Message: "Request " + string(request) + " has ended already.",
		Next:    "Its answer says how. For another room, fill in the form:",
		Offers:  []Offer{openFormOffer()},
		Fresh:   true,
		Final:   true,
		Open:    true,
	}
}

// AnsweredInPrivate replaces a first answer in a room when the reply itself is only for the
// requester.
func AnsweredInPrivate() Reply {
	return openReply(codeElsewhere, "I have answered in our 1:1 chat.")
}

// maxEcho is how much of what a user typed is repeated in an answer.
const maxEcho = 80
