package bot

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// intake keeps the commands of a batch, in one transaction. The feed
// acknowledges the batch only after it returned nil.
func (b *Bot) intake(ctx context.Context, events []symphony.Event) error {
	var accepted []engine.Command
	for _, event := range events {
		id, in, ok := b.accept(ctx, event)
		if !ok {
			continue
		}
		command, err := in.command(id)
		if err != nil {
			return fmt.Errorf("keep event: %w", err)
		}
		accepted = append(accepted, command)
	}
	if len(accepted) == 0 {
		return nil
	}
	if err := b.engine.Insert(ctx, accepted...); err != nil {
		return fmt.Errorf("keep %d commands: %w", len(accepted), err)
	}
	zerolog.Ctx(ctx).Debug().Int("commands", len(accepted)).Int("events", len(events)).Msg("commands were accepted")
	return nil
}

// accept decides whether an event is addressed to the bot. The bot's own
// messages come back on its feed and are not.
func (b *Bot) accept(ctx context.Context, event symphony.Event) (id string, in incoming, ok bool) {
	head := event.Head()
	if head.Initiator.ID == b.self.ID {
		return "", incoming{}, false
	}
	switch e := event.(type) {
	case symphony.MessageSent:
		in, ok = b.acceptMessage(ctx, e.Message)
		return string(e.Message.ID), in, ok
	case symphony.FormSubmitted:
		if !commands.OwnForm(e.FormID) {
			return "", incoming{}, false
		}
		return string(head.MessageID), incoming{
			Message: e.FormMessage, Origin: e.FormMessage,
			Stream: e.Stream.ID, Room: e.Stream.Type != symphony.IM, Name: e.Stream.Name,
			From: person(head.Initiator), At: head.Time,
			Form: &submission{ID: e.FormID, Values: e.Values},
		}, true
	}
	return "", incoming{}, false
}

func (b *Bot) acceptMessage(ctx context.Context, m symphony.Message) (incoming, bool) {
	in := incoming{
		Message: m.ID, Origin: m.ID,
		Stream: m.Stream.ID, Room: m.Stream.Type != symphony.IM, Name: m.Stream.Name,
		From: person(m.From), At: m.Time, Text: m.PresentationML, Data: m.Data,
	}
	if m.Initial != "" {
		in.Origin = m.Initial
	}
	typed, err := in.read()
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Str("message", string(m.ID)).Msg("message could not be read")
		return incoming{}, false
	}
	return in, !b.grammar.Parse(typed).Ignore
}

// read turns the delivered message into what the user sees.
func (in incoming) read() (syntax.Message, error) {
	content, err := messageml.Read(in.Text, in.Data)
	if err != nil {
		return syntax.Message{}, err
	}
	return commands.Typed(content, in.Room), nil
}
