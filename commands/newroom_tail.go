package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

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
	question, found, err := env.readTail(ctx, r.Chat, r.Name)
	switch {
	case err != nil:
		return fmt.Errorf("look up who the name may end with: %w", err)
	case !found || question.isOnly(r.From.ID):
		return nil
	}
	return question.ask(r)
}

// readTail finds who is meant by the end of a name that was written without quotes.
func (env *Env) readTail(ctx context.Context, chat Chat, name string) (question peopleQuestion, found bool, err error) {
	search := env.newPersonSearch(chat)
	for _, tail := range syntax.ReadNameTails(name) {
		split, found, err := search.split(ctx, tail)
		if err != nil {
			return peopleQuestion{}, false, err
		}
		if found {
			if err := search.addPeopleInPlaceOfName(ctx, &split); err != nil {
				return peopleQuestion{}, false, err
			}
			question, err := newPeopleQuestion(ctx, search, split)
			return question, err == nil, err
		}
	}
	return peopleQuestion{}, false, nil
}

// addPeopleInPlaceOfName moves the name to the people where it names people as well, and no room:
// "alice, carol".
func (s *personSearch) addPeopleInPlaceOfName(ctx context.Context, split *syntax.TailSplit) error {
	if strings.ContainsFunc(split.Name, unicode.IsDigit) {
		return nil
	}
	name, found, err := s.split(ctx, syntax.ReadPeople(split.Name))
	if err == nil && found && name.Name == "" && len(name.Unknown)+len(name.Rest) == 0 {
		split.Name, split.People = "", append(name.People, split.People...)
	}
	return err
}

// peopleQuestion is the question whether people are meant.
type peopleQuestion struct {
	name     string
	sure     []symphony.User
	unsure   []symphony.User // who goes by the first name that several people have
	shared   []string        // names that several people have
	disabled []symphony.User
	unknown  []string
	rest     []string // words that follow the people
	excludes bool
}

func newPeopleQuestion(ctx context.Context, search *personSearch, split syntax.TailSplit) (peopleQuestion, error) {
	disabled, err := search.dropDisabled(ctx, &split)
	if err != nil {
		return peopleQuestion{}, err
	}
	q := peopleQuestion{name: split.Name, unknown: split.Unknown, rest: split.Rest, excludes: split.Excludes, disabled: disabled}
	for _, phrase := range split.People {
		found := search.candidates(phrase)
		switch {
		case len(found) > 1:
			format := "%d people go by “%s”."
			if search.isLenient {
				format = "%d people have a name like “%s”."
			}
			q.shared = append(q.shared, fmt.Sprintf(format, len(found), syntax.Truncate(phrase.Text, maxEcho)))
			if len(q.shared) == 1 {
				q.unsure = found[:min(len(found), maxCandidates)]
			}
		case !slices.ContainsFunc(q.sure, func(u symphony.User) bool { return u.ID == found[0].ID }):
			q.sure = append(q.sure, found[0])
		}
	}
	return q, nil
}

// isOnly reports whether the text names nobody besides one account.
func (q peopleQuestion) isOnly(who symphony.UserID) bool {
	return len(q.unsure)+len(q.unknown)+len(q.disabled) == 0 && len(q.sure) == 1 && q.sure[0].ID == who
}

func (q peopleQuestion) ask(r *Request) *Refusal {
	asTyped := FormatCommand(r.Message, r.Invocation)
	justName := Offer{Label: "Just a name", Command: asTyped}
	if q.excludes {
		return &Refusal{
			Code: "people-in-name", Message: syntax.CannotExclude + nothingCreated,
			Offers: []Offer{justName, {Label: "Edit in form", Command: asTyped, Edit: true}},
		}
	}
	refusal := &Refusal{Code: "people-in-name", Message: q.text() + nothingCreated}
	choices := q.choices()
	if q.name == "" {
		refusal.Message = q.text() + " Then the room needs a name." + nothingCreated
		edit := Offer{Label: "Edit in form", Command: formatWithPeople(r, "", choices[0]), Edit: true}
		refusal.Offers = []Offer{justName, edit}
		return refusal
	}
	for _, people := range choices {
		refusal.Offers = append(refusal.Offers, Offer{Label: q.label(people), Command: formatWithPeople(r, q.name, people)})
	}
	refusal.Offers = append(refusal.Offers, justName, Offer{Label: "Edit in form", Command: refusal.Offers[0].Command, Edit: true})
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
	if len(q.disabled) > 0 {
		parts = append(parts, plural(len(q.disabled), "The account of ", "The accounts of ")+
			syntax.JoinWords(shortenList(displayNames(q.disabled)), "and")+plural(len(q.disabled), " is disabled.", " are disabled."))
	}
	if len(q.unknown) > 0 {
		parts = append(parts, "Nobody here goes by "+syntax.JoinWords(quoteForReading(q.unknown), "or")+".")
	}
	if len(q.rest) > 0 {
		parts = append(parts, syntax.JoinWords(quoteForReading(q.rest), "and")+" would be left out.")
	}
	return strings.Join(parts, " ")
}

func (q peopleQuestion) label(people []symphony.User) string {
	with := fmt.Sprintf("all %d", len(people))
	switch {
	case len(people) == 0:
		return "Open " + syntax.Quote(q.name) + " without " + syntax.JoinWords(shortenList(firstNames(q.disabled)), "and")
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

func firstNames(users []symphony.User) []string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = cmp.Or(u.FirstName, u.DisplayName)
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
