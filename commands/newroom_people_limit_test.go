package commands_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

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

func TestOffersOfFewerPeopleOpenTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.MaxPeople, w.limits.MaxMembers = 3, 2 })
	for i, c := range []struct {
		people  string
		offers  []string
		members []string // with the first offer
	}{
		{`@kim group:"Test Group"`, []string{`Open it without "Test Group"`, "Edit in form"}, []string{"bob*", "kim"}},
		{`group:"FX EMEA" group:"test group"`, []string{`Open it without "FX EMEA"`, `Open it without "Test Group"`, "Edit in form"}, []string{"alice", "bob*", "carol"}},
		{"@carol owner:@kim @alice", []string{"Open it with the first 2", "Edit in form"}, []string{"bob*", "carol", "kim*"}},
		{"@carol @Kim Novak @alice", []string{"Edit in form"}, nil},
	} {
		name := fmt.Sprintf("Room %d", i)
		refused := w.answer("bob", fmt.Sprintf("/newroom %q %s", name, c.people))
		var labels []string
		for _, o := range refused.Offers {
			labels = append(labels, o.Label)
		}
		require.Equal(t, c.offers, labels, c.people)
		if c.members != nil {
			w.answer("bob", refused.Offers[0].Command.Text)
			require.Equal(t, c.members, w.members(name), refused.Offers[0].Command.Text)
		}
	}
}
