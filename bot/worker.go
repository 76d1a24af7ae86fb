package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// work is one command being carried out.
type work struct {
	*engine.Job
	bot *Bot
	in  incoming
	id  commands.RequestID
}

func (b *Bot) work(j *engine.Job) (*work, error) {
	w := &work{Job: j, bot: b, id: commands.NewRequestID(j.ID)}
	if err := json.Unmarshal(j.Payload, &w.in); err != nil {
		return nil, engine.Fatal(fmt.Errorf("read the kept command: %w", err))
	}
	return w, nil
}

// handle carries one command out. It is called again after a crash or an error
// and repeats nothing that has happened.
func (b *Bot) handle(ctx context.Context, j *engine.Job) error {
	w, err := b.work(j)
	if err != nil {
		return err
	}
	log := zerolog.Ctx(ctx).With().Str("request", string(w.id)).Logger()
	ctx = log.WithContext(symphony.WithTraceID(ctx, w.id.Trace()))
	started := time.Now()

	reply, err := w.answer(ctx)
	if err != nil {
		return w.postpone(ctx, err)
	}
	if err := w.send(ctx, reply); err != nil {
		return w.postpone(ctx, err)
	}
	log.Info().Str("outcome", reply.Code).Int64("user", int64(w.in.From.ID)).Int("attempt", j.Attempt).
		Dur("took", time.Since(started)).Dur("since_message", time.Since(w.in.At)).Msg("command was answered")
	return nil
}

// answer decides what the user is told, and does what has to be done for it.
func (w *work) answer(ctx context.Context) (commands.Reply, error) {
	message, err := w.message(ctx)
	if err != nil {
		return refusedOr(err)
	}
	if message.form != nil {
		return w.bot.desk.Form(message.form), nil
	}
	result := w.bot.grammar.Parse(message.Message)
	switch {
	case result.Command != nil:
		reply, err := w.carryOut(ctx, message, *result.Command)
		if err != nil {
			return refusedOr(err)
		}
		return reply, nil
	case result.Error != nil:
		return commands.FromSyntax(message.Message, result.Error).Reply(), nil
	case result.Form != nil:
		return w.bot.desk.Form(result.Form), nil
	default:
		return w.bot.set.Help(result.Help), nil
	}
}

// refusedOr turns an answer for the user that came as an error into a reply.
func refusedOr(err error) (commands.Reply, error) {
	var refusal *commands.Refusal
	if errors.As(err, &refusal) {
		return refusal.Reply(), nil
	}
	return commands.Reply{}, err
}

// carryOut asks the policy, plans and applies.
func (w *work) carryOut(ctx context.Context, m message, invocation syntax.Invocation) (commands.Reply, error) {
	request := &commands.Request{
		ID: w.id, From: w.in.From, In: w.in.place(), Message: m.Message, Invocation: invocation,
	}
	command, ok := w.bot.set.Lookup(invocation.Command)
	if !ok {
		return commands.Reply{}, fmt.Errorf("no command %q", invocation.Command)
	}
	if err := w.placed(ctx, request); err != nil {
		return commands.Reply{}, err
	}
	if refusal := w.bot.allow(ctx, request); refusal != nil {
		return commands.Reply{}, refusal
	}
	plan, err := command.Plan(ctx, request)
	if err != nil {
		return commands.Reply{}, err
	}
	if request.Preview() {
		return plan.Preview(), nil
	}
	return w.apply(ctx, m.origin, plan)
}

// placed fills in the room's name, which many events leave out and rules may
// turn on.
func (w *work) placed(ctx context.Context, r *commands.Request) error {
	if !r.In.Room || r.In.Name != "" {
		return nil
	}
	stream, err := w.bot.client.Stream(ctx, r.In.Stream)
	if err != nil {
		return fmt.Errorf("look up the room's name: %w", err)
	}
	r.In.Name = stream.Name
	return nil
}

// apply runs the plan unless an earlier version of the same message, or another
// click on the same offer, has done so already.
func (w *work) apply(ctx context.Context, origin symphony.MessageID, plan commands.Plan) (commands.Reply, error) {
	key := "message/" + string(origin)
	owner, err := w.Claim(ctx, key)
	if err != nil {
		return commands.Reply{}, err
	}
	if owner != w.ID {
		return commands.Reply{}, commands.AlreadyDone(commands.NewRequestID(owner))
	}
	reply, err := plan.Apply(ctx, w)
	var refusal *commands.Refusal
	if errors.As(err, &refusal) { // nothing came of it: a corrected version may run
		if err := w.Release(ctx, key); err != nil {
			return commands.Reply{}, err
		}
	}
	return reply, err
}

// allow asks the policy; a denial is a refusal, told in private.
func (b *Bot) allow(ctx context.Context, r *commands.Request) *commands.Refusal {
	place := policy.Place{Kind: policy.IM, StreamID: string(r.In.Stream), RoomName: r.In.Name}
	if r.In.Room {
		place.Kind = policy.Room
	}
	decision := b.policy.Decide(policy.Ask{
		User: policy.Subject{
			ID: int64(r.From.ID), Username: r.From.Username, Email: r.From.Email,
			DisplayName: r.From.Name, External: r.From.ID.Tenant() != b.self.ID.Tenant(),
		},
		Where: place, Command: r.Command, Groups: r.Groups,
	})
	if decision.Allowed {
		return nil
	}
	zerolog.Ctx(ctx).Info().Str("command", r.Command).Str("rule", decision.Rule).Msg("policy denied the command")
	return &commands.Refusal{Code: "denied", Message: decision.Reason, Private: true}
}

// postpone decides what becomes of a command that could not be finished now.
// The first time the user is told that it is not forgotten.
func (w *work) postpone(ctx context.Context, cause error) error {
	var later *commands.Later
	var slow *symphony.Error
	after := time.Duration(0)
	switch {
	case errors.As(cause, &later):
		after = later.After
	case errors.Is(cause, symphony.ErrTooManyRequests) && errors.As(cause, &slow):
		after = max(slow.RetryAfter, time.Second)
	}
	if ctx.Err() == nil {
		zerolog.Ctx(ctx).Warn().Err(cause).Int("attempt", w.Attempt).Dur("after", after).Msg("command was put off")
		if err := w.Say(ctx, commands.PutOff(after)); err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("user could not be told of the delay")
		}
	}
	if after > 0 {
		return engine.Later(after)
	}
	return cause
}

// failed tells the user that the command ended without success.
func (b *Bot) failed(ctx context.Context, j *engine.Job, cause error) error {
	w, err := b.work(j)
	if err != nil {
		return err
	}
	log := zerolog.Ctx(ctx).With().Str("request", string(w.id)).Logger()
	log.Error().Err(cause).Int("attempts", j.Attempt).Msg("command failed for good")
	return w.send(log.WithContext(ctx), commands.GaveUp(w.id))
}
