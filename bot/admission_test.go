package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/symphony/sandbox/client"
)

func TestTheFeedIsNotReadWhileTheQueueIsFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.bounds = bot.Bounds{Queue: 3}; w.hands = 1 })
	w.fail(client.Fault{Path: onSend, Delay: "10m"}) // no request ends
	first := w.asks("alice", `/newroom "Room 0"`)
	w.waitForFaults(1)
	talks := map[string]said{}
	for _, who := range []string{"bob", "carol", "ravi", "cora", "ops", "eve"} {
		talks[who] = w.asks(who, "/help")
	}
	w.waitForProblem("jobs wait, and no more are taken in until there are fewer than 3")
	require.Less(t, w.bot.Health(t.Context()).Queue.Queued, 3+len(talks))
	w.heal()
	for _, talk := range talks {
		talk.endsWith("I open rooms")
	}
	first.endsWith("✓ Room 0")
	w.becomesReady()
	require.LessOrEqual(t, strings.Count(w.log.String(), "a batch was not handled; it comes again"), 1)
}

func TestRequestsBeyondTheLimitOfAChatAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]client.Fault{"each comes once": nil, "each comes twice": {{Kind: "duplicate-events"}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, func(w *world) { w.bounds = bot.Bounds{PerConversation: 5} })
			chat := w.says("bob", "/help").sees("I open rooms")
			w.fail(append(faults, client.Fault{Path: onSend, Delay: "10m"})...) // no request ends
			w.chatter("bob", "roombot", "/groups", 50)
			require.Eventually(t, w.isFeedEmpty, patience, tick)
			w.heal()
			var shown []string
			require.Eventually(t, func() bool {
				shown = nil
				for _, a := range w.answers("bob", chat) {
					shown = append(shown, plain(a))
				}
				return len(shown) == 7 && w.isIdle()
			}, patience, tick)
			all := strings.Join(shown, "\n")
			require.Equal(t, 5, strings.Count(all, "I can add these groups"), "carried out")
			require.Equal(t, 1, strings.Count(all, "5 commands are waiting in this chat, as many as I take at once."))
			w.says("bob", "/groups").sees("I can add these groups")
		})
	}
}

func TestALongListDoesNotDelayOtherChats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.hands, w.limits.AddsPerSecond = 60, 1, 10 })
	people, names := w.colleagues(60)
	long := w.asks("bob", `/newroom "Long" `+people)
	next := w.asks("bob", `/newroom "Next"`)
	other := w.asks("carol", `/newroom "Short"`)
	other.waitForAnswer("✓ Short")
	short := w.answers("carol", other)[0].Timestamp
	shows := func(texts ...string) func() bool {
		return func() bool {
			shown := w.shownAnswers("bob", next.Message)
			return len(shown) == 2 && containsAll(shown[1], texts)
		}
	}
	require.Eventually(t, shows("I do this after your room “Long” (request ", "), in about "), patience, tick)
	require.Eventually(t, shows("✓ Next"), patience, tick)
	said := w.answers("bob", long)
	require.Contains(t, plain(said[0]), "✓ Long")
	require.Contains(t, plain(said[0]), "and 40 more")
	require.Contains(t, plain(said[1]), "✓ Next", "the conversation keeps its order")
	for _, m := range w.transcript("bob", long.Message.StreamID) {
		if m.Replacing != "" {
			require.Less(t, short, m.Timestamp, "the other chat's answer came before the long list was through")
		}
	}
	w.theOnly("Long", append(names, "bob")...)
	require.Equal(t, 61+1+1, w.calls("addMember"), "everybody was let in once")
}

func TestALoginOutageUsesNoAttemptAndIsLoggedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.tries, w.limits.CallTimeout = 1, 3*time.Second }) // so soon it looks again
	w.fail(client.Fault{Path: "/login/*", Status: 503})
	w.fail(client.Fault{Kind: "session-expired", Path: onCreate, Count: 1})
	asked := w.asks("bob", `/newroom "Outage" @alice`)
	w.waitForProblem("signing in to Symphony fails")
	require.Eventually(t, func() bool {
		_, text := w.page("/metrics")
		return strings.Contains(text, `roombot_postponed_total{reason="login"}`)
	}, patience, tick)
	w.heal()
	asked.endsWith("✓ Outage", "is open")
	w.theOnly("Outage", "bob", "alice")
	require.NotContains(t, w.log.String(), "request was put off")
	require.Equal(t, 1, strings.Count(w.log.String(), "signing in fails"))
}
