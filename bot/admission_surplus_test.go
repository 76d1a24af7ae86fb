package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

// sendFlood has somebody send requests faster than they can be carried out.
func (w *world) sendFlood(who string, commands int) said {
	w.t.Helper()
	first := w.asks(who, `/newroom "Flood 0"`)
	for i := 1; i < commands; i++ {
		w.asks(who, fmt.Sprintf(`/newroom "Flood %d"`, i))
	}
	return first
}

func TestSurplusRequestsGetOneAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.bounds = bot.Bounds{PerConversation: 5} })
	w.fail(client.Fault{Path: onCreate, Delay: "10m"}) // no request ends before all are sent
	chat := w.sendFlood("bob", 40)
	w.heal()
	w.waitUntilIdle()
	var opened, refused int
	for _, a := range w.answers("bob", chat) {
		switch text := plain(a); {
		case strings.Contains(text, "is open"):
			opened++
		case strings.Contains(text, "5 commands are waiting in this chat"):
			refused++
		}
	}
	require.Equal(t, 1, refused, "answers to what was left out")
	require.Equal(t, 5, opened, "requests carried out")
	rooms := 0
	for i := range 40 {
		rooms += len(w.rooms(fmt.Sprintf("Flood %d", i)))
	}
	require.Equal(t, opened, rooms)

	w.says("bob", `/newroom "Afterwards"`).sees("✓ Afterwards")
}

func TestSurplusRequestsGetOneAnswerAfterAStoreOutage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.bounds = bot.Bounds{PerConversation: 5} })
	chat := w.says("bob", "/help").sees("I open rooms")
	w.fail(client.Fault{Path: onSend, Delay: "10m"}) // no request ends
	release, err := engine.LockStore(t.Context(), engine.FileAddress(w.store))
	require.NoError(t, err)
	w.chatter("bob", "roombot", "/groups", 20)
	require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Feed.Failures > 0 }, 3*patience, tick)
	require.NoError(t, release())
	w.becomesReady()
	require.Eventually(t, w.isFeedEmpty, patience, tick)
	w.heal()
	w.waitUntilIdle()
	all := strings.Join(w.shownAnswers("bob", chat.Message), "\n")
	require.Equal(t, 5, strings.Count(all, "I can add these groups"), "carried out")
	require.Equal(t, 1, strings.Count(all, "5 commands are waiting in this chat"))
}

func TestSurplusRequestsOfACrowdedRoomAreAnsweredInTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.crowd, w.bounds = 10, bot.Bounds{PerConversation: 5} })
	people, _ := w.colleagues(10)
	room := w.openSharedRoom("@alice " + people)
	w.fail(client.Fault{Path: onSend, Delay: "10m"}) // no request ends before all are sent
	first := w.asksIn(room, "bob", "/groups")
	for _, who := range []string{"bob", "alice"} {
		w.chatter(who, room, "/groups", 8)
	}
	require.Eventually(t, w.isFeedEmpty, patience, tick)
	w.heal()
	w.waitUntilIdle()
	told := strings.Count(strings.Join(w.shownAnswers("alice", first.Message), "\n"), "5 commands are waiting in this chat")
	require.Equal(t, 2, told, "each of the two is told once")
}

// A person who floods a chat is told once, also by a bot that was restarted in the middle of it,
// and keeps nobody else out.
func TestAPersonWhoFloodsARoomLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.bounds = bot.Bounds{PerPerson: 3, PerConversation: 12} })
	room := w.openSharedRoom("@alice @carol")
	w.fail(client.Fault{Path: onSend, Delay: "10m"}) // no request ends before all are sent
	first := w.asksIn(room, "bob", "/groups")
	w.chatter("bob", room, "/groups", 8)
	require.Eventually(t, w.isFeedEmpty, patience, tick)
	w.chatter("alice", room, "/groups", 2)
	require.Eventually(t, w.isFeedEmpty, patience, tick)
	w.stop()
	w.start()
	w.chatter("bob", room, "/groups", 4)
	w.chatter("carol", room, "/groups", 5)
	require.Eventually(t, w.isFeedEmpty, patience, tick)
	w.heal()
	w.waitUntilIdle()
	all := strings.Join(w.shownAnswers("alice", first.Message), "\n")
	require.Equal(t, 3+2+3, strings.Count(all, "I can add these groups"), "carried out")
	require.Equal(t, 2, strings.Count(all, "3 of your commands are waiting in this chat, as many as I take from one person at once."))
	require.Equal(t, 2, strings.Count(w.log.String(), "person has too many unfinished requests in the chat"))
	w.saysIn(room, "bob", "/groups").sees("I can add these groups")
}

func TestAFloodDoesNotDelayOtherChats(t *testing.T) {
	t.Parallel()
	for _, hands := range []int{1, 8} {
		t.Run(fmt.Sprint(hands, " workers"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) {
				w.hands = hands
				w.change = func(c *bot.Config) { c.Store.WaitingAfter = time.Hour } // only answers to what was done are counted
			})
			w.fail(client.Fault{Path: onCreate, Delay: "400ms"})
			flood := w.sendFlood("bob", 200)
			asked := w.asks("carol", `/newroom "One"`)
			asked.waitForAnswer("✓ One")
			at := w.answers("carol", asked)[0].Timestamp
			// One of the flood is under way and one may begin while the event travels; on a busy
			// machine a few more do.
			between := slices.DeleteFunc(w.answers("bob", flood), func(a client.Message) bool { return a.Timestamp <= asked.Message.Timestamp || a.Timestamp >= at })
			require.LessOrEqual(t, len(between), 6, "of 10 answers to the flood, those between the one request of another chat and its answer")
		})
	}
}

func TestSurplusRequestsOfTheVersionBeforeGetOneAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chat := w.says("bob", "/help").sees("I open rooms")
	w.stop()
	store, err := engine.Open(t.Context(), engine.Config{
		Store: engine.FileAddress(w.store), Workers: 1, Handle: func(context.Context, *engine.Attempt) error { return nil },
	})
	require.NoError(t, err)
	for i := range 3 {
		id := fmt.Sprintf("left-out-%d", i)
		payload := fmt.Sprintf(`{"message": %q, "origin": %[1]q, "stream": %q, "from": {"id": %d}, "at": %q, "surplus": "newest"}`,
			id, chat.Message.StreamID, w.personID("bob"), time.Now().Format(time.RFC3339))
		require.NoError(t, store.Insert(t.Context(), engine.Job{ID: id, Conversation: "surplus/" + chat.Message.StreamID, Payload: []byte(payload)}))
	}
	require.NoError(t, store.Close())
	w.start()
	w.waitUntilIdle()
	all := strings.Join(w.shownAnswers("bob", chat.Message), "\n")
	require.Equal(t, 1, strings.Count(all, "40 commands are waiting in this chat, as many as I take at once."))
}
