package commands

import (
	"fmt"
	"time"

	"roombot/symphony/messageml"
)

// AlreadyDone refuses to carry out the same message a second time.
func AlreadyDone(first RequestID) *Refusal {
	return &Refusal{
		Code:    "already-done",
		Message: "This has been carried out already (request " + string(first) + ").",
		Next:    "For another room, send a new message.",
	}
}

// Expired refuses a click on a button whose message is gone or not the bot's.
func Expired() *Refusal {
	return &Refusal{
		Code:    "expired",
		Message: "This button is not valid any more.",
		Next:    "Please type the command again.",
	}
}

// PutOff is the first answer when Symphony keeps the request waiting.
func PutOff(after time.Duration) Reply {
	when := "I keep trying"
	if after >= time.Second {
		when = fmt.Sprintf("I go on in about %d s", int(after.Round(time.Second).Seconds()))
	}
	return Reply{Code: "put-off", Body: []messageml.Node{messageml.Paragraph(messageml.Text(
		"⏳ Symphony is not answering as it should. Your request is safe: " + when + " and report here. No need to send it again."))}}
}

// GaveUp is the last answer to a request that could not be carried out.
func GaveUp(id RequestID) Reply {
	return (&Refusal{
		Code:    "gave-up",
		Message: "I could not finish this: Symphony kept failing.",
		Next: "A room may have been opened half-way; look for it before you try again. " +
			"Your administrators find the reason under request " + string(id) + ".",
	}).Reply()
}
