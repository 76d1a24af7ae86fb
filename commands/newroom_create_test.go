package commands_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

const createCall = "/pod/v3/room/create"

// settlesSoon is for tests in which an unanswered call is looked for.
func settlesSoon(w *world) {
	w.limits.CallTimeout, w.limits.SearchLag = time.Second, 50*time.Millisecond
}

func TestRoomCarriesItsRequestAndEveryFlag(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.request("bob", `/newroom "Flags" history @alice desc:"Prep"`)
	plan, err := w.plan(r)
	require.NoError(t, err)
	reply := w.finish(plan, newJob())
	require.Equal(t, commands.CodeDone, reply.Code)
	rooms := w.rooms("Flags")
	require.Len(t, rooms, 1)
	require.Equal(t, reply.Room, rooms[0].ID)
	got := rooms[0].Attributes
	require.Contains(t, got.Keywords, symphony.Keyword{Key: commands.RequestKeyword, Value: string(r.ID)})
	require.Equal(t, "Prep", got.Description)
	require.Equal(t, []bool{false, true, false, false, false, false, false},
		[]bool{got.Public, got.ViewHistory, got.Discoverable, got.MembersCanInvite, got.CrossPod, got.ReadOnly, got.CopyProtected})
	require.Equal(t, []string{"alice", "bob*"}, w.members("Flags"))
}

func TestPublicRoomIsOpenInEveryWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, option := range map[string]string{"Public": "public", "Not private": "private:no"} {
		w.answer("bob", `/newroom "`+name+`" `+option)
		got := w.rooms(name)[0].Attributes
		require.True(t, got.Public && got.Discoverable && got.ViewHistory && got.MembersCanInvite, name)
		require.Equal(t, "Opened by Bob Chen with Roombot", got.Description)
	}
}

func TestRoomIsCreatedOnceAfterALostAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
	plan, job := w.mustPlan("bob", `/newroom "Once" @alice`), newJob()

	_, err := plan.Apply(t.Context(), job)
	require.Equal(t, symphony.OutcomeUnknown, symphony.VerdictOf(err))
	touched, err := commands.MayHaveWritten(t.Context(), job)
	require.NoError(t, err)
	require.True(t, touched)

	_, err = plan.Apply(t.Context(), job)
	var wait *commands.WaitError
	require.ErrorAs(t, err, &wait, "the call may still arrive")
	require.False(t, wait.Planned)
	require.LessOrEqual(t, wait.After, w.env.Limits.Settle())

	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Equal(t, []string{"alice", "bob*"}, w.members("Once"))
	require.Equal(t, 1, w.calls(createCall))
}

func TestRoomIsCreatedOnceAfterACrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	plan, job := w.mustPlan("bob", `/newroom "Crashed" @alice`), newJob()
	job.crash = "room"
	_, err := plan.Apply(t.Context(), job)
	require.ErrorIs(t, err, errCrash)
	job.crash = ""
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Equal(t, []string{"alice", "bob*"}, w.members("Crashed"))
	require.Equal(t, 1, w.calls(createCall))
}

func TestRoomIsCreatedAgainWhenTheFirstCallDidNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.stub(stub{path: createCall, status: http.StatusServiceUnavailable, count: 1})
	w.requireMembers("Late", "@alice", "alice", "bob*")
	require.Equal(t, 2, w.calls(createCall))
}

func TestIntentionIsWithdrawnWhenNothingWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	remove := w.stub(stub{path: createCall, status: http.StatusTooManyRequests})
	plan, job := w.mustPlan("bob", `/newroom "Paced"`), newJob()
	_, err := plan.Apply(t.Context(), job)
	require.Equal(t, symphony.NotSent, symphony.VerdictOf(err))
	touched, err := commands.MayHaveWritten(t.Context(), job)
	require.NoError(t, err)
	require.False(t, touched)
	remove()
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
}

// A name that is taken after an unanswered call may be taken by our own room, which is not
// searchable yet.
func TestNameTakenByOurOwnRoomIsSearchedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 200*time.Millisecond, time.Millisecond })
	w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
	w.stub(stub{path: "/room/search", status: http.StatusOK, answer: `{"count":0,"skip":0,"limit":100,"query":{},"rooms":[]}`, count: 3})
	plan, job := w.mustPlan("bob", `/newroom "Hidden" @alice`), newJob()
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Equal(t, []string{"alice", "bob*"}, w.members("Hidden"))
}

