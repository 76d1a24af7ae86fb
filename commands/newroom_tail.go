package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// askAboutTail asks whether people are meant by the end of a name that was written without quotes,
// where nobody else is named: "Q3 alice carol". A person from another company learns nothing of the
// directory. It returns nil where the name is just a name.
func (env *Env) askAboutTail(ctx context.Context, r *Request) error {
	if !r.NameUnquoted || len(r.Groups) > 0 || len(allPeople(r.Invocation)) > 0 || env.IsExternal(r.From.ID) {
		return nil
	}
	search := env.newPersonSearch(r.Chat)
	split, found, err := search.split(ctx, syntax.ReadNameTail(r.Name))
	switch {
	case err != nil:
		return fmt.Errorf("look up who the name may end with: %w", err)
	case !found:
		return nil
	}
	question := newPeopleQuestion(search, split)
	if question.isOnly(r.From.ID) {
		return nil
	}
	return question.ask(r)
}

// peopleQuestion is the question whether people are meant.
type peopleQuestion struct {
	name    string
	sure    []symphony.User
	unsure  []symphony.User // who goes by the first name that several people have
	shared  []string        // names that several people have
	unknown []string
}

func newPeopleQuestion(search *personSearch, split syntax.TailSplit) peopleQuestion {
	q := peopleQuestion{name: split.Name, unknown: split.Unknown}
	for _, phrase := range split.People {
		found := search.candidates(phrase)
		switch {
		case len(found) > 1:
			q.shared = append(q.shared, fmt.Sprintf("%d people go by “%s”.", len(found), syntax.Truncate(phrase.Text, maxEcho)))
			if len(q.shared) == 1 {
				q.unsure = found[:min(len(found), maxCandidates)]
			}
		case !slices.ContainsFunc(q.sure, func(u symphony.User) bool { return u.ID == found[0].ID }):
			q.sure = append(q.sure, found[0])
		}
	}
	return q
}

// isOnly reports whether the text names nobody besides one account.
func (q peopleQuestion) isOnly(who symphony.UserID) bool {
	return len(q.unsure)+len(q.unknown) == 0 && len(q.sure) == 1 && q.sure[0].ID == who
}

func (q peopleQuestion) ask(r *Request) *Refusal {
	refusal := &Refusal{Code: "people-in-name", Message: q.text() + nothingCreated}
	for _, people := range q.choices() {
		refusal.Offers = append(refusal.Offers, Offer{Label: q.label(people), Command: formatWithPeople(r, q.name, people)})
	}
	refusal.Offers = append(refusal.Offers, Offer{Label: "Just a name", Command: FormatCommand(r.Message, r.Invocation)},
		Offer{Label: "Edit in form", Command: refusal.Offers[0].Command, Edit: true})
	return refusal
}

// choices are the sets of people who may be meant: one, or one for each of several candidates.
func (q peopleQuestion) choices() [][]symphony.User {
	if len(q.unsure) == 0 {
		return [][]symphony.User{q.sure}
	}
	var all [][]symphony.User
	for _, u := range q.unsure {
		all = append(all, append(slices.Clone(q.sure), u))
	}
	return all
}

func (q peopleQuestion) text() string {
	var parts []string
	if len(q.sure) > 0 {
		parts = append(parts, plural(len(q.sure), "Is ", "Are ")+syntax.JoinWords(shortenList(displayNames(q.sure)), "and")+" meant?")
	}
	parts = append(parts, q.shared...)
	if len(q.unknown) > 0 {
		parts = append(parts, "Nobody here goes by "+syntax.JoinWords(quoteForReading(q.unknown), "or")+".")
	}
	return strings.Join(parts, " ")
}

func (q peopleQuestion) label(people []symphony.User) string {
	with := fmt.Sprintf("all %d", len(people))
	switch {
	case len(q.unsure) > 0 || len(people) == 1:
		with = syntax.JoinWords(shortenList(displayNames(people)), "and")
	case len(people) == 2:
		with = "both"
	}
	return "Open " + syntax.Quote(q.name) + " with " + with
}

func displayNames(users []symphony.User) []string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.DisplayName
	}
	return names
}

// formatWithPeople is the command that opens the room of this name with these people as well.
func formatWithPeople(r *Request, name string, people []symphony.User) syntax.Message {
	inv := withoutOption(r.Invocation, "preview")
	inv.Name, inv.Users = name, slices.Clone(inv.Users)
	for _, u := range people {
		inv.Users = append(inv.Users, int64(u.ID))
	}
	return formatNaming(r.Message, inv, people)
}
