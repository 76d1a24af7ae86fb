package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

func TestWhoMayBeInARoom(t *testing.T) {
	external := world.RoomChange{CrossPod: new(true)}
	for name, row := range map[string]struct {
		room    world.RoomChange
		before  []string // who is in it
		who     string
		kind    world.RefusalKind
		refusal string
	}{
		"colleague":                             {who: "bob"},
		"disabled account":                      {who: "dana", refusal: "The user Dana Former is disabled"},
		"outsider in an internal room":          {who: "eve", kind: world.Forbidden, refusal: "the room is internal"},
		"connected outsider":                    {room: external, who: "eve"},
		"outsider who is not connected":         {room: external, who: "mallory", kind: world.Forbidden, refusal: "is not connected to"},
		"research where sales is":               {before: []string{"alice"}, who: "ravi", kind: world.Barrier, refusal: "Information barrier"},
		"sales where sales is":                  {before: []string{"alice"}, who: "bob"},
		"somebody who is in the room already":   {before: []string{"bob"}, who: "bob"},
		"colleague in an external room's third": {room: external, before: []string{"eve"}, who: "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			st := p.room("Desk", row.room)
			p.add(st, row.before...)
			requireRefusal(t, p.AddMember(p.Bot(), st, p.requirePerson(row.who).ID), row.kind, row.refusal)
		})
	}
}

func TestAThirdCompanyNeedsAMultilateralRoom(t *testing.T) {
	p := newPod(t)
	mallory := p.requirePerson("mallory")
	p.RequestConnection(p.Bot(), mallory)
	_, err := p.AnswerConnection(mallory, p.Bot(), world.StatusAccepted)
	require.NoError(t, err)
	two := p.room("two", world.RoomChange{CrossPod: new(true)})
	three := p.room("three", world.RoomChange{CrossPod: new(true), MultiLateral: new(true)})
	p.add(two, "eve")
	p.add(three, "eve", "mallory")
	requireRefusal(t, p.AddMember(p.Bot(), two, mallory.ID), world.Forbidden, "two companies only")
}

func TestWhoMayAdd(t *testing.T) {
	for name, row := range map[string]struct {
		room world.RoomChange
		by   string
		id   string
		may  bool
	}{
		"owner":                                 {by: "roombot", id: "carol", may: true},
		"member":                                {by: "bob", id: "carol"},
		"member where members invite":           {room: world.RoomChange{MembersCanInvite: new(true)}, by: "bob", id: "carol", may: true},
		"stranger":                              {by: "kim", id: "carol"},
		"compliance officer":                    {by: "cora", id: "carol", may: true},
		"administrator":                         {by: "ops", id: "carol", may: true},
		"stranger themselves, in a public room": {room: world.RoomChange{Public: new(true)}, by: "kim", id: "kim", may: true},
		"stranger somebody else in a public room": {room: world.RoomChange{Public: new(true)}, by: "kim", id: "carol"},
		"stranger themselves, in a private room":  {by: "kim", id: "kim"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			st := p.room("Desk", row.room)
			p.add(st, "bob")
			err := p.AddMember(p.requirePerson(row.by), st, p.requirePerson(row.id).ID)
			require.Equal(t, row.may, err == nil)
			require.Equal(t, row.may, st.HasMember(p.requirePerson(row.id).ID))
		})
	}
}

func TestWhoMayRemove(t *testing.T) {
	for by, may := range map[string]bool{"roombot": true, "carol": true, "bob": false, "kim": false, "cora": true, "ops": true} {
		t.Run(by, func(t *testing.T) {
			p := newPod(t)
			st := p.room("Desk", world.RoomChange{})
			p.add(st, "bob", "carol")
			require.Equal(t, may, p.RemoveMember(p.requirePerson(by), st, p.requirePerson("carol").ID) == nil)
			require.Equal(t, !may, st.HasMember(p.requirePerson("carol").ID))
		})
	}
}

func TestWhoCameWithAGroupLeavesWithTheLastOfThem(t *testing.T) {
	p := newPod(t)
	st, bot := p.room("Desk", world.RoomChange{}), p.Bot()
	p.add(st, "bob")
	everybody, sales := p.group("Test Group"), p.group("Equities Sales")
	require.NoError(t, p.AddMember(bot, st, everybody))
	require.NoError(t, p.AddMember(bot, st, sales))
	alice := p.requirePerson("alice").ID
	require.Equal(t, []int64{everybody, sales}, st.Member(alice).Through)
	require.NoError(t, p.RemoveMember(bot, st, everybody))
	require.False(t, st.HasMember(p.requirePerson("carol").ID), "who came with the first group only")
	require.True(t, st.HasMember(alice))
	require.NoError(t, p.RemoveMember(bot, st, sales))
	require.False(t, st.HasMember(alice))
	require.True(t, st.HasMember(p.requirePerson("bob").ID), "who was added by name too")
	requireRefusal(t, p.RemoveMember(bot, st, sales), world.Invalid, "is not in the room")
}

func TestAGroupBehindTheBarrierIsNotAdded(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "alice")
	requireRefusal(t, p.AddMember(p.Bot(), st, p.group("Research")), world.Barrier, "Information barrier")
	require.Empty(t, st.Groups)
	require.Len(t, st.Members, 2)
}

func TestOwnersArePromotedAndDemoted(t *testing.T) {
	p := newPod(t)
	st, bot, bob := p.room("Desk", world.RoomChange{}), p.Bot(), p.requirePerson("bob")
	p.add(st, "bob")
	requireRefusal(t, p.Demote(bot, st, bot.ID), world.Invalid, "The last owner of a room cannot be demoted")
	requireRefusal(t, p.Promote(bob, st, bob.ID), world.Forbidden, "entitlement")
	requireRefusal(t, p.Promote(bot, st, p.requirePerson("carol").ID), world.Invalid, "is not a member")
	requireRefusal(t, p.Promote(bot, st, 1), world.Invalid, "Invalid user id: 1")
	require.NoError(t, p.Promote(bot, st, bob.ID))
	require.NoError(t, p.Demote(bob, st, bot.ID))
	require.True(t, st.IsOwner(bob.ID))
	require.False(t, st.IsOwner(bot.ID))
}

func TestAPersonBecomesOwnerWhenTheLastOneLeaves(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "bob", "carol")
	require.NoError(t, p.Leave(p.Bot(), st))
	require.True(t, st.IsOwner(p.requirePerson("bob").ID))
	require.False(t, st.IsOwner(p.requirePerson("carol").ID))
	requireRefusal(t, p.Leave(p.Bot(), st), world.Invalid, "is not in this room")
}

func TestAGuestEntersAPublicRoomAndAsksAtAPrivateOne(t *testing.T) {
	p := newPod(t)
	public, private := p.room("Public", world.RoomChange{Public: new(true)}), p.room("Private", world.RoomChange{})
	kim := p.requirePerson("kim")
	require.NoError(t, p.Enter(kim, public, false))
	require.NoError(t, p.Enter(kim, public, false), "again")
	requireRefusal(t, p.Enter(kim, private, false), world.Forbidden, "ask one of its owners")
	feed, err := p.CreateFeed(p.Bot(), "")
	require.NoError(t, err)
	requireRefusal(t, p.Enter(kim, private, true), world.Forbidden, "have been asked")
	_, events := p.Take(feed)
	require.Len(t, events, 1)
	require.Equal(t, world.JoinRequested, events[0].Kind)
	require.Equal(t, []int64{world.BotID}, events[0].Users)
}
