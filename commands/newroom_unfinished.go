package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Unfinished is a request that ends unfinished: after all attempts failed, cancelled by an
// operator, or stopped by the requester.
type Unfinished struct {
	ID        RequestID
	Job       string
	From      Person
	Chat      Chat
	Sent      symphony.FormValues // the form for a room, nil if the request was none
	Cancelled bool
	Stopped   bool // by the requester
	Unknown   bool // whether there is a room could not be found out

	BeforeProofs bool // see Request
}

// UnfinishedReply is the reply to such a request. Where a room was opened, it gives the link and
// says who is not in the room.
func (env *Env) UnfinishedReply(ctx context.Context, attempt Attempt, u Unfinished) (Reply, error) {
	touched, err := MayHaveWritten(ctx, attempt)
	if err != nil {
		return Reply{}, err
	}
	var made storedCreation
	opened, err := attempt.Result(stepRoom, &made)
	switch {
	case err != nil:
		return Reply{}, err
	case !touched && !u.Unknown, made.Refused != nil:
		return u.refusal(nothingCreated, "Please try again later. ").ReplyWithForm(u.Sent), nil
	case !opened:
		return u.refusal("", "The room may be open with some of the people missing; please look for it before you try again. ").Reply(), nil
	}
	var planned storedPlan
	if _, err := attempt.Result(StepPlan, &planned); err != nil {
		return Reply{}, err
	}
	p := &roomPlan{env: env, req: &Request{ID: u.ID, Job: u.Job, BeforeProofs: u.BeforeProofs, From: u.From, Chat: u.Chat}, storedPlan: planned}
	p.room.Name = "Your room" // for who may read only what was typed: the room may have been renamed
	notes := p.useDirectoryNames(ctx)
	absence, err := p.describeAbsence(ctx, made.Room)
	if err != nil {
		return Reply{}, err
	}
	return p.unfinishedRoomReply(made.Room, u, absence, notes), nil
}

// RecoverRoom looks for a room of the request that the store does not know of, and stores it as the
// result of its creation.
func (env *Env) RecoverRoom(ctx context.Context, attempt Attempt, r *Request) error {
	known, err := attempt.Result(stepRoom, new(storedCreation))
	if err != nil || known {
		return err
	}
	p := &roomPlan{env: env, req: r}
	found, err := p.searchRoom(ctx)
	if err != nil || found == nil {
		return err
	}
	return attempt.Do(ctx, stepRoom, nil, func(context.Context) (any, error) { return found, nil })
}

func (u Unfinished) refusal(state, next string) *Refusal {
	r := &Refusal{Code: CodeGaveUp, Message: "I could not finish this: Symphony kept failing." + state, Open: true}
	why := "Your administrators find the reason under request " + string(u.ID) + " and can have me try again."
	if u.Cancelled {
		r.Code, r.Message = CodeCancelled, "Your administrators have ended this before it was finished."+state
		why = "They can tell you why: request " + string(u.ID) + "."
	}
	if u.Stopped {
		r.Code, r.Message, why = CodeStopped, "You have stopped this."+state, ""
		if state != "" {
			next = "Send the command again if you want the room after all."
		}
	}
	r.Next = strings.TrimSpace(next + why)
	return r
}

// describeAbsence says who is not in the room, as far as Symphony tells. The error is that of a
// context that ended.
func (p *roomPlan) describeAbsence(ctx context.Context, room storedRoom) (string, error) {
	all := p.allInvitees()
	names := make([]string, len(all))
	for i, who := range all {
		names[i] = who.Name
	}
	adder := p.env.newMemberAdder(room)
	err := adder.loadPresent(ctx)
	switch {
	case errors.Is(ctx.Err(), context.Canceled): // the bot stops; it looks at the next start
		return "", ctx.Err()
	case err != nil, !adder.members.isListed():
		return " is open, but I could not see who is in it. It was to be for " + strings.Join(shortenList(names), ", ") + ".", nil
	}
	return adder.members.describeAbsent(all), nil
}

// describeAbsent says who is not in a room whose members are known. A person who came only with a
// group is in the room as well.
func (k *knownMembers) describeAbsent(all []invitee) string {
	var absent, members []string
	for _, who := range all {
		switch {
		case !k.has(who):
			absent = append(absent, who.Name)
		case who.Owner && !k.isOwner(who.ID):
			members = append(members, who.Name)
		}
	}
	sentence := " is open, and everybody is in it."
	if len(absent) > 0 {
		sentence = " is open, without " + strings.Join(shortenList(absent), ", ") + "."
	}
	if len(members) > 0 {
		sentence += " Not made an owner: " + strings.Join(shortenList(members), ", ") + "."
	}
	return sentence
}

// unfinishedRoomReply is the reply for a room that was opened and not finished.
func (p *roomPlan) unfinishedRoomReply(room storedRoom, u Unfinished, absence string, notes []messageml.Node) Reply {
	r := u.refusal("", "What is missing can be done by hand in the room. ")
	reply := r.Reply()
	reply.Open, reply.Outline = false, p.outline(room)
	reply.Room, reply.Undo = room.ID, p.req.undoOffer(room, room.Name)
	reply.Body = []messageml.Node{
		messageml.ErrorCard(messageml.Expanded, messageml.Text("✗ "+r.Message),
			slices.Concat([]messageml.Node{messageml.Paragraph(p.roomLink(room), messageml.Text(absence))}, notes,
				[]messageml.Node{messageml.Paragraph(messageml.Text(r.Next))})...),
		messageml.OpenStream(string(room.ID), "Open room"),
	}
	return reply
}
