package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// posted is the kept result of posting a message. There is no message where
// Symphony refused it for good.
type posted struct {
	Stream  symphony.StreamID  `json:"stream"`
	Message symphony.MessageID `json:"message,omitempty"`
	Outcome string             `json:"outcome,omitempty"`
	Text    string             `json:"text,omitempty"` // textOf what was sent; empty where it was found
	At      time.Time          `json:"at,omitzero"`    // by Symphony's clock, as all times of messages
}

// sent is the result of sending m where it was not refused.
func sent(stream symphony.StreamID, shown symphony.Message, m symphony.Outgoing) posted {
	return posted{Stream: stream, Message: shown.ID, Outcome: commands.OutcomeOf(m.Data), Text: textOf(m), At: shown.Time}
}

// textOf is a short sum of what a message shows, for comparing.
func textOf(m symphony.Outgoing) string {
	sum := sha256.Sum256([]byte(m.MessageML))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// post sends a message once: where an earlier attempt may have sent it, it is
// looked for first.
func (w *work) post(ctx context.Context, part string, stream symphony.StreamID, m symphony.Outgoing) (posted, error) {
	var done posted
	err := w.Do(ctx, part, &done, func(ctx context.Context) (any, error) {
		last, times, err := w.Intended(ctx, part)
		if err != nil {
			return nil, err
		}
		if times > 0 {
			if found, err := w.find(ctx, part, stream, last); err != nil || found.Message != "" {
				return found, err
			}
		}
		if err := w.Intend(ctx, part); err != nil {
			return nil, err
		}
		// Waiting for Symphony's pace counts as part of the call: whoever looks
		// for the message must not look before it is sent.
		bounded, cancel := context.WithTimeout(ctx, w.bot.desk.Limits.CallTimeout)
		defer cancel()
		message, err := w.bot.client.SendMessage(bounded, stream, m)
		if symphony.VerdictOf(err).MayRepeat() {
			return nil, errors.Join(fmt.Errorf("send the message: %w", err), w.Withdraw(ctx, part))
		}
		return w.shown(ctx, sent(stream, message, m), err)
	})
	return done, err
}

// replace puts a message in the place of another. An update repeated after a
// crash shows the same text again, so it needs no look before.
func (w *work) replace(ctx context.Context, step string, old posted, m symphony.Outgoing) (posted, error) {
	var done posted
	err := w.Do(ctx, step, &done, func(ctx context.Context) (any, error) {
		updated, err := w.bot.client.UpdateMessage(ctx, old.Stream, old.Message, m)
		return w.shown(ctx, sent(old.Stream, updated, m), err)
	})
	return done, err
}

// shown keeps a refusal as a result, since another attempt would be refused too.
func (w *work) shown(ctx context.Context, done posted, err error) (any, error) {
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		zerolog.Ctx(ctx).Warn().Err(err).Msg("message was refused")
		done.Message = ""
		return done, nil
	case err != nil:
		return nil, fmt.Errorf("show the reply: %w", err)
	}
	return done, nil
}

// stepRelieved is the edit that puts one first answer in the place of another.
const stepRelieved = "relieved"

// first is the first answer, if it was ever shown.
func (w *work) first(ctx context.Context) (posted, error) {
	var relieved posted
	if known, err := w.Result(w.own(stepRelieved), &relieved); err != nil || known && relieved.Message != "" {
		return relieved, err
	}
	part := w.own(partFirst)
	last, times, err := w.Intended(ctx, part)
	if err != nil || times == 0 {
		return posted{}, err
	}
	var first posted
	err = w.Do(ctx, part, &first, func(ctx context.Context) (any, error) {
		return w.find(ctx, part, w.in.Stream, last)
	})
	return first, err
}

// find looks for a message that an earlier attempt may have posted, once that
// can no longer arrive.
func (w *work) find(ctx context.Context, part string, stream symphony.StreamID, last time.Time) (posted, error) {
	if wait := time.Until(last.Add(w.bot.desk.Limits.Settle())); wait > 0 {
		return posted{}, &commands.WaitError{After: wait, Why: "an earlier call may still post the message"}
	}
	for m, err := range w.bot.client.MessagesSince(ctx, stream, w.in.At) {
		if err != nil {
			return posted{}, fmt.Errorf("look for the message: %w", err)
		}
		if m.From.ID == w.bot.self.ID && commands.IsReplyPart(m.Data, w.id, part) {
			return posted{Stream: stream, Message: m.ID, Outcome: commands.OutcomeOf(m.Data), At: m.Time}, nil
		}
	}
	return posted{}, nil
}
