package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

// approve is the line of an errand that presses Approve on a card.
const approve = "Approve"

// approvalErrand is an errand in which a room is approved before it is opened.
var approvalErrand = []errandLine{
	{"alice", `/newroom "Lobby" @bob`},
	{"bob", `/newroom "Desk" external @carol`},
	{"cora", approve},
	{"alice", `/newroom "Last"`},
}

const approvalPolicy = `{allow: [{name: rooms, who: [internal], commands: [newroom],
	approval: {when: {external: true}, by: ["user:cora", "user:kim"], within: 4h}}]}`

func (e *errand) needsApproval() *errand {
	e.t.Helper()
	e.lines, e.anyOrder = approvalErrand, true
	e.writePolicy(approvalPolicy)
	return e
}

// cardOf is the card that stands in somebody's 1:1 chat.
func (e *errand) cardOf(who string) (card client.Message) {
	e.t.Helper()
	chat, err := e.world.OpenChat(e.t.Context(), who, botName)
	require.NoError(e.t, err)
	for _, m := range e.talk() {
		if m.StreamID == chat {
			card = m
		}
	}
	require.NotEmpty(e.t, card.Forms, "a card that can be clicked")
	return card
}

// A request that somebody approves is carried out once, wherever the program is killed: while it
// asks, while it reads the click, and while it goes on.
func TestTheProgramMayBeKilledAtEveryCheckpointOfAnApproval(t *testing.T) {
	t.Parallel()
	manyStarts(t)
	killAtEach(t, 12, func(t *testing.T, c checkpoint) *errand { return newErrand(t, c).needsApproval() }, ran.requireApproved)
}

func TestTheProgramMayBeKilledAfterEveryCommitOfAnApprovalOnPostgreSQL(t *testing.T) {
	t.Parallel()
	manyStarts(t)
	newErrand := onDatabases(t)
	killAtSome(t, 12, func(t *testing.T, c checkpoint) *errand { return newErrand(t, c).needsApproval() }, ran.requireApproved,
		func(c checkpoint) bool { return c.after && strings.HasPrefix(c.event, "commit") })
}

// decisionTime is when something was decided, as an answer tells it.
var decisionTime = regexp.MustCompile(`\d+ \w+ \d{4}, \d\d:\d\d UTC`)

// clickNumber is the number of a click, which follows from its event.
var clickNumber = regexp.MustCompile(`^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$`)

// readApprovals lists what the audit record tells of approvals.
func (e *errand) readApprovals() (all []string) {
	e.t.Helper()
	store, release, err := e.inspect()
	require.NoError(e.t, err)
	defer release()
	require.NoError(e.t, store.ListEntries(e.t.Context(), engine.EntryFilter{Kind: audit.Approval}, func(s engine.StoredEntry) error {
		var body struct{ Act string }
		err := json.Unmarshal(s.Body, &body)
		all = append(all, body.Act)
		return err
	}))
	return all
}

// requireApproved holds the end to one room, one answer, and cards that say who decided.
func (r ran) requireApproved(t *testing.T) {
	t.Helper()
	require.Subset(t, r.events, []string{
		"commit of new step approval/1/plan, new step decision/1, new question, changed command, 1", "message create, 1", "room create, 1",
	})
	for _, part := range []string{"commit of changed question, new step answer/1, ", "new step card-ended/1/"} {
		require.True(t, slices.ContainsFunc(r.events, func(e string) bool { return strings.Contains(e, part) }), part)
	}
	end := r.ending
	require.Len(t, end.Rooms, 3)
	require.Equal(t, "Desk", end.Rooms[1].Name)
	require.Equal(t, []client.Member{{Username: "bob", Owner: true}, {Username: "carol"}, {Username: botName, Owner: true}}, end.Rooms[1].Members)
	card := errandAnswer{To: approvalErrand[1].text, Private: true, Text: "Bob Chen's room “Desk” (request " + approvalErrand[1].text + "): approved by Cora Lind on ….\n" +
		"• Name: Desk\n• Room: private · open to other companies\n• Owner: Bob Chen, who asks for it\n• Member: Carol O'Neil\n" +
		"• Cannot be undone: other companies keep what they have read"}
	require.Equal(t, []errandAnswer{card, card}, end.Answers[:2], "of both who were asked")
	require.Len(t, end.Answers, 6)
	require.Contains(t, end.Answers[2].Text, "✓ Desk (link to Desk) is open")
	require.Contains(t, end.Answers[2].Text, "✓ Approved by Cora Lind on …")
	require.Equal(t, errandAnswer{To: "a click", Private: true, Text: "✓ You have approved it. Bob Chen reads what comes of it."}, end.Answers[5])
	require.Equal(t, []string{"asked", "approved"}, end.Approvals)
}