// Each of several processes may have ended right after it had stored that it would create the room.
func TestNameTakenByOurOwnRoomIsSearchedAgainAfterAnyNumberOfCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 100*time.Millisecond, time.Millisecond })
	plan, job := w.mustPlan("bob", `/newroom "Hidden" @alice`), newJob()
	for range 5 {
		require.NoError(t, job.Intend(t.Context(), "room"))
	}
	w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
	w.stub(stub{path: "/room/search", status: http.StatusOK, answer: `{"count":0,"rooms":[]}`, count: 4})
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Equal(t, []string{"alice", "bob*"}, w.members("Hidden"))
}

func TestNameTakenBySomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 200*time.Millisecond, time.Millisecond })
	w.answer("alice", `/newroom "Theirs" @Bob Chen`)
	w.stub(stub{path: createCall, status: http.StatusServiceUnavailable, count: 1})
	require.Equal(t, "name-taken", w.answer("bob", `/newroom "Theirs"`).Code)
	require.Equal(t, []string{"alice*", "bob"}, w.members("Theirs"))
}

// After a call without an answer a refusal of any kind may be due to our own room.
func TestEveryRefusalAfterALostAnswerIsLookedInto(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 409, 451, 452} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 200*time.Millisecond, time.Millisecond })
			w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
			w.stub(stub{path: createCall, status: status, answer: `{"message":"x"}`})
			w.stub(stub{path: "/room/search", status: http.StatusOK, answer: `{"count":0,"rooms":[]}`, count: 3})
			plan, job := w.mustPlan("bob", `/newroom "Hidden" @alice`), newJob()
			require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
			require.Equal(t, []string{"alice", "bob*"}, w.members("Hidden"))
		})
	}
}

// The room of a missed request may be too young to be found when its name is refused.
func TestRefusalOfAMissedRequestIsLookedInto(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 200*time.Millisecond, time.Millisecond })
	r := w.request("bob", `/newroom "Young" @alice`)
	first, err := w.plan(r)
	require.NoError(t, err)
	reply := w.finish(first, newJob())
	w.stub(stub{path: "/room/search", status: http.StatusOK, answer: `{"count":0,"rooms":[]}`, count: 2})
	r.Missed = true
	again, err := w.plan(r)
	require.NoError(t, err)
	require.Equal(t, reply.Room, w.finish(again, newJob()).Room)
}

func TestSearchesAfterALostAnswerEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 100*time.Millisecond, time.Millisecond })
	w.stub(stub{path: createCall, status: http.StatusServiceUnavailable, count: 1})
	w.stub(stub{path: createCall, status: http.StatusForbidden})
	require.Equal(t, "entitlement", w.answer("bob", `/newroom "Never"`).Code)
	require.Equal(t, 4, w.calls(createCall))
}

// A gateway that repeats the call by itself makes the room, and then brings the refusal.
func TestOwnRoomIsFoundBehindTheFirstRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(stub{path: createCall, pass: true, status: http.StatusBadRequest, count: 1})
	w.requireMembers("Twice", "@alice", "alice", "bob*")
	require.Equal(t, 1, w.calls(createCall))
}

func TestRefusalIsStoredAndNotAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	remove := w.stub(stub{path: createCall, status: http.StatusUnavailableForLegalReasons})
	plan, job := w.mustPlan("bob", `/newroom "Secret"`), newJob()
	require.Equal(t, "blocked", w.finish(plan, job).Code)
	remove()
	require.Equal(t, "blocked", w.finish(plan, job).Code)
	require.Equal(t, 1, w.calls(createCall))
	require.Empty(t, w.rooms("Secret"))
}

// The texts of refusals are not documented, so that none decides.
func TestTextOfARefusalDecidesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.answer("bob", `/newroom "Known"`)
	for _, text := range []string{"A room with this name already exists. Please CHOOSE another name.", "The name is too long.", "x", ""} {
		remove := w.stub(stub{path: createCall, status: http.StatusBadRequest, answer: `{"code":400,"message":"` + text + `"}`})
		require.Equal(t, "room-refused", w.answer("bob", `/newroom "Bad"`).Code, text)
		require.Equal(t, "name-taken", w.answer("bob", `/newroom "k n o w n"`).Code, text)
		remove()
	}
}

