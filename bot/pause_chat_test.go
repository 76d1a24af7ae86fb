package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
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
