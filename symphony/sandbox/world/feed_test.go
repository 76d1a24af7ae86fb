package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

// talk is a chat of bob and the bot, and the bot's feed.
func (p *pod) talk() (*world.Stream, *world.Feed) {
	p.Helper()
	feed, err := p.CreateFeed(p.Bot(), "")
	require.NoError(p, err)
	st, err := p.OpenChat(p.requirePerson("bob"), []int64{world.BotID})
	require.NoError(p, err)
	_, events := p.Take(feed)
	require.Len(p, events, 1)
	feed.Acknowledge(feed.Queue[0].Batch)
	return st, feed
}

// texts are the messages that a read of a feed gives.
func (p *pod) texts(feed *world.Feed) (texts []string, ackID string) {
	p.Helper()
	ackID, events := p.Take(feed)
	for _, e := range events {
		require.Equal(p, world.MessageCreated, e.Kind)
		texts = append(texts, p.Message(e.Message.ID).Text)
	}
	return texts, ackID
}

func TestEventsComeAgainUntilTheyAreAcknowledged(t *testing.T) {
	p := newPod(t)
	st, feed := p.talk()
	p.send(p.requirePerson("bob"), st, draft("one"))
	first, ack := p.texts(feed)
	require.Equal(t, []string{"one"}, first)
	again, _ := p.texts(feed)
	require.Empty(t, again, "hidden while they are handed out")
	require.Equal(t, 30*time.Second, p.UntilVisible(feed))
	require.True(t, p.HasTakenSince(feed, p.Now()))

	p.Advance(31 * time.Second)
	feed.Acknowledge(ack)
	require.Empty(t, feed.Queue, "a late acknowledgement of the batch they were last in")
	p.send(p.requirePerson("bob"), st, draft("two"))
	_, ack = p.texts(feed)
	p.Advance(31 * time.Second)
	again, newer := p.texts(feed)
	require.Equal(t, []string{"two"}, again)
	feed.Acknowledge(ack)
	require.Len(t, feed.Queue, 1, "they are in another batch by now")
	feed.Acknowledge(newer)
	require.Empty(t, feed.Queue)
	require.False(t, p.HasTakenSince(feed, p.Now()))
}

func TestABatchThatIsGivenBackComesAtOnce(t *testing.T) {
	p := newPod(t)
	st, feed := p.talk()
	p.send(p.requirePerson("bob"), st, draft("one"))
	_, ack := p.texts(feed)
	waiting, taken := p.CountEvents(feed)
	require.Equal(t, []int{0, 1}, []int{waiting, taken})
	p.GiveBack(feed, ack)
	waiting, taken = p.CountEvents(feed)
	require.Equal(t, []int{1, 0}, []int{waiting, taken})
	again, _ := p.texts(feed)
	require.Equal(t, []string{"one"}, again)
}

func TestReadersOfOneFeedCompeteAndTwoFeedsEachGetEverything(t *testing.T) {
	p := newPod(t)
	st, shared := p.talk()
	other, err := p.CreateFeed(p.Bot(), "other")
	require.NoError(t, err)
	for range 150 {
		p.send(p.requirePerson("bob"), st, draft("hi"))
	}
	first, _ := p.texts(shared)
	second, _ := p.texts(shared)
	third, _ := p.texts(shared)
	require.Equal(t, []int{100, 50, 0}, []int{len(first), len(second), len(third)})
	whole, _ := p.texts(other)
	require.Len(t, whole, 100)
	require.Equal(t, 150, p.LongestQueue())
}

func TestAFeedExpiresThirtyMinutesAfterItsLastRead(t *testing.T) {
	p := newPod(t)
	_, feed := p.talk()
	p.Advance(29 * time.Minute)
	p.Take(feed)
	p.Advance(29 * time.Minute)
	require.Same(t, feed, p.Feed(p.Bot(), feed.ID))
	require.Nil(t, p.Feed(p.requirePerson("bob"), feed.ID), "of another account")
	p.Advance(2 * time.Minute)
	require.Nil(t, p.Feed(p.Bot(), feed.ID))
}

