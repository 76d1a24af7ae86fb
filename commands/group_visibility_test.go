package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

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

// The list of the groups may be old, or not be shown to the bot. A number that nobody has reads the
// same, so that numbers cannot be tried out.
func TestTheAccountOfAGroupIsNoPerson(t *testing.T) {
	t.Parallel()
	for name, isListed := range map[string]bool{"listed": true, "not listed": false} {
		w := newWorld(t)
		if isListed {
			w.readGroups()
		}
		for _, who := range []string{"bob", "eve"} {
			for _, id := range []int64{103<<36 + 193, 103<<36 + 60_000} {
				r := w.request(who, `/newroom "A" external @Alice Martin`)
				r.Users = append(r.Users, id)
				_, err := w.plan(r)
				var refusal *commands.Refusal
				require.ErrorAs(t, err, &refusal, name)
				require.Equal(t, fmt.Sprintf("Nobody here goes by “user %d”. Nothing was created.", id), refusal.Message, name)
			}
		}
	}
}
