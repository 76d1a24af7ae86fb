package commands

import (
	"time"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Reply is an answer to a user, not yet sent.
type Reply struct {
	// Code names the outcome for logs, metrics and tests: "done", "partial", or the code of an
	// error. Users never see it.
	Code string
	Body []messageml.Node
	// Offers are commands that a click runs, the best first.
	Offers []Offer
	// Undo is the room that a click on Undo closes, nil without that button.
	Undo *Undo
	// Approval is what a card with the form FormApproval stands for, nil for other messages.
	Approval *ApprovalCard
	// Access is what the button "Request access" stands for, nil without it.
	Access *AccessRequest
	// Grant is the request for access about which a card with the form FormGrant asks; 0 for other
	// messages.
	Grant int64
	// Private asks for the 1:1 chat instead of the room where the request was made: Symphony has no
	// messages that only one member of a room can see.
	Private bool
	// Unannounced is true for a Private reply of which the chat of the request is told nothing.
	Unannounced bool
	// Failed marks an error; in a crowded room the reply goes to the 1:1 chat.
	Failed bool
	// Fresh is true where the form or the offers of the reply make a request of their own, apart from
	// the one that is answered: of all clicks on what belongs to one request, one opens a room.
	Fresh bool
	// Room is the room that was opened, if one was.
	Room symphony.StreamID
	// Left is, of a first answer, how long the request still takes; 0 if that is not known.
	Left time.Duration
	// Open is true where other companies may read the whole reply: it holds what the requester typed
	// in the chat and what this product says to everybody, and nothing else.
	Open bool
	// Outline is what other companies may read of a reply that is not Open.
	Outline []messageml.Node
}

// IsForRequester reports whether a reply concerns nobody but the requester in a crowded room: an
// error, a warning or a form.
func (r Reply) IsForRequester() bool { return r.Failed || r.Code == CodePartial || r.Code == CodeForm }

// IsInterim reports whether an outcome is that of a first answer, before the reply.
func IsInterim(code string) bool {
	return code == CodeAdding || code == CodeInvited || code == CodePutOff || code == CodeSent
}

// PrivateCopy is the reply for the 1:1 chat to a message in a room.
func (r Reply) PrivateCopy(room string) Reply { return r.privateCopyAbout("your message", room) }

// PrivateCopyOfClick is the reply for the 1:1 chat to a button that was pressed in a room.
func (r Reply) PrivateCopyOfClick(room string) Reply {
	return r.privateCopyAbout("the button that you pressed", room)
}

// PrivateCopyOfForm is the reply for the 1:1 chat to a form that was sent in a room.
func (r Reply) PrivateCopyOfForm(room string) Reply {
	return r.privateCopyAbout("the form that you sent", room)
}

func (r Reply) privateCopyAbout(what, room string) Reply {
	where := "a room"
	if room != "" {
		where = "“" + room + "”"
	}
	about := messageml.Paragraph(messageml.Italic(messageml.Text("About " + what + " in " + where + ":")))
	r.Body = append([]messageml.Node{about}, r.Body...)
	return r
}

// Brief is the reply without any of the user's own words, which Symphony can hardly refuse.
func (r Reply) Brief(id RequestID) Reply {
	cut := textReply(r.Code, "I have an answer for you, but Symphony does not let me send it. Your administrators find it under request "+string(id)+".")
	cut.Failed = r.Failed
	if r.Room != "" {
		cut.Body = []messageml.Node{messageml.Paragraph(
			messageml.Text("✓ "), messageml.Link(messageml.RoomLink(string(r.Room)), messageml.Text("Your room")),
			messageml.Text(" is open, but Symphony does not let me say more here (request "+string(id)+")."))}
	}
	return cut
}

func textReply(code, text string) Reply {
	return Reply{Code: code, Body: []messageml.Node{messageml.Paragraph(messageml.Text(text))}}
}

// openReply is a text that other companies may read.
func openReply(code, text string) Reply {
	reply := textReply(code, text)
	reply.Open = true
	return reply
}
