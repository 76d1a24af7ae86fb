package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// roomPlan is a room that would be opened.
type roomPlan struct {
	desk *Desk
	req  *Request
	room symphony.RoomAttributes
	company
}

// company is who comes into the room besides the requester: what the plan
// found out, and what is kept of it.
type company struct {
	People []Person `json:"people"`
	Owners []Person `json:"owners"` // each is among People
	Groups []list   `json:"groups"`
}

// list is a distribution list, with the account by which it joins a room.
type list struct {
	ID     symphony.UserID `json:"id"`
	Name   string          `json:"name"`
	Behind int             `json:"behind"` // how many people it brings
}

func (p *roomPlan) MarshalJSON() ([]byte, error) { return json.Marshal(p.company) }

func (d *Desk) resumeRoom(r *Request, kept json.RawMessage) (Plan, error) {
	p := &roomPlan{desk: d, req: r, room: d.attributes(r)}
	if err := json.Unmarshal(kept, &p.company); err != nil {
		return nil, fmt.Errorf("read the kept plan: %w", err)
	}
	return p, nil
}

func (d *Desk) planRoom(ctx context.Context, r *Request) (Plan, error) {
	if refusal := notYet(r); refusal != nil {
		return nil, refusal
	}
	p := &roomPlan{desk: d, req: r, room: d.attributes(r)}
	if d.Foreign(r.From.ID) && !p.room.CrossPod {
		return nil, d.outsiderInside(r)
	}
	var people []Person
	var lookups sync.WaitGroup
	var noPeople, noLists error
	lookups.Go(func() { people, noPeople = d.people(ctx, r) })
	lookups.Go(func() { p.Groups, noLists = d.lists(ctx, r) })
	lookups.Wait()
	if err := cmp.Or(noPeople, noLists); err != nil { // of two mistakes always the same one is told first
		return nil, err
	}
	p.People, p.Owners = d.without(r.From.ID, people), d.owners(r, people)
	return p, nil
}

// notYet refuses the options that are understood but not carried out.
func notYet(r *Request) *Refusal {
	for _, o := range roomOptions() {
		if _, given := r.Options[o.Key]; given && o.Unavailable {
			line, caret := caretAt(r.Message, o.Key+":")
			return &Refusal{
				Code: "option-not-yet", Line: line, Caret: caret,
				Message: o.Key + ": is not available yet." + nothing,
				Next:    "Please send the command without it.",
			}
		}
	}
	return nil
}

// attributes sends every flag explicitly: what Symphony takes for an omitted
// one on a public room is not documented.
func (d *Desk) attributes(r *Request) symphony.RoomAttributes {
	private, given := r.Flag("private")
	public := r.on("public") || given && !private
	a := symphony.RoomAttributes{
		Name:             r.Name,
		Description:      r.Value("desc"),
		Keywords:         []symphony.Keyword{{Key: RequestKeyword, Value: string(r.ID)}},
		Public:           public,
		Discoverable:     public || r.on("discoverable"),
		ViewHistory:      public || r.on("history"),
		MembersCanInvite: public || r.on("members-can-add"),
		CrossPod:         r.on("external"),
		ReadOnly:         r.on("readonly"),
		CopyProtected:    r.on("nocopy"),
	}
	if a.Description == "" {
		a.Description = "Opened by " + r.From.Name + " with " + d.Self.DisplayName
	}
	return a
}

func (d *Desk) without(id symphony.UserID, people []Person) []Person {
	return slices.DeleteFunc(slices.Clone(people), func(p Person) bool { return p.ID == id || p.ID == d.Self.ID })
}

// owners are the people that owner: named. The parser has put them among the
// people as well.
func (d *Desk) owners(r *Request, people []Person) []Person {
	return slices.DeleteFunc(d.without(r.From.ID, people), func(p Person) bool {
		return !slices.ContainsFunc(r.Persons("owner"), p.is)
	})
}

func (d *Desk) lists(ctx context.Context, r *Request) ([]list, error) {
	var lists []list
	for _, name := range r.Groups {
		found, err := d.Groups.Find(ctx, name)
		switch {
		case noRight(err):
			return nil, noGroupRight()
		case err != nil:
			return nil, err
		case len(found) != 1:
			return nil, d.wrongGroup(ctx, r, name, len(found))
		}
		one := list{ID: found[0].ProfileID, Name: found[0].Name, Behind: behind(found[0])}
		if !slices.ContainsFunc(lists, func(l list) bool { return l.Name == one.Name }) { // the only one of this name
			lists = append(lists, one)
		}
	}
	return lists, nil
}

// noRight is true also when the profile manager does not accept the access token,
// as everybody gets one and the right is looked at later, and on a pod that has no
// profile manager, where a proxy may answer.
func noRight(err error) bool {
	if errors.Is(err, symphony.ErrNotSignedIn) {
		return false
	}
	return symphony.VerdictOf(err) == symphony.Refused || errors.Is(err, symphony.ErrUnauthorized) || errors.Is(err, symphony.ErrNotFound)
}

func noGroupRight() *Refusal {
	return &Refusal{
		Code:    "groups-unavailable",
		Message: "Symphony does not let me read the groups (distribution lists)." + nothing,
		Next:    "Your Symphony administrators can give my account the role “Group Manager (Distribution List)”. Until then, leave group: out.",
	}
}

func (d *Desk) wrongGroup(ctx context.Context, r *Request, name string, found int) *Refusal {
	line, caret := caretAt(r.Message, name)
	if found > 1 {
		return &Refusal{
			Code: string(syntax.AmbiguousGroup), Line: line, Caret: caret,
			Message: fmt.Sprintf("%d groups are called “%s”, so I cannot tell which one is meant.", found, clip(name, shown)) + nothing,
			Next:    "Name its people instead, or ask your Symphony administrators to rename one of the groups.",
		}
	}
	refusal := &Refusal{
		Code: string(syntax.UnknownGroup), Line: line, Caret: caret,
		Message: "There is no group “" + clip(name, shown) + "”." + nothing,
		Next:    "/groups lists the groups that I can add.",
	}
	switch near := d.Groups.Near(ctx, name); len(near) {
	case 0:
	case 1:
		fixed := r.Invocation
		fixed.Groups = replaced(r.Groups, name, near[0])
		refusal.Next = ""
		refusal.Offers = createOrEdit(Compose(r.Message, fixed))
	default:
		refusal.Next = "Is it " + oneOf(quoteAll(near)) + "?"
	}
	return refusal
}

// outsiderInside refuses to open an internal room for a requester who could
// never enter it.
func (d *Desk) outsiderInside(r *Request) *Refusal {
	refusal := &Refusal{
		Code:    "requester-external",
		Message: "You are from another company and could not enter an internal room." + nothing,
		Next:    "Send the command again with external:yes.",
	}
	fixed := with(r.Invocation, "external", true)
	if _, contradicts := d.newRoom().Conflict(fixed.Options); contradicts {
		refusal.Next += " A room for other companies cannot be public, read-only or discoverable."
	} else {
		refusal.Next = ""
		refusal.Offers = createOrEdit(Compose(r.Message, fixed))
	}
	return refusal
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "“" + clip(n, shown) + "”"
	}
	return quoted
}

func replaced(names []string, old, with string) []string {
	out := slices.Clone(names)
	if i := slices.Index(out, old); i >= 0 {
		out[i] = with
	}
	return out
}
