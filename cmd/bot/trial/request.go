package trial

import (
	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// RoomRequest is the number of the request that a room was opened for; empty without one.
func RoomRequest(r client.Room) string { return r.Keyword(commands.RequestKeyword) }

// Stamp is what the bot writes into the entity data of an answer: the number of the request that it
// answers, which part of the answer it is, the outcome, and the user id of whom it is for.
type Stamp struct {
	Request string `json:"request"`
	Part    string `json:"part"`
	Outcome string `json:"outcome"`
	For     int64  `json:"for"`
}

// IsFinal reports whether this is the answer to the request, and not one that says that it takes a
// while.
func (s Stamp) IsFinal() bool { return s.Request != "" && !commands.IsInterim(s.Outcome) }

// ReadStamp reads the stamp of a message of the bot. Request is empty without one.
func ReadStamp(m client.Message) Stamp {
	content, err := messageml.Read("", m.Data)
	if err != nil {
		return Stamp{}
	}
	var s Stamp
	if ok, err := content.Entity("roombot", &s); err != nil || !ok {
		return Stamp{}
	}
	return s
}

// SmallTalk is a text that is for no bot.
const SmallTalk = "shall we have lunch?"
