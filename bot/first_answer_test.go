package bot_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestARoomThatIsFilledSoonHasOneAnswer(t *testing.T) {
	t.Parallel()
	w, recorder := newRecordedWorld(t, "Soon", newSteeredClock(), nil)
	w.asks("bob", `/newroom "Soon" @carol owner:@alice @ravi group:"FX EMEA"`).endsWith(
		"⚠ Soon", "Owners: Bob Chen (you), Alice Martin\n", "Member: Carol O'Neil\n", "Ravi Shah: Symphony does not allow it. An information barrier")
	require.Len(t, recorder.requireTruth(t), 1, "one message and no edit")
}

func TestTheFirstAnswerNamesAsMembersOnlyThoseWhoAreIn(t *testing.T) {
	t.Parallel()
	clock, alice := newSteeredClock(), newHold("/membership/add", fmt.Sprint(idAlice))
	w, recorder := newRecordedWorld(t, "Slow", clock, []front{alice.front})
	asked := w.asks("bob", `/newroom "Slow" @alice @carol group:"FX EMEA"`)
	wait := clock.nextSpan(t)
	require.Equal(t, 400*time.Millisecond, wait.length)
	<-alice.arrived
	wait.passes <- time.Time{}
	first := asked.waitForAnswer("✓ Slow", "Alice Martin", ", about 1 s.")
	require.NotRegexp(t, `• (Owner|Member)s?: .*Alice Martin`, first)
	require.Regexp(t, `(?m)^Adding: .*Alice Martin`, first)
	alice.release()
	asked.endsWith("✓ Slow", "Owner: Bob Chen (you)\n", "Members: Alice Martin, Carol O'Neil\n", "Group: FX EMEA (2 people)\n")
	require.Len(t, recorder.requireTruth(t), 2, "one edit ends it")
}

func TestTheFirstAnswerNamesNobodyAsOwnerBeforeTheyAre(t *testing.T) {
	t.Parallel()
	clock, promotion := newSteeredClock(), newHold("/membership/promoteOwner", "")
	w, recorder := newRecordedWorld(t, "Flat", clock, []front{promotion.front})
	asked := w.asks("bob", `/newroom "Flat" owner:@alice`)
	wait := clock.nextSpan(t)
	<-promotion.arrived
	<-promotion.arrived
	wait.passes <- time.Time{}
	asked.waitForAnswer("✓ Flat", "Members: Bob Chen (you), Alice Martin\n", "Making owners: Bob Chen (you), Alice Martin, about 1 s.")
	promotion.release()
	asked.endsWith("✓ Flat", "Owners: Bob Chen (you), Alice Martin\n")
	require.Len(t, recorder.requireTruth(t), 2)
}

func TestTheAnswerWaitsLongerWhereSymphonyIsSlow(t *testing.T) {
	t.Parallel()
	clock := newSteeredClock()
	slow := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/membership/add") {
				clock.advance(300 * time.Millisecond)
			}
			pod.ServeHTTP(rw, r)
		})
	}
	w, recorder := newRecordedWorld(t, "Slow", clock, []front{slow})
	w.asks("bob", `/newroom "Slow" @alice`).endsWith("✓ Slow", "Member: Alice Martin\n")
	require.Equal(t, 900*time.Millisecond, clock.nextSpan(t).length)
	require.Len(t, recorder.requireTruth(t), 1)
}

func TestAStopDoesNotWaitForTheAnswer(t *testing.T) {
	t.Parallel()
	clock, alice := newSteeredClock(), newHold("/membership/add", fmt.Sprint(idAlice))
	w, recorder := newRecordedWorld(t, "Stopped", clock, []front{alice.front})
	asked := w.asks("bob", `/newroom "Stopped" @alice @carol`)
	<-alice.arrived
	w.stop()
	alice.release()
	w.start()
	asked.endsWith("✓ Stopped", "Owner: Bob Chen (you)\n", "Members: Alice Martin, Carol O'Neil\n")
	require.Len(t, recorder.requireTruth(t), 1, "nothing was shown before the stop")
}

