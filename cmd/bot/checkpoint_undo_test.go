package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// undo is the line of an errand that presses Undo.
const undo = "Undo"

// undoErrand is an errand in which a room is undone, and its name used again.
var undoErrand = []errandLine{
	{"alice", `/newroom "Lobby" @kim`},
	{"alice", `/newroom "Desk" @carol`},
	{"alice", undo},
	{"alice", `/newroom "Desk" @kim`},
}

// undoneNumber is the number in the name of a room that was undone.
var undoneNumber = regexp.MustCompile(`\(undone [0-9a-z]{4}\)`)

// give has somebody say a line, or press a button.
func (e *errand) give(line errandLine) (client.Said, error) {
	e.t.Helper()
	switch line.text {
	case undo:
		talk := e.talk()
		return e.world.Submits(e.t.Context(), line.who, talk[len(talk)-1], commands.FormOffer, commands.ButtonUndo, nil)
	case approve:
		return e.world.Submits(e.t.Context(), line.who, e.cardOf(line.who), commands.FormApproval, commands.ButtonApprove, nil)
	}
	return e.world.SaysIn(e.t.Context(), line.who, e.chat, line.text)
}

func newUndoErrand(t *testing.T, c checkpoint) *errand {
	e := newErrand(t, c)
	e.lines = undoErrand
	return e
}

func TestTheProgramMayBeKilledAtEveryCheckpointOfAnUndo(t *testing.T) {
	t.Parallel()
	manyStarts(t)
	killAtEach(t, 6, newUndoErrand, ran.requireUndone)
}

// requireUndone holds the end to one closed room, whose name another one has, and one answer that
// says so.
func (r ran) requireUndone(t *testing.T) {
	t.Helper()
	require.Subset(t, r.events, []string{
		"commit of new step decision/1, new intent rename, 1", "room update, 1", "commit of new step rename, new intent close, 1",
		"room setActive, 1", "message update, 1",
	})
	end := r.ending
	require.Len(t, end.Rooms, 3)
	require.Equal(t, "Desk …", end.Rooms[1].Name)
	require.False(t, end.Rooms[1].Active)
	require.Equal(t, "Desk", end.Rooms[2].Name)
	require.Len(t, end.Answers, 3)
	require.Contains(t, end.Answers[1].Text, "✓ Undone: Desk is closed.")
}
