package bot

import (
	"context"
	"fmt"
	"slices"

	"roombot/commands"
	"roombot/symphony"
)

// hasOtherCompanies reports whether people of other companies can read the chat of the request,
// now or later. What Symphony does not tell counts as yes. In a 1:1 chat nobody but the requester
// reads.
func (a *attempt) hasOtherCompanies(ctx context.Context) (bool, error) {
	switch {
	case !a.request.Room:
		return false, nil
	case a.request.External, a.bot.env.IsExternal(a.request.From.ID):
		return true, nil
	}
	chat, known := a.bot.chats.find(a.request.Stream)
	if !known {
		var err error
		if chat, err = a.readChat(ctx); err != nil {
			return false, err
		}
	}
	if chat.Type == symphony.IM {
		a.request.Room = false
		return false, nil
	}
	return a.bot.mayBeReadByOthers(chat), nil
}

// mayBeReadByOthers reports whether people of other companies can read a chat, now or later.
func (b *Bot) mayBeReadByOthers(chat symphony.Stream) bool {
	return !chat.CrossPodKnown || chat.CrossPod || slices.ContainsFunc(chat.Members, b.env.IsExternal)
}

// isOpenToOthers reports, by a look at a room, whether people of other companies can read it, now
// or later. What Symphony does not tell counts as yes.
func (b *Bot) isOpenToOthers(ctx context.Context, room symphony.StreamID) (bool, error) {
	chat, err := b.client.Stream(ctx, room)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return true, nil
	case err != nil:
		return false, fmt.Errorf("look up the room for the card: %w", err)
	}
	return b.mayBeReadByOthers(chat), nil
}

// readChat reads what Symphony says of the chat of the request: the zero Stream where it refuses.
func (a *attempt) readChat(ctx context.Context) (symphony.Stream, error) {
	chat, err := a.bot.client.Stream(ctx, a.request.Stream)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused, err != nil && a.isLast && ctx.Err() == nil:
		return symphony.Stream{}, nil
	case err != nil:
		return symphony.Stream{}, fmt.Errorf("look up the chat: %w", err)
	}
	a.bot.chats.add(a.request.Stream, chat)
	return chat, nil
}

// isForOneToOneChat reports whether a reply says what people of other companies could read in the
// chat of the request and must not.
func (a *attempt) isForOneToOneChat(ctx context.Context, reply commands.Reply) (bool, error) {
	if reply.Open {
		return false, nil
	}
	return a.hasOtherCompanies(ctx)
}

// withTypedOutline is a reply whose outline repeats only what was typed in the chat: what was
// filled into a form has been read by nobody else.
func (a *attempt) withTypedOutline(reply commands.Reply) commands.Reply {
	if a.request.roomForm() != nil {
		reply.Outline = nil
	}
	return reply
}
