package commands

import (
	"roombot/symphony"
	"roombot/symphony/messageml"
	"slices"
	"strings"
)

// Stamp marks a message of the bot: which request it answers, and as which part.
type Stamp struct {
	Request RequestID
	Part    string
	// Origin is the message whose request a click on an offer carries out; empty for that of the
	// stamped message itself.
	Origin string
	// For is who is answered: nobody else's click counts.
	For symphony.UserID
	// Policy is the version of the policy that has decided about the request; empty where none has.
	Policy string
}

// Render makes the message: the body, a button per offer, and the stamp.
func (r Reply) Render(s Stamp) (messageML, data string) {
	body := r.Body
	e := storedStamp{
		Type: stampType, Version: stampVersion, Request: s.Request, Part: s.Part, Outcome: r.Code, Origin: s.Origin, For: s.For,
		Failed: r.Failed, Undo: r.Undo, Approval: r.Approval, Policy: s.Policy, Access: r.Access, Grant: r.Grant,
	}
	var buttons []messageml.Node
	for i, o := range r.Offers {
		buttons = append(buttons, messageml.Button{Name: o.button(i), Label: o.Label, Class: buttonClass(i)})
		e.Offers = append(e.Offers, storedOffer{
			Text: o.Command.Text, Mentions: o.Command.Mentions, Edit: o.Edit, Line: o.Line, All: o.All, Act: o.Act, Job: o.Job,
		})
	}
	if r.Undo != nil {
		buttons = append(buttons, messageml.Button{Name: ButtonUndo, Label: "Undo", Class: messageml.Secondary})
	}
	if r.Access != nil {
		buttons = append(buttons, messageml.Button{Name: ButtonAccess, Label: "Request access", Class: messageml.Secondary})
	}
	if len(buttons) > 0 {
		body = append(slices.Clip(body), messageml.Form(FormOffer, buttons...))
	}
	if (r.Failed || r.Room != "") && r.Code != codeElsewhere {
		body = appendNumber(body, s.Request)
	}
	data, err := messageml.EntityData(map[string]any{stampKey: e})
	if err != nil {
		data = "{}" // strings and numbers always encode
	}
	return messageml.Message(body...), data
}

// appendNumber ends an answer with the number of its request, unless the answer says it.
func appendNumber(body []messageml.Node, number RequestID) []messageml.Node {
	if number == "" || strings.Contains(messageml.Message(body...), string(number)) {
		return body
	}
	return append(slices.Clip(body), messageml.Paragraph(messageml.SecondaryText(messageml.Text("Request "+string(number)))))
}

// IsReplyPart reports whether a message with this entity data is the given part of the answer to
// the request.
func IsReplyPart(data string, id RequestID, part string) bool {
	e, ok := readStamp(data)
	return ok && e.Request == id && e.Part == part
}

// IsFinalReply reports whether a message with this entity data is the reply to the request,
// whichever part of it.
func IsFinalReply(data string, id RequestID) bool {
	e, ok := readStamp(data)
	return ok && e.Request == id && !IsInterim(e.Outcome)
}

// IsAbout reports whether a message with this entity data is any answer to the request.
func IsAbout(data string, id RequestID) bool {
	e, ok := readStamp(data)
	return ok && e.Request == id
}

// StampOf is the stamp of a message, the zero value without one.
func StampOf(data string) Stamp {
	e, _ := readStamp(data)
	return Stamp{Request: e.Request, Part: e.Part, Origin: e.Origin, For: e.For, Policy: e.Policy}
}

// SaysUndone reports whether a message with this entity data tells that the room of the request was
// undone.
func SaysUndone(data string, id RequestID) bool {
	e, ok := readStamp(data)
	return ok && e.Request == id && (e.Outcome == CodeUndone || e.Outcome == CodeUndoRenamed)
}

// SaysRoomIsOpen reports whether a message with this entity data tells that the room of the request
// was opened.
func SaysRoomIsOpen(data string, id RequestID) bool {
	e, ok := readStamp(data)
	return ok && e.Request == id && (e.Outcome == CodeDone || e.Outcome == CodePartial ||
		e.Outcome == CodeAdding || e.Outcome == CodeInvited)
}

// MayFollowRoom reports whether a reply with this outcome may be that of a request which has opened
// a room. Other commands have some of these outcomes too.
func MayFollowRoom(outcome string) bool {
	switch outcome {
	case CodeDone, CodePartial, CodeGaveUp, CodeCancelled, CodeStopped, CodeUndone, CodeUndoRenamed:
		return true
	}
	return false
}

// OutcomeOf is the outcome in the stamp of a message, empty without a stamp.
func OutcomeOf(data string) string {
	e, _ := readStamp(data)
	return e.Outcome
}

// IsFailure reports whether a message with this entity data is a refusal or another failure.
func IsFailure(data string) bool {
	e, _ := readStamp(data)
	return e.Failed
}

// PartOf is the part in the stamp of a message, empty without a stamp.
func PartOf(data string) string {
	e, _ := readStamp(data)
	return e.Part
}

// AsksFor reports whether a message with this entity data is a card that can be clicked, of this
// question.
func AsksFor(data string, card ApprovalCard) bool {
	e, ok := readStamp(data)
	return ok && e.Approval != nil && *e.Approval == card
}

// OriginOf is the message whose request the stamped message belongs to, or fallback without a
// stamp.
func OriginOf(data, fallback string) string {
	if e, ok := readStamp(data); ok && e.Origin != "" {
		return e.Origin
	}
	return fallback
}

// IsFor reports whether the stamped message answers this person.
func IsFor(data string, who symphony.UserID) bool {
	e, ok := readStamp(data)
	return ok && e.For == who
}

// RequesterOf is who is answered by a message with this entity data, 0 without a stamp.
func RequesterOf(data string) symphony.UserID {
	e, _ := readStamp(data)
	return e.For
}

// readStamp reads the stamp. It may be trusted only in the bot's own messages: entity data is
// whatever the sender writes.
func readStamp(data string) (storedStamp, bool) {
	content, err := messageml.Read("", data)
	if err != nil {
		return storedStamp{}, false
	}
	var e storedStamp
	ok, err := content.Entity(stampKey, &e)
	return e, ok && err == nil
}
