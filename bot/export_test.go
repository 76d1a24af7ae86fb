package bot

import (
	"context"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// SetParse replaces what reads arriving messages; change gets what reads them otherwise.
func (b *Bot) SetParse(change func(parse func(syntax.Message) syntax.Result) func(syntax.Message) syntax.Result) {
	b.parse = change(b.parse)
}

// Receive takes a batch of events as the feed hands it over.
func (b *Bot) Receive(ctx context.Context, events []symphony.Event) error {
	return b.receive(ctx, events)
}

// Commits counts what the bot's store has committed.
func (b *Bot) Commits() int64 { return b.engine.Commits() }
