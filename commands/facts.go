package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony"
)

// Facts are what a plan would do, as far as a policy may turn on it.
type Facts struct {
	Room           symphony.RoomAttributes
	People, Owners int      // with the requester; people also with those behind the groups
	Groups         []string // names of the distribution lists
	// GroupAccounts are the accounts of the lists, in the same order; none where nobody has looked.
	GroupAccounts []symphony.UserID
	Named         []Person // who is named beside the requester
}

// FactsOf are the facts of a plan, nil where a policy cannot turn on what it would do.
func FactsOf(p Plan) *Facts {
	room, ok := p.(*roomPlan)
	if !ok {
		return nil
	}
	f := &Facts{Room: room.room, People: room.Together, Owners: 1 + len(room.Owners), Named: room.People}
	for _, g := range room.Groups {
		f.Groups, f.GroupAccounts = append(f.Groups, g.Name), append(f.GroupAccounts, g.ID)
	}
	if f.People == 0 { // planned by an older version, which did not count
		f.People = 1 + len(room.People)
		for _, g := range room.Groups {
			f.People += g.People
		}
	}
	return f
}

// TypedFacts are what a command would do as it is typed, without a look into the directory: people
// are those named, each counted once, and those behind groups are not counted. It is nil for
// commands without facts.
func TypedFacts(inv syntax.Invocation) *Facts {
	if inv.Command != CommandNewRoom {
		return nil
	}
	env := &Env{}
	f := &Facts{
		Room: env.roomAttributes(&Request{Invocation: inv}), Owners: 1 + len(inv.Persons("owner")), Groups: inv.Groups,
		People: 1 + len(allPeople(inv)),
	}
	for _, ref := range allPeople(inv) {
		f.Named = append(f.Named, Person{ID: symphony.UserID(ref.UserID), Username: ref.Username, Email: ref.Email})
	}
	return f
}
