package bot

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
)

// answerTalk answers a question about the commands, and talk without one.
func (a *attempt) answerTalk(ctx context.Context, asked syntax.Result) commands.Reply {
	if asked.Talk == syntax.Thanks {
		return a.bot.catalogue.AnswerTalk(asked.Talk, commands.Permissions{})
	}
	permissions := a.permissions(ctx)
	if asked.Talk != "" {
		return a.bot.catalogue.AnswerTalk(asked.Talk, permissions)
	}
	return a.bot.catalogue.Help(asked.Help, permissions)
}

// permissionsTime is how long help waits for what Symphony says of the person and the chat.
const permissionsTime = 3 * time.Second

// permissions are what the policy says of each command here and in the 1:1 chat. Where that cannot
// be found out now, all commands are shown: the policy is asked again when one is used.
func (a *attempt) permissions(ctx context.Context) commands.Permissions {
	ctx, cancel := context.WithTimeout(ctx, permissionsTime)
	defer cancel()
	p := commands.Permissions{Access: map[string]commands.Access{}, Contact: a.bot.env.Contact}
	if err := a.lookUpRoomName(ctx); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("what the requester may use could not be found out, help shows everything")
		return commands.Permissions{}
	}
	for _, command := range a.bot.catalogue {
		access, err := a.accessTo(ctx, command.Name)
		if err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("what the requester may use could not be found out, help shows everything")
			return commands.Permissions{}
		}
		if command.Admin && access == commands.AccessNowhere {
			continue // which limits nobody: others do not know of it
		}
		p.Access[command.Name] = access
	}
	return p
}

func (a *attempt) accessTo(ctx context.Context, command string) (commands.Access, error) {
	r := &commands.Request{From: a.request.From, Invocation: syntax.Invocation{Command: command}, Chat: a.request.chat()}
	if a.bot.catalogue.IsAdmin(command) {
		is, err := a.bot.isAdmin(ctx, a.request.From.ID)
		if err != nil || !is {
			return commands.AccessNowhere, err
		}
		return commands.AccessHere, nil
	}
	if a.bot.catalogue.IsOpen(command) {
		return commands.AccessHere, nil
	}
	rules := a.bot.rules.now()
	asked, err := a.bot.policyQuery(ctx, rules, r)
	if err != nil {
		return commands.AccessNowhere, err
	}
	if rules.Decide(asked).Allowed {
		return commands.AccessHere, nil
	}
	if asked.Where.Kind = policy.IM; r.Chat.Room && rules.Decide(asked).Allowed {
		return commands.AccessInIM, nil
	}
	return commands.AccessNowhere, nil
}
