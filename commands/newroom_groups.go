package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// findGroups resolves the groups that a request names. A name that fits none or several refuses the
// request.
func (env *Env) findGroups(ctx context.Context, r *Request) ([]symphony.Group, error) {
	var groups []symphony.Group
	for _, name := range r.Groups {
		found, err := env.Groups.Find(ctx, r.From.ID, name)
		switch {
		case isGroupRightMissing(err):
			return nil, env.groupRightRefusal()
		case err != nil:
			return nil, err
		case len(found) != 1:
			return nil, env.groupRefusal(ctx, r, name, found)
		}
		if !slices.ContainsFunc(groups, func(g symphony.Group) bool { return g.Name == found[0].Name }) { // the only one of this name
			groups = append(groups, found[0])
		}
	}
	return groups, nil
}

func (env *Env) groupRightRefusal() *Refusal {
	return &Refusal{
		Code:    "groups-unavailable",
		Message: "Symphony does not let me read the groups (distribution lists)." + nothingCreated,
		Next:    "Ask " + env.Contact + " to give my account, " + env.Self.Username + ", the role “Group Manager (Distribution List)”. Until then, leave groups out.",
	}
}

// ambiguousGroupRefusal refuses a name that reads as those of several groups.
func (env *Env) ambiguousGroupRefusal(r *Request, name string, found []symphony.Group) *Refusal {
	line, caret := caretAt(r.Message, name)
	message := fmt.Sprintf("%d groups are called “%s”", len(found), syntax.Truncate(name, maxEcho))
	if slices.ContainsFunc(found, func(g symphony.Group) bool { return !strings.EqualFold(g.Name, found[0].Name) }) {
		message += ", with differences that do not show (in blanks, accents or characters that nobody sees)"
	}
	return &Refusal{
		Code: string(syntax.AmbiguousGroup), Line: line, Caret: caret,
		Message: message + ", so I cannot tell which one is meant." + nothingCreated,
		Next:    "Name its people instead, or ask " + env.Contact + " to rename one of the groups.",
	}
}

// groupRefusal refuses a name that fits no group, or several.
func (env *Env) groupRefusal(ctx context.Context, r *Request, name string, found []symphony.Group) *Refusal {
	if len(found) > 1 {
		return env.ambiguousGroupRefusal(r, name, found)
	}
	line, caret := caretAt(r.Message, name)
	if refusal := env.offerGroupList(ctx, r, name); refusal != nil {
		refusal.Line, refusal.Caret = line, caret
		return refusal
	}
	refusal := &Refusal{
		Code: string(syntax.UnknownGroup), Line: line, Caret: caret,
		Message: "There is no group “" + syntax.Truncate(name, maxEcho) + "”." + nothingCreated,
		Next:    "/groups lists the groups that I can add.",
	}
	if !r.MayListGroups {
		refusal.Next = "Please check the name, or leave the group out."
		return refusal
	}
	near := env.Groups.FindSimilar(ctx, r.From.ID, name)
	near = slices.DeleteFunc(near, func(g symphony.Group) bool { return isSameGroupName(g.Name, name) })
	refusal.Private = slices.ContainsFunc(near, symphony.Group.IsRestricted) // others in the room may not see them
	switch len(near) {
	case 0:
	case 1:
		fixed := r.Invocation
		fixed.Groups = replaceName(r.Groups, name, near[0].Name)
		refusal.Next = ""
		refusal.Offers = createOffers(FormatCommand(r.Message, fixed))
	default:
		refusal.Next = "Is it " + syntax.JoinWords(quoteForReading(groupNames(near)), "or") + "?"
	}
	return refusal
}

func replaceName(names []string, old, with string) []string {
	out := slices.Clone(names)
	if i := slices.Index(out, old); i >= 0 {
		out[i] = with
	}
	return out
}
