package bot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// Who has decided on the first card has nobody wait for the second.
func TestACardSaysWhatWasDecidedWhileAnotherCouldNotBeSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(grantRules))
	w.fail(client.Fault{Path: onSend, Match: fmt.Sprintf("grant-card/1/%d", w.personID("cora")), Status: http.StatusServiceUnavailable})
	w.asksByClick("bob", w.says("bob", `/newroom "Elm"`).lastReply(), "roombot-offer", "request-access", nil)
	card := w.waitForGrantCard("ops", "Bob Chen")
	w.waitForFaults(1)
	w.decidesAccess("ops", card, "day").seesAmong("You have allowed it for a day")
	w.heal()
	w.waitForChat("bob", "I have asked ")
	require.NotContains(t, w.waitForChat("ops", "request for access 1: "), "[ Allow once ]")
	require.Empty(t, w.grantCards("cora"), "there is nothing to decide any more")
}

func TestACardThatCouldNotBeReadSaysLaterWhatWasDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(grantRules))
	w.asksForAccess("bob", w.says("bob", `/newroom "Elm"`)).sees("I have asked ")
	card := w.waitForGrantCard("ops", "Bob Chen")
	coras := w.waitForGrantCard("cora", "Bob Chen")
	w.fail(client.Fault{Path: onMessage[:len(onMessage)-1] + coras.ID, Status: http.StatusServiceUnavailable})
	w.act("", "ops", card, commands.FormGrant, "day", nil)
	w.waitForChat("bob", "has allowed")
	w.waitForFaults(1)
	w.heal()
	w.waitForChat("ops", "You have allowed it for a day")
	require.NotContains(t, w.waitForChat("cora", "request for access 1: "), "[ Allow once ]")
}

// A bot is killed after it has stored what is asked for and before it has the result, and a rule
// allows it by the next start.
func TestWhatIsAskedForIsShownThoughARuleAllowsItByNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(grantRules))
	w.fail(client.Fault{Path: onSend, Match: "grant-card/", Status: http.StatusServiceUnavailable})
	w.asksByClick("bob", w.says("bob", `/newroom "Elm"`).lastReply(), "roombot-offer", "request-access", nil)
	w.waitForFaults(1)
	w.changeRules(strings.Replace(grantRules, `who: ["user:alice"]`, `who: ["*"]`, 1))
	w.stop()
	w.changeStore(`DELETE FROM step WHERE step = 'access'`)
	w.heal()
	w.start()
	w.waitForGrantCard("cora", "Bob Chen asks for access.")
	w.waitForChat("bob", "I have asked Olga Peters, Cora Lind (request for access 1).")
	w.waitUntilIdle()
	require.Equal(t, []string{"asked 1"}, w.grantRecord())
}

func TestAGrantSurvivesARestartAndIsRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(grantRules))
	w.asksForAccess("bob", w.says("bob", `/newroom "Elm"`)).sees("I have asked ")
	card := w.waitForGrantCard("cora", "Bob Chen")
	w.stop()
	w.start()
	w.decidesAccess("cora", card, "month").seesAmong("You have allowed it for 30 days")
	w.stop()
	w.start()
	w.says("bob", `/newroom "Elm"`).sees("✓ Elm")
	w.says("bob", "/policy grants").sees("is for administrators of the policy.")
	w.says("ops", "/policy revoke 7").sees("There is no grant 7 that is in force.")
	w.says("ops", "/policy revoke 1").sees("Grant 1 is revoked")
	w.waitForChat("bob", "Olga Peters has revoked your grant 1. It was for /newroom in our 1:1 chat")
	w.requireTold("cora", "was revoked by Olga Peters.")
	require.Zero(t, w.countTold("ops", "was revoked by Olga Peters."), "who has read that it is done")
	w.says("ops", "/policy grants").sees("There are no grants", "– revoked, allowed by Cora Lind")
	w.says("bob", `/newroom "Oak"`).sees("Nobody has allowed you /newroom here.")
	w.waitUntilIdle()
	require.Equal(t, []string{"asked 1", "granted 1", "revoked 1"}, w.grantRecord())
}
