package commands

import (
	"context"
	"errors"
	"slices"

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
	Choices   GroupChoices        // of the form
	Again     []Offer             // what a click may try again
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
		r := u.refusal(nothingCreated, "Please try again later, or ask "+env.Contact+" about request "+string(u.ID)+".")
		r.Offers = u.Again
		return r.ReplyWithForm(u.Sent, u.Choices), nil
	case !opened:
		return u.refusal("", "The room may be open with some of the people missing: please look for it before you try again. Ask "+
			env.Contact+" about request "+string(u.ID)+".").Reply(), nil
	}
	var planned storedPlan
	if _, err := attempt.Result(StepPlan, &planned); err != nil {
		return Reply{}, err
	}
	p := &roomPlan{env: env, req: &Request{ID: u.ID, Job: u.Job, BeforeProofs: u.BeforeProofs, From: u.From, Chat: u.Chat}, storedPlan: planned}
	p.room.Name = "Your room" // for who may read only what was typed: the room may have been renamed
	notes := p.useDirectoryNames(ctx)
	absent, err := p.describeAbsence(ctx, attempt, made.Room)
	if err != nil {
		return Reply{}, err
	}
	return p.unfinishedRoomReply(made.Room, u, absent, notes), nil
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
	r := &Refusal{Code: CodeGaveUp, Message: "I could not finish this: Symphony kept failing." + state, Next: next}
	if u.Cancelled {
		r.Code, r.Message = CodeCancelled, "Your administrators have ended this before it was finished."+state
	}
	if u.Stopped {
		r.Code, r.Message = CodeStopped, "You have stopped this."+state
		if state != "" {
			r.Next = "Send the command again if you want the room after all."
		}
	}
	return r
}

// absence is who is not in a room, and what the requester can do about it.
type absence struct {
	who, next string
	requester bool // the requester is known not to be in it
}

// describeAbsence says who is not in the room, as far as Symphony tells, and tells the audit of the
// outsiders. The error is that of a context that ended, or of the store.
func (p *roomPlan) describeAbsence(ctx context.Context, attempt Attempt, room storedRoom) (absence, error) {
	ask := "ask " + p.env.Contact + " about request " + string(p.req.ID)
	all := slices.Clone(p.allInvitees())
	for i := range all {
		if all[i].ID == p.req.From.ID {
			all[i].Name = "you"
		}
	}
	invited, err := p.listInvitations(ctx, attempt)
	if err != nil {
		return absence{}, err
	}
	adder := p.env.newMemberAdder(room)
	err = adder.loadPresent(ctx)
	switch {
	case errors.Is(ctx.Err(), context.Canceled): // the bot stops; it looks at the next start
		return absence{}, ctx.Err()
	case err != nil, !adder.members.isListed():
		return absence{
			who: " is open, but I could not see who is in it. It was to be for " + joinNames(all) + "." +
				listAfter(" Invited, and perhaps not in yet: ", slices.Concat(invited.invited, invited.perhaps)),
			next: "Please look in the room, and " + ask + " if somebody is missing.",
		}, nil
	}
	if err := adder.auditEnd(ctx, attempt, invited); err != nil {
		return absence{}, err
	}
	missing := adder.members.listMissing(all, invited)
	next := "To have me go on, " + ask + "."
	switch {
	case missing.isNobody():
		next = "If something is not as you wanted it, " + ask + "."
	case missing.areInvited():
		next = "Their company has to let them in; I do not look for them any more. If somebody stays away, " + ask + "."
	case adder.members.isOwner(p.req.From.ID):
		next = "You can do what is missing in the room. To have me do it, " + ask + "."
	}
	isOutside := slices.ContainsFunc(missing.absent, func(who invitee) bool { return who.ID == p.req.From.ID })
	return absence{missing.describe(), next, isOutside}, nil
}

// unfinishedRoomReply is the reply for a room that was opened and not finished.
func (p *roomPlan) unfinishedRoomReply(room storedRoom, u Unfinished, absent absence, notes []messageml.Node) Reply {
	r := u.refusal("", absent.next)
	reply := r.Reply()
	reply.Open, reply.Outline = false, p.outline(room)
	reply.Room, reply.Undo = room.ID, p.req.undoOffer(room, room.Name)
	reply.Body = []messageml.Node{
		messageml.ErrorCard(messageml.Expanded, messageml.Text("✗ "+r.Message),
			slices.Concat([]messageml.Node{messageml.Paragraph(p.roomLink(room), messageml.Text(absent.who))}, notes,
				[]messageml.Node{messageml.Paragraph(messageml.Text(r.Next))})...),
	}
	if !absent.requester {
		reply.Body = append(reply.Body, messageml.OpenStream(string(room.ID), "Open room"))
	}
	return reply
}
