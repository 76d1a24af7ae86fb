package commands

import (
	"context"
	"slices"

	"roombot/commands/syntax"
)

// CorrectGroups corrects the groups in the commands that a refusal offers, where each unknown one
// has one known group of a similar name: so one click does what was meant. Groups are suggested
// only to who may use /groups, and only in the 1:1 chat: in a room the answer would tell others
// which groups are known.
func (env *Env) CorrectGroups(ctx context.Context, r *Request, g syntax.Grammar, refusal *Refusal) {
	if r.Chat.Room {
		return
	}
	for i, o := range refusal.Offers {
		offered := g.Parse(o.Command).Command
		if offered == nil || len(offered.Groups) == 0 {
			continue
		}
		known := g.KnownGroups()
		if known == nil {
			return
		}
		if groups, ok := env.correctGroups(ctx, r, known, offered.Groups); ok {
			fixed := *offered
			fixed.Groups = groups
			refusal.Offers[i].Command = FormatCommand(o.Command, fixed)
		}
	}
}

// correctGroups are the names with the known one in the place of each unknown one. It reports false
// where none is to be corrected, or one cannot be.
func (env *Env) correctGroups(ctx context.Context, r *Request, known, names []string) (fixed []string, ok bool) {
	for _, name := range names {
		if slices.ContainsFunc(known, func(k string) bool { return isSameGroupName(k, name) }) {
			fixed = append(fixed, name)
			continue
		}
		near := env.Groups.FindSimilar(ctx, r.From.ID, name)
		if len(near) != 1 || isSameGroupName(near[0].Name, name) {
			return nil, false
		}
		fixed, ok = append(fixed, near[0].Name), true
	}
	return fixed, ok
}

// isSameGroupName reports whether two names of groups read the same.
func isSameGroupName(a, b string) bool { return syntax.FoldGroupName(a) == syntax.FoldGroupName(b) }
