package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// The specification of the users API does not say whether the companies named are those that see
// the group, or those that do not.
func TestAGroupWithRestrictedTenantsIsShownToNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(stub{path: managerList, status: 404})
	w.stubUsersGroups(`{"groupId":7078106104000,"name":"Secret","members":[],"restrictedTenants":[103]}`,
		`{"groupId":7078106104001,"name":"Secret 2","members":[],"restrictedTenants":[104]}`, `{"groupId":7078106104002,"name":"Open","members":[]}`)
	for _, who := range []string{"bob", "eve"} {
		require.NotContains(t, plain(w.answer(who, "/groups")), "Secret")
	}
	for _, name := range []string{"Secret", "secret 2", "Secrt"} {
		require.Contains(t, plain(w.answer("bob", fmt.Sprintf(`/newroom "X" group:%q`, name))), "/groups lists the groups that I can add.")
	}
}

// restrictedGroup is a group of the profile manager that only one person may see.
func restrictedGroup(name string, to symphony.UserID) string {
	return fmt.Sprintf(`{"name":%q,"id":"s","status":"ACTIVE","members":[{"memberId":%d}],"profile":{"id":"%d"},"visibilityRestriction":{"restrictedUsersList":[%d]}}`,
		name, to, 103<<36+900, to)
}

func openGroup(name string, id int) string {
	return fmt.Sprintf(`{"name":%q,"id":"o%d","status":"ACTIVE","members":[],"profile":{"id":"%d"}}`, name, id, 103<<36+901+id)
}

// What somebody reads of a group that they may not see is what they would read if it did not exist.
func TestAGroupThatOneMayNotSeeReadsAsNoGroup(t *testing.T) {
	t.Parallel()
	there, gone := newWorld(t), newWorld(t)
	secret := restrictedGroup("Project Falcon", there.people["carol"].ID)
	there.stub(managerGroups(secret, openGroup("Project Eagle", 1), openGroup("Desk", 2)))
	gone.stub(managerGroups(openGroup("Project Eagle", 1), openGroup("Desk", 2)))
	lines := []string{
		"/groups", "/groups falcon", "/groups project", `/newroom "A" group:"Project Falcon"`, `/newroom "A" group:"project  falcon" preview`,
		`/newroom "A" group:Project Falcon @alice`, `/newroom "A" group:Falcon`, `/newroom "A" group:"Project Falcn"`, `/newroom "A" group:Desk,"Project Falcon"`,
		`/newroom "A" project.falcon@acme.test`, `/newroom group:Project Falcon`,
	}
	for _, who := range []string{"bob", "eve"} {
		for _, line := range lines {
			asked := [2]int{there.calls(""), gone.calls("")}
			require.Equal(t, plain(gone.answer(who, line)), plain(there.answer(who, line)), "%s: %s", who, line)
			require.Equal(t, gone.calls("")-asked[1], there.calls("")-asked[0], "the calls that it takes: %s: %s", who, line)
		}
	}
	require.Contains(t, plain(there.answer("carol", "/groups")), "Project Falcon (1 person)")
	require.Contains(t, plain(there.answer("carol", `/newroom "A" group:"Project Falcon" preview`)), "Project Falcon (1 person)")
	require.Contains(t, plain(there.answer("carol", `/newroom "A" group:"Project Falcn"`)), "Is it “Project Falcon” or “Project Eagle”?")
	require.Contains(t, plain(there.answer("carol", `/newroom "A" group:Project Falcon @alice`)), `group:"Project Falcon"`)
}

func TestAGroupThatOneMayNotSeeMakesNoNameAmbiguous(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(managerGroups(restrictedGroup("Desk", w.people["carol"].ID), openGroup("Desk", 1)))
	require.Equal(t, commands.CodePreview, w.answer("bob", `/newroom "A" group:Desk preview`).Code)
	require.Equal(t, "ambiguous-group", w.answer("carol", `/newroom "A" group:Desk preview`).Code)
}

// The people in a room read what the bot says there.
func TestNamesOfRestrictedGroupsAreToldInPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stub(managerGroups(restrictedGroup("Project Falcon", w.people["carol"].ID), openGroup("Sales EU", 1), openGroup("Sales US", 2)))
	for line, private := range map[string]bool{
		"/groups": true, "/groups falc": true, "/groups sales": false, `/newroom "A" group:Falcon`: true, `/newroom "A" group:Sales`: false,
	} {
		require.Equal(t, private, w.answer("carol", line).Private, line)
		require.False(t, w.answer("bob", line).Private, line)
	}
}

func TestNamesAreSuggestedOnlyToThoseWhoMayListThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.noLists = true })
	w.readGroups()
	for _, line := range []string{
		`/newroom "A" group:"Test Grup"`, `/newroom "A" group:Sale`, `/newroom "A" group:Test Group @alice`, `/newroom "A" group:Unknown Words @alice`,
	} {
		reply := plain(w.answer("bob", line))
		require.NotContains(t, reply, "Equities Sales", line)
		require.NotContains(t, reply, "/groups", line)
		if strings.Contains(line, "Grup") {
			require.NotContains(t, reply, "Test Group", line)
		}
	}
	correction := plain(w.answer("bob", `/newroom "A" group:Test Group @alice`))
	require.Equal(t, strings.ReplaceAll(correction, "Test Group", "Nine Group"), plain(w.answer("bob", `/newroom "A" group:Nine Group @alice`)),
		"a group that there is reads like one that there is not")
	require.Equal(t, commands.CodePreview, w.answer("bob", `/newroom "A" group:"test group" preview`).Code, "a group that is named exactly is added")
}

func TestTheAccountOfAGroupIsNoPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readGroups()
	r := w.request("bob", `/newroom "A" @Alice Martin`)
	r.Users = append(r.Users, 103<<36+193)
	_, err := w.plan(r)
	var refusal *commands.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "Nobody here goes by “user 7078106104001”. Nothing was created.", refusal.Message)
}

func TestPeopleTogetherAreLimited(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]stub{"profile manager": {path: "no such call"}, "users API": {path: managerList, status: 404}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.stub(s)
			for _, c := range []struct {
				line   string
				people int // together with bob
			}{
				{`/newroom "A"`, 1},
				{`/newroom "A" @bob roombot@acme.test`, 1},
				{`/newroom "A" @alice @carol owner:@kim`, 4},
				{`/newroom "A" group:"Test Group"`, 3},                  // alice, bob, carol
				{`/newroom "A" group:"Test Group","FX EMEA"`, 4},        // carol is in both
				{`/newroom "A" group:"Test Group","FX EMEA" @alice`, 4}, // alice is in the first
				{`/newroom "A" group:Research @Carol O'Neil @carol`, 3}, // ravi
				{`/newroom "A" group:"Test Group" group:"test group"`, 3},
			} {
				w.env.Limits.MaxPeople = c.people
				require.Equal(t, commands.CodePreview, w.answer("bob", c.line+" preview").Code, c.line)
				if w.env.Limits.MaxPeople = c.people - 1; w.env.Limits.MaxPeople == 0 {
					continue
				}
				for _, line := range []string{c.line, c.line + " preview"} {
					reply := w.answer("bob", line)
					require.Equal(t, "too-many-people", reply.Code, line)
					require.Contains(t, plain(reply), fmt.Sprintf("would have %d people, with you and those in the groups, and I add at most %d.", c.people, c.people-1))
				}
			}
			require.Empty(t, w.rooms("A"))
		})
	}
}

func TestDisabledMembersAreNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.MaxPeople = 2 })
	w.stub(managerGroups(`{"name":"Desk","id":"d","status":"ACTIVE","profile":{"id":"7078106104100"},"members":[{"memberId":1},{"memberId":2,"status":"DISABLED"}]}`))
	require.Contains(t, plain(w.answer("bob", `/newroom "A" group:Desk preview`)), "Desk (1 person)")
}

// Neither specification requires a list to say who is in a group.
func TestMembersThatTheListLeavesOutAreReadWithTheGroup(t *testing.T) {
	t.Parallel()
	const lone = 103<<36 + 700
	for name, c := range map[string]struct {
		list  func(w *world)
		group string // the path of the group by itself
		key   string
	}{
		"profile manager": {func(w *world) {
			w.stub(managerGroups(fmt.Sprintf(`{"name":"Desk","id":"d1","status":"ACTIVE","profile":{"id":"%d"}}`, lone)))
		}, "/profile-manager/v1/groups/d1", `"id":"d1","profile":{"id":"7078106104508"}`},
		"users API": {func(w *world) {
			w.stub(stub{path: managerList, status: 404})
			w.stubUsersGroups(fmt.Sprintf(`{"groupId":%d,"name":"Desk"}`, lone))
		}, fmt.Sprint("/v1/groups/sdl/", lone), fmt.Sprint(`"groupId":`, lone)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) { w.limits.MaxPeople = 2 })
			c.list(w)
			answer := func(members string) func() {
				return w.stub(stub{path: c.group, status: 200, answer: `{"name":"Desk",` + c.key + members + `}`})
			}
			remove := answer(`,"members":[{"memberId":7,"userId":7}]`)
			require.Contains(t, plain(w.answer("bob", `/newroom "A" group:Desk preview`)), "Desk (1 person)")
			remove()
			remove = answer(`,"members":[{"memberId":7,"userId":7},{"memberId":8,"userId":8}]`)
			require.Equal(t, "too-many-people", w.answer("bob", `/newroom "A" group:Desk`).Code)
			remove()
			remove = answer(`,"members":[]`)
			require.Equal(t, commands.CodePreview, w.answer("bob", `/newroom "A" group:Desk preview`).Code)
			remove()
			for _, remove := range []func(){answer(""), w.stub(stub{path: c.group, status: 404})} {
				require.Equal(t, "group-size-unknown", w.answer("bob", `/newroom "A" group:Desk`).Code)
				remove()
			}
			w.stub(stub{path: c.group, status: 503})
			_, err := w.plan(w.request("bob", `/newroom "A" group:Desk`))
			require.Equal(t, symphony.Unavailable, symphony.VerdictOf(err))
		})
	}
}

func TestGroupsAreNotReadOneByOneWhereTheListHasTheirMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Groups = commands.NewGroupDirectory(w.client, time.Hour)
	require.Equal(t, commands.CodePreview, w.answer("bob", `/newroom "A" group:"Test Group","FX EMEA" preview`).Code)
	require.Equal(t, 1, w.calls("/v1/groups"))
}
