package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func TestAPauseIsToldWherePeopleAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: everybody, who: ["*"], commands: [newroom]}]}`))
	w.says("ops", "/pause newroom market event").sees("⏸ Paused")
	const line = "⏸ Paused: /newroom, since "
	w.says("bob", "/can").sees("✓ /newroom, by rule “everybody”.", line,
		"UTC, by Olga Peters (“market event”). Requests for it are kept until that ends.")
	w.says("bob", `/can /newroom "A"`).sees("✓ You may do this, but /newroom is paused: since ",
		", by Olga Peters (“market event”). Requests for it are kept until that ends.")
	w.says("bob", `/can /newroom`).sees("what is asked for decides about the rest, but /newroom is paused: since ")
	w.says("bob", `/can /newroom "A" @nobodyhere`).sees("but this would be refused", line)
	w.says("bob", `/can /newroom "A" preview`).sees("✓ You may do this.")
	w.says("ops", "/policy").sees("Policy version ", line, ", by Olga Peters (“market event”).")
	outside := w.says("eve", "/can").sees("✓ /newroom.", line).answer()
	outside += w.says("eve", `/can /newroom "A" external`).sees("but /newroom is paused: since ").answer()
	require.NotContains(t, outside, "Olga")
	require.NotContains(t, outside, "market event")
	w.says("ops", "/pause newroom drop").sees("Requests for it are refused until /resume.")
	w.says("bob", "/can").sees("Requests for it are refused until that ends.")
	w.says("ops", "/resume").sees("▶ Resumed")
	require.NotContains(t, w.says("bob", "/can").answer(), "⏸")
}

func TestWhyTellsThatAPauseHasRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	w.says("ops", "/pause newroom drop").sees("⏸ Paused")
	refused := w.says("bob", `/newroom "Never"`).sees("has paused me")
	number := string(commands.NewRequestID(refused.Message.ID))
	w.says("ops", "/resume").sees("▶ Resumed")
	w.says("bob", "/why "+number).sees("✓ The policy allowed request "+number,
		"It was refused all the same, since I was paused then, and nothing was changed.")
	made := w.says("bob", `/newroom "Made"`).sees("is open")
	require.NotContains(t, w.says("bob", "/why "+string(commands.NewRequestID(made.Message.ID))).answer(), "paused")
}

func TestWhyTellsThatARequestWaitsForAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: everybody, who: ["*"], commands: [newroom]}]}`))
	w.says("ops", "/pause newroom test").sees("⏸ Paused")
	held := w.asks("bob", `/newroom "Held" @alice`)
	held.waitForAnswer("Olga Peters has paused me (“test”)")
	number := string(commands.NewRequestID(held.Message.ID))
	for _, who := range []string{"bob", "ops"} {
		w.says(who, "/why "+number).sees("✓ The policy allowed request "+number, "It waits for the end of a pause: /newroom, since ",
			", by Olga Peters (“test”). Requests for it are kept until that ends.")
	}
	outside := w.asks("eve", `/newroom "Theirs" external`)
	outside.waitForAnswer("has paused me")
	answer := w.says("eve", "/why "+string(commands.NewRequestID(outside.Message.ID))).sees("It waits for the end of a pause: /newroom, since ").answer()
	require.NotContains(t, answer, "Olga")
	require.NotContains(t, answer, "“test”")
	w.says("ops", "/resume").sees("▶ Resumed", "2 held requests go on.")
	require.Eventually(t, func() bool { return len(w.rooms("Held")) == 1 }, patience, tick)
	require.NotContains(t, w.says("bob", "/why "+number).answer(), "pause")
}
