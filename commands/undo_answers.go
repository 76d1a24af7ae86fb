package commands

import (
	"time"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// closeByHand is what to do about a room that Undo leaves as it is.
const closeByHand = "An owner can close it in its settings."

// undoTooLate refuses to undo a room whose answer is older than the time for that.
func undoTooLate(limit time.Duration) *Refusal {
	return &Refusal{
		Code: "undo-too-late", Message: "Undo was possible for " + countNoun(int(limit.Minutes()), "minute", "minutes") + ".",
		Next: "An owner can close the room in its settings.", Final: true, Open: true,
	}
}

// undoOfUsedRoom refuses to undo a room in which others have written.
func undoOfUsedRoom() *Refusal {
	return &Refusal{
		Code: "undo-used", Message: "The room stays open: somebody else has written in it.",
		Next: closeByHand, Final: true, Open: true,
	}
}

// undoOfClosedRoom refuses to undo a room that somebody has closed. Only an open room can be
// renamed.
func undoOfClosedRoom() *Refusal {
	return &Refusal{
		Code: "undo-closed", Message: "The room was closed already. I have changed nothing.",
		Next: "It keeps its name. An owner can open it again in its settings, and rename it.", Final: true, Open: true,
	}
}

// undoRefused refuses to undo a room in which the bot cannot act.
func undoRefused(why string) *Refusal {
	return &Refusal{
		Code: "undo-refused", Message: why + ", so I have left it as it is.",
		Next: closeByHand, Final: true, Open: true,
	}
}

// UndoRepeated refuses a second click on Undo.
func UndoRepeated(first RequestID, room symphony.StreamID) *Refusal {
	return &Refusal{
		Room: room,
		Code: "undo-repeated", Message: "You have pressed Undo before (request " + string(first) + "), and that counts.",
		Next: "If the room is still open, an owner can close it in its settings.", Final: true, Open: true,
	}
}

// undoneReply is the reply to a click on Undo, in the place of the answer that had the button. It
// names the room as it was asked for: it may have been renamed, and other companies may read it.
func undoneReply(u Undo, name string, closed storedClosing) Reply {
	is := " is closed. It is called "
	reply := Reply{Code: CodeUndone, Open: true}
	mark, end := "✓ Undone: ", " now, and its old name is free again."
	why := ""
	switch {
	case closed.Written:
		why = "Somebody else has just written in it, so it stays open. " + closeByHand
	case closed.Refused:
		why = "Symphony does not let me close it. " + closeByHand
	}
	if why != "" {
		reply.Code, mark, is = CodeUndoRenamed, "⚠ Half undone: ", " is called "
	}
	reply.Body = []messageml.Node{messageml.Paragraph(
		messageml.Text(mark), messageml.Bold(messageml.Text(u.Name)), messageml.Text(is), linkRoom(u.Room, name), messageml.Text(end))}
	if why != "" {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text(why)), openItButton(u.Room))
	}
	reply.Body = append(reply.Body, messageml.Paragraph(messageml.Italic(messageml.Text("Request "+string(NewRequestID(u.Job))))))
	return reply
}

// UndoneNotice is what the chat reads of a room that was undone where the answer stands in the 1:1
// chat. It has no name: what was filled into a form has been read by nobody else.
func UndoneNotice() Reply {
	return openReply(CodeUndone, "✓ Undone: the room of this request is closed.")
}

// UnfinishedUndo is the reply to a click on Undo that ends unfinished; touched says that the room
// may have been changed. The room is empty where the click was not looked at.
func (env *Env) UnfinishedUndo(id RequestID, room symphony.StreamID, touched, cancelled bool) Reply {
	state, next := " I have changed nothing.", "An owner can close the room in its settings. "
	if touched {
		state, next = "", "The room may have been renamed or closed; please look at it. An owner can close it in its settings. "
	}
	r := &Refusal{Code: CodeGaveUp, Message: "I could not undo this: Symphony kept failing." + state, Room: room, Final: true}
	if cancelled {
		r.Code, r.Message = CodeCancelled, "Your administrators have ended this before it was undone."+state
	}
	r.Next = next + "Ask " + env.Contact + " about request " + string(id) + "."
	return r.Reply()
}
