package commands_test

import (
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

func TestNameTakenBySomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 200*time.Millisecond, time.Millisecond })
	w.answer("alice", `/newroom "Theirs"`)
	w.stub(stub{path: createCall, status: http.StatusServiceUnavailable, count: 1})
	require.Equal(t, "name-taken", w.answer("bob", `/newroom "Theirs"`).Code)
	require.Equal(t, []string{"alice*"}, w.members("Theirs"))
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

// Only the documented sentence says that the name is taken.
func TestOtherBadRequestIsNoTakenName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for message, code := range map[string]string{
		"A room with this name already exists. Please CHOOSE another name.": "name-taken",
		"The name is too long.": "room-refused",
		"":                      "room-refused",
	} {
		remove := w.stub(stub{path: createCall, status: http.StatusBadRequest, answer: `{"code":400,"message":"` + message + `"}`})
		require.Equal(t, code, w.answer("bob", `/newroom "Bad"`).Code, message)
		remove()
	}
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

func TestPolicyIsAskedBeforeTheFirstIntentionOnly(t *testing.T) {
	t.Parallel()
	t.Run("a denial creates nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		plan, job := w.mustPlan("bob", `/newroom "Denied" @alice`), newJob()
		job.denial = commands.Denied("Not any more.")
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
		job.denial = commands.Denied("Not any more.")
		require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
		require.Equal(t, []string{"alice", "bob*"}, w.members("Begun"))
		require.Equal(t, 1, job.asked)
	})
	t.Run("a call that never left does not count", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stub(stub{path: createCall, status: http.StatusTooManyRequests})
		plan, job := w.mustPlan("bob", `/newroom "Throttled" @alice`), newJob()
		_, err := plan.Apply(t.Context(), job)
		require.ErrorIs(t, err, symphony.ErrTooManyRequests)
		job.denial = commands.Denied("Not any more.")
		require.Equal(t, "denied", w.finish(plan, job).Code)
	})
}
