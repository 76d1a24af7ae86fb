package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// editsLater edits a message, and does not wait for the answer.
func (w *world) editsLater(who, message, text string) said {
	w.t.Helper()
	return w.talk(who)(w.pod.Edit(w.t.Context(), client.EditRequest{As: who, MessageID: message, Text: text}))
}

func TestAnEditTakesThePlaceOfWhatWaitsForAnApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	first := w.waitForCard("cora", 1)
	edited := w.editsLater("bob", asked.Message.ID, `/newroom "Oak" external @alice`)
	asked.seesAmong("You have sent a newer version of this, which takes its place. Nothing was created.")
	w.waitForChat("cora", "replaced by a newer version of the message.")
	require.Contains(t, plain(w.waitForCard("cora", 1)), "Name: Oak")
	w.decides("cora", first, "approve", "").seesAmong("Your click changes nothing: replaced by a newer version of the message.")
	cards := w.cards("cora")
	require.Len(t, cards, 1, "that of the first version asks for nothing any more")
	w.decides("cora", cards[0], "approve", "").seesAmong("You have approved it.")
	edited.seesAmong("Approved by Cora Lind on ")
	require.Empty(t, w.rooms("Elm"))
	w.theOnly("Oak", "bob", "alice")
	w.waitUntilIdle()
	require.Equal(t, []string{"approval asked", "approval replaced", "approval clicked"}, w.outcomesOf(asked))
}

func TestAnEditThatNeedsNoApprovalTakesThePlaceOfWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.waitForCard("cora", 1)
	w.edits("bob", asked.Message.ID, `/newroom "Oak"`).seesAmong("✓ Oak")
	asked.seesAmong("You have sent a newer version of this, which takes its place.")
	w.waitForChat("kim", "replaced by a newer version of the message.")
	require.Empty(t, w.rooms("Elm"))
	w.theOnly("Oak", "bob")
}

func TestAnEditThatIsRefusedLeavesWaitWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	card := w.waitForCard("cora", 1)
	for _, text := range []string{`/newroom "Oak" @nobody.of.this.name external`, `/newroom`, `/help`, `never mind`, `/newroom "Elm" external preview`} {
		w.edits("bob", asked.Message.ID, text).sees("Your message as it was (request ", ") still waits for an approval.")
	}
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("Approved by Cora Lind on ")
	w.theOnly("Elm", "bob")
}

func TestWhatTwoEditsReplaceSaysNothingOfTheLastOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.waitForCard("cora", 1)
	second := w.editsLater("bob", asked.Message.ID, `/newroom "Oak" external`)
	second.seesAmong("Your room “Oak”")
	third := w.editsLater("bob", second.Message.ID, `/newroom "Fir" external`)
	third.seesAmong("Your room “Fir”")
	w.waitUntilIdle()
	told := strings.Join(w.shownAnswers("bob", asked.Message), "\n")
	require.Equal(t, 2, strings.Count(told, "You have sent a newer version of this"), told)
	require.NotContains(t, told, "still waits for an approval")
	require.Len(t, w.cards("cora"), 1)
	w.decides("cora", w.cards("cora")[0], "approve", "").seesAmong("You have approved it.")
	third.seesAmong("✓ Fir")
	w.theOnly("Fir", "bob")
}

func TestAnEditThatWouldDoTheSameIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external nocopy`)
	w.waitForCard("cora", 1)
	w.edits("bob", asked.Message.ID, `/newroom "Elm"  nocopy external`).sees("I am still working on your message as it was")
	require.Len(t, w.cards("cora"), 1)
	w.decides("cora", w.cards("cora")[0], "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("✓ Elm")
	w.theOnly("Elm", "bob")
}

func TestAnEditOfWhatIsDoneIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.says("bob", `/newroom "Elm"`).sees("✓ Elm")
	w.edits("bob", asked.Message.ID, `/newroom "Oak" external`).sees("I have already acted on this")
	require.Empty(t, w.cards("cora"))
	require.Empty(t, w.rooms("Oak"))
}

// Somebody has approved the first version, which has not begun.
func TestAnEditOfWhatIsApprovedComesTooLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	w.says("ops", "/pause newroom").sees("Paused")
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("cora", w.waitForCard("cora", 1), "approve", "").seesAmong("You have approved it.")
	edited := w.editsLater("bob", asked.Message.ID, `/newroom "Oak" external`)
	w.says("ops", "/resume").seesAmong("Resumed")
	asked.seesAmong("Approved by Cora Lind on ")
	edited.seesAmong("your message as it was")
	require.Empty(t, w.rooms("Oak"))
	w.theOnly("Elm", "bob")
}
