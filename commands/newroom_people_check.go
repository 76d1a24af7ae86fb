package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// What the directory tells of people is checked before anything is created. What only the call that
// adds them can tell, such as an information barrier, is told afterwards. A requester of another
// company learns nothing of the directory: for them nothing is checked ahead.

// maxConnectionLookups is how many people of other companies are checked for a connection.
const maxConnectionLookups = 20

// findMentioned looks up whom the message mentions. Where that does not work, nobody is checked:
// the mention says who is meant.
func (env *Env) findMentioned(ctx context.Context, r *Request) (found []account, isLookedUp bool) {
	if len(r.Users) == 0 {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(ctx, maxMentionLookup)
	defer cancel()
	found, err := env.accounts.byID(ctx, convertIDs[symphony.UserID](r.Users))
	return found, err == nil
}

// refuseNonPersons refuses a mention of what is no person: the account of a group, which the
// requester may not be allowed to see, or a number of the own company that nobody has. The words
// are the same, so that numbers cannot be tried out to find groups.
func (env *Env) refuseNonPersons(ctx context.Context, r *Request, mentioned []account) error {
	for _, id := range convertIDs[symphony.UserID](r.Users) {
		at := slices.IndexFunc(mentioned, func(a account) bool { return a.ID == id })
		isUnknown := at < 0 && !env.IsExternal(id) && id != env.Self.ID
		if isUnknown || at >= 0 && mentioned[at].AccountType == symphony.DistributionListAccount {
			return env.personRefusal(ctx, r, syntax.PersonRef{UserID: int64(id)}, nil, nil)
		}
	}
	return nil
}

// findUnconnected finds out who of other companies has no connection with the bot.
func (env *Env) findUnconnected(ctx context.Context, r *Request) map[symphony.UserID]bool {
	if env.IsExternal(r.From.ID) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxMentionLookup)
	defer cancel()
	var mu sync.Mutex // guards unconnected
	unconnected := map[symphony.UserID]bool{}
	var lookups sync.WaitGroup
	asked := 0
	for _, id := range convertIDs[symphony.UserID](r.Users) {
		if !env.IsExternal(id) || asked == maxConnectionLookups {
			continue
		}
		asked++
		lookups.Go(func() {
			if env.accounts.isUnconnected(ctx, id) {
				mu.Lock()
				defer mu.Unlock()
				unconnected[id] = true
			}
		})
	}
	lookups.Wait()
	return unconnected
}

// peopleTrouble is who could not be added to the room as it was asked for.
type peopleTrouble struct {
	env         *Env
	named       namedPeople
	outside     []Person // of other companies, and the room is internal
	disabled    []Person
	unconnected []Person
}

// checkPeople refuses a request with people who could not be added to the room, and offers what can
// be done.
func (env *Env) checkPeople(r *Request, forCompanies bool, named namedPeople) *Refusal {
	if env.IsExternal(r.From.ID) {
		return nil
	}
	t := peopleTrouble{env: env, named: named}
	for _, p := range env.peopleExcept(r.From.ID, named.people) {
		p.Name = cmp.Or(named.accounts[p.ID].DisplayName, p.Name)
		if env.IsExternal(p.ID) && !forCompanies {
			t.outside = append(t.outside, p)
		}
		switch {
		case named.accounts[p.ID].disabled:
			t.disabled = append(t.disabled, p)
		case named.unconnected[p.ID]:
			t.unconnected = append(t.unconnected, p)
		}
	}
	if len(t.outside)+len(t.disabled)+len(t.unconnected) == 0 {
		return nil
	}
	return t.refusal(r)
}

