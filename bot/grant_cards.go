package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// shownCard is a card that an administrator has.
type shownCard struct {
	Who symphony.UserID `json:"who"`
	sentMessage
}

// showGrantCards sends the cards of a first request, and has those of an earlier one say that it
// was made again. Where somebody has decided meanwhile, be it on the first card while the second
// could not be sent, they say that.
func (a *attempt) showGrantCards(ctx context.Context, asked askedAccess) error {
	p, found, err := a.bot.engine.Permit(ctx, asked.N)
	if err != nil || !found {
		return err
	}
	switch isOpen := p.State == engine.PermitAsked; {
	case asked.First:
		err = a.sendGrantCards(ctx, p, asked.Admins)
	case isOpen:
		err = a.addToGrantCards(ctx, p)
	}
	if err != nil {
		return err
	}
	if p, _, err = a.bot.engine.Permit(ctx, asked.N); err != nil {
		return err
	}
	if p.State == engine.PermitAsked {
		return nil
	}
	return a.endGrantCards(ctx, p)
}

// cardOf is the card about a permit that is asked for.
func cardOf(p engine.Permit) (commands.Reply, error) {
	_, text, err := readGrant(p)
	var detail grantDetail
	if err == nil {
		err = json.Unmarshal(p.Detail, &detail)
	}
	if err != nil {
		return commands.Reply{}, fmt.Errorf("read a request for access: %w", err)
	}
	return commands.GrantCard{
		N: p.N, Request: detail.Request, From: detail.From, Typed: detail.Access.Command.Text, Lines: detail.Lines, Fault: detail.Fault,
		Terms: termsOf(text), Times: p.Times, Rule: detail.Rule, Approvers: detail.Approvers,
	}.Card(), nil
}

// sendGrantCards sends the cards, each once. Who cannot be reached is logged: others decide. Once
// somebody has decided, only those are kept that were sent before.
func (a *attempt) sendGrantCards(ctx context.Context, p engine.Permit, admins []symphony.UserID) error {
	card, err := cardOf(p)
	if err != nil {
		return err
	}
	cards := []shownCard{}
	isOpen := p.State == engine.PermitAsked
	for _, id := range admins {
		sent, err := a.sendGrantCard(ctx, p, id, card)
		switch {
		case err != nil:
			return err
		case sent.Message != "":
			cards = append(cards, shownCard{id, sent})
		case isOpen:
			zerolog.Ctx(ctx).Warn().Int64("user", int64(id)).Msg("administrator could not be asked for access")
		}
	}
	if len(cards) == 0 && isOpen {
		return commands.NobodyGivesAccess(a.bot.rules.now().Contact())
	}
	_, err = a.bot.engine.SetPermitCards(ctx, p.N, cards)
	return err
}

// sendGrantCard sends a card, or finds it where it is not wanted any more.
func (a *attempt) sendGrantCard(ctx context.Context, p engine.Permit, who symphony.UserID, card commands.Reply) (sentMessage, error) {
	if p.State == engine.PermitAsked {
		return a.sendInChatWith(ctx, partGrantCard(p.N, who), who, card)
	}
	return a.findCard(ctx, partGrantCard(p.N, who), who, "")
}

// editGrantCards edits the cards about a permit, each once. The error is that of those that another
// attempt may edit.
func (a *attempt) editGrantCards(ctx context.Context, p engine.Permit, why string, edited commands.Reply) (failed error) {
	var cards []shownCard
	if err := json.Unmarshal(p.Cards, &cards); err != nil {
		return fmt.Errorf("read the cards of a request for access: %w", err)
	}
	for _, card := range cards {
		if card.Message == "" { // which could not be sent
			continue
		}
		err := a.editGrantCard(ctx, stepGrantCard(p.N, card.Who, why), card, edited)
		if symphony.VerdictOf(err) == symphony.Refused { // a click on it is told
			zerolog.Ctx(ctx).Warn().Err(err).Msg("card of a request for access may not say what has become of it")
			continue
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

func (a *attempt) editGrantCard(ctx context.Context, step string, card shownCard, edited commands.Reply) error {
	shown, err := a.bot.client.Message(ctx, card.Message)
	if err == nil {
		shown, err = a.newestVersion(ctx, shown)
	}
	if err != nil {
		return err
	}
	newest := card.sentMessage
	newest.Message = shown.ID
	_, err = a.replaceMessage(ctx, step, newest, a.renderFor(partGrantCard(0, card.Who), card.Who, edited))
	return err
}

// addToGrantCards has the cards say that the same was asked for again. A failure is logged and
// stops nothing: what they ask stays the same.
func (a *attempt) addToGrantCards(ctx context.Context, p engine.Permit) error {
	card, err := cardOf(p)
	if err != nil {
		return err
	}
	if err := a.editGrantCards(ctx, p, "again", card); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("card of a request for access may not say how often it was made")
	}
	return nil
}

// endGrantCards has the cards say what was decided.
func (a *attempt) endGrantCards(ctx context.Context, p engine.Permit) error {
	g, text, err := readGrant(p)
	if err != nil {
		return err
	}
	who := a.bot.nameOf(ctx, symphony.UserID(g.Who))
	ended := commands.EndedGrantCard(p.N, who, termsOf(text), a.bot.grantDecision(ctx, p))
	return a.editGrantCards(ctx, p, "ended", ended)
}
