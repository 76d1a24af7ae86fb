package bot_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// withoutFeed stops the bot until the pod has forgotten its feed; meanwhile
// things are said.
func (w *world) withoutFeed(say func()) {
	w.t.Helper()
	w.stop()
	say()
	w.advance(31 * time.Minute)
	w.start()
}

// backsUp copies the store of a bot that has been at work; restore puts the copy
// in its place while the bot is stopped.
func (w *world) backsUp() (restore func()) {
	w.t.Helper()
	w.says("bob", "/help").sees("I open rooms")
	w.stop()
	backup, err := os.ReadFile(w.store)
	require.NoError(w.t, err)
	w.start()
	return func() { require.NoError(w.t, os.WriteFile(w.store, backup, 0o600)) }
}

// advance lets time pass, for the pod and for the bot that is started next.
func (w *world) advance(by time.Duration) {
	w.t.Helper()
	_, err := w.pod.Advance(w.t.Context(), by)
	require.NoError(w.t, err)
	w.ahead += by
}

func TestMessagesSentWithoutAFeedAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	desk := w.says("bob", `/newroom "Desk" @alice`).sees("✓ Desk")
	chat := w.theRoom("Desk").StreamID
	var typed, inRoom, help said
	w.withoutFeed(func() {
		typed = w.asks("bob", `/newroom "Missed" @alice group:"Test Group"`)
		inRoom = w.asksIn(chat, "alice", `/newroom "From the desk" @bob`)
		w.asksIn(chat, "alice", "good morning")
		help = w.asks("carol", "hello")
	})
	typed.endsWith("✓ Missed", "is open")
	inRoom.endsWith("✓ From the desk", "is open")
	help.endsWith("I open rooms")
	w.theOnly("Missed", "bob", "alice", "carol")
	w.theOnly("Desk", "bob", "alice")
	require.Len(t, w.shownAnswers("bob", desk.Message), 2, "what had been answered is not answered again")
	require.Eventually(t, func() bool {
		_, text := w.page("/metrics")
		return strings.Contains(text, "\nroombot_missed_total 3\n")
	}, patience, tick, "they are counted once all are kept")
}

func TestALostFeedLosesNoRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(client.Fault{Path: onRead, Delay: "30ms"}, client.Fault{Kind: "feed-killed", Count: 1})
	w.asks("carol", "/help") // ends the parked read; the next one finds no feed
	var asked []said
	for n := range 10 {
		asked = append(asked, w.asks("bob", fmt.Sprintf(`/newroom "Between %d" @alice`, n)))
		require.Eventually(t, func() bool {
			_, text := w.page("/metrics")
			return n > 0 || strings.Contains(text, "\nroombot_feeds_lost_total 1")
		}, patience, tick)
	}
	require.Eventually(t, func() bool { return len(w.shownAnswers("bob", asked[0].Message)) == 10 && w.isIdle() }, patience, tick)
	for n := range 10 {
		w.theOnly(fmt.Sprintf("Between %d", n), "bob", "alice")
	}
}

func TestMissedRequestsAreNoSurplus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.bounds = bot.Bounds{PerConversation: 2} })
	var asked [4]said
	w.withoutFeed(func() {
		for n := range asked {
			asked[n] = w.asks("bob", fmt.Sprintf(`/groups %c`, "abcd"[n]))
		}
	})
	require.Eventually(t, func() bool { return len(w.shownAnswers("bob", asked[0].Message)) == len(asked) && w.isIdle() }, patience, tick)
	require.NotContains(t, strings.Join(w.shownAnswers("bob", asked[0].Message), "\n"), "commands are waiting in this chat")
}

func TestALateRequestIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.bounds.Late = time.Nanosecond })
	var asked, question said
	w.withoutFeed(func() {
		asked = w.asks("bob", `/newroom "Stale" @alice`)
		question = w.asks("carol", "/groups")
	})
	asked.endsWith("✗ I was away when you wrote this, about 1 hour ago. Nothing was created.", `/newroom "Stale" @Alice Martin`, "[ Create it ]")
	question.endsWith("Test Group")
	require.Empty(t, w.rooms("Stale"))
	w.click("bob", w.reply(asked), commands.FormOffer, "offer-0", nil).sees("✓ Stale")
	w.theOnly("Stale", "bob", "alice")
}

