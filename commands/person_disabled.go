package commands

import (
	"context"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// dropDisabled takes those out of the people of a split whose accounts are disabled, and returns
// them. A look-up finds them like others, a search does not.
func (s *personSearch) dropDisabled(ctx context.Context, split *syntax.TailSplit) ([]symphony.User, error) {
	var ids []symphony.UserID
	for _, p := range split.People {
		for _, u := range s.candidates(p) {
			if !s.active[u.ID] {
				ids = append(ids, u.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	active, err := s.env.Symphony.LookupUsers(ctx, symphony.UserLookup{IDs: ids, OnlyActive: true, Local: true})
	if err != nil {
		if symphony.VerdictOf(err) == symphony.Refused {
			return nil, nil // who may not be looked up is checked when the room is opened
		}
		return nil, err
	}
	s.noteActive(active)
	isActive := func(u symphony.User) bool { return s.active[u.ID] }
	var disabled []symphony.User
	split.People = slices.DeleteFunc(split.People, func(p syntax.PersonPhrase) bool {
		found := s.candidates(p)
		if slices.ContainsFunc(found, isActive) {
			return false
		}
		disabled = append(disabled, found...)
		return true
	})
	for id, u := range s.users {
		if slices.Contains(ids, id) && !isActive(u) {
			delete(s.users, id)
		}
	}
	return disabled, nil
}
