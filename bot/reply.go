package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// The two messages a command may post. Each is posted once: the part is in the
// message's entity data, and a repetition looks for it before it sends.
const (
	partFirst = "first" // "it takes a while"
	partFinal = "reply"
)

// posted is the kept result of posting a message.
type posted struct {
	Stream  symphony.StreamID  `json:"stream"`
	Message symphony.MessageID `json:"message"`
}

// Say shows the user a first answer, at most once per command. The final reply
// takes its place.
func (w *work) Say(ctx context.Context, first commands.Reply) error {
	_, err := w.post(ctx, partFirst, w.in.Stream, first)
	return err
}

// send posts the final reply, or puts it in the place of the first answer.
func (w *work) send(ctx context.Context, reply commands.Reply) error {
	_, said, err := w.Intended(ctx, partFirst)
	if err != nil {
		return err
	}
	if said > 0 {
		return w.replace(ctx, reply)
	}
	stream, err := w.where(ctx, reply)
	if err != nil {
		return err
	}
	_, err = w.post(ctx, partFinal, stream, reply)
	return err
}

// replace updates the first answer. An update repeated after a crash shows the
// same text again, so it needs no look before.
func (w *work) replace(ctx context.Context, reply commands.Reply) error {
	first, err := w.post(ctx, partFirst, w.in.Stream, reply)
	if err != nil {
		return err
	}
	return w.Do(ctx, partFinal, nil, func(ctx context.Context) (any, error) {
		m, err := w.bot.client.UpdateMessage(ctx, first.Stream, first.Message, w.render(partFinal, reply))
		if err != nil {
			return nil, fmt.Errorf("update the reply: %w", err)
		}
		return posted{Stream: first.Stream, Message: m.ID}, nil
	})
}

func (w *work) post(ctx context.Context, part string, stream symphony.StreamID, reply commands.Reply) (posted, error) {
	var done posted
	err := w.Do(ctx, part, &done, func(ctx context.Context) (any, error) {
		last, times, err := w.Intended(ctx, part)
		if err != nil {
			return nil, err
		}
		if times > 0 {
			found, err := w.find(ctx, part, stream, last)
			if err != nil || found.Message != "" {
				return found, err
			}
		}
		if err := w.Intend(ctx, part); err != nil {
			return nil, err
		}
		m, err := w.bot.client.SendMessage(ctx, stream, w.render(part, reply))
		if errors.Is(err, symphony.ErrOutcomeUnknown) {
			return nil, &commands.Later{After: w.bot.desk.Limits.SearchLag, Why: "Symphony did not confirm the reply"}
		}
		if err != nil {
			return nil, fmt.Errorf("send the reply: %w", err)
		}
		return posted{Stream: stream, Message: m.ID}, nil
	})
	return done, err
}

// find looks for the message that an earlier attempt may have posted.
func (w *work) find(ctx context.Context, part string, stream symphony.StreamID, last time.Time) (posted, error) {
	if wait := time.Until(last.Add(w.bot.desk.Limits.SearchLag)); wait > 0 {
		return posted{}, engine.Later(wait)
	}
	for m, err := range w.bot.client.MessagesSince(ctx, stream, w.in.At) {
		if err != nil {
			return posted{}, fmt.Errorf("look for the reply: %w", err)
		}
		if m.From.ID == w.bot.self.ID && commands.Carries(m.Data, w.id, part) {
			return posted{Stream: stream, Message: m.ID}, nil
		}
	}
	return posted{}, nil
}

func (w *work) render(part string, reply commands.Reply) symphony.Outgoing {
	markup, data := reply.Render(commands.Stamp{Request: w.id, Part: part, Origin: string(w.in.Origin)})
	return symphony.Outgoing{MessageML: markup, Data: data}
}

// where decides which chat gets the reply. Symphony has no message that only
// one member of a room sees, so what is private goes to the 1:1 chat.
func (w *work) where(ctx context.Context, reply commands.Reply) (symphony.StreamID, error) {
	if !w.in.Room || !w.private(ctx, reply) {
		return w.in.Stream, nil
	}
	im, err := w.bot.client.CreateIM(ctx, w.in.From.ID)
	switch {
	case err == nil:
		return im, nil
	case errors.Is(err, symphony.ErrForbidden), errors.Is(err, symphony.ErrBadRequest):
		return w.in.Stream, nil // no 1:1 chat with this user: better in the room than not at all
	default:
		return "", fmt.Errorf("open the 1:1 chat: %w", err)
	}
}

func (w *work) private(ctx context.Context, reply commands.Reply) bool {
	if reply.Private || !reply.Failed {
		return reply.Private
	}
	members, err := w.bot.client.Members(ctx, w.in.Stream)
	return err == nil && len(members) > w.bot.crowd
}
