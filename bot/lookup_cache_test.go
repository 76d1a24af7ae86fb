package bot_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

const staffRules = `
allow:
  - name: staff
    who: ["email:*@acme.test"]
    commands: [groups]
`

// sendNameless sends a message of alice in which Symphony left out who she is.
func (w *world) sendNameless(text string, chat said) {
	w.t.Helper()
	w.sends(text, func(m map[string]any) {
		m["user"] = map[string]any{"userId": idAlice, "displayName": "Alice Martin"}
		m["stream"] = map[string]any{"streamId": chat.Message.StreamID, "streamType": "IM"}
	})
}

func TestWhatAnEventLeavesOutOfItsUserIsLookedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.rules = staffRules })
	chat := w.says("alice", "thanks") // for which nobody is looked up
	for n, text := range []string{"/groups", "/groups equi", "/groups fx"} {
		w.sendNameless(text, chat)
		require.Eventually(t, func() bool { return len(w.answers("alice", chat)) == n+2 }, patience, tick)
	}
	for _, a := range w.answers("alice", chat)[1:] {
		require.Contains(t, plain(a), "roups with")
	}
	require.Equal(t, 1, w.calls("lookupUsers"), "she was looked up once")
}

func TestARefusedLookUpAdmitsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.rules = staffRules })
	chat := w.says("alice", "thanks") // for which nobody is looked up
	w.fail(client.Fault{Path: onUsers, Status: http.StatusForbidden})
	w.sendNameless("/groups", chat)
	require.Eventually(t, func() bool { return len(w.answers("alice", chat)) == 2 }, patience, tick)
	require.Contains(t, plain(w.answers("alice", chat)[1]), "Nobody has allowed you /groups here.")
	w.says("alice", "/groups").sees("Nobody has allowed you /groups here.")
	require.Contains(t, w.log.String(), "who asks could not be looked up")
	w.heal()
	w.says("alice", "/groups").sees("I can add")
}

func TestAFailedLookUpIsRepeatedBeforeADenial(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.rules = staffRules })
	chat := w.says("alice", "thanks") // for which nobody is looked up
	w.fail(client.Fault{Path: onUsers, Status: http.StatusServiceUnavailable, Count: 3})
	w.sendNameless("/groups", chat)
	require.Eventually(t, func() bool {
		all := w.answers("alice", chat)
		return len(all) == 2 && strings.Contains(plain(all[1]), "I can add")
	}, patience, tick)
}

func TestACorrectionKnowsTheGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", "/groups").sees("Test Group") // they have been read by now
	asked := w.says("bob", `/newroom "Desk" group:Test Group @alice`)
	require.Contains(t, asked.answer(), `group:"Test Group"`)
	w.click("bob", asked.lastReply(), "roombot-offer", "offer-0", nil).sees("✓ Desk", "Test Group (3 people)")
}

func TestTheAnswerListsMissingPeopleApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Mixed" @alice @ravi`).sees("not everything worked", "In the room:")
}
