package bot

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// keepOutcome is the outcome that an earlier attempt has stored, or the one that answer decides
// now.
func (a *attempt) keepOutcome(ctx context.Context, answer func(context.Context) (commands.Reply, error)) (outcome, error) {
	var decided outcome
	err := a.Do(ctx, a.inSeries(stepOutcome), &decided, func(ctx context.Context) (any, error) {
		reply, err := answer(ctx)
		if err != nil {
			return nil, err
		}
		composed, err := a.composeOutcome(ctx, reply)
		if err != nil {
			return nil, err
		}
		a.auditDecision(ctx)
		if a.decision.command != "" && !a.decision.allowed {
			err = a.addDecisionEntry(ctx, a.decided)
		}
		return composed, err
	})
	return decided, err
}

func (a *attempt) composeOutcome(ctx context.Context, reply commands.Reply) (outcome, error) {
	if a.undone != nil {
		return a.composeUndone(reply), nil
	}
	private, err := a.isForOneToOneChat(ctx, reply)
	switch {
	case err != nil:
		return outcome{}, err
	case private && !reply.Unannounced:
		return a.composeDetails(ctx, reply)
	}
	chat, err := a.chooseChat(ctx, reply)
	if err != nil {
		return outcome{}, err
	}
	code := reply.Code
	if chat == a.request.Stream && a.request.Room && reply.Private { // there is no 1:1 chat
		zerolog.Ctx(ctx).Warn().Str("outcome", reply.Code).Msg("details were left out: no 1:1 chat with who asked can be opened")
		reply = reply.DetailsNotSent(a.id)
	}
	elsewhere := chat != a.request.Stream
	if elsewhere {
		if err := a.lookUpRoomName(ctx); err != nil {
			return outcome{}, err
		}
	}
	o := outcome{
		Code: code, Failed: reply.Failed, Command: a.command, Room: reply.Room, Stream: chat,
		Reply: a.render(partReply, reply), Brief: a.render(partBrief, reply.Brief(a.id)),
	}
	switch aside := a.privateCopy(reply); {
	case elsewhere:
		o.Reply = a.render(partReply, aside)
	case a.request.Room:
		o.Aside = a.render(partAside, aside)
	}
	return o, nil
}

// render makes the message of a part of the answer.
func (a *attempt) render(part string, reply commands.Reply) symphony.Outgoing {
	origin := string(a.request.Origin)
	if reply.Fresh {
		origin = ""
	}
	markup, data := reply.Render(commands.Stamp{
		Request: a.id, Part: a.inSeries(part), Origin: origin, For: a.request.From.ID, Policy: a.decidingVersion(),
	})
	return symphony.Outgoing{MessageML: markup, Data: data}
}

// privateCopy is the reply for the 1:1 chat, which says what it is about.
func (a *attempt) privateCopy(reply commands.Reply) commands.Reply {
	switch {
	case a.request.roomForm() != nil:
		return reply.PrivateCopyOfForm(a.request.Name)
	case a.request.Form != nil:
		return reply.PrivateCopyOfClick(a.request.Name)
	}
	return reply.PrivateCopy(a.request.Name)
}

// chooseChat chooses the chat that gets the reply. Symphony has no message that only one member of
// a room sees, so what is private goes to the 1:1 chat.
func (a *attempt) chooseChat(ctx context.Context, reply commands.Reply) (symphony.StreamID, error) {
	if !a.request.Room {
		return a.request.Stream, nil
	}
	private, err := a.isPrivate(ctx, reply)
	if err != nil || !private {
		return a.request.Stream, err
	}
	im, err := a.bot.client.CreateIM(ctx, a.request.From.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return a.request.Stream, nil // no 1:1 chat with this user
	case err != nil:
		return "", fmt.Errorf("open the 1:1 chat: %w", err)
	}
	return im, nil
}

// isPrivate reports whether a reply to a room is for the requester only.
func (a *attempt) isPrivate(ctx context.Context, reply commands.Reply) (bool, error) {
	switch {
	case a.request.Surplus != "": // it names nobody, and others may ask themselves the same
		return false, nil
	case reply.Private || !reply.IsForRequester():
		return reply.Private, nil
	case a.request.roomForm() != nil: // others have not read what was filled in
		return true, nil
	}
	members, err := a.bot.client.Members(ctx, a.request.Stream)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused: // a chat of several without a name, which are few
		return false, nil
	case err != nil:
		return false, fmt.Errorf("count the members: %w", err)
	}
	return len(members) > a.bot.privateAbove, nil
}
