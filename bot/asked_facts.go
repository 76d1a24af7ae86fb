package bot

import (
	"cmp"
	"slices"

	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
)

// What the policy was asked is kept beside its decision, so that another policy can be asked the
// same. It is personal: it stands in the facts of the entry and is erased with them.

// Bounds of what is kept of a request.
const (
	maxAskedMembers = 100
	maxAskedGroups  = 20 // of a person; the distribution lists of a request besides
)

type (
	// askedFacts are what the policy was asked. They are a stored format: fields are added, none is
	// renamed.
	askedFacts struct {
		askedPerson
		Room bool       `json:"room,omitempty"` // asked in a room, not in a 1:1 chat
		Plan *askedPlan `json:"plan,omitempty"`
	}
	// askedPerson is an account as the policy knew it.
	askedPerson struct {
		ID       int64              `json:"id,omitempty"` // of somebody who is brought in
		External bool               `json:"external,omitempty"`
		Kind     policy.AccountKind `json:"kind,omitempty"` // empty where the directory was not asked
		Username string             `json:"username,omitempty"`
		Email    string             `json:"email,omitempty"`
		In       []string           `json:"in,omitempty"`    // distribution lists by their folded names
		NotIn    []string           `json:"notIn,omitempty"` // those that the policy asked about
	}
	// askedPlan is what the request would have done. Where the request was refused before it was
	// planned, it is what was typed.
	askedPlan struct {
		Name      string        `json:"name,omitempty"`    // of the room
		Options   []string      `json:"options,omitempty"` // those that are on, as rules name them
		People    int           `json:"people"`
		Uncounted bool          `json:"uncounted,omitempty"` // people behind groups, whose number was not known
		Owners    int           `json:"owners"`
		Groups    []string      `json:"groups,omitempty"`
		Companies []int64       `json:"companies,omitempty"`
		Members   []askedPerson `json:"members,omitempty"`
		More      int           `json:"more,omitempty"` // members that are left out
	}
)

// askedFacts are what the policy was asked last, nil while it was not.
func (a *attempt) askedFacts() *askedFacts {
	if a.asked == nil {
		return nil
	}
	f := &askedFacts{askedPerson: a.bot.newAskedPerson(a.asked.User), Room: a.asked.Where.Kind == policy.Room}
	f.ID = 0 // which the entry has
	switch plan := a.asked.Plan; {
	case plan == nil && a.typedFacts == nil:
	case plan == nil:
		f.Plan = a.bot.newAskedPlan(request.PlanOf(a.typedFacts), a.namedMembers(a.typedFacts))
	case plan.Members == nil && a.facts != nil: // no rule has asked about them
		f.Plan = a.bot.newAskedPlan(plan, a.namedMembers(a.facts))
	default:
		f.Plan = a.bot.newAskedPlan(plan, plan.Members)
	}
	if facts := cmp.Or(a.facts, a.typedFacts); f.Plan != nil && facts != nil {
		f.Plan.Name = facts.Room.Name
	}
	return f
}

// namedMembers are those who would be brought in, without what the directory says of them.
func (a *attempt) namedMembers(f *commands.Facts) (members []policy.Subject) {
	for _, who := range f.Named {
		if who.ID == 0 { // as it was typed
			members = append(members, policy.PersonByNames(who.Username, who.Email))
			continue
		}
		members = append(members, policy.Subject{ID: int64(who.ID), External: a.bot.env.IsExternal(who.ID)})
	}
	return members
}

func (b *Bot) newAskedPlan(p *policy.Plan, members []policy.Subject) *askedPlan {
	kept := &askedPlan{
		People: p.People, Uncounted: p.PeopleUnknown, Owners: p.Owners, Groups: p.Groups[:min(len(p.Groups), maxAskedMembers)], Companies: p.Companies,
		More: max(len(members)-maxAskedMembers, 0),
	}
	for name, on := range optionsOf(p) {
		if *on {
			kept.Options = append(kept.Options, name)
		}
	}
	slices.Sort(kept.Options)
	for _, who := range members[:len(members)-kept.More] {
		member := b.newAskedPerson(who)
		member.NotIn = nil // which would be too much
		kept.Members = append(kept.Members, member)
	}
	return kept
}

// optionsOf are the options of a plan by the words of rules.
func optionsOf(p *policy.Plan) map[string]*bool {
	return map[string]*bool{
		"external": &p.External, "public": &p.Public, "readonly": &p.ReadOnly, "nocopy": &p.NoCopy,
		"history": &p.History, "discoverable": &p.Discoverable, "membersCanAdd": &p.MembersCanAdd,
	}
}

// newAskedPerson keeps an account. Of groups those count first that the account is in.
func (b *Bot) newAskedPerson(who policy.Subject) askedPerson {
	p := askedPerson{ID: who.ID, External: who.External, Kind: who.Kind, Username: who.Username, Email: who.Email}
	for key, is := range who.Groups {
		switch name := b.rules.groups.nameOf(key); {
		case name == "":
		case is:
			p.In = append(p.In, name)
		default:
			p.NotIn = append(p.NotIn, name)
		}
	}
	slices.Sort(p.In)
	slices.Sort(p.NotIn)
	p.In = p.In[:min(len(p.In), maxAskedGroups)]
	p.NotIn = p.NotIn[:min(len(p.NotIn), maxAskedGroups-len(p.In))]
	return p
}

// subject is the account for a policy whose names are not resolved.
func (p askedPerson) subject() policy.Subject {
	who := policy.Subject{ID: p.ID, External: p.External, Kind: p.Kind, Username: p.Username, Email: p.Email, Groups: map[string]bool{}}
	for _, name := range p.In {
		who.Groups[name] = true
	}
	for _, name := range p.NotIn {
		who.Groups[name] = false
	}
	return who
}

func (p *askedPlan) plan() *policy.Plan {
	if p == nil {
		return nil
	}
	plan := &policy.Plan{People: p.People, PeopleUnknown: p.Uncounted, Owners: p.Owners, Groups: p.Groups, Companies: p.Companies}
	plan.BehindUnknown = len(p.Groups) > 0
	for name, on := range optionsOf(plan) {
		*on = slices.Contains(p.Options, name)
	}
	for _, member := range p.Members {
		plan.Members = append(plan.Members, member.subject())
	}
	if p.More > 0 {
		plan.Members = append(plan.Members, policy.Subject{}) // of whom nothing is known
	}
	return plan
}
