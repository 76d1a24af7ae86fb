package world_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

func TestRulesOfGroups(t *testing.T) {
	for name, row := range map[string]struct {
		name    string
		members []string
		kind    world.RefusalKind
		refusal string
	}{
		"colleagues":       {name: "Desk", members: []string{"alice", "bob"}},
		"blank name":       {name: "  ", refusal: "The field name is required"},
		"outsider":         {name: "Desk", members: []string{"eve"}, refusal: "cannot be in a distribution list"},
		"disabled account": {name: "Desk", members: []string{"dana"}, refusal: "cannot be in a distribution list"},
		"both sides":       {name: "Desk", members: []string{"alice", "ravi"}, kind: world.Barrier, refusal: "Information barrier"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			ids := []int64{}
			for _, username := range row.members {
				ids = append(ids, p.requirePerson(username).ID)
			}
			_, err := p.CreateGroup(p.requirePerson("ops"), world.GroupChange{Name: row.name, Members: &ids})
			requireRefusal(t, err, row.kind, row.refusal)
		})
	}
}

func TestAGroupChangeNeedsTheCurrentTag(t *testing.T) {
	p := newPod(t)
	ops := p.requirePerson("ops")
	g, err := p.CreateGroup(ops, world.GroupChange{Name: "Desk", Details: new(`{"jobRole":"x"}`)})
	require.NoError(t, err)
	first := g.ETag
	require.NoError(t, p.UpdateGroup(ops, g, first, world.GroupChange{Name: "Desk 2", Members: &[]int64{p.requirePerson("bob").ID, p.requirePerson("bob").ID}}))
	require.Equal(t, "Desk 2", g.Name)
	require.Len(t, g.Members, 1)
	require.JSONEq(t, `{"jobRole":"x"}`, g.Details, "what was not given stays")
	requireRefusal(t, p.UpdateGroup(ops, g, first, world.GroupChange{Name: "Desk 3"}), world.Conflict, "changed by somebody else")
	require.NoError(t, p.UpdateGroup(ops, g, g.ETag, world.GroupChange{Name: "Desk 2", Status: world.StatusDeleted}))
	require.Nil(t, p.ActiveGroup(g.Profile))
	require.Same(t, g, p.GroupOfProfile(g.Profile))
}

func TestANewMemberOfAGroupJoinsItsRooms(t *testing.T) {
	p := newPod(t)
	open, barred := p.room("Open", world.RoomChange{}), p.room("Barred", world.RoomChange{})
	list := p.group("FX EMEA")
	for _, st := range []*world.Stream{open, barred} {
		require.NoError(t, p.AddMember(p.Bot(), st, list))
	}
	p.add(barred, "ravi")
	bob := p.requirePerson("bob").ID
	require.NoError(t, p.AddToGroup(p.requirePerson("ops"), p.ActiveGroup(list), bob))
	require.Equal(t, []int64{list}, open.Member(bob).Through)
	require.False(t, barred.HasMember(bob), "the barrier")
	require.NoError(t, p.AddToGroup(p.requirePerson("ops"), p.ActiveGroup(list), bob), "again")
	require.Len(t, p.ActiveGroup(list).Members, 3)
}

