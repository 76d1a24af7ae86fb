package commands

import (
	"context"
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
	if e.Code != syntax.UnexpectedText || e.Command != CommandNewRoom || e.Text == "" || len(e.Text) > longest || env.IsExternal(r.From.ID) {
		return
	}
	refusal.Open = false // whether anybody is found must not show either
	search := env.newPersonSearch(r.Chat)
	split, found, err := search.split(ctx, syntax.ReadPeople(e.Text))
	if err != nil {
		return
	}
	if !found || len(split.Unknown) > 0 {
		dropUnknownPeople(search, g, e, refusal)
		return
	}
	question := newPeopleQuestion(search, split)
	if question.isOnly(r.From.ID) {
		return
	}
	var offers []Offer
	for _, people := range question.choices() {
		command := r.Message.ReplaceByMentions(e.From, e.End, mentionsOf(people))
		if g.Parse(command).Command == nil {
			return
		}
		offers = append(offers, Offer{Label: "With " + syntax.JoinWords(shortenList(displayNames(people)), "and"), Command: command})
	}
	edited := offers[0].Command
	refusal.Message = question.text()
	if e.Fix != nil {
		if read := g.Parse(*e.Fix); read.Command != nil && read.Command.Value("desc") == e.Text {
			refusal.Message += " Or is this the description?"
			offers = append(offers, Offer{Label: "As the description", Command: *e.Fix})
		}
	}
	refusal.Message += nothingCreated
	offers = append(offers, Offer{Label: "Edit in form", Command: edited, Edit: true})
	refusal.Offers = offers
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
