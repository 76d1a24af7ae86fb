package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// The messages a command may post. Each is posted once: the part is in the
// message's entity data, and a repetition looks for it before it sends.
const (
	partFirst = "first" // before all is done
	partFinal = "reply"
	partAside = "aside" // in the 1:1 chat, for a reply that Symphony refuses in the room
	partBrief = "brief" // for a reply that Symphony refuses everywhere
)

// outcome is the kept decision about a command: what the user is told, and
// where. From the moment it is kept nothing else is done or said.
type outcome struct {
	Code   string            `json:"code"`
	Failed bool              `json:"failed,omitempty"`
	Stream symphony.StreamID `json:"stream"`
	Reply  symphony.Outgoing `json:"reply"`
	Aside  symphony.Outgoing `json:"aside,omitzero"` // of a reply to a room
	Brief  symphony.Outgoing `json:"brief"`
}

// outcome is the answer that was decided, by an earlier attempt or now.
func (w *work) outcome(ctx context.Context, answer func(context.Context) (commands.Reply, error)) (outcome, error) {
	var decided outcome
	err := w.Do(ctx, w.own("outcome"), &decided, func(ctx context.Context) (any, error) {
		reply, err := answer(ctx)
		if err != nil {
			return nil, err
		}
		return w.decide(ctx, reply)
	})
	return decided, err
}

func (w *work) decide(ctx context.Context, reply commands.Reply) (outcome, error) {
	stream, err := w.where(ctx, reply)
	if err != nil {
		return outcome{}, err
	}
	if stream != w.in.Stream {
		if err := w.placed(ctx); err != nil {
			return outcome{}, err
		}
	}
	o := outcome{
		Code: reply.Code, Failed: reply.Failed, Stream: stream,
		Reply: w.render(w.own(partFinal), reply), Brief: w.render(w.own(partBrief), reply.Brief(w.id)),
	}
	switch aside := reply.PrivateCopy(w.in.Name); {
	case stream != w.in.Stream:
		o.Reply = w.render(w.own(partFinal), aside)
	case w.in.Room:
		o.Aside = w.render(w.own(partAside), aside)
	}
	return o, nil
}

func (w *work) render(part string, reply commands.Reply) symphony.Outgoing {
	markup, data := reply.Render(commands.Stamp{Request: w.id, Part: part, Origin: string(w.in.Origin), For: w.in.From.ID})
	return symphony.Outgoing{MessageML: markup, Data: data}
}

// ShowFirst shows the user a first answer, but never after the reply. Only the first of
// several is shown, except that the link replaces a word that it takes longer. A
// failure to show it is logged and stops nothing.
func (w *work) ShowFirst(ctx context.Context, first commands.Reply) {
	if err := w.showFirst(ctx, first); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
	}
}

func (w *work) showFirst(ctx context.Context, first commands.Reply) error {
	if _, times, err := w.Intended(ctx, w.own(partFinal)); err != nil || times > 0 {
		return err
	}
	_, times, err := w.Intended(ctx, w.own(partFirst))
	switch m := w.render(w.own(partFirst), first); {
	case err != nil:
		return err
	case times == 0:
		_, err = w.post(ctx, w.own(partFirst), w.in.Stream, m)
	case first.Room != "":
		err = w.relieve(ctx, m)
	}
	return err
}

// relieve puts a first answer in the place of one that only said that it takes
// longer, if it is known by now whether that was shown.
func (w *work) relieve(ctx context.Context, m symphony.Outgoing) error {
	old, err := w.first(ctx)
	if _, unknown := errors.AsType[*commands.WaitError](err); unknown {
		return nil
	}
	if err != nil || old.Message == "" || old.Outcome != commands.CodePutOff {
		return err
	}
	_, err = w.replace(ctx, w.own(stepRelieved), old, m)
	return err
}

// deliver shows the reply, in the place of the first answer if there is one in
// the same chat and it says something else. It tells which message shows it.
func (w *work) deliver(ctx context.Context, o outcome) (posted, error) {
	first, err := w.first(ctx)
	if err != nil {
		return posted{}, err
	}
	if first.Stream == o.Stream {
		if shown, done, err := w.instead(ctx, first, o); done || err != nil {
			return shown, err
		}
	}
	shown, err := w.post(ctx, w.own(partFinal), o.Stream, o.Reply)
	switch {
	case err != nil:
		return posted{}, err
	case shown.Message == "":
		return w.deliverAside(ctx, o)
	case first.Message != "" && first.Stream != o.Stream:
		_, err = w.replace(ctx, w.own("pointer"), first, w.render(w.own("pointer"), commands.AnsweredInPrivate()))
	}
	return shown, err
}

// instead shows the reply in the place of the first answer. It is not done where
// there is none, or where Symphony does not let it be edited.
func (w *work) instead(ctx context.Context, first posted, o outcome) (shown posted, done bool, err error) {
	same := first.Text == textOf(o.Reply)
	switch {
	case first.Message != "" && !same:
		updated, err := w.replace(ctx, w.own("update"), first, o.Reply)
		return updated, updated.Message != "", err
	case first.Message == "" && same: // refused once already
		shown, err := w.deliverAside(ctx, o)
		return shown, true, err
	}
	return first, same, nil
}

// deliverAside tells a reply that Symphony refused in the 1:1 chat: the room
// may be closed to the bot.
func (w *work) deliverAside(ctx context.Context, o outcome) (posted, error) {
	im, err := w.bot.client.CreateIM(ctx, w.in.From.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return w.deliverBrief(ctx, o.Stream, o)
	case err != nil:
		return posted{}, fmt.Errorf("open the 1:1 chat: %w", err)
	}
	if o.Aside.MessageML != "" {
		if shown, err := w.post(ctx, w.own(partAside), im, o.Aside); err != nil || shown.Message != "" {
			return shown, err
		}
	}
	return w.deliverBrief(ctx, im, o)
}

// deliverBrief tells what can be told of a reply that Symphony refuses wherever
// it is said: a rule may block its words.
func (w *work) deliverBrief(ctx context.Context, stream symphony.StreamID, o outcome) (posted, error) {
	shown, err := w.post(ctx, w.own(partBrief), stream, o.Brief)
	if err == nil && shown.Message == "" {
		zerolog.Ctx(ctx).Error().Str("outcome", o.Code).Int64("user", int64(w.in.From.ID)).Msg("user could not be told: Symphony refused every answer")
	}
	return shown, err
}

// where decides which chat gets the reply. Symphony has no message that only
// one member of a room sees, so what is private goes to the 1:1 chat.
func (w *work) where(ctx context.Context, reply commands.Reply) (symphony.StreamID, error) {
	if !w.in.Room {
		return w.in.Stream, nil
	}
	private, err := w.private(ctx, reply)
	if err != nil || !private {
		return w.in.Stream, err
	}
	im, err := w.bot.client.CreateIM(ctx, w.in.From.ID)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return w.in.Stream, nil // no 1:1 chat with this user: better in the room than not at all
	case err != nil:
		return "", fmt.Errorf("open the 1:1 chat: %w", err)
	}
	return im, nil
}

func (w *work) private(ctx context.Context, reply commands.Reply) (bool, error) {
	switch {
	case w.in.Surplus != "": // others have lost commands as well
		return false, nil
	case reply.Private || !reply.Failed:
		return reply.Private, nil
	}
	members, err := w.bot.client.Members(ctx, w.in.Stream)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused: // a chat of several without a name, which are few
		return false, nil
	case err != nil:
		return false, fmt.Errorf("count the members: %w", err)
	}
	return len(members) > w.bot.crowd, nil
}
