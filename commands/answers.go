package commands

import (
	"fmt"
	"time"
)

// nothing closes every refusal before which nothing was written.
const nothing = " Nothing was created."

// AlreadyDone refuses to carry out the same message a second time.
func AlreadyDone(first RequestID) *Refusal {
	return &Refusal{
		Code:    "already-done",
		Message: "I have already acted on this (request " + string(first) + ").",
		Next:    "For another room, send a new message.",
		Final:   true,
	}
}

// Denied is the policy's refusal, for the requester's eyes only.
func Denied(reason string) *Refusal {
	return &Refusal{Code: "denied", Message: reason, Private: true, Final: true}
}

// Expired refuses a click on a button that stands for nothing any more.
func Expired() *Refusal {
	return &Refusal{
		Code:    "expired",
		Message: "This button does not work any more.",
		Next:    "Please type the command again.",
		Final:   true,
	}
}

// NotYours refuses a click on what the bot had asked somebody else: whoever
// clicks would own the room, and the other could open none any more.
func NotYours() *Refusal {
	return &Refusal{
		Code:    "not-yours",
		Message: "This is for the person whose message it answers.",
		Next:    "Please type the command yourself.",
		Final:   true,
	}
}

// TooMany is the one answer to all surplus requests of a chat: limit is how many may be unfinished.
func TooMany(limit int) *Refusal {
	return &Refusal{
		Code: "too-many",
		Message: fmt.Sprintf(
			"%d commands are waiting in this chat, as many as I take at once. I left out what came after them.", limit),
		Next: "I answer those first. Then please send again what has no answer.",
	}
}

// PutOff is the first answer to a request that could not be finished at once;
// after is when it goes on, where that is known.
func PutOff(after time.Duration) Reply {
	when := "I keep trying"
	if after >= time.Second {
		when = fmt.Sprintf("I go on in about %d s", int(after.Round(time.Second).Seconds()))
	}
	return says(CodePutOff, "⏳ This takes longer than usual. "+when+" and report here; no need to send it again.")
}

// ElsewhereNow takes the place of a first answer in a room when the reply
// itself is only for the one who asked.
func ElsewhereNow() Reply { return says("elsewhere", "I have answered in our 1:1 chat.") }

// shown is how much of what a user typed is repeated in an answer.
const shown = 80

// clip cuts a text to so many characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
