package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// maxCandidates is how many people are suggested for one name.
const maxCandidates = 3

// suggestCandidates gives a refusal a button for each person who may be meant by a name, and one
// for the form with the command as it was typed.
func (r *Request) suggestCandidates(refusal *Refusal, named syntax.PersonRef, candidates []symphony.User) {
	for _, u := range candidates[:min(len(candidates), maxCandidates)] {
		refusal.Offers = append(refusal.Offers, Offer{
			Label:   candidateLabel(u, candidates),
			Command: formatNaming(r.Message, replacePerson(r.Invocation, named, u.ID), []symphony.User{u}),
		})
	}
	refusal.Offers = append(refusal.Offers, Offer{Label: "Edit in form", Command: FormatCommand(r.Message, r.Invocation), Edit: true})
}

// candidateLabel is the name of a candidate, with the username where another has the same name.
func candidateLabel(u symphony.User, all []symphony.User) string {
	for _, other := range all {
		if other.ID != u.ID && other.DisplayName == u.DisplayName {
			return fmt.Sprintf("%s (%s)", u.DisplayName, u.Username)
		}
	}
	return u.DisplayName
}

// replacePerson is the invocation in which a person is named by number.
func replacePerson(inv syntax.Invocation, named syntax.PersonRef, id symphony.UserID) syntax.Invocation {
	is := func(ref syntax.PersonRef) bool {
		return named.UserID != 0 && ref.UserID == named.UserID || named.Username != "" && strings.EqualFold(ref.Username, named.Username) ||
			named.Email != "" && strings.EqualFold(ref.Email, named.Email)
	}
	owners := inv.Persons("owner")
	isOwner := slices.ContainsFunc(owners, is)
	inv = withoutPeople(inv, is)
	mentioned := syntax.PersonRef{UserID: int64(id)}
	if !slices.Contains(inv.Users, int64(id)) {
		inv.Users = append(inv.Users, int64(id))
	}
	if left := inv.Persons("owner"); isOwner && !slices.Contains(left, mentioned) {
		inv = withOption(inv, "owner", append(slices.Clone(left), mentioned))
	}
	return inv
}

// withoutPeople is the invocation without some of those that it names.
func withoutPeople(inv syntax.Invocation, isGone func(syntax.PersonRef) bool) syntax.Invocation {
	inv.Users = slices.DeleteFunc(slices.Clone(inv.Users), func(id int64) bool { return isGone(syntax.PersonRef{UserID: id}) })
	inv.Usernames = slices.DeleteFunc(slices.Clone(inv.Usernames), func(name string) bool { return isGone(syntax.PersonRef{Username: name}) })
	inv.Emails = slices.DeleteFunc(slices.Clone(inv.Emails), func(mail string) bool { return isGone(syntax.PersonRef{Email: mail}) })
	if owners := inv.Persons("owner"); len(owners) > 0 {
		left := slices.DeleteFunc(slices.Clone(owners), isGone)
		if len(left) == 0 {
			return withoutOption(inv, "owner")
		}
		inv = withOption(inv, "owner", left)
	}
	return inv
}

// findSimilar searches people whose name is similar to what was typed: those that a search by it
// finds, or else those whose name differs by a slip or two. The best come first.
func (env *Env) findSimilar(ctx context.Context, typed string) []symphony.User {
	words := nameWords(typed)
	if len(words) == 0 {
		return nil
	}
	for i, query := range similarQueries(words) {
		found, err := env.searchPeople(ctx, query)
		if err != nil {
			return nil
		}
		found = slices.DeleteFunc(found, func(u symphony.User) bool {
			return u.AccountType == symphony.DistributionListAccount || u.ID == env.Self.ID || i > 0 && distance(u, words) > 1
		})
		if len(found) > 0 {
			slices.SortStableFunc(found, func(a, b symphony.User) int { return distance(a, words) - distance(b, words) })
			return found[:min(len(found), maxCandidates)]
		}
	}
	return nil
}

// nameWords are the words of a name, of an address those before the @.
func nameWords(typed string) []string {
	name, _, _ := strings.Cut(typed, "@")
	if name == "" {
		name = typed
	}
	return strings.Fields(strings.NewReplacer(".", " ", "_", " ", "-", " ", "@", " ").Replace(name))
}

// similarQueries are what is searched, one after the other until somebody is found: the name, its
// words, and how the first one begins.
func similarQueries(words []string) []string {
	queries := []string{strings.Join(words, " ")}
	if len(words) > 1 {
		queries = append(queries, words[0], words[len(words)-1])
	}
	for _, n := range []int{3, 2} {
		if first := []rune(words[0]); len(first) > n {
			queries = append(queries, string(first[:n]))
		}
	}
	return queries
}

// distance is 0 for somebody who has one of the words as a name, 1 for one whose name a word may
// misspell, and else 2.
func distance(u symphony.User, words []string) int {
	local, _, _ := strings.Cut(u.Email, "@")
	least := 2
	for _, name := range []string{u.Username, u.FirstName, u.LastName, local} {
		for _, w := range words {
			switch {
			case equalNames(name, w):
				return 0
			case syntax.IsMisspelling(w, name):
				least = 1
			}
		}
	}
	return least
}

func listCandidates(users []symphony.User) string {
	names := make([]string, 0, maxCandidates)
	for _, u := range users[:min(len(users), maxCandidates)] {
		names = append(names, fmt.Sprintf("%s (%s)", u.DisplayName, u.Username))
	}
	return syntax.JoinWords(names, "or")
}
