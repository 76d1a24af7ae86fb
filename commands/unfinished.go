package commands

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// StepPlan is the step under which the runtime keeps the plan of a request.
const StepPlan = "plan"

// Codes of requests that ended before they were finished.
const (
	CodeGaveUp    = "gave-up"
	CodeCancelled = "cancelled"
)

// Unfinished is a request that ends before it was finished: tried as often as
// may be, or cancelled by an operator.
type Unfinished struct {
	ID        RequestID
	From      Person
	Sent      symphony.FormValues // the form for a room, nil if the request was none
	Cancelled bool
}

// LastWord is the last answer to such a request. Where a room was opened, it
// gives the link and says who is not in it.
func (d *Desk) LastWord(ctx context.Context, w Attempt, u Unfinished) (Reply, error) {
	touched, err := Touched(ctx, w)
	if err != nil {
		return Reply{}, err
	}
	var made created
	opened, err := w.Result(stepRoom, &made)
	switch {
	case err != nil:
		return Reply{}, err
	case !touched, made.Refused != nil:
		return u.refusal(nothing, "Please try again later. ").Again(u.Sent), nil
	case !opened:
		return u.refusal("", "The room may be open with some of the people missing; please look for it before you try again. ").Reply(), nil
	}
	var planned company
	if _, err := w.Result(StepPlan, &planned); err != nil {
		return Reply{}, err
	}
	p := &roomPlan{desk: d, req: &Request{ID: u.ID, From: u.From}, company: planned}
	p.room.Name = cmp.Or(made.Room.Name, "Your room")
	absence, err := p.absence(ctx, made.Room)
	if err != nil {
		return Reply{}, err
	}
	return p.leftAt(made.Room, u, absence), nil
}

func (u Unfinished) refusal(state, next string) *Refusal {
	r := &Refusal{Code: CodeGaveUp, Message: "I could not finish this: Symphony kept failing." + state}
	why := "Your administrators find the reason under request " + string(u.ID) + " and can have me try again."
	if u.Cancelled {
		r.Code, r.Message = CodeCancelled, "Your administrators have ended this before it was finished."+state
		why = "They can tell you why: request " + string(u.ID) + "."
	}
	r.Next = next + why
	return r
}

// absence says who of those who were asked for is not in the room, as far as
// Symphony tells. It is an error only when there was no time to ask.
func (p *roomPlan) absence(ctx context.Context, room roomRef) (string, error) {
	all := append([]entrant{p.requester()}, p.others(false)...)
	all[0].Owner = true
	names := make([]string, len(all))
	for i, who := range all {
		names[i] = who.Name
	}
	entry := p.desk.entry(room)
	err := entry.look(ctx)
	switch {
	case errors.Is(ctx.Err(), context.Canceled): // the bot stops; it looks at the next start
		return "", ctx.Err()
	case err != nil, entry.inside == nil:
		return " is open, but I could not see who is in it. It was to be for " + strings.Join(shorten(names), ", ") + ".", nil
	}
	return entry.lacks(all), nil
}

// lacks is the absence from a room whose members are known. Somebody who came only
// with a list is in the room as well.
func (e *entry) lacks(all []entrant) string {
	var out, common []string
	for _, who := range all {
		member, inside := e.inside[who.ID]
		switch {
		case !inside && !e.has(who):
			out = append(out, who.Name)
		case who.Owner && !member.Owner:
			common = append(common, who.Name)
		}
	}
	said := " is open, and everybody is in it."
	if len(out) > 0 {
		said = " is open, without " + strings.Join(shorten(out), ", ") + "."
	}
	if len(common) > 0 {
		said += " Not made an owner: " + strings.Join(shorten(common), ", ") + "."
	}
	return said
}

// leftAt is the answer for a room that was opened and not finished.
func (p *roomPlan) leftAt(room roomRef, u Unfinished, absence string) Reply {
	r := u.refusal("", "What is missing can be done by hand in the room. ")
	reply := r.Reply()
	reply.Room = room.ID
	reply.Body = []messageml.Node{
		messageml.ErrorCard(messageml.Expanded, messageml.Text("✗ "+r.Message),
			messageml.Paragraph(p.link(room), messageml.Text(absence)), messageml.Paragraph(messageml.Text(r.Next))),
		messageml.OpenStream(string(room.ID), "Open room"),
	}
	return reply
}
