package bot

import (
	"context"
	"fmt"

	"roombot/bot/engine"
	"roombot/commands"
)

// pauser is what /pause and /resume work with.
type pauser struct{ bot *Bot }

// Pause has no request of the kind begin to write from now on, in any replica.
func (p pauser) Pause(ctx context.Context, by commands.Person, kind, reason string, drop bool) error {
	if kind == "" {
		kind = engine.EveryKind
	}
	_, err := p.bot.engine.Pause(withAdmin(ctx, by), engine.Pause{Kind: kind, By: by.Name, Reason: reason, Drop: drop})
	return err
}

// Resume lets what a pause holds go on.
func (p pauser) Resume(ctx context.Context, by commands.Person, kind string) (freed int, paused bool, err error) {
	ended, freed, err := p.bot.engine.Resume(withAdmin(ctx, by), kind)
	return freed, len(ended) > 0, err
}

// Kinds are the kinds of requests that one may pause.
func (p pauser) Kinds() []string { return PausableKinds() }

// withAdmin has the act stored as that of an administrator in the chat.
func withAdmin(ctx context.Context, by commands.Person) context.Context {
	return engine.WithOperator(ctx, fmt.Sprintf("user %d", by.ID))
}

// checkAdmin refuses a command about the policy for whom the policy does not name as an
// administrator.
func (a *attempt) checkAdmin(ctx context.Context, r *commands.Request) error {
	is, err := a.bot.isAdmin(ctx, r.From.ID)
	switch {
	case err != nil:
		return err
	case !is:
		return commands.DeniedByDefault(r.Command, a.bot.env.Contact)
	}
	return nil
}
