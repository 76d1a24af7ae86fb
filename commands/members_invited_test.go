package commands_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

// ends is the reply to a request of bob's that has ended unfinished.
func (w *world) ends(job *memory) string {
	w.t.Helper()
	reply, err := w.env.UnfinishedReply(w.t.Context(), job, commands.Unfinished{ID: "r", From: w.people["bob"], Stopped: true})
	require.NoError(w.t, err)
	return plain(reply)
}

// begins is a job after its first attempt, which does not finish it.
func (w *world) begins(text string) (commands.Plan, *memory) {
	w.t.Helper()
	plan, job := w.mustPlan("bob", text), newJob()
	job.store(w.t, plan)
	_, err := plan.Apply(w.t.Context(), job)
	require.Error(w.t, err)
	return plan, job
}

// Whoever would be added after a pause was not asked when the request ends in it.
func TestWhoWasNotAskedToComeInIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCrowd(12))
	w.outsidersStayOut()
	plan, job := w.begins(`/newroom "Paused" external ` + w.mentionCrowd(12) + ` @Eve Adams`)
	answer := w.ends(job)
	require.Contains(t, answer, " is open, without ")
	require.Contains(t, answer, ", Eve Adams.")
	require.NotContains(t, answer, "nvited")

	w.stub(stub{path: addCall, body: fmt.Sprint(w.people["eve"].ID), status: http.StatusServiceUnavailable})
	_, err := plan.Apply(t.Context(), job)
	require.Error(t, err)
	require.Contains(t, w.ends(job), " is open. Perhaps invited, and may still come in: Eve Adams.")
}

func TestWhoWasNotLetInBySymphonyIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.outsidersStayOut()
	w.stub(stub{path: addCall, body: fmt.Sprint(w.people["eve"].ID), status: http.StatusForbidden})
	w.stub(stub{path: "/membership/promoteOwner", status: http.StatusServiceUnavailable})
	_, job := w.begins(`/newroom "Refused" external owner:@carol @Eve Adams`)
	job.results["members/0"] = []byte(fmt.Sprintf(`[{"id":%d,"name":"Eve Adams","cause":"forbidden"}]`, w.people["eve"].ID))
	require.Contains(t, w.ends(job), " is open, without Eve Adams.")
}

// The process may have ended right after the call that has invited her.
func TestAKilledAttemptMayHaveInvitedSomebody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.outsidersStayOut()
	plan, job := w.mustPlan("bob", `/newroom "Killed" external @alice owner:@Eve Adams`), newJob()
	job.store(t, plan)
	job.crash = "members/0"
	_, err := plan.Apply(t.Context(), job)
	require.ErrorIs(t, err, errCrash)
	require.Contains(t, w.ends(job), " is open. Perhaps invited, and may still come in: Eve Adams. Not made an owner: Eve Adams.")
	require.Contains(t, job.audited, fmt.Sprintf("member %d of %s ended", w.people["eve"].ID, w.rooms("Killed")[0].ID))
}

func TestAnInvitationIsToldOnceHoweverOftenAPartIsTried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.varyOutside(time.Hour)
	w.stub(stub{path: addCall, body: fmt.Sprint(w.people["alice"].ID), status: http.StatusServiceUnavailable, count: 2})
	plan, job := w.begins(`/newroom "Again" external @alice @Eve Adams`)
	require.Contains(t, w.ends(job), ", without Alice Martin. Invited, and may still come in: Eve Adams.")
	for range 3 {
		_, err := plan.Apply(t.Context(), job)
		require.Error(t, err)
	}
	require.NotEmpty(t, job.intentions["outside"], "everybody was added")
	invited := fmt.Sprintf("member %d of %s invited", w.people["eve"].ID, w.rooms("Again")[0].ID)
	told := slices.DeleteFunc(slices.Clone(job.audited), func(line string) bool { return line != invited })
	require.Len(t, told, 1)
}
