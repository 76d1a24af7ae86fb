package symphony_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// world is the client against a whole pod over real HTTP.
type world struct {
	*symphony.Client
	pod *client.Client // its control API
}

func newWorld(t *testing.T) *world {
	t.Helper()
	pod, err := sandbox.New(sandbox.Config{BotKey: key().Public(), LongPoll: time.Second})
	require.NoError(t, err)
	server := httptest.NewServer(control.New(pod, control.Config{}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { require.NoError(t, pod.Close()) })
	c, err := symphony.New(symphony.Config{
		Username: "roombot", Key: key(), Endpoints: symphony.Endpoints{Pod: server.URL},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	control := client.New(server.URL)
	t.Cleanup(control.Close)
	return &world{c, control}
}

// says is alice writing to the bot.
func (w *world) says(t *testing.T, text string) {
	t.Helper()
	_, err := w.pod.Says(t.Context(), "alice", text)
	require.NoError(t, err)
}

// user of the pod by username.
func (w *world) user(t *testing.T, name string) symphony.User {
	t.Helper()
	users, err := w.UsersByUsername(t.Context(), name)
	require.NoError(t, err)
	require.Len(t, users, 1)
	return users[0]
}

func TestARoomInAWholePod(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	alice, bob := w.user(t, "alice"), w.user(t, "bob")
	made, err := w.CreateRoom(ctx, symphony.RoomAttributes{
		Name: "Q3 desk", Description: "FX planning", Keywords: []symphony.Keyword{{Key: "roombot-request", Value: "4711"}},
	})
	require.NoError(t, err)
	_, err = w.CreateRoom(ctx, symphony.RoomAttributes{Name: "q3 DESK", Description: "again"})
	require.ErrorIs(t, err, symphony.ErrBadRequest)

	require.NoError(t, w.AddMember(ctx, made.ID, alice.ID))
	require.NoError(t, w.PromoteOwner(ctx, made.ID, alice.ID))
	require.NoError(t, w.DemoteOwner(ctx, made.ID, alice.ID))
	require.NoError(t, w.AddMember(ctx, made.ID, bob.ID))
	require.NoError(t, w.RemoveMember(ctx, made.ID, bob.ID))
	for g, err := range w.Groups(ctx, symphony.DistributionListType) {
		require.NoError(t, err)
		if g.Name == "Test Group" {
			account, err := g.Account()
			require.NoError(t, err)
			require.NoError(t, w.AddMember(ctx, made.ID, account))
		}
	}
	members, err := w.Members(ctx, made.ID)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(members), 4)

	labels, fields := []string{"roombot-request"}, []string{"keywords_value"}
	for _, query := range []symphony.RoomQuery{
		{Text: "4711", SearchFields: fields}, {Text: "4711", Labels: labels}, {Text: "4711", Labels: labels, SearchFields: fields},
	} {
		found := collect(t, w.SearchRooms(ctx, query))
		require.Len(t, found, 1)
		require.Equal(t, made.ID, found[0].ID)
		require.Equal(t, made.Attributes, found[0].Attributes)
	}
	require.Empty(t, collect(t, w.SearchRooms(ctx, symphony.RoomQuery{Text: "4711", Labels: []string{"4711"}})))

	name := "Q4 desk"
	updated, err := w.UpdateRoom(ctx, made.ID, symphony.RoomUpdate{Name: &name})
	require.NoError(t, err)
	require.Equal(t, name, updated.Attributes.Name)
	stream, err := w.Stream(ctx, made.ID)
	require.NoError(t, err)
	require.Equal(t, symphony.RoomStream, stream.Type)
	require.NoError(t, w.SetRoomActive(ctx, made.ID, false))
	now, err := w.Room(ctx, made.ID)
	require.NoError(t, err)
	require.False(t, now.Active)
}

func TestMessagesInAWholePod(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	begin := time.Now().Add(-time.Minute)
	im, err := w.CreateIM(ctx, w.user(t, "alice").ID)
	require.NoError(t, err)
	first, err := w.SendMessage(ctx, im, symphony.Outgoing{MessageML: "<messageML>Hello <b>Alice</b></messageML>", Data: `{"a":{"type":"x","version":"1"}}`})
	require.NoError(t, err)
	second, err := w.UpdateMessage(ctx, im, first.ID, symphony.Outgoing{MessageML: "<messageML>Bye</messageML>"})
	require.NoError(t, err)
	require.Equal(t, first.ID, second.Replaces)
	got, err := w.Message(ctx, first.ID)
	require.NoError(t, err)
	require.Contains(t, got.PresentationML, "<b>Alice</b>")
	require.NotEmpty(t, collect(t, w.MessagesSince(ctx, im, begin)))
	require.NotEmpty(t, collect(t, w.SearchMessages(ctx, symphony.MessageQuery{Text: "bye", Stream: im})))
	_, err = w.SendMessage(ctx, im, symphony.Outgoing{MessageML: "<messageML><foo/></messageML>"})
	require.ErrorIs(t, err, symphony.ErrBadRequest)
}

func TestTheRestOfAWholePod(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	self, err := w.Me(ctx)
	require.NoError(t, err)
	require.Equal(t, symphony.ServiceAccount, self.AccountType)
	require.NotEmpty(t, collect(t, w.SearchUsers(ctx, symphony.UserQuery{Text: "ali"})))
	lists := collect(t, w.DistributionLists(ctx))
	require.NotEmpty(t, lists)
	_, err = w.DistributionList(ctx, lists[0].ProfileID)
	require.NoError(t, err)
	for g, err := range w.Groups(ctx, symphony.DistributionListType) {
		require.NoError(t, err)
		_, err = w.Group(ctx, g.ID)
		require.NoError(t, err)
	}
	_, err = w.SetPresence(ctx, "AVAILABLE")
	require.NoError(t, err)
	_, err = w.OwnPresence(ctx)
	require.NoError(t, err)
	_, err = w.Presence(ctx, self.ID)
	require.NoError(t, err)
	h, err := w.HealthExtended(ctx)
	require.NoError(t, err)
	require.True(t, h.Up())
	_, err = w.AgentInfo(ctx)
	require.NoError(t, err)
	require.NoError(t, w.SetManifest(ctx, `{"commands":[{"name":"help","desc":"Help"}]}`))
	_, err = w.Connection(ctx, w.user(t, "alice").ID)
	require.NoError(t, err)
}

func TestAFeedOfAWholePod(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	live, heard := make(chan struct{}, 9), make(chan symphony.MessageSent, 9)
	f := w.Feed(symphony.FeedConfig{
		MinWait: time.Millisecond, Spread: time.Millisecond, Live: func(symphony.DatafeedID) { live <- struct{}{} },
	})
	ended := make(chan error, 1)
	go func() {
		ended <- f.Run(ctx, func(_ context.Context, events []symphony.Event) error {
			for _, e := range events {
				if m, ok := e.(symphony.MessageSent); ok {
					heard <- m
				}
				if u, ok := e.(symphony.Unknown); ok {
					return u.Err
				}
			}
			return nil
		})
	}()
	<-live
	w.says(t, "hello")
	require.Contains(t, (<-heard).Message.PresentationML, "hello")

	require.NoError(t, w.pod.Fail(ctx, client.Fault{Kind: client.FaultSessionExpired, Count: 1}))
	w.says(t, "and again")
	require.Contains(t, (<-heard).Message.PresentationML, "again")

	require.NoError(t, w.pod.Fail(ctx, client.Fault{Kind: client.FaultFeedKilled, Count: 1}))
	<-live // another feed
	w.says(t, "still there?")
	require.Contains(t, (<-heard).Message.PresentationML, "still there?")
	stop()
	require.NoError(t, <-ended)
}
