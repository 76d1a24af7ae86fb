package commands_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

// The answer waits 400 ms, or three times what the requester's own add took, and never over 2 s.
func TestAnswerWaitsByTheRequestersOwnAdd(t *testing.T) {
	t.Parallel()
	for took, wait := range map[time.Duration]time.Duration{
		0: 400 * time.Millisecond, 100 * time.Millisecond: 400 * time.Millisecond, 200 * time.Millisecond: 600 * time.Millisecond,
		600 * time.Millisecond: 1800 * time.Millisecond, 5 * time.Second: 2 * time.Second,
	} {
		t.Run(took.String(), func(t *testing.T) {
			t.Parallel()
			waits := make(chan time.Duration, 10)
			begin, asked := time.Now(), new(atomic.Int32)
			w := newWorld(t, func(w *world) {
				w.clock.Now = func() time.Time { // asked before and after the add of the requester
					if asked.Add(1) == 1 {
						return begin
					}
					return begin.Add(took)
				}
				w.clock.After = func(d time.Duration) <-chan time.Time { waits <- d; return nil }
			})
			plan, job := w.mustPlan("bob", `/newroom "Waits" @alice @carol`), newJob()
			require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
			require.Empty(t, job.first, "the wait is never over")
			require.Equal(t, []time.Duration{wait}, drain(waits))
		})
	}
}

// drain is what is in a channel.
func drain[T any](from chan T) (all []T) {
	for {
		select {
		case value := <-from:
			all = append(all, value)
		default:
			return all
		}
	}
}

func TestThereIsNoFirstAnswerWhenOnlyTheStoreIsWaitedFor(t *testing.T) {
	t.Parallel()
	over := make(chan time.Time)
	w := newWorld(t, func(w *world) {
		w.clock.After = func(time.Duration) <-chan time.Time { return over }
	})
	plan, job := w.mustPlan("bob", `/newroom "Stored" @alice`), newJob()
	job.slow = func(step string) {
		if step == "members/0" {
			over <- time.Time{} // the wait ends when everybody is in
		}
	}
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Empty(t, job.first)
}

// A part that is due while the answer waits anyway does not put the job off.
func TestPartThatIsDueSoonIsAddedInTheSameAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCrowd(10), func(w *world) { w.limits.AddsPerSecond = 5 }) // the eleventh person after 200 ms
	plan, job := w.mustPlan("bob", `/newroom "Eleven" `+w.mentionCrowd(10)), newJob()
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodeDone, reply.Code)
	require.Len(t, w.members("Eleven"), 11)
}

func TestRecoveredAnswerTellsWhatIsSo(t *testing.T) {
	t.Parallel()
	const crowded = "/membership/list"
	for name, c := range map[string]struct {
		people  string
		blocked bool                                   // whether Alice may not be added at first
		crash   string                                 // the step whose result is lost
		change  func(w *world, room symphony.StreamID) // what happens before the next attempt
		code    string
		sees    []string
		hides   []string
	}{
		"requester was added by an earlier process": {
			people: `@Alice Martin @Carol O'Neil owner:@alice`, crash: "members/0", code: commands.CodeDone,
			sees: []string{"Owners: Bob Chen (you), Alice Martin\n", "Member: Carol O'Neil\n"},
		},
		"absentee of an earlier part": {
			people: `@Ravi Shah @Carol O'Neil`, crash: "members/10", code: commands.CodePartial,
			sees: []string{"Ravi Shah: Symphony does not allow it. An information barrier", "Owner: Bob Chen (you)\n", "Carol O'Neil, Ada Abbott", "and 1 more"},
		},
		"requester has left": {
			people: `@Alice Martin @Carol O'Neil`, crash: "members/10", code: commands.CodePartial,
			change: func(w *world, room symphony.StreamID) { w.remove(room, "bob") },
			sees:   []string{"Bob Chen: added, but not in the room any more", "Members: Alice Martin, Carol O'Neil"},
			hides:  []string{"Bob Chen (you)"},
		},
		"requester has left before being made an owner": {
			people: `@Alice Martin @Carol O'Neil`, crash: "members/0", code: commands.CodePartial,
			change: func(w *world, room symphony.StreamID) { w.remove(room, "bob") },
			sees:   []string{"Bob Chen: added, but not in the room any more", "Members: Alice Martin, Carol O'Neil"},
			hides:  []string{"Bob Chen (you)", "not made an owner"},
		},
		"absentee was added by hand, and a member promoted": {
			people: `@Alice Martin @Carol O'Neil`, crash: "members/10", code: commands.CodeDone,
			blocked: true,
			change: func(w *world, room symphony.StreamID) {
				require.NoError(w.t, w.client.AddMember(w.t.Context(), room, w.people["alice"].ID))
				require.NoError(w.t, w.client.PromoteOwner(w.t.Context(), room, w.people["carol"].ID))
			},
			sees:  []string{"Owners: Bob Chen (you), Carol O'Neil\n", "Members: Alice Martin, Ada Abbott"},
			hides: []string{"compliance"},
		},
		"members cannot be listed": {
			people: `@Ravi Shah @Carol O'Neil`, crash: "members/10", code: commands.CodePartial,
			change: func(w *world, _ symphony.StreamID) { w.stub(stub{path: crowded, status: http.StatusForbidden}) },
			sees:   []string{"Ravi Shah: Symphony does not allow it. An information barrier", "Owner: Bob Chen (you)\n", "Carol O'Neil, Ada Abbott"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withCrowd(20), func(w *world) { w.limits.AddsPerSecond = 10_000 })
			people := c.people
			if c.crash == "members/10" { // two parts
				people += " " + w.mentionCrowd(20)
			}
			plan, job := w.mustPlan("bob", fmt.Sprintf("/newroom %q %s", "Recovered", people)), newJob()
			job.crash = c.crash
			unblock := func() {}
			if c.blocked {
				unblock = w.stub(stub{path: addCall, body: fmt.Sprint(w.people["alice"].ID), status: 451})
			}
			_, err := plan.Apply(t.Context(), job)
			require.ErrorIs(t, err, errCrash)
			job.crash = ""
			unblock()
			if c.change != nil {
				c.change(w, w.rooms("Recovered")[0].ID)
			}
			reply := w.finish(plan, job)
			require.Equal(t, c.code, reply.Code, plain(reply))
			for _, text := range c.sees {
				require.Contains(t, plain(reply), text)
			}
			for _, text := range c.hides {
				require.NotContains(t, plain(reply), text)
			}
		})
	}
}

// remove takes somebody out of a room.
func (w *world) remove(room symphony.StreamID, username string) {
	w.t.Helper()
	require.NoError(w.t, w.client.RemoveMember(w.t.Context(), room, w.people[username].ID))
}

func TestAnswerNamesTheRoomAsItIsCalledNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
	plan, job := w.mustPlan("bob", `/newroom "Before" @alice`), newJob()
	_, err := plan.Apply(t.Context(), job)
	require.Error(t, err)
	_, err = w.client.UpdateRoom(t.Context(), w.rooms("Before")[0].ID, symphony.RoomUpdate{Name: new("After")})
	require.NoError(t, err)
	require.Contains(t, plain(w.finish(plan, job)), "✓ After (")
}
