package bot

import (
	"context"
	"strings"

	"roombot/commands"
	"roombot/commands/syntax"
)

// A message may hold several commands. A click on one button then runs all of them: as a job for
// each, with a number, a proof and a claim of its own. All are stored in one transaction. The name
// of the button says how many there are, so that nothing needs to be read for that.

// perCommand is one arrival for each command that a click runs.
func (a arrival) perCommand() []arrival {
	if a.request.Form == nil || a.request.Form.ID != commands.FormOffer {
		return []arrival{a}
	}
	n := commands.ClickedCommands(a.request.Form.Values)
	if n == 1 {
		return []arrival{a}
	}
	all := make([]arrival, n)
	for i := range all {
		all[i] = a
		all[i].id = lineJob(a.id, i+1)
		all[i].request.Line = i + 1
	}
	return all
}

// claimMessage claims the request's message, or one of the commands in it, and returns the job that
// has it. Who carries out an edited message, and who carries out one of the commands in it, exclude
// each other: both claim first, and then look whether the other has.
func (a *attempt) claimMessage(ctx context.Context) (owner string, err error) {
	claim := messageClaim(a.request.Origin)
	excluded := a.excludedClaims()
	if len(excluded) == 0 && a.Number == 1 && !a.mayBeUnknown() { // nothing happens before the intention of the room
		return a.ClaimWithIntention(ctx, claim)
	}
	if owner, err = a.Claim(ctx, claim); err != nil || owner != a.ID {
		return owner, err
	}
	begun, err := commands.MayHaveWritten(ctx, a)
	if err != nil || begun { // it has looked before
		return owner, err
	}
	for _, other := range excluded {
		taken, err := a.bot.engine.ClaimOwner(ctx, other)
		if err != nil {
			return "", err
		}
		if taken != "" {
			return taken, a.Release(ctx, claim)
		}
	}
	return owner, nil
}

// excludedClaims are the claims of others that exclude this request: that of the whole message for
// one of its commands, and those of its commands for a click or an edited version. A message that
// is carried out as it was first written has one command.
func (a *attempt) excludedClaims() (claims []string) {
	if whole, _, isLine := strings.Cut(string(a.request.Origin), lineMark); isLine {
		return []string{messageClaim(lineOrigin(whole, 0))}
	}
	if a.request.Form == nil && a.request.Message == a.request.Origin {
		return nil
	}
	for line := 1; line <= syntax.MaxCommands; line++ {
		claims = append(claims, messageClaim(lineOrigin(string(a.request.Origin), line)))
	}
	return claims
}
