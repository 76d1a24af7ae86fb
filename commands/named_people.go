package commands

import (
	"context"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// maxNamedValues is how many options of one command have their people looked up by name.
const maxNamedValues = 5

// SuggestNamedPeople gives the refusal of an option that takes people, and names them by name, a
// button with those people: user:"Alice Martin". Owners stay owners. A person from another company
// learns nothing of the directory.
func (env *Env) SuggestNamedPeople(ctx context.Context, r *Request, g syntax.Grammar, e *syntax.Error, refusal *Refusal) {
	if !isPersonName(e) || len(e.Readings) > 0 || e.Command != CommandNewRoom || env.IsExternal(r.From.ID) {
		return
	}
	refusal.Open = false // whether anybody is found must not show either
	search := &namedPeopleSearch{env: env, chat: r.Chat, grammar: g}
	found, err := search.resolve(ctx, namedReading{message: r.Message, err: e})
	if err != nil {
		return
	}
	if len(search.unknown) > 0 {
		refusal.Message = peopleQuestion{sure: search.sure, shared: search.shared, unknown: search.unknown}.text() + nothingCreated
	}
	if len(found) == 0 {
		return
	}
	if len(search.unknown) == 0 {
		refusal.Message = peopleQuestion{sure: search.sure, shared: search.shared}.text() + nothingCreated
	}
	var offers []Offer
	for _, way := range found[:min(len(found), maxCandidates)] {
		offers = append(offers, Offer{Label: way.label(), Command: way.message, Edit: g.Parse(way.message).Form != nil})
	}
	offers = append(offers, refusal.Offers...)
	if !slices.ContainsFunc(offers, func(o Offer) bool { return o.Edit }) {
		offers = append(offers, Offer{Label: "Edit in form", Command: offers[0].Command, Edit: true})
	}
	refusal.Offers = offers
}

// isPersonName reports whether an option that takes people names somebody by name.
func isPersonName(e *syntax.Error) bool {
	const longest = 200
	return e != nil && e.Code == syntax.OptionBadValue && e.Text != "" && len(e.Text) <= longest
}

// namedPeopleSearch puts people in the place of names, one option after the other.
type namedPeopleSearch struct {
	env     *Env
	chat    Chat
	grammar syntax.Grammar
	values  int

	// What the question says of the names.
	sure    []symphony.User
	shared  []string
	unknown []string
}

// namedReading is a command in which people took the place of names, and what is wrong with it yet.
type namedReading struct {
	message syntax.Message
	err     *syntax.Error
	people  []symphony.User
	owners  []symphony.User
	changed string // what else differs from what was typed
}

// label names who is added, who as an owner, and what else is changed.
func (n namedReading) label() string {
	label := n.labelPeople()
	if n.changed != "" {
		label += ", " + strings.Replace(n.changed, "Without ", "without ", 1)
	}
	return label
}

func (n namedReading) labelPeople() string {
	people := syntax.JoinWords(shortenList(displayNames(n.people)), "and")
	owners := syntax.JoinWords(shortenList(displayNames(n.owners)), "and")
	switch {
	case len(n.owners) == 0:
		return "With " + people
	case len(n.people) == 0:
		return "With " + owners + plural(len(n.owners), " as owner", " as owners")
	}
	return "With " + people + plural(len(n.owners), ", owner ", ", owners ") + owners
}

// resolve gives the commands that can be run: several where a name has several candidates.
func (s *namedPeopleSearch) resolve(ctx context.Context, n namedReading) ([]namedReading, error) {
	if n.err == nil {
		return []namedReading{n}, nil
	}
	if !isPersonName(n.err) {
		return n.correct(), nil
	}
	if s.values++; s.values > maxNamedValues {
		return nil, nil
	}
	choices, err := s.choose(ctx, n.err.Text)
	if err != nil {
		return nil, err
	}
	var all []namedReading
	for _, people := range choices {
		next := n.with(people)
		read := s.grammar.Parse(next.message)
		if next.err = read.Error; read.Ignore {
			continue
		}
		found, err := s.resolve(ctx, next)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// correct gives the readings of what is wrong besides the names.
func (n namedReading) correct() (all []namedReading) {
	for _, r := range n.err.Corrections() {
		if r.Line == 0 {
			all = append(all, namedReading{message: r.Message, people: n.people, owners: n.owners, changed: r.Label})
		}
	}
	return all
}

// with puts people in the place of the names of the option that could not be read.
func (n namedReading) with(people []symphony.User) namedReading {
	key, e := "", n.err
	if e.Option == "owner" {
		key, n.owners = "owner:", append(slices.Clone(n.owners), people...)
	} else {
		n.people = append(slices.Clone(n.people), people...)
	}
	n.message = n.message.ReplaceByOption(e.From, e.End, key, mentionsOf(people))
	return n
}

// choose looks up who is named by a text: one set of people, or one for each candidate for a name
// that several people have or that nobody has. It gives none where a name is nobody's.
func (s *namedPeopleSearch) choose(ctx context.Context, text string) ([][]symphony.User, error) {
	search := s.env.newPersonSearch(s.chat)
	names := syntax.ReadPeople(text)
	split, found, err := search.split(ctx, names)
	if err != nil {
		return nil, err
	}
	if !found || split.Name != "" {
		s.unknown = append(s.unknown, text)
		near := s.env.findSimilar(ctx, text)
		sets := make([][]symphony.User, len(near))
		for i, u := range near {
			sets[i] = []symphony.User{u}
		}
		if len(names.Phrases()) > 3 { // several names, which one candidate would not stand for
			return nil, nil
		}
		return sets, nil
	}
	question, err := newPeopleQuestion(ctx, search, split)
	switch {
	case err != nil:
		return nil, err
	case question.excludes || len(question.rest) > 0:
		s.unknown = append(s.unknown, text)
		return nil, nil
	}
	question.sure = append(question.sure, question.disabled...) // which is asked about next
	for _, u := range question.sure {
		if !slices.ContainsFunc(s.sure, func(o symphony.User) bool { return o.ID == u.ID }) {
			s.sure = append(s.sure, u)
		}
	}
	s.shared = append(s.shared, question.shared...)
	if len(split.Unknown) > 0 {
		s.unknown = append(s.unknown, split.Unknown...)
		return nil, nil
	}
	return question.choices(), nil
}
