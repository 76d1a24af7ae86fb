package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

const vendorText = "Member already part of the room or Xpod request will be processed asynchronously"

// addEve makes an external room and adds eve of another company to it.
func (b *bundle) addEve(name string) (room string) {
	b.Helper()
	room = b.Room(map[string]any{"name": name, "crossPod": true})
	require.Equal(b, vendorText, b.Add(room, b.ID("eve")).OK()["message"])
	return room
}

func (b *bundle) hasEve(room string) bool {
	b.Helper()
	m, ok := b.RoomNamed(room).Member("eve")
	return ok && !m.Owner
}

func TestPersonOfAnotherCompanyComesInByTheClockOfThePod(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Kind: client.FaultOutsideDelay, Delay: "10m"})
	room := b.addEve("Desk")
	require.Equal(t, vendorText, b.Add(room, b.ID("eve")).OK()["message"], "adding twice changes nothing")
	require.Len(t, b.Get("/pod/v2/room/"+room+"/membership/list").List(), 1)
	b.Post("/pod/v1/room/"+room+"/membership/promoteOwner", map[string]int64{"id": b.ID("eve")}).Refused(http.StatusBadRequest)
	_, err := b.People.Advance(t.Context(), 10*time.Minute)
	require.NoError(t, err)
	require.Len(t, b.Get("/pod/v2/room/"+room+"/membership/list").List(), 2)
	require.True(t, b.hasEve("Desk"))
}

func TestParkedReadIsToldOfAPersonOfAnotherCompany(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.LongPoll = time.Minute })
	b.AddFault(client.Fault{Kind: client.FaultOutsideDelay, Delay: "300ms"})
	b.addEve("Desk")
	feed, read := b.Feed(), make(chan batch)
	go func() { read <- b.Read(feed, "") }()
	require.Equal(t, []string{"USERJOINEDROOM"}, (<-read).Types())
}

func TestFaultsVaryWhenPeopleOfOtherCompaniesComeIn(t *testing.T) {
	b := loggedIn(t)
	b.AddFault(client.Fault{Kind: client.FaultOutsideDelay, Delay: "0s", Count: 1})
	room := b.Room(map[string]any{"name": "At once", "crossPod": true})
	require.Equal(t, "Member added", b.Add(room, b.ID("eve")).OK()["message"])
	require.True(t, b.hasEve("At once"))

	b.AddFault(client.Fault{Kind: client.FaultOutsideNever, Count: 1})
	b.addEve("Never")
	b.addEve("Later")
	_, err := b.People.Advance(t.Context(), world.DefaultOutsideDelay)
	require.NoError(t, err)
	require.True(t, b.hasEve("Later"))
	_, err = b.People.Advance(t.Context(), 24*time.Hour)
	require.NoError(t, err)
	require.False(t, b.hasEve("Never"))
}

func TestPeopleOfOtherCompaniesAreInTheRoomsThatATesterMakes(t *testing.T) {
	b := loggedIn(t)
	_, err := b.People.CreateRoom(t.Context(), client.CreateRoomRequest{As: "roombot", Name: "Made", CrossPod: true, Members: []string{"bob", "eve"}})
	require.NoError(t, err)
	require.True(t, b.hasEve("Made"))
}
