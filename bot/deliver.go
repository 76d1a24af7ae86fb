package bot

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// deliver shows the reply, in the place of the first answer if there is one in the same chat and it
// says something else. It returns the message that shows it.
func (a *attempt) deliver(ctx context.Context, o outcome) (sentMessage, error) {
	if o.Notice.MessageML != "" {
		return a.deliverDetails(ctx, o)
	}
	if o.Edited != "" {
		if shown, err := a.editUndone(ctx, o); err != nil || shown.Message != "" {
			return shown, err
		}
	}
	first, err := a.firstAnswer(ctx)
	if err != nil {
		return sentMessage{}, err
	}
	if first.Stream == o.Stream {
		if shown, done, err := a.replaceFirstAnswer(ctx, first, o); done || err != nil {
			return shown, err
		}
	}
	shown, err := a.sendOnce(ctx, a.inSeries(partReply), o.Stream, o.Reply)
	switch {
	case err != nil:
		return sentMessage{}, err
	case shown.Message == "":
		return a.deliverAside(ctx, o)
	case first.Message != "" && first.Stream != o.Stream:
		_, err = a.replaceMessage(ctx, a.inSeries(stepPointer), first, a.render(stepPointer, commands.AnsweredInPrivate()))
	}
	return shown, err
}

// replaceFirstAnswer shows the reply in the place of the first answer. It is not done where there
// is none, or where Symphony does not let it be edited. The first answer of an earlier version of
// the program may say the same as the reply, and needs no edit.
func (a *attempt) replaceFirstAnswer(ctx context.Context, first sentMessage, o outcome) (shown sentMessage, done bool, err error) {
	same := first.Text == checksum(o.Reply) || first.isFoundDone() && o.Code == commands.CodeDone
	switch {
	case first.Message != "" && !same:
		updated, err := a.replaceMessage(ctx, a.inSeries(stepUpdate), first, o.Reply)
		return updated, updated.Message != "", err
	case first.Message == "" && same: // refused once already
		shown, err := a.deliverAside(ctx, o)
		return shown, true, err
	}
	return first, same, nil
}

// isFoundDone reports whether a message was found in the chat, so that its text is not known, and
// says that all is done. Another reply that says so does not differ.
func (m sentMessage) isFoundDone() bool {
	return m.Message != "" && m.Text == "" && m.Outcome == commands.CodeDone
}

// deliverAside tells a reply that Symphony refused in the 1:1 chat: the room may be closed to the
// bot.
func (a *attempt) deliverAside(ctx context.Context, o outcome) (sentMessage, error) {
	im, err := a.bot.client.CreateIM(ctx, a.request.From.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return a.deliverBrief(ctx, o.Stream, o)
	case err != nil:
		return sentMessage{}, fmt.Errorf("open the 1:1 chat: %w", err)
	}
	if o.Aside.MessageML != "" {
		if shown, err := a.sendOnce(ctx, a.inSeries(partAside), im, o.Aside); err != nil || shown.Message != "" {
			return shown, err
		}
	}
	return a.deliverBrief(ctx, im, o)
}

// deliverBrief tells what can be told of a reply that Symphony refuses wherever it is said: a rule
// may block its words.
func (a *attempt) deliverBrief(ctx context.Context, chat symphony.StreamID, o outcome) (sentMessage, error) {
	shown, err := a.sendOnce(ctx, a.inSeries(partBrief), chat, o.Brief)
	if err == nil && shown.Message == "" {
		zerolog.Ctx(ctx).Error().Str("outcome", o.Code).Msg("user could not be told: Symphony refused every answer")
	}
	return shown, err
}
