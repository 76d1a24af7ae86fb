package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

const (
	managerList = "/profile-manager/v1/groups/type/"
	usersList   = "/v1/groups/sdl/list"
	noManager   = `{"pagination":{"cursors":{}},"data":[]}`
	proxyPage   = `<html><title>Not here</title></html>`
)

// withoutManager are the ways in which the profile manager gives no groups.
func withoutManager() map[string]stub {
	return map[string]stub{
		"no access token":           {path: "/login/idm/tokens", status: 403},
		"refused":                   {path: managerList, status: 403},
		"the token is refused":      {path: managerList, status: 401},
		"not there":                 {path: managerList, status: 404},
		"not there, said by a page": {path: managerList, status: 404, answer: proxyPage},
		"empty":                     {path: managerList, status: 200, answer: noManager},
	}
}

// managerGroups is a list of the profile manager, usersGroups one of the users API, and its end.
func managerGroups(groups ...string) stub {
	return stub{path: managerList, status: 200, answer: `{"pagination":{"cursors":{}},"data":[` + strings.Join(groups, ",") + `]}`}
}

func (w *world) stubUsersGroups(groups ...string) {
	w.stub(stub{path: "lastGroupId", status: 200, answer: `[]`})
	w.stub(stub{path: usersList, status: 200, answer: `[` + strings.Join(groups, ",") + `]`})
}

func TestGroupsComeFromTheUsersAPIWhereTheProfileManagerGivesNone(t *testing.T) {
	t.Parallel()
	const line = `/newroom "Desk %d" group:"fx emea" @alice`
	first := newWorld(t)
	listed := plain(first.answer("bob", "/groups"))
	require.Contains(t, listed, "FX EMEA (2 people)")
	require.Zero(t, first.calls(usersList))
	for name, s := range withoutManager() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.stub(s)
			require.Equal(t, listed, plain(w.answer("bob", "/groups")))
			reply := w.answer("bob", fmt.Sprintf(line, 1))
			require.Equal(t, commands.CodeDone, reply.Code, plain(reply))
			require.Equal(t, []string{"alice", "bob*", "carol", "kim"}, w.members("Desk 1"))
			require.Equal(t, "unknown-group", w.answer("bob", `/newroom "X" group:Nothing`).Code)
			list, err := commands.ReadGroups(t.Context(), w.client)
			require.NoError(t, err)
			require.Equal(t, commands.UsersAPI, list.Source)
			require.Equal(t, name == "empty", list.Refusal == nil)
		})
	}
}

func TestTheProfileManagerIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(stub{path: managerList, status: 503})
	_, err := w.plan(w.request("bob", "/groups"))
	require.Equal(t, symphony.Unavailable, symphony.VerdictOf(err))
	require.Zero(t, w.calls(usersList))
}

func TestWithoutTheUsersAPITheProfileManagersAnswerCounts(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]stub{
		"not there": {status: 404}, "refused": {status: 403}, "not allowed": {status: 401}, "not implemented": {status: 501},
		"a page in its place": {status: 200, answer: proxyPage}, "something else in its place": {status: 200, answer: `{"id":7}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s.path = usersList
			w.stub(s)
			remove := w.stub(stub{path: managerList, status: 403})
			require.Equal(t, "groups-unavailable", w.answer("bob", "/groups").Code)
			require.Equal(t, "groups-unavailable", w.answer("bob", `/newroom "X" group:Research`).Code)
			remove()
			w.stub(stub{path: managerList, status: 200, answer: noManager})
			require.Contains(t, plain(w.answer("bob", "/groups")), "I can see no groups")
			require.Equal(t, "unknown-group", w.answer("bob", `/newroom "X" group:Research`).Code)
		})
	}
}

func TestTheUsersAPIIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, answer := range []stub{{path: managerList, status: 403}, {path: managerList, status: 200, answer: noManager}} {
		w := newWorld(t)
		w.stub(answer)
		w.stub(stub{path: usersList, status: 503})
		_, err := w.plan(w.request("bob", "/groups"))
		require.Equal(t, symphony.Unavailable, symphony.VerdictOf(err))
	}
}

func TestDeletedGroupsOfTheUsersAPIAreLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(stub{path: managerList, status: 404})
	w.stubUsersGroups(`{"groupId":7078106104000,"name":"Old","active":false,"members":[]}`, `{"groupId":7078106104001,"name":"New","active":true,"members":[]}`)
	require.NotContains(t, plain(w.answer("bob", "/groups")), "Old")
	require.Equal(t, "unknown-group", w.answer("bob", `/newroom "X" group:Old`).Code)
}
