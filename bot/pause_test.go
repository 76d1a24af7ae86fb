package bot_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// pauses pauses beside the running bot, as the shell does.
func (w *world) pauses(p engine.Pause) {
	w.t.Helper()
	p.By = "Olivia Ops"
	w.inStore(func(i *engine.Inspector) error {
		_, err := i.Pause(w.t.Context(), p)
		return err
	})
}

func (w *world) resumes() {
	w.t.Helper()
	w.inStore(func(i *engine.Inspector) error {
		_, _, err := i.Resume(w.t.Context(), "")
		return err
	})
}

func (w *world) inStore(do func(*engine.Inspector) error) {
	w.t.Helper()
	i, err := engine.Inspect(w.t.Context(), engine.FileAddress(w.store))
	require.NoError(w.t, err)
	require.NoError(w.t, do(i))
	require.NoError(w.t, i.Close())
}

func (w *world) waitForHeld(n int) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		q := w.bot.Health(w.t.Context()).Queue
		return q.Answers && q.Held == n && q.Queued+q.Running == 0
	}, patience, tick)
}

func pauseOfAll() engine.Pause { return engine.Pause{Kind: engine.EveryKind, Reason: "market event"} }

func TestAPausedRequestIsKeptAndToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pauses(pauseOfAll())
	asked := w.asksIn("", "bob", `/newroom "Desk" @alice`)
	asked.waitForAnswer("⏸ Olivia Ops has paused me (“market event”). Your room “Desk”", "is kept, and I go on when the pause ends. No need to send it again.")
	w.waitForHeld(1)
	require.Empty(t, w.rooms("Desk"))
	w.says("alice", "/groups").sees("I can add these groups")
	w.says("alice", `/newroom "Other" @nobody`).sees("✗")
	h := w.bot.Health(t.Context())
	require.True(t, h.Ready, h.Problems)
	require.Len(t, h.Pauses, 1)
	w.stop()
	w.start()
	w.waitForHeld(1)
	w.resumes()
	asked.waitForAnswer("✓ Desk")
	require.Len(t, w.rooms("Desk"), 1)
}

func TestOneMayWithdrawWhatAPauseHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.says("ops", "/pause newroom").sees("Paused")
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("cora", w.waitForCard("cora", 1), "approve", "").seesAmong("You have approved it.")
	asked.waitForAnswer("has paused me", "[ Withdraw ]")
	shown := w.botMessages("bob", asked.Message)
	w.asksByClick("bob", shown[len(shown)-1], commands.FormOffer, "stop", nil)
	asked.endsWith("You have stopped this.", "Nothing was created.")
	w.says("ops", "/resume").sees("Resumed")
	w.waitUntilIdle()
	require.Empty(t, w.rooms("Elm"))
}

func TestAPauseThatDropsRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	drop := pauseOfAll()
	drop.Drop = true
	w.pauses(drop)
	w.says("bob", `/newroom "Desk"`).sees("✗ Olivia Ops has paused me (“market event”) and asked me to keep no requests meanwhile. Nothing was changed.")
	w.resumes()
	w.says("bob", `/newroom "Desk"`).sees("✓ Desk")
	require.Len(t, w.rooms("Desk"), 1)
}

func TestUndoWaitsForTheEndOfAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.says("bob", `/newroom "Desk" @alice`).sees("✓ Desk")
	w.pauses(engine.Pause{Kind: "newroom"})
	w.pauses(engine.Pause{Kind: "undo"})
	w.act("", "bob", made.lastReply(), "roombot-offer", "undo", nil)
	w.waitForHeld(1)
	require.Len(t, w.rooms("Desk"), 1)
	w.resumes()
	require.Eventually(t, func() bool { return len(w.rooms("Desk")) == 0 }, patience, tick)
	w.waitUntilIdle()
	require.False(t, w.undone("Desk").Active)
}

func TestARequestThatHasBegunToWriteIsCarriedToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(client.Fault{Path: "*/membership/add", Status: 503, Count: 3})
	asked := w.asksIn("", "bob", `/newroom "Desk" @alice @carol`)
	require.Eventually(t, func() bool { return len(w.rooms("Desk")) == 1 }, patience, tick)
	w.pauses(pauseOfAll())
	asked.waitForAnswer("✓ Desk")
	w.waitForHeld(0)
}

func TestMoreRequestsThanTheQueueHoldsAreKeptByAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.change = func(c *bot.Config) { c.Bounds.Queue = 3; c.Bounds.HeldPerPerson = 8 }
	})
	w.pauses(pauseOfAll())
	for i := range 8 {
		w.asksIn("", "bob", fmt.Sprintf(`/newroom "Desk %d"`, i))
	}
	w.waitForHeld(8)
	w.says("bob", `/newroom "Too many"`).sees("✗ Olivia Ops has paused me (“market event”), and I keep no more requests until that ends.")
	w.says("alice", "/help").sees("/newroom")
	w.resumes()
	require.Eventually(t, func() bool {
		for i := range 8 {
			if len(w.rooms(fmt.Sprintf("Desk %d", i))) != 1 {
				return false
			}
		}
		return true
	}, patience, tick)
	require.Empty(t, w.rooms("Too many"))
	w.waitUntilIdle()
}