func (t peopleTrouble) refusal(r *Request) *Refusal {
	refusal := &Refusal{}
	switch {
	case len(t.outside) > 0:
		refusal.Code = "people-outside"
	case len(t.disabled) > 0:
		refusal.Code = "people-disabled"
	default:
		refusal.Code = "people-not-connected"
	}
	refusal.Message = strings.Join(slices.Concat(t.tellOutside(), t.tellDisabled(), t.tellUnconnected()), " ") + nothingCreated
	refusal.Next = t.tellRemedy(r.Invocation)
	inv := withoutOption(r.Invocation, "preview")
	never := slices.Concat(t.disabled, t.unconnected)
	if t.mayOpenForCompanies(inv) {
		opened := withOption(withoutPersons(inv, never), "external", true)
		refusal.Offers = append(refusal.Offers, Offer{Label: "Open it for other companies" + t.without(", without ", never), Command: FormatCommand(r.Message, opened)})
	}
	label := "Open it without "
	if len(t.outside) > 0 {
		label = "Without "
	}
	everybody := mergeSamePeople(slices.Concat(t.outside, never))
	left := FormatCommand(r.Message, withoutPersons(inv, everybody))
	refusal.Offers = append(refusal.Offers, Offer{Label: t.without(label, everybody), Command: left},
		Offer{Label: "Edit in form", Command: FormatCommand(r.Message, r.Invocation), Edit: true})
	return refusal
}

// mayOpenForCompanies reports whether the room can be opened for other companies, and somebody of
// them could come in then.
func (t peopleTrouble) mayOpenForCompanies(inv syntax.Invocation) bool {
	return !t.contradictsExternal(inv) && slices.ContainsFunc(t.outside, func(p Person) bool { return !t.named.unconnected[p.ID] })
}

// contradictsExternal reports whether an option excludes other companies.
func (t peopleTrouble) contradictsExternal(inv syntax.Invocation) bool {
	_, contradicts := t.env.newRoomCommand().Conflict(withOption(inv, "external", true).Options)
	return contradicts
}

// tellOutside says which company each person is from.
func (t peopleTrouble) tellOutside() []string {
	var companies []string
	byCompany := map[string][]string{}
	for _, p := range t.outside {
		company := cmp.Or(t.named.accounts[p.ID].Company, "another company")
		if byCompany[company] == nil {
			companies = append(companies, company)
		}
		byCompany[company] = append(byCompany[company], p.Name)
	}
	var parts []string
	for _, company := range companies {
		names := byCompany[company]
		parts = append(parts, syntax.JoinWords(shortenList(names), "and")+plural(len(names), " is from ", " are from ")+company)
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{syntax.JoinWords(parts, "and") + ", and this room would be internal."}
}

func (t peopleTrouble) tellDisabled() []string {
	if len(t.disabled) == 0 {
		return nil
	}
	return []string{plural(len(t.disabled), "The account of ", "The accounts of ") + t.list(t.disabled) + plural(len(t.disabled), " is", " are") + " disabled."}
}

func (t peopleTrouble) tellUnconnected() []string {
	if len(t.unconnected) == 0 {
		return nil
	}
	return []string{t.list(t.unconnected) + plural(len(t.unconnected), " is", " are") + " not connected with " + t.env.Self.DisplayName + "."}
}

// tellRemedy says who can change what stands in the way.
func (t peopleTrouble) tellRemedy(inv syntax.Invocation) string {
	var all []string
	if len(t.outside) > 0 && t.contradictsExternal(inv) {
		all = append(all, limitsOfExternalRooms)
	}
	if len(t.disabled) > 0 {
		all = append(all, CauseDisabled.remedy(t.env))
	}
	if len(t.unconnected) > 0 {
		all = append(all, CauseNotConnected.remedy(t.env))
	}
	return strings.Join(all, " ")
}

func (t peopleTrouble) list(people []Person) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return syntax.JoinWords(shortenList(names), "and")
}

// without is a label that ends with first names, empty where there is nobody.
func (t peopleTrouble) without(label string, people []Person) string {
	var names []string
	for _, p := range people {
		first, _, _ := strings.Cut(p.Name, " ")
		names = append(names, cmp.Or(t.named.accounts[p.ID].FirstName, first))
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n > maxCandidates:
		return label + countNoun(n, "person", "people")
	}
	return label + syntax.JoinWords(names, "and")
}

// withoutPersons is the invocation without these people, whatever names them.
func withoutPersons(inv syntax.Invocation, people []Person) syntax.Invocation {
	return withoutPeople(inv, func(ref syntax.PersonRef) bool {
		return slices.ContainsFunc(people, func(p Person) bool { return p.matches(ref) })
	})
}
