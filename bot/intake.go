package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// arrival is an event that is addressed to the bot, with the id by which it is
// known.
type arrival struct {
	id    string
	in    incoming
	spare bool // another one of the same flood is answered for it
}

// intake keeps the commands of a batch, in one transaction. The feed
// acknowledges the batch only after it returned nil; after an error it brings
// the same batch again and none that came later. The feed logs the error, but for
// a store that is out of order, which the engine logs.
func (b *Bot) intake(ctx context.Context, events []symphony.Event) error {
	var arrived []arrival
	seen := map[string]bool{} // an event may come twice, and is not two commands too many
	for _, event := range events {
		if id, in, ok := b.accept(ctx, event); ok && !seen[id] {
			seen[id] = true
			arrived = append(arrived, arrival{id: id, in: in})
		}
	}
	if len(arrived) > 0 {
		err := b.take(ctx, arrived)
		b.gate.passed(len(arrived), err)
		if errors.Is(err, engine.ErrOutOfOrder) {
			err = symphony.AlreadyLogged(err)
		}
		if err != nil {
			return fmt.Errorf("keep %d commands: %w", len(arrived), err)
		}
		zerolog.Ctx(ctx).Debug().Int("commands", len(arrived)).Int("events", len(events)).Msg("commands were accepted")
	}
	b.metrics.took(events)
	return nil
}

// take stores arrivals, unless enough commands wait.
func (b *Bot) take(ctx context.Context, arrived []arrival) error {
	b.taking.Lock()
	defer b.taking.Unlock()
	if err := b.full(ctx); err != nil {
		return err
	}
	lines, err := b.sift(ctx, arrived)
	if err != nil {
		return err
	}
	all := make([]engine.Job, len(arrived))
	for i, a := range arrived {
		if all[i], err = a.in.command(a.id); err != nil {
			return err
		}
		if a.spare {
			all[i].Finished, all[i].Payload = true, nil
		}
	}
	before := b.backlog.replace(lines) // now, as a worker may finish one of them at once
	if err := b.engine.Insert(ctx, all...); err != nil {
		b.backlog.replace(before)
		return err
	}
	for _, a := range arrived {
		if a.in.Surplus != "" {
			b.metrics.surplus.Inc()
		}
	}
	return nil
}

// accept decides whether an event is addressed to the bot, and by which id it
// is known. The bot's own messages come back on its feed and are not.
func (b *Bot) accept(ctx context.Context, event symphony.Event) (id string, in incoming, ok bool) {
	if event.Head().Initiator.ID == b.self.ID {
		return "", incoming{}, false
	}
	switch e := event.(type) {
	case symphony.MessageSent:
		id, in, ok = b.acceptMessage(ctx, e.Message)
	case symphony.FormSubmitted:
		id, in = string(e.MessageID), submitted(e)
		ok = commands.IsOwnForm(e.FormID)
	}
	if ok && (id == "" || in.Stream == "") { // could be neither kept nor answered
		zerolog.Ctx(ctx).Warn().Str("event", string(event.Head().ID)).Msg("event without a message or a conversation was dropped")
		return "", incoming{}, false
	}
	return id, in, ok
}

func (b *Bot) acceptMessage(ctx context.Context, m symphony.Message) (id string, in incoming, ok bool) {
	in = written(m)
	return string(m.ID), in, m.From.ID != b.self.ID && b.addressed(ctx, m, in)
}

// addressed reports whether a message wants an answer. From another program it
// does only if it is a whole command: two bots that answer each other's small
// talk would never come to an end.
func (b *Bot) addressed(ctx context.Context, m symphony.Message, in incoming) bool {
	typed, err := in.read()
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Str("message", string(m.ID)).Msg("message could not be read")
		return false
	}
	result := b.grammar.Parse(typed)
	if automatic(m) {
		return result.Command != nil
	}
	return !result.Ignore
}

// automatic reports whether a program sent the message: what comes through an
// agent names it as the sender's client.
func automatic(m symphony.Message) bool { return strings.HasPrefix(m.UserAgent, "Agent-") }

// read turns the delivered message into what the user sees.
func (in incoming) read() (syntax.Message, error) {
	content, err := messageml.Read(in.Text, in.Data)
	if err != nil {
		return syntax.Message{}, err
	}
	return commands.ReadMessage(content, in.Room), nil
}
