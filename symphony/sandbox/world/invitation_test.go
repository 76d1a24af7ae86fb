package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

// inviteEve makes an external room and adds eve of another company to it.
func inviteEve(p *pod) (st *world.Stream, eve *world.Person) {
	p.Helper()
	st, eve = p.room("Desk", world.RoomChange{CrossPod: new(true)}), p.requirePerson("eve")
	p.add(st, "bob", "eve")
	return st, eve
}

func TestPersonOfAnotherCompanyComesInLater(t *testing.T) {
	p := newPod(t)
	st, eve := inviteEve(p)
	require.True(t, st.HasMember(p.requirePerson("bob").ID), "a colleague is in at once")
	require.False(t, st.HasMember(eve.ID))
	require.True(t, p.IsInvited(st, eve.ID))
	requireRefusal(t, p.Promote(p.Bot(), st, eve.ID), world.Invalid, "is not a member")

	p.Advance(world.DefaultOutsideDelay - time.Millisecond)
	p.AdmitInvited()
	require.False(t, st.HasMember(eve.ID))
	require.Equal(t, time.Millisecond, p.UntilAdmission())
	feed, err := p.CreateFeed(p.Bot(), "")
	require.NoError(t, err)
	p.Advance(time.Millisecond)
	p.AdmitInvited()
	require.True(t, st.HasMember(eve.ID))
	require.False(t, p.IsInvited(st, eve.ID))
	require.Negative(t, p.UntilAdmission())
	_, events := p.Take(feed)
	require.Len(t, events, 1)
	require.Equal(t, world.MemberJoined, events[0].Kind)
	require.NoError(t, p.Promote(p.Bot(), st, eve.ID))
}

func TestPersonWhoIsAddedTwiceIsInvitedOnce(t *testing.T) {
	p := newPod(t)
	st, eve := inviteEve(p)
	p.add(st, "eve")
	require.Len(t, p.State().Invitations, 1)
	p.Advance(time.Minute)
	p.AdmitInvited()
	p.add(st, "eve")
	require.Empty(t, p.State().Invitations)
	require.NoError(t, p.RemoveMember(p.Bot(), st, eve.ID))
	require.False(t, st.HasMember(eve.ID))
}

func TestInvitedPersonStaysOutOfARoomThatChanged(t *testing.T) {
	for name, change := range map[string]func(*pod, *world.Stream, *world.Person) error{
		"removed before": func(p *pod, st *world.Stream, eve *world.Person) error { return p.RemoveMember(p.Bot(), st, eve.ID) },
		"deactivated":    func(p *pod, st *world.Stream, _ *world.Person) error { return p.SetActive(p.Bot(), st, false) },
		"no longer connected": func(p *pod, _ *world.Stream, eve *world.Person) error {
			return p.RemoveConnection(p.Bot(), eve)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			st, eve := inviteEve(p)
			require.NoError(t, change(p, st, eve))
			p.Advance(time.Minute)
			p.AdmitInvited()
			require.False(t, st.HasMember(eve.ID))
			require.Empty(t, p.State().Invitations)
		})
	}
}

func TestInvitationIsKeptWithTheState(t *testing.T) {
	p := newPod(t)
	st, eve := inviteEve(p)
	again, err := world.Restore(world.Config{}, p.State()) // whose clock is months later
	require.NoError(t, err)
	again.AdmitInvited()
	require.True(t, again.Stream(st.ID).HasMember(eve.ID))
}

func TestOwnerOfAPublicRoomNeedsTheEntitlementToMakeOne(t *testing.T) {
	p := newPod(t)
	public, private := p.room("Public", world.RoomChange{Public: new(true)}), p.room("Private", world.RoomChange{})
	p.add(public, "kim", "bob")
	p.add(private, "kim")
	kim := p.requirePerson("kim")
	require.ErrorIs(t, p.Promote(p.Bot(), public, kim.ID), world.ErrEntitlement)
	require.False(t, public.IsOwner(kim.ID))
	require.NoError(t, p.Promote(p.Bot(), private, kim.ID))
	require.NoError(t, p.Promote(p.Bot(), public, p.requirePerson("bob").ID))
	name := "Own"
	_, err := p.CreateRoom(kim, world.RoomChange{Name: &name, Public: new(true)})
	require.ErrorIs(t, err, world.ErrEntitlement)
}