func TestAccountsAreFoundByTheirKeysAndByWords(t *testing.T) {
	p := newPod(t)
	alice := p.requirePerson("alice")
	require.Equal(t, alice, p.AccountWith(world.KeyEmail, "ALICE@acme.test", alice))
	require.Equal(t, alice, p.AccountWith(world.KeyUsername, "Alice", alice))
	require.Nil(t, p.AccountWith(world.KeyID, "1", alice))
	lists := &world.UserFilters{AccountTypes: []string{world.TypeSDL}}
	for name, row := range map[string]struct {
		query world.UserQuery
		found bool
	}{
		"part of a name":  {world.UserQuery{Query: "mart"}, true},
		"address":         {world.UserQuery{Query: "alice@"}, true},
		"title":           {world.UserQuery{Filters: &world.UserFilters{Title: "equity"}}, true},
		"other title":     {world.UserQuery{Query: "alice", Filters: &world.UserFilters{Title: "trader"}}, false},
		"other company":   {world.UserQuery{Query: "alice", Filters: &world.UserFilters{Company: "Beta"}}, false},
		"only lists":      {world.UserQuery{Query: "alice", Filters: lists}, false},
		"another's words": {world.UserQuery{Query: "bob"}, false},
	} {
		require.Equal(t, row.found, row.query.Matches(alice), name)
	}
	isFound := func(q world.UserQuery) bool {
		for _, who := range p.Accounts(p.Bot()) {
			if who.Type == world.TypeSDL && q.Matches(who) {
				return true
			}
		}
		return false
	}
	require.False(t, isFound(world.UserQuery{Query: "Test Group"}), "lists are found by those who ask for them")
	require.True(t, isFound(world.UserQuery{Query: "Test Group", Filters: lists}))
}

func TestPresenceAndManifest(t *testing.T) {
	p := newPod(t)
	requireRefusal(t, p.SetPresence(p.Bot(), "HUNGRY"), world.Invalid, "Unknown presence category")
	require.NoError(t, p.SetPresence(p.Bot(), "BUSY"))
	require.Equal(t, "BUSY", p.PresenceOf(world.BotID).Category)
	require.Equal(t, "UNDEFINED", p.PresenceOf(p.requirePerson("bob").ID).Category)
	require.ErrorIs(t, p.SetManifest(p.requirePerson("bob"), "{}"), world.ErrEntitlement)
	requireRefusal(t, p.SetManifest(p.Bot(), string(make([]byte, 6145))), world.Invalid, "6144")
	require.NoError(t, p.SetManifest(p.Bot(), `{"commands":[]}`))
	p.Reset()
	require.Equal(t, `{"commands":[]}`, p.Manifest(world.BotID), "a bot does not upload it again")
}

func TestARestrictedGroupIsSeenByThoseItNames(t *testing.T) {
	p := newPod(t)
	carol := p.requirePerson("carol").ID
	for name, row := range map[string]struct {
		visible world.Visibility
		seenBy  []string
	}{
		"no restriction": {world.Visibility{}, []string{"carol", "bob", "eve", "roombot"}},
		"a company":      {world.Visibility{Tenants: []int64{world.HomeCompany}}, []string{"carol", "bob", "roombot"}},
		"a user":         {world.Visibility{Users: []int64{carol}}, []string{"carol"}},
		"both":           {world.Visibility{Tenants: []int64{world.HomeCompany}, Users: []int64{carol}}, []string{"carol"}},
		"of another":     {world.Visibility{Tenants: []int64{world.HomeCompany + 1}, Users: []int64{carol}}, nil},
	} {
		g, err := p.CreateGroup(p.requirePerson("ops"), world.GroupChange{Name: name, Restrictions: world.Restrictions{Visible: row.visible}})
		require.NoError(t, err)
		st := p.room(name, world.RoomChange{})
		for _, all := range []bool{false, true} {
			rights := p.Rights()
			rights.AllGroups = all
			p.SetRights(rights)
			var seenBy []string
			for _, username := range []string{"carol", "bob", "eve", "roombot"} {
				if p.MaySeeGroup(p.requirePerson(username), g) {
					seenBy = append(seenBy, username)
				}
			}
			want := row.seenBy
			if all && !slices.Contains(want, "roombot") {
				want = append(want, "roombot")
			}
			require.Equal(t, want, seenBy, name)
			found := slices.ContainsFunc(p.Accounts(p.Bot()), func(who *world.Person) bool { return who.ID == g.Profile })
			require.Equal(t, slices.Contains(want, "roombot"), found, name)
			if !found {
				require.Error(t, p.AddMember(p.Bot(), st, g.Profile), name)
				require.Empty(t, st.Groups)
			}
		}
		require.NoError(t, p.AddMember(p.Bot(), st, g.Profile), name)
	}
}
