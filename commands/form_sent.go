package commands

import (
	"strings"

	"roombot/symphony/messageml"
)

// ConfirmSent says that a form was sent, once its request is stored.
func ConfirmSent() Reply { return openReply(CodeSent, "Sent.") }

// ShowsRoomForm reports whether a message of the bot shows a form for a room.
func ShowsRoomForm(markup string) bool { return strings.Contains(markup, `"`+FormNewRoom+`"`) }

// SentForm is the message that takes the place of a form that was sent. Its entity data still says
// which request the form answers, and for whom.
func SentForm(data string) (messageML, newData string) {
	stamp, _ := readStamp(data)
	stamp.Offers = nil
	newData, err := messageml.EntityData(map[string]any{stampKey: stamp})
	if err != nil {
		newData = "{}" // strings and numbers always encode
	}
	return messageml.Message(ConfirmSent().Body...), newData
}
