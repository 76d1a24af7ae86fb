package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// grantList is what /policy grants works with.
type grantList struct{ bot *Bot }

// List are the grants that are asked for or good now, and then those that have ended before their
// time.
func (l grantList) List(ctx context.Context) (all []commands.Grant, err error) {
	permits, err := l.bot.engine.Permits(ctx)
	if err != nil {
		return nil, err
	}
	ended, err := l.bot.engine.EndedPermits(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range append(permits, ended...) {
		g, err := DescribeGrant(p)
		if err != nil {
			return nil, err
		}
		g.Who = l.bot.nameOfOwner(ctx, p.Owner)
		if p.Decider != "" {
			g.By = l.bot.nameOfOwner(ctx, p.Decider)
		}
		all = append(all, g)
	}
	return all, nil
}

// DescribeGrant is a grant for people, who are named by their ids.
func DescribeGrant(p engine.Permit) (commands.Grant, error) {
	_, text, err := readGrant(p)
	g := commands.Grant{N: p.N, Who: "user " + p.Owner, Terms: termsOf(text), Asked: p.Asked, Times: p.Times, Until: p.Until, Once: p.Once}
	if p.Decider != "" {
		g.By = "user " + p.Decider
	}
	g.Ended = map[engine.PermitState]string{engine.PermitUsed: "used up", engine.PermitRevoked: "revoked"}[p.State]
	return g, err
}

// Revoke ends a grant, and tells who had it and the other administrators. A job that comes back
// tells nobody again.
func (l grantList) Revoke(ctx context.Context, job string, by commands.Person, n int64) (bool, error) {
	before, _, err := l.bot.engine.Permit(ctx, n)
	if err != nil {
		return false, err
	}
	p, revoked, err := l.bot.engine.RevokePermit(ctx, n, job, func(p engine.Permit) engine.RecordEntry {
		return entryOfGrant(p, "revoked", "", "revoked", by.ID, func(_ *grantBody, f *grantFacts) { f.By = by.Name })
	})
	if err == nil && revoked && before.State != engine.PermitRevoked {
		zerolog.Ctx(ctx).Info().Int64("grant", n).Msg("grant was revoked")
		l.bot.tellGrantEnds(ctx, p, by.Name)
		l.bot.tellGrantRevoked(ctx, p, "by "+by.Name, by.ID)
	}
	return revoked, err
}

// tellGrantRevoked tells the administrators of a grant that is revoked, except who has revoked it.
func (b *Bot) tellGrantRevoked(ctx context.Context, p engine.Permit, how string, by symphony.UserID) {
	_, text, err := readGrant(p)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("administrators could not be told of a grant that is revoked")
		return
	}
	told := fmt.Sprintf("Grant %d of %s (%s) was revoked %s.", p.N, b.nameOfOwner(ctx, p.Owner), termsOf(text), how)
	admins := slices.DeleteFunc(b.adminsToTell(ctx, b.rules.now()), func(id symphony.UserID) bool { return id == by })
	b.sendLinesTo(ctx, admins, []string{told})
}

// tellShellRevocations tells of the grants that operators have revoked from the shell.
func (b *Bot) tellShellRevocations(ctx context.Context) error {
	revoked, operators, err := b.engine.TakeRevokedPermits(ctx)
	for i, p := range revoked {
		b.tellGrantEnds(ctx, p, "An administrator")
		b.tellGrantRevoked(ctx, p, "from the shell, by "+cmp.Or(operators[i], "an operator"), 0)
	}
	return err
}

// EntryOfRevocation is the entry of the record about a grant that an operator has revoked.
func EntryOfRevocation(operator string) func(engine.Permit) engine.RecordEntry {
	return func(p engine.Permit) engine.RecordEntry {
		return entryOfGrant(p, "revoked", "", "revoked", 0, func(b *grantBody, _ *grantFacts) { b.Operator = operator })
	}
}

// tellGrantEnds tells somebody that their grant ends soon, or now since somebody has revoked it. A
// failure is logged: the next refusal says the same.
func (b *Bot) tellGrantEnds(ctx context.Context, p engine.Permit, revokedBy string) {
	g, err := DescribeGrant(p)
	if err == nil {
		holder, _, _ := readGrant(p) // as DescribeGrant has
		_, err = b.sendAlone(ctx, symphony.UserID(holder.Who), fmt.Sprintf("grant/%d", p.N), commands.TellGrantEnds(g, revokedBy))
	}
	if err != nil && ctx.Err() == nil {
		zerolog.Ctx(ctx).Warn().Err(err).Int64("grant", p.N).Msg("who has a grant could not be told that it ends")
	}
}

// grantsLook is how often grants are looked at, at most. That a grant has ended counts at once; its
// entry may come later.
const grantsLook = 10 * time.Second

// watchGrants notes in the record that grants have expired, tells who has one a day before it does,
// and tells of those that were revoked from the shell, until ctx ends.
func (b *Bot) watchGrants(ctx context.Context) {
	look := time.NewTicker(min(grantsLook, b.grantDay/4))
	defer look.Stop()
	for {
		_, err := b.engine.ExpirePermits(ctx, func(p engine.Permit) engine.RecordEntry {
			return entryOfGrant(p, "expired", "", "expired", 0, nil)
		})
		var ending []engine.Permit
		if err == nil {
			ending, err = b.engine.TakeEndingPermits(ctx, b.grantDay)
		}
		if err == nil {
			err = b.tellShellRevocations(ctx)
		}
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("grants could not be looked at, will retry")
		}
		for _, p := range ending {
			b.tellGrantEnds(ctx, p, "")
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
