package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// composeDetails is the outcome of a reply that people of other companies could read in the chat of
// the request and must not: the reply goes to the requester's 1:1 chat, and the chat gets a notice.
// Where there is no 1:1 chat, the chat gets a notice alone.
func (a *attempt) composeDetails(ctx context.Context, reply commands.Reply) (outcome, error) {
	if err := a.lookUpRoomName(ctx); err != nil {
		return outcome{}, err
	}
	if !a.request.Room { // the event did not say that it is a 1:1 chat
		return a.composeOutcome(ctx, reply)
	}
	reply = a.withTypedOutline(reply)
	o := outcome{
		Code: reply.Code, Failed: reply.Failed, Command: a.command, Room: reply.Room, Stream: a.request.Stream,
		Brief: a.render(partBrief, reply.Brief(a.id)),
	}
	im, err := a.bot.client.CreateIM(ctx, a.request.From.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		zerolog.Ctx(ctx).Warn().Err(err).Str("outcome", o.Code).Msg("details were left out: no 1:1 chat with who asked can be opened")
		o.Reply = a.render(partReply, reply.DetailsNotSent(a.id))
		return o, nil
	case err != nil:
		return outcome{}, fmt.Errorf("open the 1:1 chat: %w", err)
	}
	o.Stream = im
	o.Reply = a.render(partReply, a.privateCopy(reply))
	o.Notice = a.render(partNotice, reply.DetailsSent())
	o.NoDetails = a.render(partNotice, reply.DetailsNotSent(a.id))
	return o, nil
}

// showOutline shows the chat of the request the outline of a first answer. People who are invited
// may take minutes to come in, so that the details of that go to the 1:1 chat at once.
func (a *attempt) showOutline(ctx context.Context, first commands.Reply) error {
	var err error
	if outline, ok := a.withTypedOutline(first).FirstOutline(); ok {
		err = a.showFirstAnswer(ctx, outline)
	}
	if first.Code == commands.CodeInvited {
		err = errors.Join(err, ignoreWait(a.sendFirstDetails(ctx, first)))
	}
	return err
}

// sendFirstDetails sends the details of a first answer to the 1:1 chat, if there is one.
func (a *attempt) sendFirstDetails(ctx context.Context, first commands.Reply) error {
	if sent, err := a.Result(a.inSeries(partFirstDetails), new(sentMessage)); sent || err != nil {
		return err
	}
	if err := a.lookUpRoomName(ctx); err != nil {
		return err
	}
	if !a.request.Room { // the event did not say that it is a 1:1 chat
		return a.showFirstAnswer(ctx, first)
	}
	im, err := a.bot.client.CreateIM(ctx, a.request.From.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return a.Do(ctx, a.inSeries(partFirstDetails), nil, func(context.Context) (any, error) { return sentMessage{}, nil })
	case err != nil:
		return fmt.Errorf("open the 1:1 chat: %w", err)
	}
	_, err = a.sendOnce(ctx, a.inSeries(partFirstDetails), im, a.render(partFirstDetails, a.privateCopy(first)))
	return err
}

// deliverDetails shows the reply in the 1:1 chat, and tells the chat of the request once that has
// happened. It returns the message in the 1:1 chat.
func (a *attempt) deliverDetails(ctx context.Context, o outcome) (sentMessage, error) {
	notice := o.Notice
	details, err := a.showDetails(ctx, o)
	if err == nil && details.Message == "" {
		zerolog.Ctx(ctx).Warn().Str("outcome", o.Code).Msg("details were left out: Symphony refused them in the 1:1 chat")
		notice = o.NoDetails
		details, err = a.deliverBrief(ctx, o.Stream, o)
	}
	if err != nil {
		return sentMessage{}, err
	}
	return details, a.showNotice(ctx, notice)
}

// showDetails shows the reply in the 1:1 chat, in the place of the details of a first answer if
// there are any.
func (a *attempt) showDetails(ctx context.Context, o outcome) (sentMessage, error) {
	first, err := a.findPart(ctx, partFirstDetails, o.Stream)
	if err != nil {
		return sentMessage{}, err
	}
	if first.Message != "" && first.Stream == o.Stream {
		updated, err := a.replaceMessage(ctx, a.inSeries(stepUpdate), first, o.Reply)
		if err != nil || updated.Message != "" {
			return updated, err
		}
	}
	return a.sendOnce(ctx, a.inSeries(partReply), o.Stream, o.Reply)
}

// showNotice shows the notice in the chat of the request, in the place of a first answer if there
// is one.
func (a *attempt) showNotice(ctx context.Context, notice symphony.Outgoing) error {
	first, err := a.firstAnswer(ctx)
	if err != nil {
		return err
	}
	if first.Message != "" {
		shown, err := a.replaceMessage(ctx, a.inSeries(stepPointer), first, notice)
		if err != nil || shown.Message != "" {
			return err
		}
	}
	_, err = a.sendOnce(ctx, a.inSeries(partNotice), a.request.Stream, notice)
	return err
}
