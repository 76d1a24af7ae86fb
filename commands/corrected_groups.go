package commands

import (
	"context"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// CorrectGroups corrects the groups in the commands that a refusal offers, where each unknown one
// has one known group of a similar name: so one click does what was meant. Groups are suggested
// only to who may use /groups.
func (env *Env) CorrectGroups(ctx context.Context, r *Request, g syntax.Grammar, refusal *Refusal) {
	var known []string
	for i, o := range refusal.Offers {
		offered := g.Parse(o.Command).Command
		if offered == nil || len(offered.Groups) == 0 {
			continue
		}
		if known == nil {
			if known = g.KnownGroups(); known == nil {
				return
			}
		}
		refusal.Open = false // whether a group is known must not show
		groups, restricted, ok := env.correctGroups(ctx, r, known, offered.Groups)
		if ok {
			fixed := *offered
			fixed.Groups = groups
			refusal.Offers[i].Command = FormatCommand(o.Command, fixed)
			refusal.Private = refusal.Private || restricted
		}
	}
}

// correctGroups are the names with the known one in the place of each unknown one. It reports false
// where none is to be corrected, or one cannot be.
func (env *Env) correctGroups(ctx context.Context, r *Request, known, names []string) (fixed []string, restricted, ok bool) {
	for _, name := range names {
		if slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(squeezeBlanks(k), squeezeBlanks(name)) }) {
			fixed = append(fixed, name)
			continue
		}
		near := env.Groups.FindSimilar(ctx, r.From.ID, name)
		if len(near) != 1 {
			return nil, false, false
		}
		fixed, ok = append(fixed, near[0].Name), true
		restricted = restricted || symphony.Group.IsRestricted(near[0])
	}
	return fixed, restricted, ok
}
