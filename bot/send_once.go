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

// sendOnce sends a message once: where an earlier attempt may have sent it, it is looked for first.
// The part is in the message's entity data.
func (a *attempt) sendOnce(ctx context.Context, part string, chat symphony.StreamID, m symphony.Outgoing) (sentMessage, error) {
	var done sentMessage
	err := a.Do(ctx, part, &done, func(ctx context.Context) (any, error) {
		last, times, err := a.Intentions(ctx, part)
		if err != nil {
			return nil, err
		}
		if times > 0 || a.mayBeUnknown() {
			found, err := a.findSent(ctx, part, chat, last)
			if times == 0 && symphony.VerdictOf(err) == symphony.Refused { // whether the chat can be answered at all shows below
				err = nil
			}
			if err != nil || found.Message != "" {
				return found, err
			}
		}
		if err := a.Intend(ctx, part); err != nil {
			return nil, err
		}
		// Waiting for Symphony's pace counts as part of the call: whoever looks for the message
		// must not look before it is sent.
		bounded, cancel := context.WithTimeout(ctx, a.bot.env.Limits.CallTimeout)
		defer cancel()
		sent, err := a.bot.client.SendMessage(bounded, chat, m)
		if symphony.VerdictOf(err).MayRepeat() {
			return nil, errors.Join(fmt.Errorf("send the message: %w", err), a.Withdraw(ctx, part))
		}
		return resultOfSending(ctx, chat, sent, m, err)
	})
	return done, err
}

// sendInChatWith sends a message once in the 1:1 chat with somebody; no message says that Symphony
// refuses this.
func (a *attempt) sendInChatWith(ctx context.Context, part string, who symphony.UserID, reply commands.Reply) (sentMessage, error) {
	var sent sentMessage
	if known, err := a.Result(part, &sent); known || err != nil {
		return sent, err
	}
	im, err := a.bot.client.CreateIM(ctx, who)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return sentMessage{}, nil
	case err != nil:
		return sentMessage{}, fmt.Errorf("open the 1:1 chat with somebody: %w", err)
	}
	return a.sendOnce(ctx, part, im, a.renderFor(part, who, reply))
}

// renderFor makes a message for one person, or for a room where who is 0.
func (a *attempt) renderFor(part string, who symphony.UserID, reply commands.Reply) symphony.Outgoing {
	markup, data := reply.Render(commands.Stamp{Request: a.id, Part: part, For: who})
	return symphony.Outgoing{MessageML: markup, Data: data}
}

// replaceMessage puts a message in the place of another. An update repeated after a crash shows the
// same text again, since what it says is stored before; so it needs no look.
func (a *attempt) replaceMessage(ctx context.Context, step string, old sentMessage, m symphony.Outgoing) (sentMessage, error) {
	var done sentMessage
	err := a.Do(ctx, step, &done, func(ctx context.Context) (any, error) {
		if err := a.Save(ctx); err != nil {
			return nil, err
		}
		updated, err := a.bot.client.UpdateMessage(ctx, old.Stream, old.Message, m)
		return resultOfSending(ctx, old.Stream, updated, m, err)
	})
	return done, err
}

// resultOfSending is what is stored of a call that was to show m. A refusal is a result as well,
// since another attempt would be refused too.
func resultOfSending(ctx context.Context, chat symphony.StreamID, shown symphony.Message, m symphony.Outgoing, err error) (any, error) {
	done := sentMessage{Stream: chat, Message: shown.ID, Outcome: commands.OutcomeOf(m.Data), Text: checksum(m), At: shown.Time}
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		zerolog.Ctx(ctx).Warn().Err(err).Msg("Symphony refused a message")
		done.Message = ""
	case err != nil:
		return nil, fmt.Errorf("show the reply: %w", err)
	}
	return done, nil
}

// checksum is equal for two messages that show the same.
func checksum(m symphony.Outgoing) string {
	sum := sha256.Sum256([]byte(m.MessageML))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// findPart is the message of a part that an earlier attempt may have sent, empty if none was ever
// shown.
func (a *attempt) findPart(ctx context.Context, name string, chat symphony.StreamID) (sentMessage, error) {
	part := a.inSeries(name)
	last, times, err := a.Intentions(ctx, part)
	if err != nil || times == 0 && !a.mayBeUnknown() {
		return sentMessage{}, err
	}
	var known sentMessage
	err = a.Do(ctx, part, &known, func(ctx context.Context) (any, error) {
		found, err := a.findSent(ctx, part, chat, last)
		if times == 0 && symphony.VerdictOf(err) == symphony.Refused {
			err = nil
		}
		return found, err
	})
	return known, err
}

// findSent looks for a message that an earlier attempt may have sent, once that can no longer
// arrive.
func (a *attempt) findSent(ctx context.Context, part string, chat symphony.StreamID, last time.Time) (sentMessage, error) {
	if err := a.waitUntilSettled(last, "an earlier call may still post the message"); err != nil {
		return sentMessage{}, err
	}
	for m, err := range a.bot.client.MessagesSince(ctx, chat, a.request.At) {
		if err != nil {
			return sentMessage{}, fmt.Errorf("look for the message: %w", err)
		}
		if m.From.ID == a.bot.self.ID && commands.IsReplyPart(m.Data, a.id, part) {
			return sentMessage{Stream: chat, Message: m.ID, Outcome: commands.OutcomeOf(m.Data), At: m.Time}, nil
		}
	}
	return sentMessage{}, nil
}

// waitUntilSettled is a *WaitError while a call of that time may still arrive.
func (a *attempt) waitUntilSettled(last time.Time, why string) error {
	if wait := time.Until(last.Add(a.bot.env.Limits.Settle())); wait > 0 {
		return &commands.WaitError{After: wait, Why: why}
	}
	return nil
}
