package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// A click on a card about a request for access is a job of its own, which waits for no other. The
// card says what it decides about; who decides is the account that Symphony says has clicked.

// answerGrantCard decides about a request for access, if the person may.
func (a *attempt) answerGrantCard(ctx context.Context, form *formMessage) (commands.Reply, error) {
	n, choice, err := commands.ClickedGrant(form.Data, a.request.Form.Values)
	if err != nil {
		return commands.Reply{}, err
	}
	var decided bool
	err = a.Do(ctx, stepGrantDecided, &decided, func(ctx context.Context) (any, error) { return a.decideGrant(ctx, form, n, choice) })
	if err != nil {
		return commands.Reply{}, err
	}
	p, found, err := a.bot.engine.Permit(ctx, n)
	switch {
	case err != nil:
		return commands.Reply{}, err
	case !found:
		return commands.Reply{}, commands.Expired()
	case !decided:
		return commands.Reply{}, commands.GrantDecidedAlready(a.bot.grantDecision(ctx, p))
	}
	who, err := a.tellGrantDecided(ctx, p)
	if err == nil {
		err = a.endGrantCards(ctx, p)
	}
	if err == nil {
		err = a.bot.engine.ErasePermitDetail(ctx, n)
	}
	return commands.ConfirmGrantDecision(choice, who), err
}

// decideGrant stores the decision, unless the person may not decide. It reports false where another
// one came first.
func (a *attempt) decideGrant(ctx context.Context, form *formMessage, n int64, choice commands.GrantChoice) (bool, error) {
	p, found, err := a.bot.engine.Permit(ctx, n)
	switch {
	case err != nil:
		return false, err
	case !found:
		return false, commands.Expired()
	}
	if err := a.checkGrantor(ctx, form, p); err != nil {
		return false, err
	}
	act, name := "granted", a.bot.nameOf(ctx, a.request.From.ID)
	if choice.Days == 0 {
		act = "refused"
	}
	_, first, err := a.bot.engine.DecidePermit(ctx, n, engine.PermitDecision{
		Decider: ownerOf(a.request.From.ID), For: time.Duration(choice.Days) * a.bot.grantDay, Once: choice.Once, Click: a.ID,
		Entry: func(p engine.Permit) engine.RecordEntry {
			return entryOfGrant(p, act, "", "decided", a.request.From.ID, func(b *grantBody, f *grantFacts) {
				b.Version, f.By = a.bot.rules.now().Version(), name
			})
		},
	})
	if err != nil || !first {
		return false, err
	}
	zerolog.Ctx(ctx).Info().Int64("grant", n).Str("outcome", act).Msg("administrator has decided about a request for access")
	return true, nil
}

// checkGrantor refuses who may not decide. Whether they are an administrator is asked of the
// directory now, and of the policy in force.
func (a *attempt) checkGrantor(ctx context.Context, form *formMessage, p engine.Permit) error {
	who := a.request.From.ID
	switch {
	case !commands.IsFor(form.Data, who):
		return commands.NotYours(a.nameOfRequester(ctx, form.Data))
	case p.Owner == ownerOf(who):
		return commands.MayNotDecide("You cannot decide about what you have asked for yourself.")
	}
	is := false
	if !a.bot.env.IsExternal(who) {
		for _, key := range a.bot.rules.now().AdminGroups() {
			if _, err := a.bot.rules.groups.readAgain(ctx, key); err != nil {
				return err
			}
		}
		a.bot.users.remove(who)
		var err error
		if is, err = a.bot.isAdmin(ctx, who); err != nil {
			return err
		}
	}
	if !is {
		a.bot.noteApprovalNews() // who may decide may have changed
		return commands.MayNotDecide("You are not one of the administrators of the policy now.")
	}
	return nil
}

// tellGrantDecided tells who has asked, once, and returns their name.
func (a *attempt) tellGrantDecided(ctx context.Context, p engine.Permit) (name string, err error) {
	g, text, err := readGrant(p)
	var detail grantDetail
	if err == nil {
		err = json.Unmarshal(p.Detail, &detail)
	}
	if err != nil {
		return "", err
	}
	who := symphony.UserID(g.Who)
	told := commands.TellGrantDecided(p.N, termsOf(text), a.bot.grantDecision(ctx, p), detail.Access.OfferAgain(), a.bot.rules.now().Contact())
	sent, err := a.sendInChatWith(ctx, partGrantTold, who, told)
	if err == nil && sent.Message == "" {
		zerolog.Ctx(ctx).Warn().Int64("grant", p.N).Msg("who has asked for access could not be told")
	}
	return a.bot.nameOf(ctx, who), err
}

// grantDecision is what was decided about a permit.
func (b *Bot) grantDecision(ctx context.Context, p engine.Permit) commands.GrantDecision {
	d := commands.GrantDecision{At: p.Decided, Until: p.Until, Once: p.Once, UsedUp: p.State == engine.PermitUsed}
	if p.Decider != "" {
		d.By = b.nameOfOwner(ctx, p.Decider)
	}
	return d
}

// nameOfOwner is the name of somebody whom a job or a permit counts for.
func (b *Bot) nameOfOwner(ctx context.Context, owner string) string {
	id, err := strconv.ParseInt(owner, 10, 64)
	if err != nil {
		return owner
	}
	return b.nameOf(ctx, symphony.UserID(id))
}