// Each version of an answer is compared with the room when it is sent, with the machine's clock.
func TestEveryVersionOfAnAnswerIsTrueWhenItIsSent(t *testing.T) {
	t.Parallel()
	const command = `/newroom "True" @carol owner:@alice group:"FX EMEA"`
	whole := []string{"✓ True", "Owners: Bob Chen (you), Alice Martin\n", "Member: Carol O'Neil\n", "Group: FX EMEA (2 people)\n"}
	for name, c := range map[string]struct {
		faults   []client.Fault
		fronts   []front
		crowd    int  // people who are named instead
		restart  bool // the bot is stopped while they are added
		ends     []string
		versions int // how many, 0 where the machine may decide
	}{
		"all adds take a while": {
			faults: []client.Fault{{Path: onAdd, Delay: "300ms"}, {Path: onPromote, Delay: "100ms"}}, ends: whole,
		},
		"one add takes longer":   {fronts: []front{holdAdding(idAlice)}, ends: whole, versions: 2},
		"promotion takes longer": {faults: []client.Fault{{Path: onPromote, Delay: "700ms"}}, ends: whole, versions: 2},
		"an add is refused": {
			fronts: []front{refuseAdding(idAlice, 451)},
			ends:   []string{"⚠ True", "Alice Martin: blocked by a compliance rule", "Owner: Bob Chen (you)\n", "Member: Carol O'Neil\n"},
		},
		"an add is refused late": {
			fronts: []front{refuseAdding(idAlice, 451), holdAdding(idAlice)}, versions: 2,
			ends: []string{"⚠ True", "Alice Martin: blocked by a compliance rule", "Owner: Bob Chen (you)\n", "Member: Carol O'Neil\n"},
		},
		"the requester is refused, and others are slow": {
			fronts: []front{refuseAdding(idBob, 451), holdAdding(idAlice)}, versions: 2,
			ends: []string{"⚠ True", "Bob Chen: blocked by a compliance rule", "Owner: Alice Martin\n", "Member: Carol O'Neil\n"},
		},
		"the answer to an add is lost":       {faults: []client.Fault{{Path: onAdd, Drop: "after", Count: 3}}, ends: whole},
		"the answer to a promotion is lost":  {faults: []client.Fault{{Path: onPromote, Drop: "after", Count: 3}}, ends: whole},
		"the answer to the creation is lost": {faults: []client.Fault{{Path: onCreate, Drop: "after", Count: 1}}, ends: whole},
		"the answer to the message is lost": {
			fronts: []front{holdAdding(idAlice)}, faults: []client.Fault{{Path: onSend, Drop: "after", Count: 1}}, ends: whole,
		},
		"the answer to the edit is lost": {
			fronts: []front{holdAdding(idAlice)}, faults: []client.Fault{{Path: "*/message/*/update", Drop: "after", Count: 1}}, ends: whole,
		},
		"thirty people are added":                 {crowd: 30, ends: []string{"✓ True", "Owner: Bob Chen (you)\n", "and 10 more"}, versions: 2},
		"the process ends while thirty are added": {crowd: 30, restart: true, ends: []string{"✓ True", "Owner: Bob Chen (you)\n", "and 10 more"}, versions: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, recorder := newRecordedWorld(t, "True", nil, c.fronts, settlesSoon, func(w *world) {
				w.crowd, w.limits.AddsPerSecond = c.crowd, 15
			})
			text := command
			if c.crowd > 0 {
				people, _ := w.colleagues(c.crowd)
				text = `/newroom "True" ` + people
			}
			w.fail(c.faults...)
			asked := w.asks("bob", text)
			if c.restart {
				w.waitForMembers("True", 15)
				w.stop()
				w.start()
			}
			asked.endsWith(c.ends...)
			versions := recorder.requireTruth(t)
			if c.versions > 0 {
				require.Len(t, versions, c.versions, "%q", versions)
			}
			require.LessOrEqual(t, len(w.answers("bob", asked)), 1, "answers shown")
		})
	}
}

// holdAdding has the add of one account wait until the bot has posted a message.
func holdAdding(account int64) front {
	posted := make(chan struct{})
	var once sync.Once
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			switch {
			case strings.HasSuffix(r.URL.Path, "/message/create"):
				defer once.Do(func() { close(posted) })
			case strings.HasSuffix(r.URL.Path, "/membership/add") && strings.Contains(string(body), fmt.Sprint(account)):
				select {
				case <-posted:
				case <-r.Context().Done():
				}
			}
			pod.ServeHTTP(rw, r)
		})
	}
}

// waitForMembers waits until a room has more members than that.
func (w *world) waitForMembers(name string, most int) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		rooms := w.rooms(name)
		return len(rooms) == 1 && len(rooms[0].Members) > most
	}, patience, tick)
}

// Somebody who was added and has left is not named as a member, whatever the steps have stored.
func TestTheAnswerAfterARestartTellsWhoHasLeft(t *testing.T) {
	t.Parallel()
	w, recorder := newRecordedWorld(t, "Left", nil, nil, func(w *world) { w.crowd, w.limits.AddsPerSecond = 30, 15 })
	people, _ := w.colleagues(30)
	asked := w.asks("bob", `/newroom "Left" `+people)
	w.waitForMembers("Left", 11)
	w.stop()
	require.NoError(t, w.pod.Leave(t.Context(), "bob", w.theRoom("Left").StreamID))
	w.start()
	asked.endsWith("⚠ Left", "Bob Chen: added, but not in the room any more", "and 10 more")
	recorder.requireTruth(t)
}
