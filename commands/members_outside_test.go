package commands_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
	sandboxworld "roombot/symphony/sandbox/world"
)

const (
	listCall    = "/membership/list"
	promoteCall = "/membership/promoteOwner"
)

// varyOutside has people of other companies come in so much after they are added.
func (w *world) varyOutside(delay time.Duration) {
	w.t.Helper()
	w.pod.RemoveFaults("")
	require.NoError(w.t, w.pod.AddFault(client.Fault{Kind: client.FaultOutsideDelay, Delay: delay.String()}))
}

// outsidersStayOut has people of other companies never come in.
func (w *world) outsidersStayOut() {
	w.t.Helper()
	w.pod.RemoveFaults("")
	require.NoError(w.t, w.pod.AddFault(client.Fault{Kind: client.FaultOutsideNever}))
}

// connect connects the bot with mallory, whose company is a third one.
func (w *world) connect() {
	w.pod.Do(func(pod *sandboxworld.World) {
		mallory := pod.PersonNamed("mallory")
		pod.RequestConnection(pod.Bot(), mallory)
		_, err := pod.AnswerConnection(mallory, pod.Bot(), sandboxworld.StatusAccepted)
		require.NoError(w.t, err)
	})
}

func (w *world) advance(by time.Duration) {
	w.pod.Do(func(pod *sandboxworld.World) { pod.Advance(by) })
}

// pass lets time pass for the pod and for the job, which waits for outsiders.
func (w *world) pass(job *memory, by time.Duration) {
	w.t.Helper()
	w.advance(by)
	require.NotEmpty(w.t, job.intentions["outside"])
	job.age(by)
}

// requireWait is one attempt, which waits for outsiders.
func (w *world) requireWait(plan commands.Plan, job *memory) time.Duration {
	w.t.Helper()
	_, err := plan.Apply(w.t.Context(), job)
	var wait *commands.WaitError
	require.ErrorAs(w.t, err, &wait)
	require.True(w.t, wait.Planned, "no worker waits")
	require.True(w.t, wait.FreesChat, "the chat goes on")
	return wait.After
}

func TestOutsiderIsInvitedUntilTheListSaysOtherwise(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(5 * time.Minute)
	plan, job := w.mustPlan("bob", `/newroom "Client call" external @carol owner:@Eve Adams`), newJob()
	w.requireWait(plan, job)
	require.Len(t, job.first, 1)
	require.Equal(t, commands.CodeInvited, job.first[0].Code)
	first := plain(job.first[0])
	require.Contains(t, first, "✓ Client call")
	require.Contains(t, first, "Eve Adams (Beta Capital): invited, not in yet.")
	require.Contains(t, first, "Owner: Bob Chen (you)\n", "nobody is an owner who is not in")
	require.Equal(t, []string{"bob*", "carol"}, w.members("Client call"))
	promoted, added := w.calls(promoteCall), w.calls(addCall)

	w.pass(job, 4*time.Minute)
	w.requireWait(plan, job)
	w.pass(job, time.Minute)
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodeDone, reply.Code)
	require.Contains(t, plain(reply), "Owners: Bob Chen (you), Eve Adams")
	require.NotContains(t, plain(reply), "invited")
	require.Equal(t, []string{"bob*", "carol", "eve*"}, w.members("Client call"))
	require.Equal(t, promoted+1, w.calls(promoteCall), "she is promoted once she is in")
	require.Equal(t, added, w.calls(addCall), "nobody is added twice")
}

// The sandbox's own text, another one, or none: the list decides.
func TestTextOfTheAddDecidesNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Member added", "Member already part of the room or Xpod request will be processed asynchronously", "x", "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.stub(stub{path: addCall, pass: true, status: http.StatusOK, answer: fmt.Sprintf(`{"format":"TEXT","message":%q}`, text)})
			w.varyOutside(time.Hour)
			w.requireWait(w.mustPlan("bob", `/newroom "Out" external @Eve Adams`), newJob())
			w.varyOutside(0)
			require.Equal(t, commands.CodeDone, w.finish(w.mustPlan("bob", `/newroom "In" external @Eve Adams`), newJob()).Code)
		})
	}
}

