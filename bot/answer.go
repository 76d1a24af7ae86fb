package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// answer decides what the user is told, and does what has to be done for it.
func (w *work) answer(ctx context.Context) (commands.Reply, error) {
	reply, err := w.understand(ctx)
	if refusal, ok := errors.AsType[*commands.Refusal](err); ok {
		return refusal.Again(w.sheet()), nil
	}
	return reply, err
}

// sheet is what the user filled into the form for a room, nil without one.
func (w *work) sheet() symphony.FormValues {
	if w.in.Form == nil || w.in.Form.ID != commands.FormNewRoom {
		return nil
	}
	return w.in.Form.Values
}

func (w *work) understand(ctx context.Context) (commands.Reply, error) {
	if w.in.Surplus != "" {
		return commands.Reply{}, commands.TooMany(w.bot.bounds.PerConversation)
	}
	m, err := w.message(ctx)
	if err != nil {
		return commands.Reply{}, err
	}
	if m.form != nil {
		return w.ask(ctx, m.form)
	}
	grammar, set := w.bot.reading(), w.bot.set
	result := grammar.Parse(m.Message)
	switch {
	case result.Command != nil:
		if w.late > w.bot.bounds.Late && set.Writes(*result.Command) {
			return commands.Reply{}, set.TooLate(m.Message, result, w.late)
		}
		return w.carryOut(ctx, m, *result.Command)
	case result.Error != nil:
		return commands.Reply{}, set.FromSyntax(grammar, m.Message, result.Error)
	case result.Form != nil:
		return w.ask(ctx, result.Form)
	default:
		return set.Help(result.Help), nil
	}
}

// ask shows the form, unless it would be filled in for nothing.
func (w *work) ask(ctx context.Context, f *syntax.Form) (commands.Reply, error) {
	if err := w.permitted(ctx, &commands.Request{From: w.in.From, Invocation: f.Prefill}); err != nil {
		return commands.Reply{}, err
	}
	return w.bot.desk.Form(f)
}

// carryOut asks the policy, plans and applies.
func (w *work) carryOut(ctx context.Context, m message, invocation syntax.Invocation) (commands.Reply, error) {
	request := &commands.Request{
		ID: w.id, From: w.in.From, Message: m.Message, Invocation: invocation, Missed: w.in.Missed,
	}
	command, ok := w.bot.set.Lookup(invocation.Command)
	if !ok {
		return commands.Reply{}, fmt.Errorf("no command %q", invocation.Command)
	}
	switch {
	case request.Preview():
		plan, err := w.plan(ctx, command, request)
		if err != nil {
			return commands.Reply{}, err
		}
		return plan.Preview(), nil
	case command.Writes():
		return w.write(ctx, command, request)
	}
	plan, err := w.plan(ctx, command, request)
	if err != nil {
		return commands.Reply{}, err
	}
	return plan.Apply(ctx, w)
}

// plan asks the policy and decides what would be done.
func (w *work) plan(ctx context.Context, command commands.Command, r *commands.Request) (commands.Plan, error) {
	if err := w.permitted(ctx, r); err != nil {
		return nil, err
	}
	return command.Plan(ctx, r)
}

// permitted asks the policy, which needs to know more than events tell of the
// room and the person.
func (w *work) permitted(ctx context.Context, r *commands.Request) error {
	if err := w.placed(ctx); err != nil {
		return err
	}
	r.In = w.in.place()
	from, err := w.bot.known(ctx, r.From)
	if err != nil {
		return err
	}
	r.From = from
	if refusal := w.bot.allow(ctx, r); refusal != nil {
		return refusal
	}
	return nil
}

// write carries a plan out, which is kept first: what has been decided once is
// carried on, even if by then the policy or a group is another.
func (w *work) write(ctx context.Context, command commands.Command, r *commands.Request) (commands.Reply, error) {
	var kept json.RawMessage
	err := w.Do(ctx, commands.StepPlan, &kept, func(ctx context.Context) (any, error) { return w.plan(ctx, command, r) })
	if err != nil {
		return commands.Reply{}, err
	}
	plan, err := command.Resume(r, kept)
	if err != nil {
		return commands.Reply{}, err
	}
	owner, err := w.Claim(ctx, w.claimKey())
	switch {
	case err != nil:
		return commands.Reply{}, err
	case owner != w.ID:
		return commands.Reply{}, commands.AlreadyDone(commands.NewRequestID(owner))
	}
	reply, err := plan.Apply(ctx, w)
	if _, refused := errors.AsType[*commands.Refusal](err); refused { // nothing came of it: a corrected version may run
		if err := w.Release(ctx, w.claimKey()); err != nil {
			return commands.Reply{}, err
		}
	}
	return reply, err
}

// claimKey is by what all versions of a message, and all clicks on its offers,
// write once.
func (w *work) claimKey() string { return "message/" + string(w.in.Origin) }

// giveBack lets a later version of the message run after this one came to
// nothing.
func (w *work) giveBack(ctx context.Context) error {
	if w.in.Form != nil {
		_, err := w.carrier(ctx)
		_, refused := errors.AsType[*commands.Refusal](err)
		switch {
		case refused, errors.Is(err, errNotOurs): // such a form has claimed nothing
			return nil
		case err != nil:
			return err
		}
	}
	return w.Release(ctx, w.claimKey())
}

// placed fills in the room's name, which many events leave out: rules may turn
// on it, and a private answer tells it.
func (w *work) placed(ctx context.Context) error {
	if !w.in.Room || w.in.Name != "" {
		return nil
	}
	stream, err := w.bot.client.Stream(ctx, w.in.Stream)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused: // a rule about rooms by name then refuses
		return nil
	case err != nil:
		return fmt.Errorf("look up the room's name: %w", err)
	}
	w.in.Name = stream.Name
	return nil
}

// allow asks the policy; a denial is a refusal, told in private.
func (b *Bot) allow(ctx context.Context, r *commands.Request) *commands.Refusal {
	place := policy.Place{Kind: policy.IM, StreamID: string(r.In.Stream), RoomName: r.In.Name}
	if r.In.Room {
		place.Kind = policy.Room
	}
	decision := b.policy.Decide(policy.Query{
		User:  policy.Subject{Username: r.From.Username, Email: r.From.Email, External: b.desk.Foreign(r.From.ID)},
		Where: place, Command: r.Command,
	})
	if decision.Allowed {
		return nil
	}
	zerolog.Ctx(ctx).Info().Str("command", r.Command).Str("rule", decision.Rule).Msg("policy denied the command")
	return commands.Denied(decision.Reason)
}
