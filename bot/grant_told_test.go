package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAnswerTellsThatAccessForOnceIsUsedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(accessRules))
	w.isGranted("carol", `/newroom "TH" public`, "once")
	require.NotContains(t, w.says("carol", `/newroom "Desk"`).sees("✓ Desk").answer(), "used up", "a rule allows that")
	w.says("carol", `/newroom "TH" public`).sees("✓ TH", "Your access was for once, and is used up.")
	w.isGranted("carol", "/groups", "once")
	w.says("carol", "/groups").sees("Your access was for once, and is used up.")
}

func TestTheCardSaysWhatAGrantBinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:cora"], allow: [{name: desk rooms, who: [internal], commands: [newroom], when: {public: false},
		approval: {when: {people: {max: 1}}, by: ["user:kim", "user:ops"]}}]}`))
	w.asksForAccess("bob", w.says("bob", `/newroom "TH" public @alice`).sees("[ Request access ]"))
	card := plain(w.waitForGrantCard("cora", "TH"))
	for _, text := range []string{
		"A grant binds: the command, the chat, the options that let more people in, how many people and owners there are, which groups and other companies.",
		"It does not bind: the name of the room; who the people are, which may be others the next time; " +
			"limits and approvals of rules, since you allow it and no rule does.",
		"Needs no approval: rule “desk rooms” comes nearest, and would have needed one by user:kim, user:ops.",
	} {
		require.Contains(t, card, text)
	}
	w.asksForAccess("bob", w.says("bob", "/groups").sees("[ Request access ]"))
	card = plain(w.waitForGrantCard("cora", "/groups"))
	require.Contains(t, card, "A grant binds: the command and the chat.")
	require.NotContains(t, card, "Needs no approval")
}
