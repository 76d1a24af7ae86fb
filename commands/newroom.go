package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"roombot/symphony"
)

// roomPlan is the plan of /newroom: a room to be opened.
type roomPlan struct {
	env  *Env
	req  *Request
	room symphony.RoomAttributes
	storedPlan
	mentioned *mentionLookup // nil where nobody is mentioned
}

func (p *roomPlan) MarshalJSON() ([]byte, error) { return json.Marshal(p.storedPlan) }

func (env *Env) resumeRoom(r *Request, stored json.RawMessage) (Plan, error) {
	p := &roomPlan{env: env, req: r, room: env.roomAttributes(r)}
	if err := json.Unmarshal(stored, &p.storedPlan); err != nil {
		return nil, fmt.Errorf("read the stored plan: %w", err)
	}
	return p, nil
}

func (env *Env) planRoom(ctx context.Context, r *Request) (Plan, error) {
	if refusal := refuseUnavailableOption(r); refusal != nil {
		return nil, refusal
	}
	p := &roomPlan{env: env, req: r, room: env.roomAttributes(r)}
	if env.IsExternal(r.From.ID) && !p.room.CrossPod {
		return nil, env.externalRequesterRefusal(r)
	}
	if err := env.askAboutGroupTail(r); err != nil {
		return nil, err
	}
	if err := env.askAboutTail(ctx, r); err != nil {
		return nil, err
	}
	var named namedPeople
	var groups []symphony.Group
	var lookups sync.WaitGroup
	var noPeople, noGroups error
	lookups.Go(func() { named, noPeople = env.findPeople(ctx, r) })
	lookups.Go(func() { groups, noGroups = env.findGroups(ctx, r) })
	var taken *Refusal
	if r.Preview() {
		lookups.Go(func() { p.lookUpMentioned(ctx) })
		lookups.Go(func() { taken = p.refuseTakenName(ctx, p.lookUpName(ctx)) })
	}
	lookups.Wait()
	if err := cmp.Or(noPeople, noGroups); err != nil { // of two mistakes always the same one
		return nil, err
	}
	if refusal := env.checkPeople(r, p.room.CrossPod, named); refusal != nil {
		return nil, refusal
	}
	people := named.people
	together, err := env.checkPeopleLimit(ctx, r, people, groups)
	if err != nil {
		return nil, err
	}
	if taken != nil {
		return nil, taken
	}
	p.People, p.Owners = env.peopleExcept(r.From.ID, people), env.requestedOwners(r, people)
	p.Groups, p.Together = toStoredGroups(groups), together
	return p, nil
}

// roomAttributes states every flag, because what Symphony takes for an omitted one on a public room
// is not documented.
func (env *Env) roomAttributes(r *Request) symphony.RoomAttributes {
	private, given := r.Flag("private")
	public := r.isOn("public") || given && !private
	a := symphony.RoomAttributes{
		Name:             r.Name,
		Description:      r.Value("desc"),
		Keywords:         []symphony.Keyword{{Key: RequestKeyword, Value: string(r.ID)}},
		Public:           public,
		Discoverable:     public || r.isOn("discoverable"),
		ViewHistory:      public || r.isOn("history"),
		MembersCanInvite: public || r.isOn("members-can-add"),
		CrossPod:         r.isOn("external"),
		ReadOnly:         r.isOn("readonly"),
		CopyProtected:    r.isOn("nocopy"),
	}
	if a.Description == "" {
		a.Description = "Opened by " + r.From.Name + " with " + env.Self.DisplayName
	}
	return a
}

func (env *Env) peopleExcept(id symphony.UserID, people []Person) []Person {
	return slices.DeleteFunc(slices.Clone(people), func(p Person) bool { return p.ID == id || p.ID == env.Self.ID })
}

// requestedOwners are the people named by owner:. The parser lists them among the people as well.
func (env *Env) requestedOwners(r *Request, people []Person) []Person {
	return slices.DeleteFunc(env.peopleExcept(r.From.ID, people), func(p Person) bool {
		return !slices.ContainsFunc(r.Persons("owner"), p.matches)
	})
}

const limitsOfExternalRooms = "A room for other companies cannot be public, read-only or discoverable."

// externalRequesterRefusal refuses to open an internal room for a requester of another company, who
// could not enter it.
func (env *Env) externalRequesterRefusal(r *Request) *Refusal {
	refusal := &Refusal{
		Code:    "requester-external",
		Message: "You are from another company and could not enter an internal room." + nothingCreated,
		Next:    "Send the command again with external:yes.",
		Open:    true,
	}
	fixed := withOption(r.Invocation, "external", true)
	if _, contradicts := env.newRoomCommand().Conflict(fixed.Options); contradicts {
		refusal.Next += " " + limitsOfExternalRooms
	} else {
		refusal.Next = ""
		refusal.Offers = createOffers(FormatCommand(r.Message, fixed))
	}
	return refusal
}
