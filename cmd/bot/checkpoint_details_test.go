package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// jointErrand is an errand in a room with another company: details go to 1:1 chats, and the room
// gets a notice of each.
var jointErrand = []errandLine{
	{"alice", `/newroom "Lobby" external @eve @kim`},
	{"alice", "/groups equi"},
	{"kim", `/newroom "Mine"`},
	{"alice", `/newroom "Last" preview`},
}

func newJointErrand(t *testing.T, c checkpoint) *errand {
	e := newErrand(t, c)
	e.lines = jointErrand
	return e
}

func TestTheProgramMayBeKilledAtEveryCheckpointWhileItSendsDetails(t *testing.T) {
	t.Parallel()
	manyStarts(t)
	killAtEach(t, 6, newJointErrand, ran.requireDetailsAndNotices)
}

// requireDetailsAndNotices holds the end to details and a notice for each command in the room.
func (r ran) requireDetailsAndNotices(t *testing.T) {
	t.Helper()
	require.Subset(t, r.events, []string{"im create, 1", "commit of new step reply, new intent notice, 1", "message create, 2"})
	end := r.ending
	const notice = "I have sent the details to you in our 1:1 chat."
	require.Len(t, end.Rooms, 1)
	require.Len(t, end.Answers, 1+2*(len(jointErrand)-1))
	details := []string{"Equities Sales (2 people)", "Contractors cannot open rooms", "This would open Last"}
	for i, line := range jointErrand[1:] {
		private, shown := end.Answers[1+2*i], end.Answers[2+2*i]
		require.Equal(t, []string{line.text, line.text}, []string{private.To, shown.To})
		require.True(t, private.Private)
		require.Contains(t, private.Text, details[i])
		require.Equal(t, errandAnswer{To: line.text, Text: notice}, shown)
	}
}