func TestALateRequestWhoseRoomIsThereIsFinished(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.bounds.Late = time.Nanosecond })
	restore := w.backsUp()
	w.fail(client.Fault{Path: onAdd, Status: http.StatusServiceUnavailable})
	asked := w.asks("bob", `/newroom "Begun" @alice`)
	require.Eventually(t, func() bool { return len(w.rooms("Begun")) == 1 }, patience, tick)
	w.withoutFeed(func() {
		restore()
		w.heal()
	})
	require.Eventually(t, func() bool {
		return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), ""), []string{"✓ Begun", "is open"})
	}, patience, tick)
	require.NotContains(t, strings.Join(w.shownAnswers("bob", asked.Message), ""), "Nothing was created")
	w.theOnly("Begun", "bob", "alice")
}

func TestAfterARestoreOfTheStoreNothingIsAnsweredTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	restore := w.backsUp()
	done := w.says("bob", `/newroom "Once" @alice`).sees("✓ Once")
	var later said
	w.withoutFeed(func() {
		restore()
		later = w.asks("bob", `/newroom "Later" @alice`)
	})
	later.endsWith("✓ Later")
	w.waitUntilIdle()
	w.theOnly("Once", "bob", "alice")
	require.Len(t, w.shownAnswers("bob", done.Message), 2, "one answer each")
}

func TestAfterARestoreOfTheStoreABegunRoomIsFinished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	restore := w.backsUp()
	w.fail(client.Fault{Path: onAdd, Delay: "500ms", Status: 503}) // it takes a while until it is given up
	asked := w.asks("bob", `/newroom "Begun before" @alice`)
	asked.waitForAnswer("⏳")
	require.Len(t, w.rooms("Begun before"), 1)
	w.withoutFeed(func() {
		restore()
		w.heal()
	})
	require.Eventually(t, func() bool {
		return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), ""), []string{"✓ Begun before", "is open"})
	}, patience, tick)
	w.theOnly("Begun before", "bob", "alice")
}

func TestANewBotIgnoresOldMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.store = t.TempDir() + "/other.db"
	old := w.asks("bob", `/newroom "Old"`)
	w.advance(31 * time.Minute)
	w.start()
	w.says("bob", "/help").sees("I open rooms")
	require.Empty(t, w.rooms("Old"))
	require.Len(t, w.shownAnswers("bob", old.Message), 1, "the answer to /help")
}

func TestMessagesFromBeforeTheFirstStartStayIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.level = zerolog.DebugLevel })
	searches := func() int {
		return strings.Count(w.log.String(), "history was searched") + strings.Count(w.log.String(), "history had requests")
	}
	answered := w.says("bob", "/help").sees("I open rooms")
	w.stop()
	w.store = t.TempDir() + "/other.db"
	old := w.asks("alice", `/newroom "Old"`)
	w.fail(client.Fault{Kind: "feed-killed", Count: 1}) // so that no feed brings it
	w.start()
	w.says("carol", "/help").sees("I open rooms")
	w.stop()
	before := searches()
	w.start()
	later := w.says("bob", "/help").sees("I open rooms")
	require.Eventually(t, func() bool { return searches() > before }, patience, tick)
	w.waitUntilIdle()
	require.Empty(t, w.rooms("Old"))
	require.Empty(t, w.shownAnswers("alice", old.Message))
	require.Len(t, w.shownAnswers("bob", answered.Message), 2)
	require.Len(t, w.shownAnswers("bob", later.Message), 1)
	require.NotContains(t, w.log.String(), "set back")
	_, text := w.page("/metrics")
	require.Contains(t, text, "\nroombot_missed_total 0\n")
}

func TestTheLastVersionOfAMissedMessageCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var asked said
	w.withoutFeed(func() {
		asked = w.asks("bob", `/newroom "Wrong" @alice`)
		_, err := w.pod.Edit(t.Context(), client.EditRequest{As: "bob", MessageID: asked.Message.ID, Text: `/newroom "Right" @alice`})
		require.NoError(t, err)
	})
	asked.endsWith("✓ Right")
	w.waitUntilIdle()
	require.Empty(t, w.rooms("Wrong"))
	require.Len(t, w.shownAnswers("bob", asked.Message), 1, "one answer")
}

func TestARefusedSearchOfOneKindOfChatLeavesTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Desk" @alice`).sees("✓ Desk")
	var asked said
	w.withoutFeed(func() {
		asked = w.asksIn(w.theRoom("Desk").StreamID, "alice", `/newroom "From the desk" @bob`)
		w.fail(client.Fault{Path: "/agent/v1/message/search", Status: http.StatusForbidden, Count: 1})
	})
	asked.endsWith("✓ From the desk")
	require.Contains(t, w.log.String(), "does not let the bot search for missed requests")
}
