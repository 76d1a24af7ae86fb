package commands_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

// recordOfOne is a record that tells of one room.
type recordOfOne struct {
	commands.Record
	receipt *commands.Receipt // nil for none
}

func (r recordOfOne) Receipt(context.Context, symphony.StreamID, bool) (commands.Receipt, bool, error) {
	if r.receipt == nil {
		return commands.Receipt{}, false, nil
	}
	return *r.receipt, true, nil
}

// rulesOf know one administrator.
type rulesOf struct {
	commands.Rules
	admin symphony.UserID
}

func (r rulesOf) IsAdmin(_ context.Context, who symphony.UserID) (bool, error) {
	return who == r.admin, nil
}

// tellsReceipt is the answer to /receipt in a room.
func (w *world) tellsReceipt(who string, receipt *commands.Receipt) commands.Reply {
	w.t.Helper()
	w.env.Rules, w.env.Record = rulesOf{admin: w.people["carol"].ID}, recordOfOne{receipt: receipt}
	r := w.request(who, "/receipt")
	r.Chat = commands.Chat{Stream: "room", Room: true, Name: "Desk"}
	command, _ := w.env.Commands().Lookup("receipt")
	plan, err := command.Plan(w.t.Context(), r)
	require.NoError(w.t, err)
	return plan.Preview()
}

func (w *world) newReceipt() *commands.Receipt {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	id := func(name string) symphony.UserID { return w.people[name].ID }
	return &commands.Receipt{Key: "SHA256:key", Signed: "signed", Story: commands.RoomStory{
		Room: "room", Request: "5k9d-02mx-q7ht", Requester: w.people["bob"], Typed: `/newroom "Desk" @alice @ravi`,
		Decision: commands.Decision{Command: "newroom", Rule: "desk rooms", Line: 12, Version: "0a1b2c3d", At: at}, Opened: at.Add(time.Second),
		AtStart: commands.Membership{
			Added: []symphony.UserID{id("bob"), id("alice"), id("eve"), 0}, Owners: []symphony.UserID{id("bob")},
			Absent: []commands.StoryAbsentee{
				{Who: id("ravi"), Cause: commands.CauseBarrier}, {Who: 103<<36 + 900, Cause: commands.CauseNotFound}, {Who: id("alice"), Cause: commands.CauseNotOwner},
				{Who: id("dana"), Cause: "of a later version"}, {Who: 104<<36 + 7, Cause: commands.CauseNotConnected},
			},
		},
		Events: []commands.RoomEvent{
			{At: at.Add(time.Hour), Entry: 9, Request: "448z-mtmq-8sc7", By: id("bob"), What: "renamed"},
			{At: at.Add(time.Hour), Entry: 12, Operator: "root", What: "retry"},
			{At: at.Add(2 * time.Hour), Entry: 14, Membership: commands.Membership{Added: []symphony.UserID{id("ravi")}}},
		},
		Entries: []int64{3, 4, 9, 12, 14}, Head: "20 00ff", At: at.Add(3 * time.Hour),
	}}
}

func TestRepliesReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	add := func(situation, who string, change func(*commands.Receipt)) {
		receipt := w.newReceipt()
		change(receipt)
		reply := w.tellsReceipt(who, receipt)
		require.True(t, reply.Private)
		entries = append(entries, entry{situation, reply})
	}
	add("a member reads the receipt of a room", "alice", func(*commands.Receipt) {})
	add("who has asked for the room reads it", "bob", func(*commands.Receipt) {})
	add("an administrator reads it", "carol", func(*commands.Receipt) {})
	add("it was approved", "carol", func(r *commands.Receipt) {
		at, id := r.Story.Opened, func(name string) symphony.UserID { return w.people[name].ID }
		r.Story.Approvals = []commands.StoryApproval{
			{At: at, Asked: []symphony.UserID{id("dana"), id("alice")}, Plan: []string{"Name: Desk", "Member: Ravi Shah"}},
			{At: at, Outcome: commands.ApprovalNotReached, Asked: []symphony.UserID{id("alice")}},
			{At: at, Outcome: commands.ApprovalClicked, Wanted: "approve", Why: "own-request", By: commands.Person{ID: id("bob")}},
			{At: at, Outcome: commands.ApprovalRejected, By: commands.Person{ID: id("dana")}},
			{At: at, InRoom: "desk"},
			{At: at, Outcome: commands.ApprovalExpired, By: r.Story.Requester},
			{At: at, Asked: []symphony.UserID{id("alice")}},
			{At: at, Outcome: commands.Approved, By: w.people["alice"]},
		}
	})
	add("a grant admitted it, and its id begins with a dash", "alice", func(r *commands.Receipt) {
		r.Story.Room, r.Story.Decision.Grant, r.Story.Decision.Rule = "-room", 3, "grant 3"
		r.Story.Grant = &commands.StoryGrant{N: 3, By: w.people["carol"], At: r.Story.Opened.Add(-time.Hour)}
	})
	add("people are invited and not in yet", "alice", func(r *commands.Receipt) {
		r.Story.AtStart.Added = r.Story.AtStart.Added[:2]
		at := r.Story.Opened
		r.Story.Invited = []commands.StoryInvitation{
			{Who: w.people["eve"].ID, At: at}, {Who: 104<<36 + 8, At: at}, {Who: 104<<36 + 9, At: at.Add(time.Minute)},
		}
	})
	add("the request has ended while somebody was invited", "bob", func(r *commands.Receipt) {
		r.Story.AtStart.Added, r.Story.Answered = r.Story.AtStart.Added[:2], r.Story.Opened.Add(time.Minute)
		r.Story.Invited = []commands.StoryInvitation{{Who: w.people["eve"].ID, At: r.Story.Opened}}
		r.Story.AtStart.Absent = []commands.StoryAbsentee{{Who: 104<<36 + 9, Cause: commands.CauseEnded}}
	})
	add("it was stopped after the room was opened", "alice", func(r *commands.Receipt) {
		r.Story.AtStart.Added = r.Story.AtStart.Added[:1]
		r.Story.Answered, r.Story.Outcome = r.Story.Opened.Add(time.Minute), commands.CodeStopped
		r.Story.Names = map[symphony.UserID]string{103<<36 + 900: "gone"}
	})
	add("Symphony does not know who is named in the facts", "carol", func(r *commands.Receipt) {
		r.Story.Names = map[symphony.UserID]string{103<<36 + 900: "gone"}
	})
	add("the facts are erased", "carol", func(r *commands.Receipt) {
		r.Story.Typed, r.Story.Requester = "", commands.Person{ID: r.Story.Requester.ID}
	})
	add("it is too long for a message", "carol", func(r *commands.Receipt) { r.Signed = strings.Repeat("x", 30_001) })
	add("the bot has no key", "carol", func(r *commands.Receipt) { r.Signed, r.Key, r.HasNoKey = "", "", true })
	add("the record was changed", "carol", func(r *commands.Receipt) { *r = commands.Receipt{IsChanged: true} })
	add("a person of another company asks", "eve", func(*commands.Receipt) {})
	entries = append(entries, entry{"the record does not tell of the room", w.tellsReceipt("alice", nil)})
	entries = append(entries, entry{"in the 1:1 chat", w.answer("alice", "/receipt")})
	requireReplies(t, "receipt.txt", entries)
}

func TestAReceiptOfACrowdedRoomFitsIntoAMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd = 100 })
	receipt := w.newReceipt()
	receipt.Signed = strings.Repeat("x", 30_000)
	receipt.Story.Typed = strings.Repeat("y", 20_000)
	var crowd []symphony.UserID
	for i := range w.crowd {
		crowd = append(crowd, symphony.UserID(crowdIDs+i))
	}
	receipt.Story.AtStart = commands.Membership{Added: crowd, Owners: crowd}
	receipt.Story.Events = append(receipt.Story.Events, commands.RoomEvent{Membership: commands.Membership{Added: crowd}})
	reply := w.tellsReceipt("carol", receipt)
	markup, _ := reply.Render(commands.Stamp{Request: "abc"})
	require.Equal(t, 60, strings.Count(markup, "<mention "))
	require.Less(t, len(markup), 50_000)
	require.Contains(t, plain(reply), " and 70 more")
}

func TestANumberOfARequestIsReadHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"5k9d-02mx-q7ht", "5K9D-02MX-Q7HT", "5k9d02mxq7ht", " 5k9d 02mx q7ht ", "#5k9d-02mx-q7ht",
		"Request 5k9d-02mx-q7ht", "request 5K9D-02MX-Q7HT.", "Request: 5k9d02mxq7ht",
	} {
		id, isNumber := commands.ParseRequestID(typed)
		require.True(t, isNumber, typed)
		require.Equal(t, commands.RequestID("5k9d-02mx-q7ht"), id, typed)
	}
	for _, typed := range []string{"", "foo", "5K9D", "Request", "5k9d-02mx-q7hu", "5k9d-02mx-q7ht-5k9d", "Requests 5k9d-02mx-q7ht"} {
		id, isNumber := commands.ParseRequestID(typed)
		require.False(t, isNumber, typed)
		require.Empty(t, id)
	}
}
