package bot_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/commands"
)

func TestAnAnswerCarriesTheVersionOfThePolicyThatDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(opsRules))
	first := w.bot.Health(t.Context()).Policy.Version
	require.Regexp(t, `^[0-9a-f]{8}$`, first)
	done := w.says("bob", `/newroom "Stamped" @alice`).sees("is open")
	require.Equal(t, first, commands.StampOf(done.lastReply().Data).Policy)
	undone := w.click("bob", done.lastReply(), commands.FormOffer, commands.ButtonUndo, nil)
	require.Equal(t, first, commands.StampOf(undone.lastReply().Data).Policy)
	require.Empty(t, commands.StampOf(w.says("bob", "hello").lastReply().Data).Policy, "no policy was asked")

	half := w.stopsHalfWay("Half")
	w.rules = nobodyRules
	w.start()
	half.endsWith("✓ Half")
	require.NotEqual(t, first, w.bot.Health(t.Context()).Policy.Version)
	require.Equal(t, first, commands.StampOf(w.reply(half).Data).Policy, "the room was opened by the version of before")
	denied := w.says("bob", `/newroom "Denied"`).sees("Nobody has allowed you")
	require.Equal(t, w.bot.Health(t.Context()).Policy.Version, commands.StampOf(denied.lastReply().Data).Policy)
}

func TestAPauseIsAnEntryOfItsOwnKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause newroom market event").sees("⏸ Paused")
	refused := w.says("bob", "/resume").sees("Nobody has allowed you /resume")
	w.says("ops", "/resume").sees("▶ Resumed")
	var acts []string
	pauses := func() int {
		acts = nil
		for _, s := range w.record() {
			if s.Kind == audit.Pause {
				var body audit.OperatorBody
				require.NoError(t, json.Unmarshal(s.Body, &body))
				require.Equal(t, w.personID("ops"), s.Actor)
				require.NotContains(t, string(s.Body), "market", "a reason may name anybody")
				acts = append(acts, body.Act)
			}
			require.NotEqual(t, audit.Operator, s.Kind)
		}
		return len(acts)
	}
	require.Eventually(t, func() bool { return pauses() == 2 }, patience, tick)
	require.Equal(t, []string{"pause newroom", "resume all"}, acts)
	require.Equal(t, []string{"decision resume deny ", `answer {"outcome":"denied"}`}, w.entries(refused))
	for _, s := range w.record() {
		if s.Kind == audit.Decision {
			require.Contains(t, string(s.Body), `"what":"who is one of the admins","ok":false`)
			require.Contains(t, string(s.Body), `"version":"`+w.bot.Health(t.Context()).Policy.Version)
		}
	}
	w.requireAudit(refused, "decision denied", "answer denied")
}
