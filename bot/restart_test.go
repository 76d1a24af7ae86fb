package bot_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

func TestAfterARestartOnlyMissingPeopleAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond = 40, 25 })
	people, names := w.colleagues(40)
	asked := w.asks("bob", `/newroom "Long way" `+people+` group:"Test Group"`)
	require.Eventually(t, func() bool {
		rooms := w.rooms("Long way")
		return len(rooms) == 1 && len(rooms[0].Members) > 15
	}, patience, 2*time.Millisecond)
	w.stop()
	begun := w.calls("addMember")
	outside := w.countMissing("Long way", append(names, "bob", "Test Group"))
	w.start()
	asked.endsWith("✓ Long way", "and 20 more")
	w.theOnly("Long way", append(names, "bob", "alice", "carol")...)
	require.LessOrEqual(t, w.calls("addMember")-begun, outside)
}

// countMissing counts those of some people and groups who are not in the room.
func (w *world) countMissing(name string, wanted []string) int {
	w.t.Helper()
	in := map[string]bool{}
	for _, m := range w.theRoom(name).Members {
		in[m.Username] = true
		for _, group := range m.Through {
			in[group] = true
		}
	}
	n := 0
	for _, who := range wanted {
		if !in[who] {
			n++
		}
	}
	return n
}

// calls counts the calls of an operation.
func (w *world) calls(operation string) int {
	w.t.Helper()
	all, err := w.pod.Calls(w.t.Context(), 0)
	require.NoError(w.t, err)
	n := 0
	for _, c := range all {
		if c.Operation == operation {
			n++
		}
	}
	return n
}

func TestARequesterWhoLeavesDoesNotStopTheRest(t *testing.T) {
	t.Parallel()
	var left atomic.Bool
	turnedAway := func(pod http.Handler) http.Handler {
		without := refuseAdding(idBob, http.StatusForbidden)(pod)
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if left.Load() {
				without.ServeHTTP(rw, r)
				return
			}
			pod.ServeHTTP(rw, r)
		})
	}
	w := newWorld(t, withFront(turnedAway), func(w *world) { w.crowd, w.limits.AddsPerSecond = 40, 15 })
	people, names := w.colleagues(30)
	asked := w.asks("bob", `/newroom "Left" `+people)
	require.Eventually(t, func() bool {
		rooms := w.rooms("Left")
		return len(rooms) == 1 && len(rooms[0].Members) > 11
	}, patience, tick)
	w.stop()
	left.Store(true)
	require.NoError(t, w.pod.Leave(t.Context(), "bob", w.theRoom("Left").StreamID))
	w.start()
	asked.endsWith("Left", "is open", "and 10 more")
	w.theOnly("Left", names...)
}

// stopsHalfWay ends the bot when it has made a room and nobody is in it yet.
func (w *world) stopsHalfWay(name string) said {
	w.t.Helper()
	w.fail(client.Fault{Path: onAdd, Delay: "300ms", Drop: "before"})
	asked := w.asks("bob", `/newroom "`+name+`" @alice group:"Test Group"`)
	w.waitForFaults(1)
	w.stop()
	w.heal()
	return asked
}

func TestABotThatWasRemovedFromTheRoomSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.stopsHalfWay("Shut")
	require.NoError(t, w.pod.Leave(t.Context(), "roombot", w.theRoom("Shut").StreamID))
	w.start()
	asked.endsWith("⚠ Shut", "Bob Chen, Alice Martin, Test Group: I am not in the room any more, and cannot see who is")
}

// Whether the first answer was sent shows only after a while. That wait is no report that failed,
// of which there are so many only.
func TestACancelledRequestIsAnsweredThoughItsFirstAnswerMayStillArrive(t *testing.T) {
	t.Parallel()
	firstAnswer := newHold("/message/create", "")
	w := newWorld(t, settlesSoon, withFront(firstAnswer.front))
	w.fail(client.Fault{Path: onAdd, Status: http.StatusServiceUnavailable})
	asked := w.asks("bob", `/newroom "Unsettled" @alice`)
	<-firstAnswer.arrived
	w.stop()
	w.operates(func(i *engine.Inspector) error { return i.Cancel(t.Context(), asked.Message.ID) })
	firstAnswer.release()
	w.start()
	asked.endsWith("Your administrators have ended this before it was finished", "Unsettled", "is open, without ")
	require.NotContains(t, w.log.String(), "failure could not be reported")
}