func TestRefusalDoesNotTellOfARoomThatTheRequesterCannotSee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	remove := w.stub(stub{path: createCall, status: http.StatusBadRequest})
	free := w.answer("bob", `/newroom "Deal"`)
	remove()
	require.Equal(t, commands.CodeDone, w.answer("alice", `/newroom "Deal"`).Code)
	taken := w.answer("bob", `/newroom "Deal"`)
	require.Equal(t, free, taken)
	require.Equal(t, "room-refused", taken.Code)
	require.Equal(t, "name-taken", w.answer("alice", `/newroom "Deal"`).Code, "she is in it")

	w.answer("alice", `/newroom "Town hall" public`)
	require.Equal(t, "name-taken", w.answer("bob", `/newroom "Town hall"`).Code, "a public room")
	require.Equal(t, "room-refused", w.answer("eve", `/newroom "Town hall" external`).Code, "of another company")
}

func TestRoomWithAFalseProofIsNotOurs(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(right symphony.Keyword) []symphony.Keyword{
		"none": func(symphony.Keyword) []symphony.Keyword { return nil },
		"made up": func(symphony.Keyword) []symphony.Keyword {
			return []symphony.Keyword{{Key: commands.ProofKeyword, Value: "0123456789abcdef"}}
		},
		"under another": func(right symphony.Keyword) []symphony.Keyword {
			return []symphony.Keyword{{Key: "proof", Value: right.Value}}
		},
		"cut": func(right symphony.Keyword) []symphony.Keyword {
			return []symphony.Keyword{{Key: right.Key, Value: right.Value[:8]}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon)
			r := w.request("bob", `/newroom "Ours" @alice`)
			number := symphony.Keyword{Key: commands.RequestKeyword, Value: string(r.ID)}
			_, err := w.client.CreateRoom(t.Context(), symphony.RoomAttributes{
				Name: "Decoy", Keywords: append(plant(w.proof(r)), number),
			})
			require.NoError(t, err)
			w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
			plan, err := w.plan(r)
			require.NoError(t, err)
			require.Equal(t, commands.CodeDone, w.finish(plan, newJob()).Code)
			require.Equal(t, []string{"alice", "bob*"}, w.members("Ours"))
			require.Empty(t, w.members("Decoy"))
		})
	}
}

func TestRoomWithoutAProofIsTakenForAnEarlierVersionsRequestOnly(t *testing.T) {
	t.Parallel()
	for before, opened := range map[bool]string{true: "As before", false: "Anew"} {
		w := newWorld(t, settlesSoon)
		r := w.request("bob", `/newroom "Anew" @alice`)
		r.BeforeProofs = before
		number := symphony.Keyword{Key: commands.RequestKeyword, Value: string(r.ID)}
		_, err := w.client.CreateRoom(t.Context(), symphony.RoomAttributes{Name: "As before", Keywords: []symphony.Keyword{number}})
		require.NoError(t, err)
		_, err = w.client.CreateRoom(t.Context(), symphony.RoomAttributes{
			Name: "False proof", Keywords: []symphony.Keyword{number, {Key: commands.ProofKeyword, Value: "0123"}},
		})
		require.NoError(t, err)
		plan, err := w.plan(r)
		require.NoError(t, err)
		job := newJob()
		require.NoError(t, job.Intend(t.Context(), "room"))
		require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
		require.Equal(t, []string{"alice", "bob*"}, w.members(opened))
		require.Empty(t, w.members("False proof"))
	}
}

// proof is the keyword that shows that a room was made for the request.
func (w *world) proof(r *commands.Request) symphony.Keyword {
	w.t.Helper()
	plan, err := w.plan(r)
	require.NoError(w.t, err)
	reply := w.finish(plan, newJob())
	room, err := w.client.Room(w.t.Context(), reply.Room)
	require.NoError(w.t, err)
	for _, keyword := range room.Attributes.Keywords {
		if keyword.Key == commands.ProofKeyword {
			_, err := w.client.UpdateRoom(w.t.Context(), room.ID, symphony.RoomUpdate{
				Name: new("Used " + string(r.ID)), Keywords: []symphony.Keyword{{Key: "used", Value: "yes"}},
			})
			require.NoError(w.t, err)
			return keyword
		}
	}
	require.Fail(w.t, "the room has no proof")
	return symphony.Keyword{}
}

