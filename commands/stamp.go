package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Stamp marks a message of the bot: what it answers and as which part.
type Stamp struct {
	Request RequestID
	Part    string
	// Origin is the message whose request a click on an offer carries out.
	Origin string
	// For is who is answered: nobody else's click counts.
	For symphony.UserID
}

// entityKey is where the stamp stands in the entity data of a message.
const entityKey = "roombot"

// entity is the stamp as it travels: a form reply brings no state back, so
// what its buttons stand for is read from the message that shows them.
type entity struct {
	Type    string          `json:"type"`
	Version string          `json:"version"`
	Request RequestID       `json:"request"`
	Part    string          `json:"part"`
	Outcome string          `json:"outcome"`
	Origin  string          `json:"origin,omitempty"`
	For     symphony.UserID `json:"for,omitempty"`
	Offers  []wireOffer     `json:"offers,omitempty"`
}

type wireOffer struct {
	Text     string           `json:"text"`
	Mentions []syntax.Mention `json:"mentions,omitempty"`
	Edit     bool             `json:"edit,omitempty"`
}

// Render makes the message: the body, a button per offer, and the stamp.
func (r Reply) Render(s Stamp) (messageML, data string) {
	body := r.Body
	e := entity{Type: "com.roombot.reply", Version: "1.0", Request: s.Request, Part: s.Part, Outcome: r.Code, Origin: s.Origin, For: s.For}
	if len(r.Offers) > 0 {
		buttons := make([]messageml.Node, len(r.Offers))
		for i, o := range r.Offers {
			buttons[i] = messageml.Button{Name: buttonName(i), Label: o.Label, Class: buttonClass(i)}
			e.Offers = append(e.Offers, wireOffer{Text: o.Command.Text, Mentions: o.Command.Mentions, Edit: o.Edit})
		}
		body = append(body[:len(body):len(body)], messageml.Form(FormOffer, buttons...))
	}
	data, err := messageml.EntityData(map[string]any{entityKey: e})
	if err != nil {
		data = "{}" // strings and numbers always encode
	}
	return messageml.Message(body...), data
}

// Carries reports whether the entity data is that of the bot's answer to the
// request, as the given part.
func Carries(data string, id RequestID, part string) bool {
	e, ok := stamped(data)
	return ok && e.Request == id && e.Part == part
}

// Answers reports whether the entity data is that of the last word on the
// request, whichever part that is.
func Answers(data string, id RequestID) bool {
	e, ok := stamped(data)
	return ok && e.Request == id && !Interim(e.Outcome)
}

// OutcomeOf is the code of the answer that the entity data belongs to, empty
// for any other message.
func OutcomeOf(data string) string {
	e, _ := stamped(data)
	return e.Outcome
}

// OriginOf is the message whose request the stamped message belongs to, or
// fallback without a stamp.
func OriginOf(data, fallback string) string {
	if e, ok := stamped(data); ok && e.Origin != "" {
		return e.Origin
	}
	return fallback
}

// For reports whether the stamped message answers this person.
func For(data string, who symphony.UserID) bool {
	e, ok := stamped(data)
	return ok && e.For == who
}

// stamped reads the stamp. Only the bot's own messages may be asked: entity
// data is whatever the sender made it.
func stamped(data string) (entity, bool) {
	content, err := messageml.Read("", data)
	if err != nil {
		return entity{}, false
	}
	var e entity
	ok, err := content.Entity(entityKey, &e)
	return e, ok && err == nil
}
