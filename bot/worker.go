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
	*engine.Attempt
	bot    *Bot
	in     incoming
	id     commands.RequestID
	series int           // whose outcome counts
	late   time.Duration // how old the command was when it was found; 0 for one that was heard
}

// work reads what was kept of a command. Its context logs with the request id,
// which also stands in the calls' trace ids.
func (b *Bot) work(ctx context.Context, j *engine.Attempt) (context.Context, *work, error) {
	w := &work{Attempt: j, bot: b, id: commands.NewRequestID(j.ID)}
	if err := json.Unmarshal(j.Payload, &w.in); err != nil {
		return ctx, nil, engine.GiveUp(fmt.Errorf("read the kept command: %w", err))
	}
	log := zerolog.Ctx(ctx).With().Str("request", string(w.id)).Logger()
	ctx = log.WithContext(symphony.WithTraceID(ctx, w.id.Trace()))
	return ctx, w, w.resume(ctx)
}

// handle carries one command out. It is called again after a crash or an error
// and repeats nothing that has happened.
func (b *Bot) handle(ctx context.Context, j *engine.Attempt) error {
	ctx, w, err := b.work(ctx, j)
	if err != nil {
		return err
	}
	w.moved()
	started := time.Now()
	decided, shown, err := w.carried(ctx)
	switch {
	case errors.Is(err, errNotOurs):
		zerolog.Ctx(ctx).Debug().Msg("form of somebody else was left alone")
	case errors.Is(err, errSpare):
		zerolog.Ctx(ctx).Debug().Msg("surplus command was left out")
	case errors.Is(err, errAnswered):
		zerolog.Ctx(ctx).Info().Msg("missed command had been answered")
	case err != nil:
		return w.postpone(ctx, err)
	default:
		b.metrics.answered(decided, w.in.At, shown.At)
		if shown.Message != "" { // or an error has been logged
			zerolog.Ctx(ctx).Info().Str("outcome", decided.Code).Int64("user", int64(w.in.From.ID)).
				Dur("took", time.Since(started)).Dur("since_message", time.Since(w.in.At)).Msg("command was answered")
		}
	}
	w.finished()
	return nil
}

// carried is the command's outcome, decided and delivered.
func (w *work) carried(ctx context.Context) (decided outcome, shown posted, err error) {
	if err := w.claimed(ctx); err != nil {
		return outcome{}, posted{}, err
	}
	if err := w.lookBack(ctx); err != nil {
		return outcome{}, posted{}, err
	}
	if decided, err = w.outcome(ctx, w.answer); err != nil {
		return outcome{}, posted{}, err
	}
	shown, err = w.deliver(ctx, decided)
	return decided, shown, err
}

// Do is the job's Do, which also notes that the command got further and how long
// the step took.
func (w *work) Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error {
	return w.Attempt.Do(ctx, step, result, func(ctx context.Context) (any, error) {
		begin := time.Now()
		value, err := do(ctx)
		if err == nil {
			w.bot.metrics.stepped(step, begin)
			w.moved()
		}
		return value, err
	})
}

func (w *work) moved() { w.bot.moved.Store(time.Now().UnixNano()) }

// finished makes room for another command of the conversation.
func (w *work) finished() {
	w.moved()
	if w.in.Surplus == "" {
		w.bot.backlog.finished(w.in.conversation())
	}
}

// signInLook is how often a command looks whether signing in works again. While
// it does not, the command has not failed.
const signInLook = 15 * time.Second

// freeWaits is how often a command waits because Symphony asked it to, before
// that counts as a failed attempt.
const freeWaits = 30

// postpone decides what becomes of a command that could not be finished now,
// and tells the user that it is not forgotten.
func (w *work) postpone(ctx context.Context, cause error) error {
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(cause, engine.ErrOutOfOrder) {
		return cause // it goes on by itself: at the next start, or when the store works again
	}
	if w.bot.client.Stats().LoginError != nil { // of which the client tells, once for all commands
		w.bot.metrics.postponed.WithLabelValues("login").Inc()
		zerolog.Ctx(ctx).Debug().Err(cause).Msg("command waits for the sign-in")
		return engine.Postpone(min(signInLook, w.bot.desk.Limits.Settle()))
	}
	if ctx.Err() != nil { // its time is up
		return cause
	}
	if later, ok := errors.AsType[*commands.WaitError](cause); ok && later.Planned {
		w.bot.metrics.postponed.WithLabelValues("pace").Inc()
		return engine.Postpone(later.After)
	}
	after, reason, err := w.asked(ctx, cause)
	if err != nil {
		return err
	}
	w.bot.metrics.postponed.WithLabelValues(reason).Inc()
	zerolog.Ctx(ctx).Warn().Err(cause).Dur("after", after).Msg("command was put off")
	w.ShowFirst(ctx, commands.PutOff(after))
	if after > 0 {
		return engine.Postpone(after)
	}
	return cause
}

// asked is how long to wait without having failed: until an earlier write has
// settled, or as long as Symphony says. It is 0 for a failure.
func (w *work) asked(ctx context.Context, cause error) (after time.Duration, reason string, err error) {
	if later, ok := errors.AsType[*commands.WaitError](cause); ok {
		return later.After, "unsettled", nil
	}
	slow, ok := errors.AsType[*symphony.Error](cause)
	if !ok || !errors.Is(slow, symphony.ErrTooManyRequests) {
		return 0, "failure", nil
	}
	const step = "throttled"
	_, times, err := w.Intended(ctx, step)
	if err != nil || times >= freeWaits {
		return 0, "failure", err
	}
	return max(slow.RetryAfter, time.Second), step, w.Intend(ctx, step)
}

// failed tells the user that the command ended without success, unless it had
// been decided and only the answer did not get through.
func (b *Bot) failed(ctx context.Context, j *engine.Attempt, cause error) error {
	ctx, w, err := b.work(ctx, j)
	if err != nil {
		return err
	}
	if w.in.Surplus != "" { // there was nothing to do but to say so
		return nil
	}
	touched, err := commands.MayHaveWritten(ctx, w)
	if err != nil {
		return err
	}
	if !touched {
		if err := w.giveBack(ctx); err != nil {
			return err
		}
	}
	zerolog.Ctx(ctx).Error().Err(cause).Msg("command was given up")
	decided, err := w.outcome(ctx, func(ctx context.Context) (commands.Reply, error) {
		return b.desk.UnfinishedReply(ctx, w, commands.Unfinished{
			ID: w.id, From: w.in.From, Sent: w.sheet(), Cancelled: errors.Is(cause, engine.ErrCancelled),
		})
	})
	if err != nil {
		return err
	}
	if _, err := w.deliver(ctx, decided); err != nil {
		return err
	}
	b.metrics.gaveUp(decided)
	w.finished()
	return nil
}