func TestLimitsOfFeeds(t *testing.T) {
	p := newPod(t)
	_, err := p.CreateFeed(p.Bot(), string(make([]byte, 101)))
	requireRefusal(t, err, world.Invalid, "The tag must not be longer than 100 characters")
	for range 20 {
		_, err := p.CreateFeed(p.Bot(), "mine")
		require.NoError(t, err)
	}
	_, err = p.CreateFeed(p.Bot(), "mine")
	requireRefusal(t, err, world.Forbidden, "The maximum number of datafeeds (20)")
	require.Empty(t, p.FeedsOf(p.Bot(), "other"))
	p.RemoveFeed(p.FeedsOf(p.Bot(), "mine")[0].ID)
	_, err = p.CreateFeed(p.Bot(), "other")
	require.NoError(t, err)
}

func TestAnEventShowsTheStateOfItsMoment(t *testing.T) {
	p := newPod(t)
	feed, err := p.CreateFeed(p.Bot(), "")
	require.NoError(t, err)
	st := p.room("Before", world.RoomChange{})
	m := p.send(p.Bot(), st, draft("before"))
	require.NoError(t, p.UpdateRoom(p.Bot(), st, world.RoomChange{Name: new("After")}))
	_, _, err = p.Suppress(p.Bot(), m.ID)
	require.NoError(t, err)
	_, events := p.Take(feed)
	require.Len(t, events, 4)
	require.Equal(t, []string{"Before", "Before", "After"}, []string{events[0].Room.Name, events[1].Stream.RoomName, events[2].Room.Name})
	require.Contains(t, events[1].Message.Markup, "before")
	require.Equal(t, m.ID, events[3].Subject)
}

func TestAnEventGoesToItsAudienceOnly(t *testing.T) {
	p := newPod(t)
	_, feed := p.talk()
	st, err := p.OpenChat(p.requirePerson("bob"), []int64{p.requirePerson("carol").ID})
	require.NoError(t, err)
	p.send(p.requirePerson("bob"), st, draft("just us"))
	_, events := p.Take(feed)
	require.Empty(t, events)
	require.Equal(t, 1, p.Inject(`{"type":"NEW"}`, 7))
	require.EqualValues(t, 7, feed.OldestEvent())
}

func TestTheObserverLearnsOfEachChange(t *testing.T) {
	p := newPod(t)
	st, _ := p.talk()
	for _, row := range []struct {
		name string
		do   func()
		want world.ChangeKind
	}{
		{"message", func() { p.send(p.requirePerson("bob"), st, draft("hi")) }, world.MessageSent},
		{"room", func() { p.room("Desk", world.RoomChange{}) }, world.StreamChanged},
		{"feed", func() { _, _ = p.CreateFeed(p.Bot(), "") }, world.FeedsChanged},
		{"clock", func() { p.Advance(time.Second) }, world.TimeAdvanced},
		{"manifest", func() { _ = p.SetManifest(p.Bot(), "{}") }, world.ManifestChanged},
		{"presence", func() { _ = p.SetPresence(p.Bot(), "BUSY") }, world.OtherChange},
		{"rights", func() { p.SetRights(world.Rights{}) }, world.OtherChange},
		{"look", func() { p.MarkRead(p.Bot(), st) }, world.OtherChange},
		{"pinned", func() { p.PinInChat(st, "") }, world.OtherChange},
		{"group", func() { _, _ = p.CreateGroup(p.requirePerson("ops"), world.GroupChange{Name: "Desk"}) }, world.OtherChange},
		{"conversation", func() { _, _ = p.OpenChat(p.requirePerson("carol"), []int64{p.requirePerson("kim").ID}) }, world.StreamChanged},
	} {
		p.changes = nil
		row.do()
		require.NotEmpty(t, p.changes, row.name)
		require.Equal(t, row.want, p.changes[len(p.changes)-1].Kind, row.name)
	}
	p.Reset()
	require.Equal(t, world.Emptied, p.changes[len(p.changes)-1].Kind)
}