func TestOutsiderWhoIsInAtOnceCostsOneList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(0)
	before := w.calls(listCall)
	plan, job := w.mustPlan("bob", `/newroom "At once" external @Eve Adams`), newJob()
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodeDone, reply.Code)
	require.Equal(t, before+1, w.calls(listCall))
	require.Empty(t, job.first, "the reply is the first answer")

	before = w.calls(listCall)
	require.Equal(t, commands.CodeDone, w.finish(w.mustPlan("bob", `/newroom "Ours" external @alice @carol`), newJob()).Code)
	require.Equal(t, before, w.calls(listCall), "a room without outsiders makes no extra call")
}

func TestSeveralOutsidersShareEachLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.pod.RemoveFaults("")
	require.NoError(t, w.pod.AddFault(client.Fault{Kind: client.FaultOutsideDelay, Delay: "20s"}))
	w.stub(stub{path: addCall, body: fmt.Sprint(w.people["mallory"].ID), status: http.StatusOK, answer: `{"format":"TEXT","message":"x"}`})
	plan, job := w.mustPlan("bob", `/newroom "Two" external owner:@Eve Adams @Mallory Grey`), newJob()
	lists, lookups := w.calls(listCall), w.calls("/pod/v3/users?")
	w.requireWait(plan, job)
	require.Equal(t, lists+1, w.calls(listCall))
	require.Contains(t, plain(job.first[0]), "Eve Adams (Beta Capital), Mallory Grey (Gamma Partners): invited, not in yet.")
	w.pass(job, 30*time.Second)
	w.requireWait(plan, job)
	require.Equal(t, lists+2, w.calls(listCall))
	require.Equal(t, lookups, w.calls("/pod/v3/users?"), "their names and companies are kept since the plan")
	require.Equal(t, []string{"bob*", "eve*"}, w.members("Two"), "who is in does not wait for the other")

	w.pass(job, 10*time.Minute)
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodePartial, reply.Code)
	require.Contains(t, plain(reply), "Mallory Grey (Gamma Partners): invited, but not in the room after ten minutes.")
	require.Contains(t, plain(reply), "Owners: Bob Chen (you), Eve Adams")
}

func TestOutsidersAreLookedForAtTheTimesOfTheSchedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.outsidersStayOut()
	plan, job := w.mustPlan("bob", `/newroom "Never" external @Eve Adams`), newJob()
	var due []time.Duration
	passed := time.Duration(0)
	for range 30 {
		_, err := plan.Apply(t.Context(), job)
		wait, waits := errors.AsType[*commands.WaitError](err)
		if !waits {
			require.NoError(t, err)
			break
		}
		passed += wait.After
		due = append(due, passed.Round(time.Second))
		w.pass(job, wait.After)
	}
	want := []time.Duration{time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second}
	for minute := range 10 {
		want = append(want, time.Duration(minute+1)*time.Minute)
	}
	require.Equal(t, want, due)
	require.Contains(t, job.steps, "outside")
	require.Len(t, job.intentions["outside"], 1, "the time when they were added is stored once")
}

func TestLookCountsFromWhenTheyWereAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.outsidersStayOut()
	plan, job := w.mustPlan("bob", `/newroom "Away" external @Eve Adams`), newJob()
	w.requireWait(plan, job)
	w.pass(job, 8*time.Minute+20*time.Second) // the process was down
	require.InDelta(t, 40, w.requireWait(plan, job).Seconds(), 1)
	w.pass(job, 24*time.Hour)
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodePartial, reply.Code)
}

