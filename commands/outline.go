package commands

import "roombot/symphony/messageml"

// In a chat that people of other companies can read, what the requester typed there may be
// repeated. What comes from the directory may not: names and suggestions, lists and sizes of
// groups, reasons about a person. It goes to the requester's 1:1 chat, and the chat reads the
// outline of the reply and one line that says so.
//
// A reply that says nothing of this is taken as coming from the directory as a whole. All outlines
// have one outcome code: everybody in the chat can read the stamp.

// DetailsSent is what such a chat reads of a reply that the requester got in the 1:1 chat.
func (r Reply) DetailsSent() Reply {
	return r.outlineWith("I have sent the details to you in our 1:1 chat.")
}

// DetailsNotSent is what such a chat reads of a reply that the requester could not be sent.
func (r Reply) DetailsNotSent(id RequestID) Reply {
	return r.outlineWith("I cannot send you the details: Symphony does not let me write to you in a 1:1 chat. " +
		"Your administrators find the reason under request " + string(id) + ".")
}

// FirstOutline is what such a chat reads of a first answer. It reports false where that is nothing.
func (r Reply) FirstOutline() (Reply, bool) {
	return Reply{Code: CodeAdding, Room: r.Room, Body: r.Outline, Open: true}, len(r.Outline) > 0
}

func (r Reply) outlineWith(line string) Reply {
	told := openReply(codeElsewhere, line)
	told.Room, told.Failed = r.Room, r.Failed
	told.Body = append(append([]messageml.Node{}, r.Outline...), told.Body...)
	return told
}

// outline is what other companies may read of a reply about a room that is open: the name that the
// requester typed, and the link.
func (p *roomPlan) outline(room storedRoom) []messageml.Node {
	return []messageml.Node{
		messageml.Paragraph(messageml.Text("✓ "), linkRoom(room.ID, p.room.Name), messageml.Text(" is open.")),
		messageml.OpenStream(string(room.ID), "Open room"),
	}
}
