package commands_test

import (
	"testing"
	"time"

	"roombot/commands"
	"roombot/commands/syntax"
)

func TestRepliesGrants(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	terms := commands.GrantTerms{Command: "newroom", Bounds: []string{"internal rooms, also public rooms", "at most 3 people", "no groups"}, HasPlan: true}
	desk := commands.GrantTerms{Command: "groups", Room: true, Where: "Desk"}
	day, once := commands.GrantDecision{By: "Cora Lind", At: at, Until: at.AddDate(0, 0, 1)}, commands.GrantDecision{By: "Cora Lind", At: at, Until: at.AddDate(0, 0, 30), Once: true}
	refused := commands.GrantDecision{By: "Cora Lind", At: at}
	access := commands.AccessRequest{Command: syntax.Message{Text: `/newroom "Elm" public @bob @kim`}}
	denied := commands.DeniedByDefault("newroom", contact)
	denied.Access = &access
	usedUp := once
	usedUp.UsedUp = true
	card := commands.GrantCard{
		N: 3, Request: "448z-mtmq-8sc7", From: "Alice Martin", Typed: access.Command.Text, Times: 1, Terms: terms,
		Lines: []string{"Name: Elm", "Room: public, anybody in the company can join", "Member: Bob Chen", "Member: Kim Novak"},
	}
	faulty := card
	faulty.Lines, faulty.Fault, faulty.Times = nil, "There is no group “Tset”.", 2
	near := card
	near.Terms.BindsPeople, near.Rule, near.Approvers = true, "client rooms", []string{"user:kim", "group:Compliance"}
	reading := card
	reading.Typed, reading.Lines, reading.Terms = "/groups", nil, desk
	choices := commands.GrantChoices()
	granted := commands.Grant{N: 3, Who: "Alice Martin", Terms: terms, Until: at}
	requireReplies(t, "grants.txt", []entry{
		{"A refusal that no deny rule made", denied.Reply()},
		{"An administrator is asked", card.Card()},
		{"An administrator is asked again, for a request that names no group there is", faulty.Card()},
		{"The rule that comes nearest would need an approval, and rules ask who comes in", near.Card()},
		{"An administrator is asked about a command that only reads", reading.Card()},
		{"Who has asked is told", commands.ConfirmAccessAsked(3, []string{"Cora Lind", "Olga Peters"}, false)},
		{"Who has asked again is told", commands.ConfirmAccessAsked(3, nil, true)},
		{"A rule allows it by now", commands.AccessIsOpen(access.OfferAgain())},
		{"There is nobody to ask", commands.NobodyGivesAccess(contact).Reply()},
		{"Too many wait for a decision", commands.TooManyAccessRequests(20, contact).Reply()},
		{"The card once it is decided", commands.EndedGrantCard(3, "Alice Martin", terms, day)},
		{"The card once it is refused", commands.EndedGrantCard(3, "Alice Martin", desk, refused)},
		{"Who has allowed it is told", commands.ConfirmGrantDecision(choices[0], "Alice Martin")},
		{"Who has refused it is told", commands.ConfirmGrantDecision(choices[3], "Alice Martin")},
		{"Another has decided before", commands.GrantDecidedAlready(once).Reply()},
		{"The requester is told that it is allowed", commands.TellGrantDecided(3, terms, once, access.OfferAgain(), contact)},
		{"The requester is told that it was allowed when that is used up", commands.TellGrantDecided(3, terms, usedUp, access.OfferAgain(), contact)},
		{"The requester is told that it is allowed in a room", commands.TellGrantDecided(3, desk, day, nil, contact)},
		{"The requester is told that it is refused", commands.TellGrantDecided(3, terms, refused, nil, contact)},
		{"The requester is told that nobody is left who could decide", commands.TellGrantDecided(3, terms, commands.GrantDecision{At: at}, nil, contact)},
		{"The card once nobody is left who could decide", commands.EndedGrantCard(3, "Alice Martin", terms, commands.GrantDecision{At: at})},
		{"Access for once is used up", commands.AddUsedUp(commands.Reply{Code: commands.CodeDone})},
		{"The requester is told that it ends", commands.TellGrantEnds(granted, "")},
		{"The requester is told that it was revoked", commands.TellGrantEnds(granted, "Olga Peters")},
	})
}
