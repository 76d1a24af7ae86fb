package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"roombot/commands"
	"roombot/symphony"
)

// A job that was in the store before this process opened it may have been carried on by another
// process, with another copy of the store: this one may be a backup or a snapshot. Nothing in the
// store tells. So the room, the answer and each message of such a job are looked for before
// anything is done, like those of a missed request.

// mayBeUnknown reports whether more may have happened for the request than the store knows.
func (a *attempt) mayBeUnknown() bool { return a.Earlier || a.request.Missed }

// checkEarlier finds out whether an earlier job was answered without the store knowing. It looks
// once in each process: what happens then is in the store.
func (a *attempt) checkEarlier(ctx context.Context) (ignoreReason, error) {
	if !a.Earlier {
		return "", nil
	}
	if _, looked := a.bot.lookedUp.Load(a.ID); looked {
		return "", nil
	}
	decided, err := a.Result(a.inSeries(stepOutcome), new(outcome))
	if err != nil || decided { // whether it was delivered is looked for then
		return "", err
	}
	found, err := a.findAnswer(ctx)
	switch {
	case err != nil:
		return "", err
	case found.isLast:
		return ignoreEarlier, a.restoreClaim(ctx, found)
	}
	a.bot.lookedUp.Store(a.ID, true)
	return "", nil
}

// knownAnswer is what stands in the chats of the answer to a request.
type knownAnswer struct {
	isLast bool   // the reply itself
	code   string // outcome of the reply
	isOpen bool   // a message says that the room is open, while people may be missing
}

// findAnswer looks for the answer in the chat of the request and, for a request in a room, in the
// 1:1 chat.
func (a *attempt) findAnswer(ctx context.Context) (knownAnswer, error) {
	found, err := a.findAnswerIn(ctx, a.request.Stream)
	if err != nil || found.isLast || !a.request.Room {
		return found, err
	}
	im, err := a.bot.client.CreateIM(ctx, a.request.From.ID) // the one that there is
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return found, nil
	case err != nil:
		return knownAnswer{}, fmt.Errorf("find the 1:1 chat: %w", err)
	}
	private, err := a.findAnswerIn(ctx, im)
	return knownAnswer{isLast: private.isLast, code: private.code, isOpen: found.isOpen || private.isOpen}, err
}

func (a *attempt) findAnswerIn(ctx context.Context, chat symphony.StreamID) (found knownAnswer, err error) {
	for m, err := range a.bot.client.MessagesSince(ctx, chat, a.request.At) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused: // whether the chat can be answered at all shows when it is
			return knownAnswer{}, nil
		case err != nil:
			return knownAnswer{}, fmt.Errorf("look for an earlier answer: %w", err)
		}
		if m.From.ID != a.bot.self.ID {
			continue
		}
		if a.isLastWord(m.Data) {
			return knownAnswer{isLast: true, code: commands.OutcomeOf(m.Data)}, nil
		}
		found.isOpen = found.isOpen || commands.SaysRoomIsOpen(m.Data, a.id)
	}
	return found, nil
}

// isLastWord reports whether the bot's message with this entity data is the reply to the request,
// in this series of attempts or a later one. A first answer is not, whatever it says.
func (a *attempt) isLastWord(data string) bool {
	part, number, _ := strings.Cut(commands.PartOf(data), "/")
	series, err := strconv.Atoi(number)
	if err != nil {
		series = 1
	}
	return commands.IsFinalReply(data, a.id) && part != partFirst && series >= a.series
}

// restoreClaim claims the message of a request that was answered without the store knowing, so that
// an edit of the message opens no second room. Nothing is claimed where the request opened none.
func (a *attempt) restoreClaim(ctx context.Context, found knownAnswer) error {
	if !commands.MayFollowRoom(found.code) {
		return nil
	}
	if err := a.bot.env.RecoverRoom(ctx, a, a.newRequest()); err != nil {
		return err
	}
	touched, err := commands.MayHaveWritten(ctx, a)
	if err != nil || !touched {
		return err
	}
	claim, err := a.ownClaim(ctx)
	if err != nil || claim == "" {
		return err
	}
	_, err = a.Claim(ctx, claim)
	return err
}

// recoverRoom looks for the room of a request that ends unfinished, and stores it if there is one
// that the store does not know of. It reports false where that could not be found out.
func (a *attempt) recoverRoom(ctx context.Context) bool {
	if !a.mayBeUnknown() {
		return true
	}
	return a.bot.env.RecoverRoom(ctx, a, a.newRequest()) == nil
}
