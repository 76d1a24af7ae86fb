package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// The program is killed before and after each write to the pod and each commit
// to the store, one of them in each run, and started again: the same comes of it
// as if nothing had happened.
func TestTheProgramMayBeKilledAtEveryCheckpoint(t *testing.T) {
	t.Parallel()
	manyStarts(t)
	killAtEach(t, 6, newErrand, ran.requireAsAsked)
}

// The same with PostgreSQL, where another life of the program takes over what
// the killed one had in hand.
func TestTheProgramMayBeKilledAtEveryCheckpointOnPostgreSQL(t *testing.T) {
	t.Parallel()
	manyStarts(t)
	killAtEach(t, 12, onDatabases(t), ran.requireAsAsked)
}

func manyStarts(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the program more than a hundred times")
	}
}

// killAtEach goes through the errand once for each checkpoint, several at once:
// more than processors, since they mostly wait until an unanswered call is
// settled, or a dead one's work is taken over.
func killAtEach(t *testing.T, several int, newErrand func(*testing.T, checkpoint) *errand, check func(ran, *testing.T)) {
	t.Helper()
	killAtSome(t, several, newErrand, check, func(checkpoint) bool { return true })
}

// killAtSome does so for the checkpoints that are wanted.
func killAtSome(t *testing.T, several int, newErrand func(*testing.T, checkpoint) *errand, check func(ran, *testing.T), wanted func(checkpoint) bool) {
	t.Helper()
	undisturbed := runUndisturbed(t, newErrand)
	check(undisturbed, t)

	var missed atomic.Int32
	var atOnce errgroup.Group
	atOnce.SetLimit(several)
	all := slices.DeleteFunc(undisturbed.checkpoints(), func(c checkpoint) bool { return !wanted(c) })
	for _, c := range all {
		atOnce.Go(func() error {
			t.Run(c.String(), func(t *testing.T) {
				for range 10 { // what runs side by side does not come in the same order each time
					ran := newErrand(t, c).run()
					require.Equal(t, undisturbed.ending, ran.ending)
					if ran.reached {
						return
					}
					t.Log("not reached: ", strings.Join(ran.events, "; "))
				}
				missed.Add(1)
			})
			return nil
		})
	}
	_ = atOnce.Wait() // the subtests tell
	t.Logf("%d checkpoints, %d of them not reached", len(all), missed.Load())
	require.LessOrEqual(t, int(missed.Load()), (len(all)+9)/10, "a tenth at most")
}

// runUndisturbed goes through the errand until two runs came to the same writes and commits, and
// gives the last: which steps are committed together depends on how fast the pod answers, and the
// checkpoints of a run that was held up by other work would hardly come again.
func runUndisturbed(t *testing.T, newErrand func(*testing.T, checkpoint) *errand) (last ran) {
	t.Helper()
	seen := map[string]bool{}
	for range 5 {
		last = newErrand(t, checkpoint{}).run()
		events := strings.Join(slices.Sorted(slices.Values(last.events)), "; ")
		if seen[events] {
			break
		}
		seen[events] = true
	}
	return last
}

// ending is what there is in the end, told without ids.
type ending struct {
	Rooms     []client.Room
	Answers   []errandAnswer
	Approvals []string // what the audit record tells of approvals
}

// errandAnswer is a message of the bot as it stands in the end.
type errandAnswer struct {
	To      string // the command
	Private bool
	Text    string
}

func (e *errand) readEnding() (end ending) {
	e.t.Helper()
	rooms, err := e.world.Rooms(e.t.Context())
	require.NoError(e.t, err)
	var ids []string
	for i, said := range e.said {
		ids = append(ids, string(commands.NewRequestID(said.ID)), e.lines[i].text)
	}
	for _, r := range rooms {
		ids = append(ids, messageml.RoomLink(r.StreamID), "link to "+r.Name)
	}
	named := strings.NewReplacer(ids...)
	for _, m := range e.talk() {
		end.Answers = append(end.Answers, errandAnswer{
			To: clickNumber.ReplaceAllString(named.Replace(trial.ReadStamp(m).Request), "a click"), Private: m.StreamID != e.chat,
			Text: decisionTime.ReplaceAllString(undoneNumber.ReplaceAllString(named.Replace(m.Text), "…"), "…"),
		})
	}
	if e.anyOrder {
		slices.SortFunc(end.Answers, func(a, b errandAnswer) int { return strings.Compare(a.Text, b.Text) })
	}
	end.Approvals = e.readApprovals()
	for _, r := range rooms {
		r.StreamID, r.Created, r.Name = "", 0, undoneNumber.ReplaceAllString(r.Name, "…")
		for i := range r.Keywords {
			r.Keywords[i].Value = named.Replace(r.Keywords[i].Value)
			if r.Keywords[i].Key == commands.ProofKeyword { // which follows from ids and keys
				r.Keywords[i].Value = fmt.Sprintf("%d characters", len(r.Keywords[i].Value))
			}
		}
		for i := range r.Members {
			r.Members[i].Joined = 0
		}
		slices.SortFunc(r.Members, func(a, b client.Member) int { return strings.Compare(a.Username, b.Username) })
		slices.Sort(r.Owners)
		end.Rooms = append(end.Rooms, r)
	}
	return end
}

// requireAsAsked holds the end to what was asked for.
func (r ran) requireAsAsked(t *testing.T) {
	t.Helper()
	require.Subset(t, r.events, []string{
		"commit of new claim, new step decided, new step plan, new step decision/1, new quota, new intent room, 1", "room create, 1", "message create, 1", "im create, 1",
	})
	require.True(t, slices.ContainsFunc(r.events, func(e string) bool { return strings.HasPrefix(e, "commit of new step room,") }),
		"the room is stored before all are added")
	end := r.ending
	require.Len(t, end.Rooms, 3)
	desk := end.Rooms[1]
	require.Equal(t, []client.Keyword{
		{Key: commands.RequestKeyword, Value: errandSays[1].text}, {Key: commands.ProofKeyword, Value: "32 characters"},
	}, desk.Keywords)
	sales := []string{"Equities Sales"}
	require.Equal(t, []client.Member{
		{Username: "alice", Owner: true, Through: sales}, {Username: "bob", Through: sales}, {Username: "carol"},
		{Username: "cora", Owner: true}, {Username: "eve", Owner: true}, {Username: botName, Owner: true},
	}, desk.Members)
	require.Len(t, end.Answers, len(errandSays))
	require.Equal(t, errandSays[1].text, end.Answers[1].To)
	require.Contains(t, end.Answers[1].Text, "⚠ Desk (link to Desk) is open")
	require.Contains(t, end.Answers[1].Text, "Ravi Shah: Symphony does not allow it")
	require.True(t, end.Answers[2].Private)
	require.Contains(t, end.Answers[2].Text, "Contractors cannot open rooms")
}

// talk is what the bot has said as people see it now: of edited messages the latest version.
func (e *errand) talk() []client.Message {
	e.t.Helper()
	all, err := e.world.Messages(e.t.Context(), client.MessageFilter{From: botName})
	require.NoError(e.t, err)
	return withoutReplaced(all)
}
