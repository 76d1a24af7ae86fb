package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// waitsForAccess is bob's request for access, which waits for a decision by rules in a file.
func waitsForAccess(t *testing.T) (*world, policyFile) {
	t.Helper()
	file, setup := withPolicyFile(t, grantRules)
	w := newWorld(t, setup)
	w.asksForAccess("bob", w.says("bob", `/newroom "Elm"`)).sees("I have asked Olga Peters, Cora Lind (request for access 1)")
	w.waitUntilIdle()
	return w, file
}

func TestWhoBecomesAnAdministratorGetsTheCardsThatWait(t *testing.T) {
	t.Parallel()
	w, file := waitsForAccess(t)
	coras := w.waitForGrantCard("cora", "Bob Chen")
	file.write(strings.Replace(grantRules, `"user:ops", "user:cora"`, `"user:kim"`, 1))
	kims := w.waitForGrantCard("kim", "Bob Chen asks for access.")
	w.decidesAccess("cora", coras, "day").seesAmong("You are not one of the administrators of the policy now.")
	w.decidesAccess("kim", kims, "day").seesAmong("You have allowed it for a day, and I tell Bob Chen.")
	require.Empty(t, w.grantCards("kim"), "it says what was decided")
	w.waitForChat("bob", "✓ allowed by Kim Novak on ")
	require.NotContains(t, w.waitForChat("cora", "✓ allowed by Kim Novak on "), "[ Allow once ]")
	w.says("bob", `/newroom "Elm"`).sees("✓ Elm")
}

func TestARequestForAccessEndsAtOnceWhereNoAdministratorIsLeft(t *testing.T) {
	t.Parallel()
	w, file := waitsForAccess(t)
	card := w.waitForGrantCard("cora", "Bob Chen")
	file.write(strings.Replace(grantRules, `"user:ops", "user:cora"`, `"user:bob"`, 1)) // who asks cannot decide
	told := w.waitForChat("bob", "Your request for access 1: ended on ")
	require.Contains(t, told, ", since the policy names no administrator any more who could decide about it. It was for /newroom in our 1:1 chat: ")
	require.Contains(t, told, "no groups.\nAsk ")
	require.NotContains(t, w.waitForChat("cora", "Bob Chen's request for access 1: "), "[ Allow once ]")
	file.write(grantRules)
	w.waitForChat("cora", "user:cora: is an administrator now")
	w.decidesAccess("cora", card, "day").seesAmong("Your click changes nothing: ended on ")
	w.says("bob", `/newroom "Elm"`).sees("Nobody has allowed you")
	w.waitUntilIdle()
	require.Equal(t, []string{"asked 1", "ended 1"}, w.grantRecord())
}
