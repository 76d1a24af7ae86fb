package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// replacement is a first answer that takes the place of an earlier one: by an edit or, where
// Symphony refuses that, as a message of its own.
type replacement struct {
	step     string   // of the edit
	part     string   // of the message of its own
	outcomes []string // of the first answers that are replaced
}

var (
	replaceByLink    = replacement{step: stepRelieved, part: partFirstLink, outcomes: []string{commands.CodePutOff}}
	replaceByInvited = replacement{
		step: stepInvited, part: partFirstInvited, outcomes: []string{commands.CodePutOff, commands.CodeAdding},
	}
	replaceByDelay    = replacement{step: stepDelayed, part: partFirstDelayed, outcomes: []string{commands.CodePutOff}}
	replaceByQuestion = replacement{
		step: stepAsked, part: partFirstAsked, outcomes: []string{commands.CodePutOff, commands.CodeAdding},
	}
	replaceByHeld = replacement{step: stepHeldShown, part: partFirstHeld, outcomes: []string{commands.CodePutOff}}
	replaceByStop = replacement{
		step: stepStopping, part: partFirstStopping, outcomes: []string{commands.CodePutOff, commands.CodeAdding, commands.CodeInvited},
	}
)

// replaceByApproval says that somebody is asked to approve the request, by its n-th question. look
// is how often who is asked had changed.
func replaceByApproval(n, look int) replacement {
	return replacement{
		step: stepApprovalShown(n, look), part: partFirstApproval(n, look), outcomes: []string{commands.CodePutOff},
	}
}

// replacements are all first answers that may have taken the place of an earlier one.
func (a *attempt) replacements(ctx context.Context) ([]replacement, error) {
	all := []replacement{replaceByHeld, replaceByDelay, replaceByLink, replaceByQuestion, replaceByInvited, replaceByStop}
	questions, err := a.readQuestions(ctx)
	for _, q := range questions {
		for look := range min(q.asked.Look.N, maxLooksTold) + 1 {
			all = append(all, replaceByApproval(q.N, look))
		}
	}
	return all, err
}

// ShowFirst shows the user a first answer, but never after the reply. Only the first of several is
// shown, except that the link replaces a word that it takes longer, and who is invited replaces how
// long the adding takes. A failure to show it is logged and stops nothing.
func (a *attempt) ShowFirst(ctx context.Context, first commands.Reply) {
	if first.Left > 0 {
		a.bot.timesLeft.Store(a.ID, time.Now().Add(first.Left))
	}
	reason, err := a.holdRoomOf(ctx, first)
	if err == nil {
		first, err = a.tellApprovalMeanwhile(ctx, first)
	}
	private := false
	if err == nil {
		private, err = a.isForOneToOneChat(ctx, first)
	}
	switch {
	case err != nil, reason != "":
	case private:
		err = a.showOutline(ctx, first)
	default:
		err = a.showFirstAnswer(ctx, first)
	}
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
	}
}

// showInstead shows a first answer that other companies may read: in the place of an earlier one,
// or as the first of all, but never after the reply.
func (a *attempt) showInstead(ctx context.Context, r replacement, first commands.Reply) {
	_, replied, err := a.Intentions(ctx, a.inSeries(partReply))
	if err != nil || replied > 0 {
		return
	}
	_, times, err := a.Intentions(ctx, a.inSeries(partFirst))
	switch {
	case err != nil:
	case times > 0:
		err = ignoreWait(a.replaceFirst(ctx, r, first))
	default:
		_, err = a.sendOnce(ctx, a.inSeries(partFirst), a.request.Stream, a.render(partFirst, first))
	}
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("first answer may not have been shown")
	}
}

func (a *attempt) showFirstAnswer(ctx context.Context, first commands.Reply) error {
	if _, times, err := a.Intentions(ctx, a.inSeries(partReply)); err != nil || times > 0 {
		return err
	}
	_, times, err := a.Intentions(ctx, a.inSeries(partFirst))
	switch {
	case err != nil:
		return err
	case times == 0:
		_, err = a.sendOnce(ctx, a.inSeries(partFirst), a.request.Stream, a.render(partFirst, first))
	case first.Code == commands.CodeInvited:
		err = ignoreWait(a.replaceFirst(ctx, replaceByInvited, first))
	case first.Room != "":
		err = ignoreWait(a.replaceFirst(ctx, replaceByLink, first))
	}
	return err
}

// replaceFirst puts a first answer in the place of an earlier one. It fails with a *WaitError while
// it is not known whether the earlier one, or this, was shown.
func (a *attempt) replaceFirst(ctx context.Context, r replacement, first commands.Reply) error {
	var edited sentMessage
	tried, err := a.Result(a.inSeries(r.step), &edited)
	if err == nil && !tried {
		old, err := a.firstAnswer(ctx)
		if err != nil || old.Message == "" || !slices.Contains(r.outcomes, old.Outcome) {
			return err
		}
		edited, err = a.editFirst(ctx, a.inSeries(r.step), old, a.render(partFirst, first))
		if err != nil {
			return err
		}
	}
	if err != nil || edited.Message != "" {
		return err
	}
	_, err = a.sendOnce(ctx, a.inSeries(r.part), a.request.Stream, a.render(r.part, first))
	return err
}

// editFirst edits a first answer. Its intention is stored, because an edit that got no answer may
// still arrive, and must not take the place of the reply.
func (a *attempt) editFirst(ctx context.Context, step string, old sentMessage, m symphony.Outgoing) (sentMessage, error) {
	if err := a.Intend(ctx, step); err != nil {
		return sentMessage{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, a.bot.env.Limits.CallTimeout)
	defer cancel()
	edited, err := a.replaceMessage(bounded, step, old, m)
	if symphony.VerdictOf(err).MayRepeat() {
		err = errors.Join(err, a.Withdraw(ctx, step))
	}
	return edited, err
}

// ignoreWait is nil for a *WaitError: a first answer that follows may tell.
func ignoreWait(err error) error {
	if _, ok := errors.AsType[*commands.WaitError](err); ok {
		return nil
	}
	return err
}

// firstAnswer is the first answer as it stands now, the latest of all, empty if none was ever
// shown.
func (a *attempt) firstAnswer(ctx context.Context) (sentMessage, error) {
	var latest sentMessage
	all, err := a.replacements(ctx)
	if err != nil {
		return sentMessage{}, err
	}
	for _, r := range all {
		later, err := a.findReplacement(ctx, r)
		if err != nil {
			return sentMessage{}, err
		}
		if later.Message != "" && !later.At.Before(latest.At) {
			latest = later
		}
	}
	if latest.Message != "" {
		return latest, nil
	}
	return a.findPart(ctx, partFirst, a.request.Stream)
}

// findReplacement is the first answer that has taken the place of an earlier one, empty if it has
// not.
func (a *attempt) findReplacement(ctx context.Context, r replacement) (sentMessage, error) {
	var edited sentMessage
	tried, err := a.Result(a.inSeries(r.step), &edited)
	switch {
	case err != nil || edited.Message != "":
		return edited, err
	case !tried:
		last, _, err := a.Intentions(ctx, a.inSeries(r.step))
		return sentMessage{}, cmp.Or(err, a.waitUntilSettled(last, "an earlier call may still edit the first answer"))
	}
	return a.findPart(ctx, r.part, a.request.Stream)
}
