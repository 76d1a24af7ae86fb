package bot

import (
	"cmp"
	"encoding/json"
	"strings"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// requestFromMessage is the request that a message makes.
func requestFromMessage(m symphony.Message) storedRequest {
	return storedRequest{
		Message: m.ID, Origin: cmp.Or(m.Initial, m.ID),
		Stream: m.Stream.ID, Room: m.Stream.Type != symphony.IM, Name: m.Stream.Name,
		From: personOf(m.From), At: m.Time, Text: m.PresentationML, Data: m.Data,
		Journal: commands.JournalVersion, External: isExternalChat(m.Stream) || m.ExternalRecipients,
	}
}

// requestFromForm is the request that a submitted form makes.
func requestFromForm(e symphony.FormSubmitted) storedRequest {
	return storedRequest{
		Message: e.FormMessage, Origin: e.FormMessage,
		Stream: e.Stream.ID, Room: e.Stream.Type != symphony.IM, Name: e.Stream.Name,
		From: personOf(e.Initiator), At: e.Time,
		Form: &sentForm{ID: e.FormID, Values: e.Values}, Journal: commands.JournalVersion,
		External: isExternalChat(e.Stream),
	}
}

// isExternalChat reports whether an event says that other companies take part in its chat. One that
// does not say so says nothing.
func isExternalChat(chat symphony.Conversation) bool { return chat.External || chat.CrossPod }

// job wraps the request for the engine, which runs one job per id.
func (r storedRequest) job(id string) (engine.Job, error) {
	payload, err := json.Marshal(r)
	if err != nil {
		return engine.Job{}, err
	}
	conversation := r.conversation()
	if r.Surplus != "" {
		conversation = surplusConversation(conversation)
	}
	return engine.Job{
		ID: id, Conversation: conversation, Owner: ownerOf(r.From.ID), Payload: payload, ReceivedAt: r.At,
	}, nil
}

// conversation names the queue whose jobs run one after the other.
func (r storedRequest) conversation() string {
	if r.isUndo() {
		return undoConversation(string(r.Stream))
	}
	return string(r.Stream)
}

func (r storedRequest) chat() commands.Chat {
	return commands.Chat{Stream: r.Stream, Room: r.Room, Name: r.Name}
}

// typedMessage is the message as the user sees it.
func (r storedRequest) typedMessage() (syntax.Message, error) {
	content, err := messageml.Read(r.Text, r.Data)
	if err != nil {
		return syntax.Message{}, err
	}
	return commands.ReadMessage(content, r.Room), nil
}

// roomForm is what the user filled into the form for a room, nil without one.
func (r storedRequest) roomForm() symphony.FormValues {
	if r.Form == nil || r.Form.ID != commands.FormNewRoom {
		return nil
	}
	return r.Form.Values
}

// isAct reports whether the request is a click on a button that acts on another request.
func (r storedRequest) isAct() bool { return r.Form != nil && commands.IsAct(r.Form.ID, r.Form.Values) }

func personOf(p symphony.Participant) commands.Person {
	name := cmp.Or(p.DisplayName, strings.TrimSpace(p.FirstName+" "+p.LastName), p.Username, "somebody")
	return commands.Person{ID: p.ID, Name: name, Username: p.Username, Email: p.Email}
}
