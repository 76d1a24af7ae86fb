package bot

import (
	"cmp"
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

// attempt is one try at a job: the request, and what was found out about it so far.
type attempt struct {
	*engine.Attempt
	bot     *Bot
	request storedRequest
	id      commands.RequestID
	series  int             // whose outcome counts
	began   time.Time       // the attempt
	late    lateness        // of a missed request; the zero value for one that the feed brought
	form    *formMessage    // nil until it is read
	command string          // that was read, by its name in the catalogue
	typed   *syntax.Message // the message, where it was read at arrival
	said    syntax.Message  // what the user typed, or what the form or the button stands for; empty until it is read

	decision, auditedDecision policyDecision  // the last of this attempt; the last that was written
	decided                   json.RawMessage // the last of this attempt as the audit record has it, a decisionBody
	checks                    []decisionCheck // its conditions

	asked      *policy.Query   // what the policy was asked last; nil while it was not
	refused    policy.Decision // its answer, where it does not allow the request
	typedFacts *commands.Facts // of the command as it is typed; nil while it is not read

	planned       commands.Plan   // nil while it is not known
	wantsApproval string          // rule that would want an approval of what is previewed
	approved      *question       // by which somebody has approved the request; nil for none
	facts         *commands.Facts // of the plan; nil while it is not known, and for commands without any
	limits        policy.Limits   // of the rule that has admitted the request last
	granted       *engine.Permit  // the grant that has admitted it last; nil where a rule has

	// admitted is true once the policy has admitted the request in this attempt.
	admitted  bool
	holdsRoom bool          // against clicks on Undo, see holdRoom
	undone    *undoneAnswer // by this attempt, nil for none

	// isLast is true where no attempt follows: what cannot be looked up now is not known.
	isLast bool
}

// execute is one attempt at a job from its start to its end. The engine calls it again after a
// crash or an error; it repeats nothing that has happened.
func (b *Bot) execute(ctx context.Context, job *engine.Attempt) error {
	started := time.Now()
	ctx, a, err := b.newAttempt(ctx, job)
	if err != nil {
		return err
	}
	a.noteProgress()
	if err := a.finish(ctx, started); err != nil {
		return errors.Join(a.postpone(ctx, err), a.releaseRoom(ctx))
	}
	return a.releaseRoom(ctx)
}

// finish decides and delivers. An error says why that could not be done now.
func (a *attempt) finish(ctx context.Context, started time.Time) error {
	decided, err := a.decide(ctx)
	if err != nil {
		return err
	}
	if decided.ignored != "" {
		decided.ignored.log(ctx)
		a.noteProgress()
		return a.addAnswerEntry(ctx, answerBody{Outcome: noOutcome, Reason: decided.ignored}, "")
	}
	shown, err := a.deliver(ctx, decided.outcome)
	if err == nil {
		err = a.finishCards(ctx)
	}
	if err != nil {
		return err
	}
	if err := a.auditAnswer(ctx, decided.outcome, shown); err != nil {
		return err
	}
	a.logAnswer(ctx, decided.outcome, shown, started)
	a.bot.timesLeft.Delete(a.ID)
	a.bot.metrics.countAnswer(decided.outcome, a.request.At, shown.At)
	a.noteProgress()
	return nil
}

// newAttempt reads the stored request. Its context logs with what identifies the request, and its
// calls to Symphony carry a trace id that follows from the request's number.
func (b *Bot) newAttempt(ctx context.Context, job *engine.Attempt) (context.Context, *attempt, error) {
	a := &attempt{Attempt: job, bot: b, began: time.Now(), id: commands.NewRequestID(job.ID)}
	if arrived, ok := job.Memo.(arrival); ok {
		a.request, a.typed = arrived.request, arrived.typed
	} else if err := json.Unmarshal(job.Payload, &a.request); err != nil {
		return ctx, nil, engine.GiveUp(fmt.Errorf("read the stored request: %w", err))
	}
	log := zerolog.Ctx(ctx).With().Str("request", string(a.id)).
		Int64("user", int64(a.request.From.ID)).Str("chat", string(a.request.Stream)).Logger()
	ctx = log.WithContext(symphony.WithTraceID(ctx, a.id.Trace()))
	var err error
	a.series, err = a.outcomeSeries()
	return ctx, a, err
}

func (a *attempt) logAnswer(ctx context.Context, o outcome, shown sentMessage, started time.Time) {
	if shown.Message == "" { // which was logged as an error
		return
	}
	line := zerolog.Ctx(ctx).Info().Str("outcome", o.Code)
	if o.Command != "" {
		line = line.Str("command", o.Command)
	}
	if o.Room != "" {
		line = line.Str("room", string(o.Room))
	}
	line.Dur("took", time.Since(started)).Dur("since_message", time.Since(a.request.At)).Msg("request was answered")
}

// Do is the engine's Do, which also measures the step and notes the progress.
func (a *attempt) Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error {
	return a.Attempt.Do(ctx, step, result, func(ctx context.Context) (any, error) {
		begin := time.Now()
		value, err := do(ctx)
		if err == nil {
			a.bot.metrics.observeStep(step, begin)
			a.noteProgress()
		}
		return value, err
	})
}

// noteProgress notes that a job got further, which health looks at.
func (a *attempt) noteProgress() { a.bot.lastProgress.Store(time.Now().UnixNano()) }

// signInLook is how often a request looks whether signing in works again. Until then it has not
// failed.
const signInLook = 15 * time.Second

// freeWaits is how often a request waits because Symphony asked it to, before that counts as a
// failed attempt.
const freeWaits = 30

// postpone decides what becomes of a request that could not be finished now, and tells the user
// that it is not forgotten.
func (a *attempt) postpone(ctx context.Context, cause error) error {
	if errors.Is(ctx.Err(), context.Canceled) || errors.Is(cause, engine.ErrOutOfOrder) || errors.Is(cause, engine.ErrClaimLost) {
		return cause // it goes on by itself: at the next start, when the store works again, or at once
	}
	postponed := a.bot.metrics.postponed
	if symphony.VerdictOf(cause) == symphony.NotSignedIn { // which the client logs, once for all requests
		postponed.WithLabelValues("login").Inc()
		zerolog.Ctx(ctx).Debug().Err(cause).Msg("request waits for the sign-in")
		return engine.Postpone(min(signInLook, a.bot.env.Limits.Settle()))
	}
	if ctx.Err() != nil { // its time is up
		return cause
	}
	if wait, ok := errors.AsType[*commands.WaitError](cause); ok && wait.Planned {
		if wait.FreesChat {
			postponed.WithLabelValues("outside").Inc()
			return engine.LeaveConversation(wait.After)
		}
		postponed.WithLabelValues(waitPace).Inc()
		return engine.Postpone(wait.After)
	}
	if errors.Is(cause, errWaitsForApproval) {
		postponed.WithLabelValues("approval").Inc()
		return engine.WaitForAnswer()
	}
	if paused, ok := errors.AsType[*engine.PausedError](cause); ok {
		postponed.WithLabelValues("paused").Inc()
		return a.waitForResume(ctx, paused.Pause)
	}
	after, reason, err := a.requestedWait(ctx, cause)
	if err != nil {
		return err
	}
	if reason == waitFailure {
		if waits, err := a.waitOn(ctx, cause); err != nil || waits {
			return cmp.Or(err, engine.WaitForAnswer())
		}
	}
	postponed.WithLabelValues(reason).Inc()
	zerolog.Ctx(ctx).Warn().Err(cause).Dur("after", after).Msg("request was put off")
	if reason == waitThrottled {
		return a.waitAsAsked(ctx, after)
	}
	return a.repeatLater(ctx, cause, after)
}

// requestedWait is how long to wait without having failed: until an earlier write has settled, or
// as long as Symphony says. It is 0 for a failure.
func (a *attempt) requestedWait(ctx context.Context, cause error) (after time.Duration, reason string, err error) {
	if wait, ok := errors.AsType[*commands.WaitError](cause); ok {
		return wait.After, waitUnsettled, nil
	}
	slow, ok := errors.AsType[*symphony.Error](cause)
	if !ok || !errors.Is(slow, symphony.ErrTooManyRequests) {
		return 0, waitFailure, nil
	}
	_, times, err := a.Intentions(ctx, intentThrottled)
	if err != nil || times >= freeWaits {
		return 0, waitFailure, err
	}
	return max(slow.RetryAfter, time.Second), waitThrottled, a.Intend(ctx, intentThrottled)
}

// reportFailure tells the user that the request ended without success, unless its outcome had been
// decided and only the answer did not get through.
func (b *Bot) reportFailure(ctx context.Context, job *engine.Attempt, cause error) error {
	ctx, a, err := b.newAttempt(ctx, job)
	if err != nil {
		return err
	}
	a.isLast = true
	b.timesLeft.Delete(job.ID)
	if a.request.Surplus != "" { // there was nothing to do but to say so
		return nil
	}
	return errors.Join(a.repeatReport(a.report(ctx, cause)), a.releaseRoom(ctx))
}

// report tells the user, unless somebody has told them already.
func (a *attempt) report(ctx context.Context, cause error) error {
	for _, check := range []func(context.Context) (ignoreReason, error){a.checkEarlier, a.checkUndone} {
		if reason, err := check(ctx); err != nil || reason != "" {
			if err == nil {
				reason.log(ctx)
				a.noteProgress()
			}
			return err
		}
	}
	last, err := a.endApproval(ctx, cause)
	if err != nil {
		return err
	}
	decided, err := a.decideFailure(ctx, cause, last)
	if err != nil {
		return err
	}
	shown, err := a.deliver(ctx, decided)
	if err == nil {
		err = a.finishCards(ctx)
	}
	if wait, ok := errors.AsType[*commands.WaitError](err); ok && wait.FreesChat {
		return engine.LeaveConversation(wait.After)
	}
	if err != nil {
		return err
	}
	if err := a.auditAnswer(ctx, decided, shown); err != nil {
		return err
	}
	a.bot.metrics.countFailure(decided)
	a.noteProgress()
	return nil
}

// decideFailure decides what the user is told of a request that ended without success. Last is the
// last question about it.
func (a *attempt) decideFailure(ctx context.Context, cause error, last question) (outcome, error) {
	cancelled := errors.Is(cause, engine.ErrCancelled)
	if a.request.isUndo() {
		zerolog.Ctx(ctx).Error().Err(cause).Msg("request was given up")
		return a.keepOutcome(ctx, func(ctx context.Context) (commands.Reply, error) { return a.unfinishedUndo(ctx, cancelled) })
	}
	found, err := a.findStoppedRoom(ctx, cause)
	if err != nil {
		return outcome{}, err
	}
	sure := a.recoverRoom(ctx) && found
	if sure {
		if err := a.releaseUnlessTouched(ctx); err != nil {
			return outcome{}, err
		}
	}
	stopped := errors.Is(cause, engine.ErrStopped)
	if stopped {
		zerolog.Ctx(ctx).Info().Msg("request has ended, who asked for it has stopped it")
	} else {
		zerolog.Ctx(ctx).Error().Err(cause).Msg("request was given up")
	}
	r := a.newRequest()
	return a.keepOutcome(ctx, func(ctx context.Context) (commands.Reply, error) {
		if stopped && last.isRefusal() { // who has refused it came first, and was told so
			return a.replyToUnapproved(ctx, last)
		}
		return a.bot.env.UnfinishedReply(ctx, a, commands.Unfinished{
			ID: a.id, Job: a.ID, BeforeProofs: r.BeforeProofs, From: a.request.From, Chat: a.request.chat(), Sent: a.request.roomForm(),
			Cancelled: cancelled, Stopped: stopped, Unknown: !sure,
			Choices: a.groupChoices(ctx), Again: a.offersAgain(ctx),
		})
	})
}

// offersAgain are buttons that do what was asked once more, for a request that ends unfinished. A
// form that was sent comes back instead.
func (a *attempt) offersAgain(ctx context.Context) []commands.Offer {
	if a.request.roomForm() != nil {
		return nil
	}
	asked, err := a.readMessage(ctx)
	if err != nil || asked.form != nil {
		return nil
	}
	return a.bot.catalogue.OffersAgain(a.grammar(ctx), asked.Message)
}

// releaseUnlessTouched lets a later version of the message run, unless this one may have changed
// something.
func (a *attempt) releaseUnlessTouched(ctx context.Context) error {
	touched, err := commands.MayHaveWritten(ctx, a)
	if err != nil || touched {
		return err
	}
	if err := errors.Join(a.releaseRoomCount(ctx), a.returnGrant(ctx)); err != nil {
		return err
	}
	claim, err := a.ownClaim(ctx)
	if err != nil || claim == "" {
		return err
	}
	return a.Release(ctx, claim)
}

// ownClaim is the claim that the request needs before it writes, empty for a form that cannot be
// used.
func (a *attempt) ownClaim(ctx context.Context) (string, error) {
	if a.request.Form != nil {
		form, err := a.readForm(ctx)
		if err != nil || form.foreign || form.refusal != nil {
			return "", err
		}
	}
	return messageClaim(a.request.Origin), nil
}
