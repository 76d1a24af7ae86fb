package commands

import (
	"context"
	"fmt"
	"math"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// checkPeopleLimit counts how many people a request brings together, and refuses one that brings
// more together than Limits.MaxPeople, or may do so: a group of which Symphony does not say who is
// in it cannot be counted.
func (env *Env) checkPeopleLimit(ctx context.Context, r *Request, people []Person, groups []symphony.Group) (together int, err error) {
	for i, g := range groups {
		g, err := env.Groups.WithMembers(ctx, g)
		switch {
		case err != nil:
			return 0, err
		case g.Members == nil:
			return 0, env.unknownSizeRefusal(r, g.Name)
		}
		groups[i] = g
	}
	if together = env.countTogether(r, people, groups); together > env.Limits.MaxPeople {
		refusal := env.tooManyPeopleRefusal(together)
		refusal.Offers = env.offersWithoutGroup(r, people, groups)
		return 0, refusal
	}
	return together, nil
}

func (env *Env) tooManyPeopleRefusal(n int) *Refusal {
	return &Refusal{
		Code: "too-many-people",
		Message: fmt.Sprintf("The room would have %d people, with you and those in the groups, and I add at most %d.", n, env.Limits.MaxPeople) +
			nothingCreated,
		Next: "Leave out a group or name fewer people. An owner can add more people in the room.",
	}
}

func (env *Env) unknownSizeRefusal(r *Request, name string) *Refusal {
	line, caret := caretAt(r.Message, name)
	return &Refusal{
		Code: "group-size-unknown", Line: line, Caret: caret,
		Message: fmt.Sprintf("Symphony does not tell me how many people are in the group “%s”, and I add at most %d to a room.",
			syntax.Truncate(name, maxEcho), env.Limits.MaxPeople) + nothingCreated,
		Next:   "Leave the group out, or name its people instead.",
		Offers: []Offer{withoutGroup(r, name), {Label: "Edit in form", Command: FormatCommand(r.Message, r.Invocation), Edit: true}},
	}
}

// countTogether is how many people come together: the requester, those named and those in the
// groups, each counted once.
func (env *Env) countTogether(r *Request, people []Person, groups []symphony.Group) int {
	together := map[symphony.UserID]bool{r.From.ID: true}
	for _, p := range people {
		together[p.ID] = true
	}
	for _, g := range groups {
		for _, m := range activeMembers(g) {
			together[m.User] = true
		}
	}
	delete(together, env.Self.ID)
	return len(together)
}

// offersWithoutGroup are the command without each group that is one too many, and the form.
func (env *Env) offersWithoutGroup(r *Request, people []Person, groups []symphony.Group) []Offer {
	var offers []Offer
	for i, g := range groups {
		others := slices.Delete(slices.Clone(groups), i, i+1)
		if len(offers) < maxCandidates && env.countTogether(r, people, others) <= env.Limits.MaxPeople {
			offers = append(offers, withoutGroup(r, g.Name))
		}
	}
	return append(offers, Offer{Label: "Edit in form", Command: FormatCommand(r.Message, r.Invocation), Edit: true})
}

// withoutGroup is the command that opens the room without a group.
func withoutGroup(r *Request, name string) Offer {
	inv := withoutOption(r.Invocation, "preview")
	inv.Groups = slices.DeleteFunc(slices.Clone(inv.Groups), func(typed string) bool { return isSameGroupName(typed, name) })
	return Offer{Label: "Open it without " + syntax.Quote(syntax.Truncate(name, maxEcho)), Command: FormatCommand(r.Message, inv)}
}

// offersOfFewer are the command with as many people as one may name, the first ones, and the form
// with all of them.
func offersOfFewer(g syntax.Grammar, m syntax.Message, most int) []Offer {
	g.MaxMembers = math.MaxInt
	read := g.Parse(m)
	if read.Command == nil {
		return nil
	}
	all := allPeople(*read.Command)
	kept := all[:min(len(all), most)]
	fewer := withoutPeople(withoutOption(*read.Command, "preview"), func(who syntax.PersonRef) bool { return !slices.Contains(kept, who) })
	edit := Offer{Label: "Edit in form", Command: m, Edit: true}
	if !isInTypedOrder(*read.Command) {
		return []Offer{edit}
	}
	return []Offer{{Label: fmt.Sprintf("Open it with the first %d", most), Command: FormatCommand(m, fewer)}, edit}
}

// isInTypedOrder reports whether the people of an invocation are in the order in which they were
// named: all in one way.
func isInTypedOrder(inv syntax.Invocation) bool {
	n := len(allPeople(inv))
	return slices.Contains([]int{len(inv.Users), len(inv.Usernames), len(inv.Emails)}, n)
}

// activeMembers are the people whom a group brings into a room.
func activeMembers(g symphony.Group) []symphony.GroupMember {
	var active []symphony.GroupMember
	for _, m := range g.Members {
		if !m.Disabled {
			active = append(active, m)
		}
	}
	return active
}

func toStoredGroups(groups []symphony.Group) []storedGroup {
	var stored []storedGroup
	for _, g := range groups {
		stored = append(stored, storedGroup{ID: g.ProfileID, Name: g.Name, People: len(activeMembers(g)), Restricted: g.IsRestricted()})
	}
	return stored
}
