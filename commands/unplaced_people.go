package commands

import (
	"context"
	"maps"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// SuggestPeople gives the refusal of a text that has no place in a command a button with the people
// whom the text may name: "Q2" "Alice Martin". A person from another company learns nothing of the
// directory. Where nobody is found, or the directory does not answer, the refusal says what it did.
func (env *Env) SuggestPeople(ctx context.Context, r *Request, g syntax.Grammar, e *syntax.Error, refusal *Refusal) {
	const longest = 200
	if env.IsExternal(r.From.ID) || e.Command != CommandNewRoom {
		return
	}
	if e.Name != "" {
		env.suggestPeopleOfName(ctx, r, g, e, refusal)
		return
	}
	if e.Code != syntax.UnexpectedText || e.Text == "" || len(e.Text) > longest {
		return
	}
	refusal.Open = false // whether anybody is found must not show either
	search := env.newPersonSearch(r.Chat)
	people := trimFlags(g, r.Message, e)
	split, found, err := search.split(ctx, syntax.ReadPeople(people.Text))
	if err != nil {
		return
	}
	if !found {
		dropUnknownPeople(search, g, e, refusal)
		return
	}
	question, err := newPeopleQuestion(ctx, search, split)
	if err != nil || question.isOnly(r.From.ID) {
		return
	}
	question.unknown, question.rest = question.dropCompanies(append(question.unknown, question.rest...)), nil
	if question.excludes {
		refusal.Message, refusal.Offers = syntax.CannotExclude+nothingCreated, nil
		return
	}
	refusal.Message, refusal.Offers = question.text(), nil
	edited := r.Message
	if split.Name == "" && len(question.unknown) == 0 {
		refusal.Offers = question.offersInPlace(r, g, people)
		if len(refusal.Offers) == 0 {
			return
		}
		edited = refusal.Offers[0].Command
	}
	if described := readDescription(g, e, len(refusal.Offers) == 0); described != nil {
		refusal.Message += " Or is this the description?"
		refusal.Offers = append(refusal.Offers, Offer{Label: "As the description", Command: *described})
	}
	refusal.Message += nothingCreated
	refusal.Offers = append(refusal.Offers, Offer{Label: "Edit in form", Command: edited, Edit: true})
}

// readDescription is the correction that makes the text the description: the only one, or where
// isAnyFit is set one among several.
func readDescription(g syntax.Grammar, e *syntax.Error, isAnyFit bool) *syntax.Message {
	for _, reading := range e.Corrections() {
		read := g.Parse(reading.Message)
		if (isAnyFit || e.Fix != nil) && read.Command != nil && read.Command.Value("desc") == e.Text {
			return &reading.Message
		}
	}
	return nil
}

// trimFlags cuts flags off the end of a text that has no place, which take effect in its place.
func trimFlags(g syntax.Grammar, m syntax.Message, e *syntax.Error) *syntax.Error {
	source := []rune(m.Text)
	command, ok := g.Lookup(e.Command)
	if !ok || e.End > len(source) || string(source[e.From:e.End]) != e.Text {
		return e
	}
	trimmed := *e
	for {
		words := strings.Fields(trimmed.Text)
		if len(words) < 2 {
			return &trimmed
		}
		last := words[len(words)-1]
		if o, ok := command.Option(last); !ok || o.Kind != syntax.Flag {
			return &trimmed
		}
		trimmed.Text = strings.TrimRight(strings.TrimSuffix(trimmed.Text, last), " ,;")
		trimmed.End = trimmed.From + len([]rune(trimmed.Text))
	}
}

// offersInPlace puts the people in the place of the text that names them and nobody else. It
// returns none where the command cannot be run then.
func (q peopleQuestion) offersInPlace(r *Request, g syntax.Grammar, e *syntax.Error) (offers []Offer) {
	for _, people := range q.choices() {
		command := r.Message.ReplaceByMentions(e.From, e.End, mentionsOf(people))
		if g.Parse(command).Command == nil {
			return nil
		}
		label := "With " + syntax.JoinWords(shortenList(displayNames(people)), "and")
		if len(people) == 0 {
			label = "Without " + syntax.JoinWords(shortenList(firstNames(q.disabled)), "and")
		}
		offers = append(offers, Offer{Label: label, Command: command})
	}
	return offers
}

// dropCompanies are parts that name nobody, without those that are the company of somebody found:
// "Martin, Alice (Acme)".
func (q peopleQuestion) dropCompanies(parts []string) []string {
	return slices.DeleteFunc(slices.Clone(parts), func(part string) bool {
		return slices.ContainsFunc(slices.Concat(q.sure, q.unsure), func(u symphony.User) bool {
			first, _, _ := strings.Cut(u.Company, " ")
			return equalNames(part, u.Company) || equalNames(part, first)
		})
	})
}

func mentionsOf(people []symphony.User) []syntax.Mentioned {
	mentions := make([]syntax.Mentioned, len(people))
	for i, u := range people {
		mentions[i] = syntax.Mentioned{UserID: int64(u.ID), Name: u.DisplayName}
	}
	return mentions
}

// dropUnknownPeople leaves out the offers to add people by usernames that nobody has.
func dropUnknownPeople(search *personSearch, g syntax.Grammar, e *syntax.Error, refusal *Refusal) {
	words := syntax.ReadPeople(e.Text).Phrases()
	refusal.Offers = slices.DeleteFunc(refusal.Offers, func(o Offer) bool {
		read := g.Parse(o.Command).Command
		return read != nil && !o.Edit && slices.ContainsFunc(read.Usernames, func(name string) bool {
			return slices.ContainsFunc(words, func(p syntax.PersonPhrase) bool {
				return p.Single && strings.EqualFold(p.Text, name) && !search.isPerson(p)
			})
		})
	})
}

// suggestPeopleOfName looks for people in the name that a question is about. Where there are some,
// each reading in which they are part of the name gets a button that adds them in its place, and
// the last of these is offered as just a name.
func (env *Env) suggestPeopleOfName(ctx context.Context, r *Request, g syntax.Grammar, e *syntax.Error, refusal *Refusal) {
	refusal.Open = false
	question, found, err := env.readTail(ctx, r.Chat, e.Name)
	if err != nil || !found || question.isOnly(r.From.ID) {
		return
	}
	var offers []Offer
	var justName Offer
	var longest string
	var edited syntax.Message
	for _, reading := range e.Corrections() {
		read := g.Parse(reading.Message)
		if read.Command == nil {
			continue
		}
		request := *r
		request.Message, request.Invocation = reading.Message, *read.Command
		asked := question.ask(&request)
		refusal.Message = asked.Message
		flags := listFlags(*read.Command)
		if edit := asked.Offers[len(asked.Offers)-1]; edited.Text == "" || flags != "" {
			edited = edit.Command
		}
		if len(read.Command.Name) > len(longest) {
			longest, justName = read.Command.Name, Offer{Label: "Just a name", Command: reading.Message}
		}
		if question.excludes || flags == "" && len(offers) > 0 {
			continue
		}
		for _, o := range asked.Offers[:len(asked.Offers)-2] { // without "Just a name" and the form
			o.Label += flags
			offers = append(offers, o)
		}
	}
	if justName.Label == "" {
		return
	}
	offers = append(offers, justName, Offer{Label: "Edit in form", Command: edited, Edit: true})
	refusal.Offers = offers
}

// listFlags are the flags that a command sets, as the end of a label.
func listFlags(inv syntax.Invocation) string {
	var list strings.Builder
	for _, key := range slices.Sorted(maps.Keys(inv.Options)) {
		if on, isFlag := inv.Options[key].(bool); isFlag && on {
			list.WriteString(", " + key)
		}
	}
	return list.String()
}
