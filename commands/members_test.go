package commands_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

const addCall = "/membership/add"

// withCrowd is a world with so many employees more, at the vendor's pace.
func withCrowd(n int) func(*world) {
	return func(w *world) { w.crowd, w.limits.AddsPerSecond = n, commands.DefaultAddsPerSecond }
}

func TestFirstPartIsAddedAtOnceAndTheNextWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCrowd(25))
	plan, job := w.mustPlan("bob", `/newroom "Parts" `+w.mentionCrowd(25)), newJob()
	var steps []string
	for _, c := range []struct {
		step string
		wait time.Duration // until the next part
	}{
		{"members/0", 10 * time.Second / 3}, // the requester, made an owner, and nine people
		{"members/10", 2 * time.Second},     // ten people
		{"members/20", 0},                   // six people
	} {
		reply, err := applyQuickly(t, w, plan, job)
		steps = append(steps, c.step)
		require.Equal(t, append([]string{"room", "requester"}, steps...), job.steps)
		if c.wait == 0 {
			require.NoError(t, err)
			require.Equal(t, commands.CodeDone, reply.Code)
			break
		}
		var wait *commands.WaitError
		require.ErrorAs(t, err, &wait)
		require.True(t, wait.Planned, "others work meanwhile")
		require.InDelta(t, c.wait.Seconds(), wait.After.Seconds(), 0.001)
	}
	require.Len(t, w.members("Parts"), 26)
	require.Equal(t, 26, w.calls(addCall), "each is added once")
}

// applyQuickly is one attempt, with a limiter of its own as after each pause.
func applyQuickly(t *testing.T, w *world, plan commands.Plan, job *memory) (commands.Reply, error) {
	t.Helper()
	begin := time.Now()
	reply, err := plan.Apply(t.Context(), job)
	require.Less(t, time.Since(begin), 30*time.Second, "an attempt does not sleep until the next part")
	return reply, err
}

// Beyond 500 members people are added by five, three seconds for each.
func TestLargeRoomIsFilledSlowly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.MaxPeople = 1000 })
	w.stub(stub{path: addCall, status: http.StatusOK, answer: `{"format":"TEXT","message":"Member added"}`})
	w.stub(stub{path: "/pod/v3/users?", status: http.StatusForbidden})
	r := w.request("bob", `/newroom "Large"`)
	for i := range 512 {
		r.Users = append(r.Users, int64(103<<36+50_000+i))
	}
	plan, err := w.plan(r)
	require.NoError(t, err)
	job := newJob()
	for range 60 {
		_, err = plan.Apply(t.Context(), job)
		wait, ok := errors.AsType[*commands.WaitError](err)
		if !ok {
			break
		}
		if slices.Contains(job.steps, "members/490") {
			require.Contains(t, []time.Duration{15 * time.Second, 9 * time.Second}, wait.After)
		}
	}
	require.NoError(t, err)
	require.Equal(t, []string{"members/500", "members/505", "members/510"}, job.steps[len(job.steps)-3:])
}

func TestNextAttemptAddsOnlyWhoIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCrowd(9))
	plan, job := w.mustPlan("bob", `/newroom "Again" owner:@alice `+w.mentionCrowd(8)), newJob()
	job.crash = "members/0"
	_, err := plan.Apply(t.Context(), job)
	require.ErrorIs(t, err, errCrash)
	added, promoted := w.calls(addCall), w.calls("/membership/promoteOwner")
	require.Equal(t, []int{10, 2}, []int{added, promoted})

	job.crash = ""
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Equal(t, added, w.calls(addCall), "everybody was in the room already")
	require.Equal(t, promoted, w.calls("/membership/promoteOwner"))
	require.Len(t, w.members("Again"), 10)
}

// Somebody who came with a group may be no member by name, and would leave with the group.
func TestPersonWhoCameWithAGroupIsAddedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plan, job := w.mustPlan("bob", `/newroom "Both" @carol group:"FX EMEA"`), newJob()
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	job.forget("members/0")
	before := w.calls(addCall)
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Equal(t, before+1, w.calls(addCall), "the person, and not the group")
}

func TestPersonWithoutAnAnswerIsTriedThreeTimesWhereOthersAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := fmt.Sprint(w.people["alice"].ID)
	w.stub(stub{path: addCall, body: alice, status: http.StatusServiceUnavailable})
	plan, job := w.mustPlan("bob", `/newroom "Three tries" @alice @carol`), newJob()
	require.Equal(t, 3, attempts(t, plan, job))
	require.Equal(t, []string{"bob*", "carol"}, w.members("Three tries"))
}

