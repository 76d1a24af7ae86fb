package bot

import (
	"context"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/commands/syntax"
)

// grammar is the grammar that knows the groups which may be suggested to the requester, as far as
// they have been read.
func (a *attempt) grammar(ctx context.Context) syntax.Grammar {
	g := a.bot.grammar
	g.KnownGroups = func() []string {
		may, err := a.mayListGroups(ctx)
		switch {
		case err != nil:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("whether the requester may list groups could not be found out, none are suggested")
			return nil
		case !may:
			return nil
		}
		return a.bot.env.Groups.Names(a.request.From.ID)
	}
	return g
}

// groupChoices are the groups that a form lists: in the 1:1 chat, for who may use /groups, as far
// as they have been read.
func (a *attempt) groupChoices(ctx context.Context) commands.GroupChoices {
	may, err := a.mayListGroups(ctx)
	switch {
	case err != nil:
		zerolog.Ctx(ctx).Warn().Err(err).Msg("whether the requester may list groups could not be found out, the form lists none")
		return nil
	case !may || a.request.Room: // where others could read which groups the requester may see
		return nil
	}
	return commands.NewGroupChoices(a.bot.env.Groups.Names(a.request.From.ID))
}

// mayListGroups reports whether the policy lets the requester use /groups in this chat. Names of
// groups are suggested to nobody else.
func (a *attempt) mayListGroups(ctx context.Context) (bool, error) {
	if err := a.lookUpRoomName(ctx); err != nil {
		return false, err
	}
	r := &commands.Request{From: a.request.From, Invocation: syntax.Invocation{Command: commands.CommandGroups}, Chat: a.request.chat()}
	rules := a.bot.rules.now()
	asked, err := a.bot.queryWithoutGrants(ctx, rules, r)
	if err != nil {
		return false, err
	}
	decision, err := a.bot.decideWithGrants(ctx, rules, asked, r)
	return decision.Allowed, err
}
