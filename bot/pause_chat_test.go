package bot_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/symphony/sandbox/client"
)

const opsRules = `{admins: ["user:ops"], allow: [{name: everybody, who: [internal], commands: [newroom, groups]}]}`

func TestAnAdministratorPausesAndResumesInTheChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause newroom market event").sees("⏸ Paused: /newroom. Requests for it are kept, and go on after /resume.",
		"The reason that people read: “market event”.")
	w.asks("bob", `/newroom "Later"`).waitForAnswer("Olga Peters has paused me (“market event”)")
	require.Empty(t, w.rooms("Later"))
	w.says("carol", "/groups").sees("Test Group")
	w.says("ops", "/resume").sees("▶ Resumed", "1 held request goes on.")
	require.Eventually(t, func() bool { return len(w.rooms("Later")) == 1 }, patience, tick)
	w.says("ops", "/resume").sees("Nothing was paused.")
	for _, text := range []string{"/pause policy", "/pause /newrom", "/resume can", "/resume newrom"} {
		w.says("ops", text).sees("cannot be paused by itself. Nothing was changed.", "Write all, or one of newroom, undo")
	}
	require.Empty(t, w.bot.Health(t.Context()).Pauses)
}

// pauseActs are the acts of the entries about pauses in the record.
func (w *world) pauseActs() (acts []string) {
	w.t.Helper()
	all, err := w.bot.Record(w.t.Context())
	require.NoError(w.t, err)
	for _, e := range all {
		if e.Kind == audit.Pause {
			var body audit.OperatorBody
			require.NoError(w.t, json.Unmarshal(e.Body, &body))
			acts = append(acts, body.Act)
		}
	}
	return acts
}

func TestAResumeThatEndsNothingSaysWhatIsPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/resume newroom").sees("Nothing was paused.")
	w.says("ops", "/pause all market event").sees("⏸ Paused: everything that changes something. Requests are kept")
	w.says("ops", "/resume newroom").sees("There is no pause of /newroom alone.",
		"Still paused: everything that changes something, since ", "UTC, by Olga Peters (“market event”). /resume all ends that.")
	w.says("ops", "/pause newroom").sees("⏸ Paused: /newroom.")
	w.says("ops", "/resume newroom").sees("▶ Resumed: /newroom. Still paused: everything that changes something, since ")
	w.says("ops", "/resume all").sees("▶ Resumed: everything that changes something. Nothing was held.")
	w.says("ops", "/resume all").sees("Nothing was paused.")
	w.says("ops", "/pause").sees("⏸ Paused: everything")
	require.Eventually(t, func() bool { return len(w.pauseActs()) >= 5 }, patience, tick)
	require.Equal(t, []string{"pause all", "pause newroom", "resume newroom", "resume all", "pause all"}, w.pauseActs(),
		"an entry means that a pause began or ended")
}

func TestAMisspeltPauseHoldsEverythingAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause newrom").sees("⏸ Paused: everything that changes something. Requests are kept",
		"I know no command “newrom” and took it for the reason. The reason that people read: “newrom”.",
		"To pause only /newroom: /resume all, then /pause newroom.")
	w.says("ops", "/resume newrom").sees("“newrom” cannot be paused by itself. Nothing was changed.")
	w.asks("bob", `/newroom "Later"`).waitForAnswer("Olga Peters has paused me (“newrom”)")
	w.says("ops", "/resume").sees("▶ Resumed: everything that changes something. 1 held request goes on.")
	other := w.says("ops", "/pause under attack").sees("The reason that people read: “under attack”.")
	require.NotContains(t, other.answer(), "I know no command")
}

func TestAResumeSaysAndRecordsWhatItHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause newroom").sees("⏸ Paused: /newroom.")
	w.says("ops", "/resume").sees("▶ Resumed: /newroom. Nothing was held.")
	w.says("ops", "/pause newroom, undo").sees("⏸ Paused: /newroom and clicks on Undo.")
	w.says("ops", "/resume").sees("▶ Resumed: /newroom and clicks on Undo. Nothing was held.")
	w.says("ops", "/pause").sees("⏸ Paused: everything")
	w.says("ops", "/pause undo").sees("⏸ Paused: clicks on Undo.")
	w.says("ops", "/resume").sees("▶ Resumed: everything that changes something. Nothing was held.")
	require.Eventually(t, func() bool { return len(w.pauseActs()) >= 8 }, patience, tick)
	require.Equal(t, []string{"pause newroom", "resume newroom", "pause newroom", "pause undo", "resume newroom, undo",
		"pause all", "pause undo", "resume all"}, w.pauseActs())
}

func TestAPauseThatMeansItsEndIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	for _, text := range []string{"/pause off", "/pause Cancel", "/pause stop!", "/pause end", "/pause newroom off", "/pause stop newroom"} {
		w.says("ops", text).sees("would be the reason of another pause. Nothing was changed.", "/resume ends a pause.", "[ Resume ]")
	}
	for _, text := range []string{"/pause until 5pm", "/pause newroom for 10 minutes"} {
		w.says("ops", text).sees("would be the reason: a pause lasts until somebody types /resume. Nothing was changed.", "[ Pause all ]")
	}
	w.says("ops", "/resume until 5pm").sees("cannot be paused by itself. Nothing was changed.", "Write all, or one of newroom, undo.")
	require.Empty(t, w.bot.Health(t.Context()).Pauses)
	w.says("ops", "/pause newroom until we know more").sees("⏸ Paused: /newroom", "“until we know more”")
	w.says("ops", "/resume").sees("▶ Resumed")
	w.says("ops", "/pause stop of trading").sees("⏸ Paused: everything", "“stop of trading”")
}

func TestAPauseNamesSeveralCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	for _, names := range []string{"newroom, undo", "newroom,undo", "newroom and undo"} {
		w.says("ops", "/pause "+names+" market event").sees("⏸ Paused: /newroom and clicks on Undo. Requests for them are kept",
			"The reason that people read: “market event”.")
		require.Len(t, w.bot.Health(t.Context()).Pauses, 2)
		w.says("ops", "/resume newroom, undo").sees("▶ Resumed: /newroom and clicks on Undo. Nothing was held.")
	}
	for _, name := range []string{`"newroom"`, "newroom:", "NewRoom"} {
		w.says("ops", "/pause "+name+" market event").sees("⏸ Paused: /newroom. Requests for it are kept", "“market event”")
		w.says("ops", "/resume "+name).sees("▶ Resumed: /newroom. Nothing was held.")
	}
	w.says("ops", "/pause newroom, groups").sees("⏸ Paused: /newroom. Requests for it are kept",
		"Not paused, since it cannot be by itself: groups.")
	require.Len(t, w.bot.Health(t.Context()).Pauses, 1)
	w.says("ops", "/pause undo").sees("⏸ Paused: clicks on Undo. Clicks are kept, and go on after /resume.")
}

func TestPeopleOfOtherCompaniesAreNotToldWhosePauseItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: everybody, who: ["*"], commands: [newroom]}]}`))
	for _, text := range []string{"/pause market event", "/pause all drop market event"} {
		w.says("ops", text).sees("⏸ Paused")
		answer := w.says("eve", `/newroom "Theirs" external`).sees("An administrator has paused me").answer()
		require.NotContains(t, answer, "market event")
	}
}

func TestAPauseMayDropRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause all drop").sees("⏸ Paused: everything that changes something. Requests are refused until /resume.")
	w.says("bob", `/newroom "Never"`).sees("has paused me", "Nothing was changed.")
	w.says("ops", "/resume all").sees("▶ Resumed")
	w.says("bob", `/newroom "Again"`).sees("is open")
	require.Empty(t, w.rooms("Never"))
}

func TestOnlyAdministratorsPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	for _, text := range []string{"/pause", "/resume"} {
		w.says("bob", text).sees(text + " is for administrators of the policy.")
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
	paused.endsWith("⏸ Paused: everything that changes something")
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
