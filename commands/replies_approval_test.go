package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
)

func TestRepliesApproval(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 14, 4, 5, 0, time.UTC)
	asked := syntax.Message{Text: `/newroom "Elm" @alice external`}
	subject := commands.Subject{Request: "448z-mtmq-8sc7", Room: "Elm"}
	card := commands.Approval{
		Card: commands.ApprovalCard{Job: "job", N: 1, Hash: "hash"}, Request: subject.Request, From: commands.Person{Name: "Bob Chen"},
		Rule: "client rooms", Version: "1f0a9c3e", Until: at,
	}
	plan := []string{"Name: Elm", "Room: private", "Member: Alice Martin", "Group: Test Group (3 people)"}
	again := card
	again.Why = commands.PlanChanged
	again.Before = []string{"Name: Elm", "Room: private", "Member: Alice Martin", "Member: Kim Novak"}
	lost := card
	lost.Why = commands.AnswerLost
	approved := commands.ApprovalState{Outcome: commands.Approved, By: "Cora Lind", At: at}
	rejected := commands.ApprovalState{Outcome: commands.ApprovalRejected, By: "Cora Lind", At: at, Reason: "not this week"}
	entries := []entry{
		{"The card of an approver", card.CardFor(plan)},
		{"The card of an approver who is asked again", again.CardFor(plan)},
		{"The card of an approver whose decision was lost", lost.CardFor(plan)},
		{"The request waits for approvers", commands.TellAsked(subject, "job", commands.WhomAsked{Names: []string{"Cora Lind", "Kim Novak"}}, at, "")},
		{"The request waits again, in a chat with other companies", commands.TellAsked(subject, "job", commands.WhomAsked{IsListed: true}, at, commands.PlanChanged)},
		{"Other people may approve by now", commands.TellAsked(subject, "job", commands.WhomAsked{Names: []string{"Kim Novak"}}, at, commands.ApproversChanged)},
		{"A room was asked", commands.TellAsked(subject, "job", commands.WhomAsked{Names: []string{"Cora Lind", "Kim Novak"}, InRoom: true}, at, "")},
		{"An approver has approved", commands.ConfirmDecision(commands.Approved, "Bob Chen")},
		{"An approver has rejected", commands.ConfirmDecision(commands.ApprovalRejected, "Bob Chen")},
		{"The room of an approved request is open", commands.AddApproval(commands.Reply{Code: commands.CodeDone}, approved)},
		{"The room is open without the approval that it waited for", commands.AddNoApproval(commands.Reply{Code: commands.CodeDone})},
		{"The policy refuses by now what waited for an approval", commands.RefusedAfterWait(commands.Denied("No rooms with others this week.", contact)).Reply()},
		{"The preview of a request that needs an approval", commands.AddNeedsApproval(commands.Reply{Code: commands.CodePreview}, "client rooms")},
		{"As many requests wait for an approval as may", commands.ApprovalsFull(20, asked).Reply()},
		{"The request has changed each time it was approved", commands.TooManyChanges(asked).Reply()},
		{"Nobody may approve any more what waits", commands.NotApproved(commands.ApprovalState{Outcome: commands.ApprovalUnreached, Waited: true}, contact, asked).Reply()},
		{"A click on a card by somebody who may not decide", commands.MayNotDecide("You cannot approve what you have asked for yourself.").Reply()},
	}
	for _, state := range []commands.ApprovalState{
		approved, rejected, {Outcome: commands.ApprovalExpired}, {Outcome: commands.ApprovalWithdrawn, At: at}, {Outcome: commands.ApprovalUnreached}, {Outcome: commands.ApprovalReplaced}, {Outcome: commands.ApprovalEnded},
		{Outcome: commands.ApprovalEnded, Cause: "not-needed"}, {Outcome: commands.ApprovalEnded, Cause: "asked-anew"}, {Outcome: commands.ApprovalEnded, Cause: "was-refused"},
	} {
		if state.Cause != "" {
			entries = append(entries, entry{"A card whose request was ended: " + state.Cause, card.EndedCard(state, "Elm", plan)})
			continue
		}
		entries = append(entries, entry{"A card whose request was " + state.Outcome, card.EndedCard(state, "Elm", plan)})
		entries = append(entries, entry{"A click on a card whose request was " + state.Outcome, commands.DecidedAlready(state).Reply()})
		if state.Outcome != commands.Approved {
			entries = append(entries, entry{"The requester whose request was " + state.Outcome, commands.NotApproved(state, contact, asked).Reply()})
		}
	}
	require.NotEmpty(t, entries)
	requireReplies(t, "approval.txt", entries)
}
