package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// lookAtAccess has each request for access that waits for a decision be known to all who may decide
// by now. It ends one about which nobody may.
func (b *Bot) lookAtAccess(ctx context.Context) error {
	permits, err := b.engine.Permits(ctx)
	if err != nil { // health says that the store does not answer
		zerolog.Ctx(ctx).Debug().Err(err).Msg("requests for access could not be listed")
		return nil
	}
	permits = slices.DeleteFunc(permits, func(p engine.Permit) bool {
		return p.State != engine.PermitAsked || string(p.Cards) == "[]" // the job that asks is still at it
	})
	if len(permits) == 0 {
		return nil
	}
	rules := b.rules.now()
	if agree, err := b.replicasDecideBy(ctx, rules.Version()); err != nil || !agree {
		return err
	}
	candidates, err := b.findAdmins(ctx, rules)
	if err != nil {
		return err
	}
	var admins []symphony.UserID
	for _, id := range candidates {
		is, err := b.isAdmin(ctx, id)
		if err != nil {
			return err
		}
		if is {
			admins = append(admins, id)
		}
	}
	for _, p := range permits {
		if err := b.askAdmins(ctx, p, admins); err != nil {
			return err
		}
	}
	return nil
}

// askAdmins sends the card of a request for access to administrators who have none.
func (b *Bot) askAdmins(ctx context.Context, p engine.Permit, admins []symphony.UserID) error {
	admins = slices.DeleteFunc(slices.Clone(admins), func(id symphony.UserID) bool { return ownerOf(id) == p.Owner })
	if len(admins) == 0 {
		return b.endAccess(ctx, p)
	}
	for _, id := range admins {
		var cards []shownCard
		if err := json.Unmarshal(p.Cards, &cards); err != nil {
			return fmt.Errorf("read the cards of a request for access: %w", err)
		}
		if slices.ContainsFunc(cards, func(c shownCard) bool { return c.Who == id }) {
			continue
		}
		// Of several replicas the one that notes the card first sends it.
		noted, err := b.replaceCards(ctx, &p, append(cards, shownCard{Who: id}))
		if err != nil || !noted {
			return err
		}
		sent, err := b.sendGrantCard(ctx, p, id)
		if err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Int64("user", int64(id)).Msg("administrator could not be asked for access")
			continue
		}
		if _, err := b.replaceCards(ctx, &p, append(cards, shownCard{id, sent})); err != nil {
			return err
		}
	}
	return nil
}

// replaceCards notes the cards of a request for access in the store and in p.
func (b *Bot) replaceCards(ctx context.Context, p *engine.Permit, cards []shownCard) (bool, error) {
	replaced, err := b.engine.ReplacePermitCards(ctx, *p, cards)
	if err == nil && replaced {
		p.Cards, err = json.Marshal(cards)
	}
	return replaced, err
}

func (b *Bot) sendGrantCard(ctx context.Context, p engine.Permit, who symphony.UserID) (sentMessage, error) {
	card, err := cardOf(p)
	if err != nil {
		return sentMessage{}, err
	}
	return b.sendAlone(ctx, who, partGrantCard(p.N, who), card)
}

// sendAlone writes to somebody in their 1:1 chat, for no job.
func (b *Bot) sendAlone(ctx context.Context, who symphony.UserID, part string, reply commands.Reply) (sentMessage, error) {
	chat, err := b.client.CreateIM(ctx, who)
	if err != nil {
		return sentMessage{}, err
	}
	markup, data := reply.Render(commands.Stamp{Part: part, For: who})
	sent, err := b.client.SendMessage(ctx, chat, symphony.Outgoing{MessageML: markup, Data: data})
	return sentMessage{Stream: chat, Message: sent.ID, Outcome: commands.OutcomeOf(data), At: sent.Time}, err
}

// endAccess ends a request for access about which nobody may decide any more, and tells who has
// asked.
func (b *Bot) endAccess(ctx context.Context, p engine.Permit) error {
	ended, first, err := b.engine.DecidePermit(ctx, p.N, engine.PermitDecision{
		Click: "ended by " + b.engine.Replica(),
		Entry: func(p engine.Permit) engine.RecordEntry { return entryOfGrant(p, "ended", "", "decided", 0, nil) },
	})
	if err != nil || !first {
		return err
	}
	g, text, err := readGrant(ended)
	if err != nil {
		return err
	}
	decision := b.grantDecision(ctx, ended)
	who := symphony.UserID(g.Who)
	told := commands.TellGrantDecided(p.N, termsOf(text), decision, nil, b.rules.now().Contact())
	if _, err := b.sendAlone(ctx, who, partGrantTold, told); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Int64("grant", p.N).Msg("who has asked for access could not be told")
	}
	b.endCardsOfAccess(ctx, p, commands.EndedGrantCard(p.N, b.nameOf(ctx, who), termsOf(text), decision))
	return b.engine.ErasePermitDetail(ctx, p.N)
}

func (b *Bot) endCardsOfAccess(ctx context.Context, p engine.Permit, ended commands.Reply) {
	var cards []shownCard
	err := json.Unmarshal(p.Cards, &cards)
	for _, card := range cards {
		if err != nil || card.Message == "" {
			continue
		}
		markup, data := ended.Render(commands.Stamp{Part: partGrantCard(0, card.Who), For: card.Who})
		_, err = b.client.UpdateMessage(ctx, card.Stream, card.Message, symphony.Outgoing{MessageML: markup, Data: data})
	}
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("card of a request for access may not say what has become of it")
	}
}
