package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// roomPlan is a room that would be opened.
type roomPlan struct {
	desk   *Desk
	req    *Request
	room   symphony.RoomAttributes
	people []Person // without the requester
	owners []Person // besides the requester; each is among people
	groups []symphony.Group
}

func (d *Desk) planRoom(ctx context.Context, r *Request) (Plan, error) {
	if err := notYet(r); err != nil {
		return nil, err
	}
	people, err := d.people(ctx, r)
	if err != nil {
		return nil, err
	}
	groups, err := d.resolveGroups(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &roomPlan{desk: d, req: r, groups: groups, room: d.attributes(r)}
	p.people, p.owners = d.without(r.From.ID, people), d.owners(r, people)
	if d.foreign(r.From.ID) && !p.room.CrossPod {
		return nil, d.outsiderInside(r)
	}
	return p, nil
}

// notYet refuses the options that are understood but not carried out.
func notYet(r *Request) error {
	for _, key := range []string{"template", "expires", "welcome"} {
		if _, given := r.Options[key]; given {
			line, caret := caretAt(r.Message, key)
			return &Refusal{
				Code: "option-not-yet", Line: line, Caret: caret,
				Message: fmt.Sprintf("%s: is not available yet. Nothing was created.", key),
				Next:    "Leave it out and send the command again.",
			}
		}
	}
	return nil
}

// attributes sends every flag explicitly: what Symphony takes for an omitted
// one on a public room is not documented.
func (d *Desk) attributes(r *Request) symphony.RoomAttributes {
	private, given := r.Options["private"].(bool)
	public := r.flag("public") || given && !private
	a := symphony.RoomAttributes{
		Name:             r.Name,
		Description:      r.text("desc"),
		Keywords:         []symphony.Keyword{{Key: RequestKeyword, Value: string(r.ID)}},
		Public:           public,
		Discoverable:     public || r.flag("discoverable"),
		ViewHistory:      public || r.flag("history"),
		MembersCanInvite: public || r.flag("members-can-add"),
		CrossPod:         r.flag("external"),
		ReadOnly:         r.flag("readonly"),
		CopyProtected:    r.flag("nocopy"),
	}
	if a.Description == "" {
		a.Description = "Opened by " + r.From.Name + " with " + d.Self.DisplayName
	}
	return a
}

func (d *Desk) without(id symphony.UserID, people []Person) []Person {
	kept := people[:0:0]
	for _, p := range people {
		if p.ID != id && p.ID != d.Self.ID {
			kept = append(kept, p)
		}
	}
	return kept
}

// owners are the people that owner: named. The parser has put them among the
// people as well.
func (d *Desk) owners(r *Request, people []Person) []Person {
	var owners []Person
	for _, p := range people {
		named := slices.ContainsFunc(ownersOf(r.Options), p.is)
		if named && p.ID != r.From.ID && p.ID != d.Self.ID {
			owners = append(owners, p)
		}
	}
	return owners
}

func (d *Desk) resolveGroups(ctx context.Context, r *Request) ([]symphony.Group, error) {
	var groups []symphony.Group
	for _, name := range r.Groups {
		found, err := d.Groups.Find(ctx, name)
		if errors.Is(err, symphony.ErrForbidden) || errors.Is(err, symphony.ErrUnauthorized) {
			return nil, noGroupRight()
		}
		if err != nil {
			return nil, err
		}
		if len(found) != 1 {
			return nil, d.wrongGroup(ctx, r, name, len(found))
		}
		groups = append(groups, found[0])
	}
	return groups, nil
}

func noGroupRight() *Refusal {
	return &Refusal{
		Code:    "groups-unavailable",
		Message: "Symphony does not let me read the distribution lists. Nothing was created.",
		Next:    "Your Symphony administrators can give my account the role “Distribution List Manager”. Without group: I can open the room right away.",
	}
}

func (d *Desk) wrongGroup(ctx context.Context, r *Request, name string, found int) error {
	line, caret := caretAt(r.Message, name)
	if found > 1 {
		return &Refusal{
			Code: string(syntax.AmbiguousGroup), Line: line, Caret: caret,
			Message: fmt.Sprintf("%d groups are called %q, and I do not guess. Nothing was created.", found, name),
			Next:    "Ask your Symphony administrators to rename one, or name the people themselves.",
		}
	}
	refusal := &Refusal{
		Code: string(syntax.UnknownGroup), Line: line, Caret: caret,
		Message: fmt.Sprintf("There is no group %q. Nothing was created.", name),
		Next:    "/groups lists the groups that I can add.",
	}
	near := d.Groups.Near(ctx, name)
	if len(near) > 0 {
		refusal.Next = "The nearest are " + allOf(quoteAll(near)) + "."
	}
	if len(near) == 1 {
		fixed := r.Invocation
		fixed.Groups = replaced(r.Groups, name, near[0])
		refusal.Next = ""
		refusal.Offers = offersOf(Compose(r.Message, fixed))
	}
	return refusal
}

// outsiderInside refuses to open an internal room for a requester who could
// never enter it.
func (d *Desk) outsiderInside(r *Request) error {
	fixed := with(r.Invocation, "external", true)
	return &Refusal{
		Code:    "requester-external",
		Message: "You are from another company, so you could not enter an internal room. Nothing was created.",
		Offers:  offersOf(Compose(r.Message, fixed)),
	}
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "“" + n + "”"
	}
	return quoted
}

func replaced(names []string, old, with string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		if n == old {
			out[i] = with
		}
	}
	return out
}