// A missed request may have been begun by a bot with another store, so that the room is looked for
// before the first call.
func TestMissedRequestFindsTheRoomOfAnotherStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.request("bob", `/newroom "Begun" @alice`)
	first, err := w.plan(r)
	require.NoError(t, err)
	reply := w.finish(first, newJob())
	r.Missed = true
	again, err := w.plan(r)
	require.NoError(t, err)
	require.Equal(t, reply.Room, w.finish(again, newJob()).Room)
	require.Equal(t, 1, w.calls(createCall))
}

func TestPlanIsResumedAsItWasDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.request("bob", `/newroom "Kept" @carol owner:alice@acme.test group:"FX EMEA"`)
	plan, err := w.plan(r)
	require.NoError(t, err)
	job := newJob()
	job.store(t, plan)
	w.stub(stub{path: "/pod/v3/users?", status: http.StatusForbidden})
	w.stub(stub{path: "/profile-manager/", status: http.StatusForbidden})
	command, ok := w.env.Commands().Lookup("newroom")
	require.True(t, ok)
	resumed, err := command.Resume(r, job.results[commands.StepPlan])
	require.NoError(t, err)
	require.Equal(t, plain(plan.Preview()), plain(resumed.Preview()))
	require.Equal(t, commands.CodeDone, w.finish(resumed, job).Code)
	require.Equal(t, []string{"alice*", "bob*", "carol", "kim"}, w.members("Kept"))

	_, err = command.Resume(r, []byte(`"damaged"`))
	require.Error(t, err)
}

func TestSuggestedNameFitsAndIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"Desk", "Desk 2", "D e s k 3"} {
		w.answer("bob", `/newroom "`+name+`"`)
	}
	require.Contains(t, plain(w.answer("bob", `/newroom "desk"`)), `/newroom "desk 4"`)
	long := "A name of exactly forty-nine characters, as it is"
	require.Len(t, long, 49)
	w.answer("bob", `/newroom "`+long+`"`)
	refused := w.answer("bob", `/newroom "`+long+`"`)
	require.Equal(t, "name-taken", refused.Code)
	i := slices.IndexFunc(refused.Offers, func(o commands.Offer) bool { return !o.Edit })
	require.Equal(t, commands.CodeDone, w.answer("bob", refused.Offers[i].Command.Text).Code)
}

func TestPolicyIsAskedBeforeEachCallThatMayCreate(t *testing.T) {
	t.Parallel()
	t.Run("a denial creates nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		plan, job := w.mustPlan("bob", `/newroom "Denied" @alice`), newJob()
		job.denial = commands.Denied("Not any more.", contact)
		require.Equal(t, "denied", w.finish(plan, job).Code)
		require.Equal(t, 1, job.asked)
		touched, err := commands.MayHaveWritten(t.Context(), job)
		require.NoError(t, err)
		require.False(t, touched)
		require.Zero(t, w.calls(createCall))
		require.Empty(t, job.steps, "a later attempt may create the room")
		job.denial = nil
		require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	})
	t.Run("a room that may exist is finished", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, settlesSoon)
		w.stub(stub{path: createCall, pass: true, status: http.StatusServiceUnavailable, count: 1})
		plan, job := w.mustPlan("bob", `/newroom "Begun" @alice`), newJob()
		_, err := plan.Apply(t.Context(), job)
		require.Error(t, err)
		job.denial = commands.Denied("Not any more.", contact)
		require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
		require.Equal(t, []string{"alice", "bob*"}, w.members("Begun"))
		require.Equal(t, 1, job.asked)
	})
	t.Run("a denial counts where an earlier call has created nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, settlesSoon)
		w.stub(stub{path: createCall, status: http.StatusServiceUnavailable, count: 1})
		plan, job := w.mustPlan("bob", `/newroom "Lost" @alice`), newJob()
		_, err := plan.Apply(t.Context(), job)
		require.Error(t, err)
		job.denial = commands.Denied("Not any more.", contact)
		require.Equal(t, "denied", w.finish(plan, job).Code)
		require.Empty(t, w.rooms("Lost"))
		require.Equal(t, 1, w.calls(createCall))
	})
	t.Run("a call that never left does not count", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stub(stub{path: createCall, status: http.StatusTooManyRequests})
		plan, job := w.mustPlan("bob", `/newroom "Throttled" @alice`), newJob()
		_, err := plan.Apply(t.Context(), job)
		require.ErrorIs(t, err, symphony.ErrTooManyRequests)
		job.denial = commands.Denied("Not any more.", contact)
		require.Equal(t, "denied", w.finish(plan, job).Code)
	})
}
