package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

const opsRules = `{admins: ["user:ops"], allow: [{name: everybody, who: [internal], commands: [newroom, groups]}]}`

func TestAnAdministratorPausesAndResumesInTheChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause newroom market event").sees("⏸ Paused: /newroom. They are kept, and go on after /resume.")
	w.asks("bob", `/newroom "Later"`).waitForAnswer("Olga Peters has paused me (“market event”)")
	require.Empty(t, w.rooms("Later"))
	w.says("carol", "/groups").sees("Test Group")
	w.says("ops", "/resume").sees("▶ Resumed", "1 held request goes on.")
	require.Eventually(t, func() bool { return len(w.rooms("Later")) == 1 }, patience, tick)
	w.says("ops", "/resume").sees("Nothing was paused.")
	for _, text := range []string{"/pause policy", "/pause /newrom", "/resume can"} {
		w.says("ops", text).sees("cannot be paused by itself. Nothing was changed.", "Write all, or one of newroom, undo")
	}
	require.Empty(t, w.bot.Health(t.Context()).Pauses)
}

func TestAPauseMayDropRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause all drop").sees("⏸ Paused: all requests that change something. They are refused until /resume.")
	w.says("bob", `/newroom "Never"`).sees("has paused me", "Nothing was changed.")
	w.says("ops", "/resume all").sees("▶ Resumed")
	w.says("bob", `/newroom "Again"`).sees("is open")
	require.Empty(t, w.rooms("Never"))
}

func TestOnlyAdministratorsPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	for _, text := range []string{"/pause", "/resume"} {
		w.says("bob", text).sees("Nobody has allowed you " + text)
	}
	w.says("bob", `/newroom "Not paused"`).sees("is open")
	require.NotContains(t, w.says("bob", "/help").answer(), "/pause")
	w.says("ops", "/help").sees("/pause", "/resume")
}

func TestAPauseIsHeardWhileTheQueueIsFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(opsRules), func(w *world) { w.bounds.Queue, w.hands = 3, 1 })
	w.fail(client.Fault{Path: onSend, Delay: "10m"}) // no request ends
	first := w.asks("alice", `/newroom "Room 0"`)
	w.waitForFaults(1)
	for _, who := range []string{"bob", "carol", "ravi"} {
		w.asks(who, "/help")
	}
	require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Queue.Queued == 3 }, patience, tick)
	paused := w.asks("ops", "/pause")
	require.Eventually(t, func() bool { return len(w.bot.Health(t.Context()).Pauses) == 1 }, patience, tick)
	w.heal()
	paused.endsWith("⏸ Paused: all requests")
	first.endsWith("✓ Room 0")
}

// A lost feed brings a message minutes later, by the history, and a feed two in another order.
func TestAPauseThatComesAfterALaterResumePausesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:alice"], allow: [{name: everybody, who: [internal], commands: [newroom]}]}`))
	w.says("alice", "/pause newroom").sees("⏸ Paused")
	resumed := w.says("alice", "/resume")
	resumed.sees("▶ Resumed")
	w.sends("/pause all", func(m map[string]any) {
		m["timestamp"] = resumed.Message.Timestamp - 1
		m["stream"] = map[string]any{"streamId": resumed.Message.StreamID, "streamType": "IM"}
	})
	resumed.seesAmong("This has reached me after a /pause or /resume that was typed later, so I have changed nothing.")
	w.says("bob", `/newroom "Open"`).sees("is open")
	require.Empty(t, w.bot.Health(t.Context()).Pauses)
}
