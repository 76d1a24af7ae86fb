package trial

import (
	"roombot/commands"
	"roombot/symphony/messageml"
)

// Stamp is what the bot writes into the entity data of an answer: which
// request it answers, and with what outcome.
type Stamp struct {
	Request string `json:"request"`
	Outcome string `json:"outcome"`
}

// Final tells whether this is the answer to the request, and not one that says
// it takes a while.
func (s Stamp) Final() bool { return s.Request != "" && !commands.IsInterim(s.Outcome) }

// Stamp reads the stamp of a message of the bot. Request is empty without one.
func (m Message) Stamp() Stamp {
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
