package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// work is one command being carried out.
type work struct {
	*engine.Job
	bot *Bot
	in  incoming
	id  commands.RequestID
}

// work reads what was kept of a command. Its context logs with the request id,
// which also stands in the calls' trace ids.
func (b *Bot) work(ctx context.Context, j *engine.Job) (context.Context, *work, error) {
	w := &work{Job: j, bot: b, id: commands.NewRequestID(j.ID)}
	if err := json.Unmarshal(j.Payload, &w.in); err != nil {
		return ctx, nil, engine.Fatal(fmt.Errorf("read the kept command: %w", err))
	}
	log := zerolog.Ctx(ctx).With().Str("request", string(w.id)).Logger()
	return log.WithContext(symphony.WithTraceID(ctx, w.id.Trace())), w, nil
}

// handle carries one command out. It is called again after a crash or an error
// and repeats nothing that has happened.
func (b *Bot) handle(ctx context.Context, j *engine.Job) error {
	ctx, w, err := b.work(ctx, j)
	if err != nil {
		return err
	}
	started := time.Now()
	decided, err := w.outcome(ctx, w.answer)
	if err == nil {
		err = w.deliver(ctx, decided)
	}
	switch {
	case errors.Is(err, errNotOurs):
		zerolog.Ctx(ctx).Debug().Msg("form of somebody else was left alone")
		return nil
	case err != nil:
		return w.postpone(ctx, err)
	}
	zerolog.Ctx(ctx).Info().Str("outcome", decided.Code).Int64("user", int64(w.in.From.ID)).
		Dur("took", time.Since(started)).Dur("since_message", time.Since(w.in.At)).Msg("command was answered")
	return nil
}

// freeWaits is how often a command waits because Symphony asked it to, before
// that counts as a failed attempt.
const freeWaits = 30

// postpone decides what becomes of a command that could not be finished now,
// and tells the user that it is not forgotten.
func (w *work) postpone(ctx context.Context, cause error) error {
	if ctx.Err() != nil { // the bot stops; it goes on at the next start
		return cause
	}
	after, err := w.asked(ctx, cause)
	if err != nil {
		return err
	}
	zerolog.Ctx(ctx).Warn().Err(cause).Dur("after", after).Msg("command was put off")
	w.Say(ctx, commands.PutOff(after))
	if after > 0 {
		return engine.Later(after)
	}
	return cause
}

// asked is how long to wait without having failed: until an earlier write has
// settled, or as long as Symphony says. It is 0 for a failure.
func (w *work) asked(ctx context.Context, cause error) (time.Duration, error) {
	if later, ok := errors.AsType[*commands.Later](cause); ok {
		return later.After, nil
	}
	slow, ok := errors.AsType[*symphony.Error](cause)
	if !ok || slow.RetryAfter == 0 || !errors.Is(slow, symphony.ErrTooManyRequests) {
		return 0, nil
	}
	const step = "throttled"
	_, times, err := w.Intended(ctx, step)
	if err != nil || times >= freeWaits {
		return 0, err
	}
	return slow.RetryAfter, w.Intend(ctx, step)
}

// failed tells the user that the command ended without success, unless it had
// been decided and only the answer did not get through.
func (b *Bot) failed(ctx context.Context, j *engine.Job, cause error) error {
	ctx, w, err := b.work(ctx, j)
	if err != nil {
		return err
	}
	touched, err := commands.Touched(ctx, w)
	if err != nil {
		return err
	}
	if !touched {
		if err := w.giveBack(ctx); err != nil {
			return err
		}
	}
	zerolog.Ctx(ctx).Error().Err(cause).Msg("command was given up")
	decided, err := w.outcome(ctx, func(context.Context) (commands.Reply, error) {
		return commands.GaveUp(w.id, touched), nil
	})
	if err != nil {
		return err
	}
	return w.deliver(ctx, decided)
}
