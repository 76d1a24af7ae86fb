package commands_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

func TestPlanWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain(w.answer("bob", `/newroom "Maybe" @alice group:"Test Group" preview`))
	for _, write := range []string{createCall, addCall, "promoteOwner"} {
		require.Zero(t, w.calls(write), write)
	}
}

func TestPersonIsFoundByWhateverNamesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, people := range []string{
		"@alice", "@ALICE", "alice@acme.test", "ALICE@acme.test", "@Alice Martin", "user:@alice", "@alice alice@acme.test @Alice Martin",
	} {
		w.requireMembers(fmt.Sprint("Room ", i), people, "alice", "bob*")
	}
}

func TestOwnerIsFoundByWhateverNamesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, people := range []string{
		"owner:@alice", "owner:ALICE@acme.test", "@alice owner:alice@acme.test", "@Alice Martin owner:@alice", "alice@acme.test owner:@Alice Martin",
	} {
		w.requireMembers(fmt.Sprint("Room ", i), people, "alice*", "bob*")
	}
}

// requireMembers has bob open a room for people, and compares its members.
func (w *world) requireMembers(room, people string, members ...string) {
	w.t.Helper()
	require.Equal(w.t, commands.CodeDone, w.answer("bob", fmt.Sprintf("/newroom %q %s", room, people)).Code, people)
	require.Equal(w.t, members, w.members(room), people)
}

func TestRequesterAndBotAreNotAddedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := w.answer("bob", `/newroom "Self" @bob bob@acme.test roombot@acme.test owner:@Bob Chen`)
	require.Contains(t, plain(reply), "Nobody else was asked for.")
	require.Equal(t, []string{"bob*"}, w.members("Self"))
	require.Equal(t, 1, w.calls(addCall))
}

func TestGroupIsAddedOnceWhateverItsSpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := plain(w.answer("bob", `/newroom "Groups" group:"fx  emea","FX EMEA" group:"Fx Emea" group:Research preview`))
	require.Contains(t, reply, "Groups: FX EMEA (2 people), Research (1 person)")
}

func TestTwoMistakesAreAlwaysToldInTheSameOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 10 {
		require.Equal(t, "unknown-person", w.answer("bob", `/newroom "Two" @nobody group:Nothing`).Code)
	}
}

// An error of a lookup is for the operator, and the job is tried again.
func TestFailedLookupIsNoRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ path, command string }{
		{"/pod/v3/users?", `/newroom "X" @alice`},
		{"/pod/v3/users?", `/newroom "X" alice@acme.test`},
		{"/profile-manager/", `/newroom "X" group:Research`},
		{"/profile-manager/", `/groups`},
	} {
		remove := w.stub(stub{path: c.path, status: http.StatusServiceUnavailable})
		_, err := w.plan(w.request("bob", c.command))
		_, refused := errors.AsType[*commands.Refusal](err)
		require.False(t, refused, c.command)
		require.Equal(t, symphony.Unavailable, symphony.VerdictOf(err), c.command)
		remove()
	}
	require.Equal(t, commands.CodePreview, w.answer("bob", `/newroom "X" @alice alice@acme.test group:Research preview`).Code)
}

// The answer of a sign-in says nothing about the right to read groups.
func TestFailedSignInIsNoMissingRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(stub{path: "/login/idm/tokens", status: http.StatusUnauthorized}) // the session has ended
	w.stub(stub{path: "/login/pubkey/", status: http.StatusUnauthorized})
	_, err := w.plan(w.request("bob", "/groups"))
	require.Equal(t, symphony.NotSignedIn, symphony.VerdictOf(err))

	w = newWorld(t)
	w.stub(stub{path: "/profile-manager/", status: http.StatusUnauthorized})
	w.stub(stub{path: "/v1/groups/sdl/list", status: http.StatusNotFound})
	_, err = w.plan(w.request("bob", "/groups"))
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal, "a token that the profile manager refuses is a missing right")
	require.Equal(t, "groups-unavailable", refusal.Code)
}

func TestAddressOfAGroupIsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	group, err := w.client.UsersByEmail(t.Context(), "test.group@acme.test")
	require.NoError(t, err)
	require.Len(t, group, 1, "the pod knows the account")
	require.Equal(t, "unknown-person", w.answer("bob", `/newroom "X" test.group@acme.test`).Code)
}

func TestCorrectedCommandCanBeRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for who, line := range map[string]string{
		"bob":   `/newroom "Fixed" @Alice Martin owner:@carol group:"Test Grup" desc:"a \"b\"" history`,
		"alice": `/newroom "Fixed too" group:"Equites Sales"`,
		"eve":   `/newroom "Shared" @Alice Martin readonly:no`,
	} {
		refused := w.answer(who, line)
		require.Len(t, refused.Offers, 2, line)
		fixed := w.answer(who, refused.Offers[0].Command.Text)
		require.Equal(t, commands.CodeDone, fixed.Code, "%s\n%s", refused.Offers[0].Command.Text, plain(fixed))
	}
}

func TestOnlyRunnableCorrectionsAreOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for line, labels := range map[string][]string{
		`/newroom "Open`:              {"Create it", "Edit in form"},
		`/newroom "Open preview:yes`:  {"Preview", "Edit in form"},
		`/newrom`:                     {"Fill in the form"},
		`/grups`:                      {"Run it"},
		`/help newrom`:                {"Run it"},
		`/newroom "Q2" colour:red`:    {"Without colour:", "Edit in form"},
		`/newroom "Q2" template:deal`: {"Create it without template:", "Edit in form"},
		`/newroom "Q2" tpl:deal until:30d preview`:            {"Preview it without template: and expires:", "Edit in form"},
		`/newroom "Q2" private public`:                        {"private", "public", "Edit in form"},
		`/newroom "Q2" private public preview`:                {"private", "public", "Edit in form"},
		`/newroom list`:                                       {"Show help", `Create "list"`, "Edit in form"},
		`/newroom "Q2" name:"Q3" preview`:                     {`Preview "Q2"`, `Preview "Q3"`, "Edit in form"},
		"/newroom \"A\" @alice\n/newroom \"B\"":               {"Create both", `Create "A"`, `Create "B"`, "Edit in form"},
		"/newroom \"A\"\n/newroom \"B\"\n/newroom \"C\"":      {"Create all 3", `Create "A"`, `Create "B"`, `Create "C"`, "Edit in form"},
		"/newroom \"A\" preview\n/groups":                     {"Run both", `Preview "A"`, "Run /groups", "Edit in form"},
		"/newroom \"A\"\n/newroom @alice\n/newroom \"C\" x y": {`Create "A"`, "Fill in the form"},
		"/newroom \"A\"\n/newroom help":                       {`Create "A"`, "Show help", "Edit in form"},
		strings.Repeat("/newroom \"A\"\n", 6):                 {"Edit in form"},
	} {
		var got []string
		for _, o := range w.answer("bob", line).Offers {
			got = append(got, o.Label)
		}
		require.Equal(t, labels, got, line)
	}
}

func TestLimitsHaveTheirDefaults(t *testing.T) {
	t.Parallel()
	require.Equal(t, commands.Limits{MaxMembers: 100, MaxPeople: 500, CallTimeout: 30 * time.Second, SearchLag: 10 * time.Second, AddsPerSecond: 3, UndoTime: 15 * time.Minute},
		commands.NewEnv(commands.Env{}).Limits)
	own := commands.Limits{MaxMembers: 1, MaxPeople: 5, CallTimeout: 2, SearchLag: 3, AddsPerSecond: 4, UndoTime: 6}
	require.Equal(t, own, commands.NewEnv(commands.Env{Limits: own}).Limits)
	require.Equal(t, 40*time.Second, commands.NewEnv(commands.Env{}).Limits.Settle())
}

func TestRequestOfTooManyPeopleIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.MaxMembers = 2 })
	require.Equal(t, "too-many-members", w.answer("bob", `/newroom "Crowd" @alice @carol @kim`).Code)
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Pair" @alice @carol`).Code)
}
