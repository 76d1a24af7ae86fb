package bot

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// checkPolicy asks the policy, which needs to know more than events tell of the chat and the
// person. A denial is a refusal, told in private.
func (a *attempt) checkPolicy(ctx context.Context, r *commands.Request) error {
	if err := a.lookUpRoomName(ctx); err != nil {
		return err
	}
	r.Chat = a.request.chat()
	from, err := a.bot.completePerson(ctx, r.From)
	if err != nil {
		return err
	}
	r.From = from
	decision := a.bot.policy.Decide(a.bot.policyQuery(r))
	if decision.Allowed {
		return nil
	}
	zerolog.Ctx(ctx).Info().Str("command", r.Command).Str("rule", decision.Rule).Msg("policy denied the request")
	return commands.Denied(decision.Reason)
}

func (b *Bot) policyQuery(r *commands.Request) policy.Query {
	kind := policy.IM
	if r.Chat.Room {
		kind = policy.Room
	}
	return policy.Query{
		User:    policy.Subject{Username: r.From.Username, Email: r.From.Email, External: b.env.IsExternal(r.From.ID)},
		Where:   policy.Place{Kind: kind, StreamID: string(r.Chat.Stream), RoomName: r.Chat.Name},
		Command: r.Command,
	}
}

// lookUpRoomName fills in the room's name, which many events leave out: rules may turn on it, and a
// private answer tells it. Forms of older agents leave out as well that a chat is no room.
func (a *attempt) lookUpRoomName(ctx context.Context) error {
	if !a.request.Room || a.request.Name != "" {
		return nil
	}
	stream, err := a.bot.client.Stream(ctx, a.request.Stream)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused: // a rule about rooms by name then refuses
		return nil
	case err != nil:
		return fmt.Errorf("look up the room's name: %w", err)
	}
	a.request.Name = stream.Name
	if stream.Type == symphony.IM {
		a.request.Room = false
	}
	return nil
}

// completePerson fills in what events leave out of a person, lest a rule by username or address
// deny what it should allow. Symphony tells neither of people of other companies. When Symphony
// refuses the look-up, rules see what the event says.
func (b *Bot) completePerson(ctx context.Context, p commands.Person) (commands.Person, error) {
	if b.env.IsExternal(p.ID) || p.Username != "" && p.Email != "" {
		return p, nil
	}
	user, known := b.users.find(p.ID)
	if !known {
		found, err := b.client.UsersByID(ctx, p.ID)
		switch {
		case symphony.VerdictOf(err) == symphony.Refused, err == nil && len(found) != 1:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("user could not be looked up, rules go by the event alone")
			return p, nil
		case err != nil: // a denial would be final
			return commands.Person{}, fmt.Errorf("look up who asks: %w", err)
		}
		user = found[0]
		b.users.add(user)
	}
	if p.Username == "" {
		p.Username = user.Username
	}
	if p.Email == "" {
		p.Email = user.Email
	}
	return p, nil
}
