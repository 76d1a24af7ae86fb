package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// Reasons in the log why an answered request is left out: its job was in the store, or was not.
const (
	answeredEarlier = "request was answered, but the store does not know"
	answeredMissed  = "missed request has an answer already"
)

// copyAt sets the next moment at which the store is copied.
func (s *setBack) copyAt(moment string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moment = moment
}

// failAdds has every add fail, or none.
func (s *setBack) failAdds(fail bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.adds, s.half = 2, fail
}

// restart sets the store back, starts the bot again and waits until it has left out what was
// answered. reason is that of the request in question.
func (s *setBack) restart(reason string) {
	s.t.Helper()
	require.True(s.t, s.isCopied())
	s.w.stop()
	s.restore()
	s.failAdds(false)
	s.w.start()
	require.Eventually(s.t, func() bool { return strings.Contains(s.w.log.String(), reason) }, patience, tick)
	s.w.waitUntilIdle()
}

// cancels ends a request as an operator does, with the bot stopped meanwhile.
func (s *setBack) cancels(asked said) {
	s.t.Helper()
	s.w.stop()
	store, err := engine.Inspect(s.t.Context(), engine.FileAddress(s.w.store))
	require.NoError(s.t, err)
	require.NoError(s.t, store.Cancel(s.t.Context(), asked.Message.ID))
	require.NoError(s.t, store.Close())
	s.w.start()
}

func TestAnEditAfterTheStoreWasSetBackOpensNoSecondRoom(t *testing.T) {
	t.Parallel()
	const command, inStore = `/newroom "Desk" @alice`, "answered, job in the store"
	answers := map[string]func(*setBack) said{
		inStore: func(s *setBack) said {
			s.copyAt("before the plan")
			return s.w.says("bob", command).sees("✓ Desk")
		},
		"answered, job not in the store": func(s *setBack) said {
			s.copyAt("before the room")
			s.w.says("alice", `/newroom "Earlier"`).sees("✓ Earlier")
			return s.w.says("bob", command).sees("✓ Desk")
		},
		"ended with a room, job not in the store": func(s *setBack) said {
			s.copyAt("before the room")
			s.w.says("alice", `/newroom "Earlier"`).sees("✓ Earlier")
			s.failAdds(true)
			asked := s.w.asks("bob", command)
			require.Eventually(s.t, func() bool { return len(s.w.rooms("Desk")) == 1 }, patience, tick)
			s.cancels(asked)
			asked.endsWith("Your administrators have ended this before it was finished", "is open, without ")
			return asked
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetBack(t, "", false, onSQLite)
			asked := answer(s)
			reason := answeredMissed
			if name == inStore {
				reason = answeredEarlier
			}
			s.restart(reason)
			s.w.edits("bob", asked.Message.ID, `/newroom "Second" @alice`).sees("I have already acted on this")
			require.Len(t, s.w.rooms("Desk"), 1)
			require.Empty(t, s.w.rooms("Second"))
		})
	}
}

// An answer that says that all is done may be that of a command which writes nothing.
func TestAnEditOfAQuestionAfterTheStoreWasSetBackOpensItsRoom(t *testing.T) {
	t.Parallel()
	s := newSetBack(t, "before the room", false, onSQLite)
	s.w.says("alice", `/newroom "Earlier"`).sees("✓ Earlier")
	asked := s.w.says("bob", "/groups").sees("Test Group")
	s.restart(answeredMissed)
	s.w.edits("bob", asked.Message.ID, `/newroom "Desk" @alice`).sees("✓ Desk")
	s.w.theOnly("Desk", "bob", "alice")
}
