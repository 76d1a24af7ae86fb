package commands

import (
	"context"
	"fmt"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// checkPeopleLimit refuses a request that brings more people together than Limits.MaxPeople, or may
// do so: a group of which Symphony does not say who is in it cannot be counted.
func (env *Env) checkPeopleLimit(ctx context.Context, r *Request, people []Person, groups []symphony.Group) error {
	together := map[symphony.UserID]bool{r.From.ID: true}
	for _, p := range people {
		together[p.ID] = true
	}
	for i, g := range groups {
		g, err := env.Groups.WithMembers(ctx, g)
		switch {
		case err != nil:
			return err
		case g.Members == nil:
			return env.unknownSizeRefusal(r, g.Name)
		}
		groups[i] = g
		for _, m := range activeMembers(g) {
			together[m.User] = true
		}
	}
	delete(together, env.Self.ID)
	if len(together) > env.Limits.MaxPeople {
		return env.tooManyPeopleRefusal(len(together))
	}
	return nil
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
		Next: "Leave the group out, or name its people instead.",
	}
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
