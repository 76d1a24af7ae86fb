package bot

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// incoming is what the engine keeps of an event until it is answered: a
// message that is addressed to the bot, or a form that the bot had posted.
type incoming struct {
	// Message is the message that arrived, or the one that carries the form.
	Message symphony.MessageID `json:"message"`
	// Origin is the first version of an edited message; otherwise Message. Of a
	// form it is the message that the form answers, once work.carrier has read it.
	Origin symphony.MessageID `json:"origin"`
	Stream symphony.StreamID  `json:"stream"`
	Room   bool               `json:"room,omitempty"`
	Name   string             `json:"roomName,omitempty"`
	From   commands.Person    `json:"from"`
	At     time.Time          `json:"at"`

	// Text and Data are the message as delivered: PresentationML and entities.
	Text string `json:"text,omitempty"`
	Data string `json:"data,omitempty"`

	Form *submission `json:"form,omitempty"`

	// Missed marks a message that no feed has brought: it was found in the history.
	Missed bool `json:"missed,omitempty"`

	// Surplus marks a command that is not carried out, since too many of its
	// conversation wait: the last one before it that is.
	Surplus string `json:"surplus,omitempty"`
}

// submission is a form as the user sent it.
type submission struct {
	ID     string              `json:"id"`
	Values symphony.FormValues `json:"values"`
}

// written is a message as it is kept.
func written(m symphony.Message) incoming {
	return incoming{
		Message: m.ID, Origin: cmp.Or(m.Initial, m.ID),
		Stream: m.Stream.ID, Room: m.Stream.Type != symphony.IM, Name: m.Stream.Name,
		From: person(m.From), At: m.Time, Text: m.PresentationML, Data: m.Data,
	}
}

// submitted is a form as it is kept.
func submitted(e symphony.FormSubmitted) incoming {
	return incoming{
		Message: e.FormMessage, Origin: e.FormMessage,
		Stream: e.Stream.ID, Room: e.Stream.Type != symphony.IM, Name: e.Stream.Name,
		From: person(e.Initiator), At: e.Time,
		Form: &submission{ID: e.FormID, Values: e.Values},
	}
}

// command wraps what arrived for the engine. The id makes it run once.
func (in incoming) command(id string) (engine.Job, error) {
	payload, err := json.Marshal(in)
	if err != nil {
		return engine.Job{}, err
	}
	line := in.conversation()
	if in.Surplus != "" {
		line = "surplus/" + line
	}
	return engine.Job{ID: id, Conversation: line, Payload: payload, ReceivedAt: in.At}, nil
}

// conversation names the queue whose commands run one after the other.
func (in incoming) conversation() string { return string(in.Stream) }

func (in incoming) place() commands.Chat {
	return commands.Chat{Stream: in.Stream, Room: in.Room, Name: in.Name}
}

func person(p symphony.Participant) commands.Person {
	name := cmp.Or(p.DisplayName, strings.TrimSpace(p.FirstName+" "+p.LastName), p.Username, "somebody")
	return commands.Person{ID: p.ID, Name: name, Username: p.Username, Email: p.Email}
}