func TestPartIsTriedFiveTimesWhileNobodyCanBeAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	remove := w.stub(stub{path: addCall, status: http.StatusServiceUnavailable})
	plan, job := w.mustPlan("bob", `/newroom "Outage" @alice`), newJob()
	for range 3 {
		_, err := plan.Apply(t.Context(), job)
		require.Error(t, err)
	}
	remove()
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code, "the fourth try finds Symphony well")
	require.Equal(t, []string{"alice", "bob*"}, w.members("Outage"))

	w.stub(stub{path: addCall, status: http.StatusServiceUnavailable})
	never, other := w.mustPlan("bob", `/newroom "For good"`), newJob()
	require.Equal(t, 5, attempts(t, never, other))
	require.Empty(t, w.members("For good"))
}

// attempts counts the attempts until a plan ends with a reply.
func attempts(t *testing.T, plan commands.Plan, job *memory) int {
	t.Helper()
	for n := 1; n < 20; n++ {
		reply, err := plan.Apply(t.Context(), job)
		if err == nil {
			require.Equal(t, commands.CodePartial, reply.Code)
			return n
		}
	}
	require.Fail(t, "the plan never ends")
	return 0
}

func TestStopIsNoFailedTry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plan, job := w.mustPlan("bob", `/newroom "Stopped" @alice @carol`), newJob()
	w.stub(stub{path: addCall, body: fmt.Sprint(w.people["alice"].ID), status: http.StatusServiceUnavailable, count: 2})
	for range 4 {
		ctx, stop := context.WithCancel(t.Context())
		_, err := (&stopper{memory: job, stop: stop}).apply(ctx, plan)
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Empty(t, job.intentions["members/0/failed"])
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
}

// stopper is an attempt that is stopped when the people are to be added.
type stopper struct {
	*memory
	stop func()
}

func (s *stopper) Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error {
	if strings.HasPrefix(step, "members/") {
		s.stop()
	}
	return s.memory.Do(ctx, step, result, do)
}

func (s *stopper) apply(ctx context.Context, plan commands.Plan) (commands.Reply, error) {
	return plan.Apply(ctx, s)
}

func TestThereIsNoFirstAnswerWhereLittleIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plan, job := w.mustPlan("bob", `/newroom "Quick" @alice`), newJob()
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
	require.Empty(t, job.first)
}

func TestAccountThatIsInTheRoomAlreadyHasNoCause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice := fmt.Sprint(w.people["alice"].ID)
	w.stub(stub{path: addCall, body: alice, pass: true, status: http.StatusBadRequest}) // it is added all the same
	w.stub(stub{path: addCall, body: fmt.Sprint(103<<36 + 195), pass: true, status: http.StatusBadRequest})
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Inside" @alice group:"FX EMEA"`).Code)
	require.Equal(t, []string{"alice", "bob*", "carol", "kim"}, w.members("Inside"))
}

func TestEachInviteeIsAuditedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(stub{path: "/membership/promoteOwner", body: fmt.Sprint(w.people["alice"].ID), status: http.StatusForbidden})
	remove := w.stub(stub{path: addCall, body: fmt.Sprint(w.people["carol"].ID), status: http.StatusServiceUnavailable, count: 1})
	defer remove()
	plan, job := w.mustPlan("bob", `/newroom "Audited" owner:@alice @carol @ravi group:"FX EMEA"`), newJob()
	require.Equal(t, commands.CodePartial, w.finish(plan, job).Code)
	var lines []string
	for _, line := range job.audited {
		kind, rest, _ := strings.Cut(line, " of ")
		_, cause, _ := strings.Cut(rest, " ")
		if strings.HasPrefix(kind, "room ") {
			kind = "room"
		}
		lines = append(lines, strings.TrimSpace(kind+" "+cause))
	}
	member := func(name string) string { return fmt.Sprintf("member %d", w.people[name].ID) }
	require.ElementsMatch(t, []string{
		"room", member("bob"), fmt.Sprintf("owner %d", w.people["bob"].ID), member("alice") + " not-owner", member("carol"), member("ravi") + " forbidden",
		fmt.Sprintf("member %d", 103<<36+195),
	}, lines)
}
