package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

func TestRulesOfChats(t *testing.T) {
	for name, row := range map[string]struct {
		by      string
		with    []string
		rights  *world.Rights
		kind    world.RefusalKind
		refusal string
	}{
		"colleagues":              {by: "bob", with: []string{"carol"}},
		"connected outsider":      {by: "roombot", with: []string{"eve"}},
		"no external chats":       {by: "roombot", with: []string{"eve"}, rights: &world.Rights{}, kind: world.Forbidden, refusal: "entitlement"},
		"outsider, not connected": {by: "roombot", with: []string{"mallory"}, kind: world.Forbidden, refusal: "is not connected to"},
		"disabled account":        {by: "bob", with: []string{"dana"}, refusal: "is disabled"},
		"across the barrier":      {by: "alice", with: []string{"ravi"}, kind: world.Barrier, refusal: "Information barrier"},
		"three people":            {by: "bob", with: []string{"carol", "kim"}, refusal: "create a room instead"},
		"nobody else":             {by: "bob", with: []string{"bob"}, refusal: "At least one other user"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			if row.rights != nil {
				p.SetRights(*row.rights)
			}
			var ids []int64
			for _, username := range row.with {
				ids = append(ids, p.requirePerson(username).ID)
			}
			_, err := p.OpenChat(p.requirePerson(row.by), ids)
			requireRefusal(t, err, row.kind, row.refusal)
		})
	}
}

func TestAChatOfTwoExistsOnce(t *testing.T) {
	p := newPod(t)
	bob, carol := p.requirePerson("bob"), p.requirePerson("carol")
	first, err := p.OpenChat(bob, []int64{carol.ID})
	require.NoError(t, err)
	again, err := p.OpenChat(carol, []int64{bob.ID, bob.ID, carol.ID})
	require.NoError(t, err)
	require.Same(t, first, again)
	_, err = p.OwnChat(p.requirePerson("kim"), first.ID)
	require.ErrorIs(t, err, world.ErrEntitlement)
	_, err = p.FindRoom(first.ID)
	requireRefusal(t, err, world.Invalid, "is not a room")
	_, err = p.FindStream("nonsense")
	requireRefusal(t, err, world.Invalid, "Invalid stream id")
	_, err = p.FindStream(world.MintID(world.StreamMark, p.Now()))
	requireRefusal(t, err, world.Invalid, "Could not find a stream")
}

func TestAConnectionIsRequestedAnsweredAndRemoved(t *testing.T) {
	p := newPod(t)
	bot, mallory := p.Bot(), p.requirePerson("mallory")
	_, err := p.Connection(bot, mallory)
	requireRefusal(t, err, world.NotFound, "Connection not found")
	_, err = p.AnswerConnection(mallory, bot, world.StatusAccepted)
	requireRefusal(t, err, world.NotFound, "did not ask to be connected")

	asked := p.RequestConnection(bot, mallory)
	require.Equal(t, "PENDING_OUTGOING", asked.StatusFor(bot.ID))
	require.Equal(t, "PENDING_INCOMING", asked.StatusFor(mallory.ID))
	_, err = p.AnswerConnection(bot, mallory, world.StatusAccepted)
	requireRefusal(t, err, world.NotFound, "did not ask")
	require.False(t, p.AreConnected(bot.ID, mallory.ID))
	_, err = p.AnswerConnection(mallory, bot, world.StatusRejected)
	require.NoError(t, err)
	require.EqualValues(t, 2, p.RequestConnection(bot, mallory).Requests, "asked again")
	_, err = p.AnswerConnection(mallory, bot, world.StatusAccepted)
	require.NoError(t, err)
	require.True(t, p.AreConnected(mallory.ID, bot.ID))
	require.Len(t, p.Connections(bot), 2)

	require.NoError(t, p.RemoveConnection(bot, mallory))
	require.False(t, p.AreConnected(bot.ID, mallory.ID))
	requireRefusal(t, p.RemoveConnection(bot, mallory), world.NotFound, "Connection not found")
	_, err = p.Contact(1)
	requireRefusal(t, err, world.NotFound, "does not exist")
}

func TestColleaguesAreAlwaysConnected(t *testing.T) {
	p := newPod(t)
	bot, bob := p.Bot(), p.requirePerson("bob")
	require.Equal(t, world.StatusAccepted, p.RequestConnection(bot, bob).Status)
	require.Empty(t, p.Connections(bob), "nothing is kept of it")
	k, err := p.AnswerConnection(bot, bob, world.StatusAccepted)
	require.NoError(t, err)
	require.Equal(t, bob.ID, k.Other(bot.ID))
	_, err = p.AnswerConnection(bot, bob, world.StatusRejected)
	requireRefusal(t, err, world.Invalid, "always connected")
}