// A crash between any two steps costs nobody anything.
func TestWaitForOutsidersSurvivesACrashAtEachStep(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"requester", "members/0", "promotion/7146825580545", "outside"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.varyOutside(20 * time.Second)
			plan, job := w.mustPlan("bob", `/newroom "Crash" external @carol owner:@Eve Adams`), newJob()
			job.crash = step
			crashes := 0
			for range 30 {
				reply, err := plan.Apply(t.Context(), job)
				switch {
				case errors.Is(err, errCrash):
					crashes, job.crash = crashes+1, ""
				case err == nil:
					require.Equal(t, commands.CodeDone, reply.Code)
					require.Equal(t, []string{"bob*", "carol", "eve*"}, w.members("Crash"))
					require.Equal(t, 1, crashes)
					require.Len(t, job.intentions["outside"], 1)
					return
				default:
					w.pass(job, 5*time.Second)
				}
			}
			require.Fail(t, "the job never ends")
		})
	}
}

func TestFailedLookIsMadeUpForByTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(0)
	remove := w.stub(stub{path: listCall, status: http.StatusServiceUnavailable})
	plan, job := w.mustPlan("bob", `/newroom "Outage" external owner:@Eve Adams`), newJob()
	w.requireWait(plan, job)
	w.pass(job, time.Minute)
	w.requireWait(plan, job)
	remove()
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodeDone, reply.Code)
	require.Equal(t, []string{"bob*", "eve*"}, w.members("Outage"))
}

func TestFailedPromotionOfAnOutsiderIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(0)
	w.stub(stub{path: promoteCall, body: fmt.Sprint(w.people["eve"].ID), status: http.StatusServiceUnavailable, count: 2})
	plan, job := w.mustPlan("bob", `/newroom "Slow" external owner:@Eve Adams`), newJob()
	_, err := plan.Apply(t.Context(), job)
	_, waits := errors.AsType[*commands.WaitError](err)
	require.Error(t, err)
	require.False(t, waits, "she is in: the engine tries again soon")
	require.Empty(t, job.first, "nobody is called an owner too early")
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodeDone, reply.Code)
	require.Equal(t, []string{"bob*", "eve*"}, w.members("Slow"))
}

func TestRefusedPromotionOfAnOutsiderIsAskedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.varyOutside(0)
	w.stub(stub{path: promoteCall, body: fmt.Sprint(w.people["eve"].ID), status: http.StatusForbidden})
	w.stub(stub{path: addCall, body: fmt.Sprint(w.people["mallory"].ID), status: http.StatusOK, answer: `{"format":"TEXT","message":"x"}`})
	plan, job := w.mustPlan("bob", `/newroom "Two" external owner:@Eve Adams @Mallory Grey`), newJob()
	promoted := w.calls(promoteCall)
	for range 3 {
		w.requireWait(plan, job)
		w.pass(job, 3*time.Minute)
	}
	require.Equal(t, promoted+2, w.calls(promoteCall), "bob and eve")
	require.Contains(t, plain(job.first[0]), "Eve Adams (Beta Capital): added, but not made an owner")
	w.pass(job, 5*time.Minute)
	require.Contains(t, plain(w.finish(plan, job)), "Eve Adams (Beta Capital): added, but not made an owner")
}

func TestLastLookThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.outsidersStayOut()
	plan, job := w.mustPlan("bob", `/newroom "Late outage" external @Eve Adams`), newJob()
	w.requireWait(plan, job)
	w.pass(job, 11*time.Minute)
	remove := w.stub(stub{path: listCall, status: http.StatusServiceUnavailable})
	_, err := plan.Apply(t.Context(), job)
	_, waits := errors.AsType[*commands.WaitError](err)
	require.Error(t, err)
	require.False(t, waits)
	remove()
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Contains(t, plain(reply), "Eve Adams (Beta Capital): invited, but not in the room")
}

func TestStopDuringALookIsNoResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(0)
	plan, job := w.mustPlan("bob", `/newroom "Stop" external owner:@Eve Adams`), newJob()
	ctx, stop := context.WithCancel(t.Context())
	_, err := (&lookStopper{memory: job, stop: stop}).apply(ctx, plan)
	require.ErrorIs(t, err, context.Canceled)
	require.NotContains(t, job.steps, "outside")
	require.Equal(t, commands.CodeDone, w.finish(plan, job).Code)
}

// lookStopper is an attempt that is stopped when it looks for outsiders.
type lookStopper struct {
	*memory
	stop func()
}

func (s *lookStopper) Intend(ctx context.Context, step string) error {
	err := s.memory.Intend(ctx, step)
	if step == "outside" {
		s.stop()
	}
	return err
}

func (s *lookStopper) apply(ctx context.Context, plan commands.Plan) (commands.Reply, error) {
	return plan.Apply(ctx, s)
}

func TestRequesterOfAnotherCompanyComesInLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(20 * time.Second)
	plan, job := w.mustPlan("eve", `/newroom "Ours" external @Alice Martin`), newJob()
	w.requireWait(plan, job)
	require.Contains(t, plain(job.first[0]), "Eve Adams (Beta Capital): invited, not in yet.")
	w.pass(job, 30*time.Second)
	reply, err := plan.Apply(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, commands.CodeDone, reply.Code)
	require.Equal(t, []string{"alice", "eve*"}, w.members("Ours"))
}

func TestRefusedPromotionInAPublicRoomNamesTheEntitlement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := w.answer("bob", `/newroom "Town hall" public owner:@kim owner:@carol`)
	require.Equal(t, commands.CodePartial, reply.Code)
	require.Contains(t, plain(reply), "Kim Novak: added, but not made an owner: owners of a public room need the entitlement to create public rooms.")
	require.NotContains(t, plain(reply), "Another owner can do it")
	require.Equal(t, []string{"bob*", "carol*", "kim"}, w.members("Town hall"))
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Private" owner:@kim`).Code)
}

func TestEntitlementIsNotNamedWhereSomethingElseMayBeTheCause(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string][]stub{
		"another status":               {{path: promoteCall, status: http.StatusBadRequest}},
		"the bot is no owner any more": {{path: promoteCall, status: http.StatusForbidden}, {path: listCall, status: http.StatusForbidden}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			plan := w.mustPlan("bob", `/newroom "Town hall" public owner:@carol`)
			for _, s := range refusal {
				w.stub(s)
			}
			reply := plain(w.finish(plan, newJob()))
			require.Contains(t, reply, "added, but not made an owner: Symphony refused.")
			require.NotContains(t, reply, "entitlement")
		})
	}
}

func TestRepliesOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.outsidersStayOut()
	var entries []entry
	wait := func(situation, name, people string) (commands.Plan, *memory) {
		plan, job := w.mustPlan("bob", fmt.Sprintf("/newroom %q external %s", name, people)), newJob()
		w.requireWait(plan, job)
		entries = append(entries, entry{situation, job.first[0]})
		return plan, job
	}
	plan, job := wait("Somebody of another company is invited", "Client call", "@carol @Eve Adams")
	w.pass(job, 10*time.Minute)
	entries = append(entries, entry{"They are not in after ten minutes", w.finish(plan, job)})
	plan, job = wait("Somebody is invited, and somebody cannot be added", "Both", "@ravi owner:@Eve Adams")
	w.pass(job, 10*time.Minute)
	entries = append(entries, entry{"Of these nobody is in after ten minutes", w.finish(plan, job)})
	plan, job = wait("Somebody is invited, and the bot is taken out of the room", "Taken out", "@Eve Adams")
	defer w.stub(stub{path: listCall, status: http.StatusForbidden})()
	entries = append(entries, entry{"The bot is out of the room", w.finish(plan, job)})
	requireReplies(t, "outside.txt", entries)
}
