package bot_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

const twoRooms = "/newroom \"First\" @alice\n/newroom \"Second\" @carol"

// asksForTwo is a message with two commands, and the answer that asks which of them is meant.
func (w *world) asksForTwo() (asked said, question client.Message) {
	w.t.Helper()
	asked = w.says("bob", twoRooms).sees("Your message holds 2 commands", "[ Create both ]  [ Create \"First\" ]  [ Create \"Second\" ]")
	require.Empty(w.t, w.rooms("First"))
	return asked, asked.lastReply()
}

// saysAll waits until the bot's answers to a click, in whatever order, contain these texts, one
// each.
func (w *world) saysAll(after client.Message, texts ...string) []string {
	w.t.Helper()
	var shown []string
	require.Eventually(w.t, func() bool {
		shown = w.shownAnswers("bob", after)
		return len(shown) >= len(texts)
	}, patience, tick, "%q", texts)
	w.waitUntilIdle()
	shown = w.shownAnswers("bob", after)
	require.Len(w.t, shown, len(texts), "%q", shown)
	for _, text := range texts {
		require.True(w.t, slices.ContainsFunc(shown, func(s string) bool { return containsAll(s, []string{text}) }), "%q in %q", text, shown)
	}
	return shown
}

// last is the last message of a chat.
func (w *world) last(chat said) client.Message { return w.reply(chat) }

var requestNumber = regexp.MustCompile(`Request ([\w-]+)`)

func TestOneClickRunsBothCommandsAsTwoRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, question := w.asksForTwo()
	w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
	shown := w.saysAll(question, "✓ First", "✓ Second")
	require.NotEqual(t, requestNumber.FindString(shown[0]), requestNumber.FindString(shown[1]), "a number each")
	require.NotEmpty(t, requestNumber.FindString(shown[0]))

	before := w.last(asked)
	w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
	again := w.saysAll(before, "already acted on this", "already acted on this")
	require.NotEqual(t, again[0], again[1], "each names its own request")
	for _, button := range []string{"offer-1", "offer-2"} {
		w.click("bob", question, commands.FormOffer, button, nil).sees("already acted on this")
	}
	w.edits("bob", asked.Message.ID, `/newroom "Third" @alice`).sees("already acted on this")
	w.theOnly("First", "bob", "alice")
	w.theOnly("Second", "bob", "carol")
	require.Empty(t, w.rooms("Third"))
}

func TestACommandThatWasRunAloneIsNotRunWithBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, question := w.asksForTwo()
	w.click("bob", question, commands.FormOffer, "offer-1", nil).sees("✓ First")
	before := w.last(asked)
	w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
	w.saysAll(before, "already acted on this", "✓ Second")
	w.theOnly("First", "bob", "alice")
	w.theOnly("Second", "bob", "carol")
}

func TestAnEditedMessageExcludesTheCommandsItHeldBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, question := w.asksForTwo()
	edited := w.edits("bob", asked.Message.ID, `/newroom "Third" @alice`).sees("✓ Third")
	before := edited.lastReply()
	w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
	w.saysAll(before, "already acted on this", "already acted on this")
	require.Empty(t, w.rooms("First"))
	require.Empty(t, w.rooms("Second"))
}

func TestTwoCommandsOfWhichNothingCameMayBeCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, question := w.asksForTwo()
	w.fail(client.Fault{Path: onCreate, Status: 451})
	w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
	w.saysAll(question, "A compliance rule blocks", "A compliance rule blocks")
	w.heal()
	w.edits("bob", asked.Message.ID, `/newroom "Third" @alice`).sees("✓ Third")
}

func TestOneOfTwoCommandsMayBeCorrectedAfterTheOtherHasRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Second"`).sees("✓ Second")
	asked, question := w.asksForTwo()
	w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
	w.saysAll(question, "✓ First", `[ Create "Second 2" ]`)
	for _, m := range w.answers("bob", asked) {
		if containsAll(plain(m), []string{`/newroom "Second 2"`}) {
			w.click("bob", m, commands.FormOffer, "offer-0", nil).sees("✓ Second 2")
			w.click("bob", m, commands.FormOffer, "offer-0", nil).sees("already acted on this")
		}
	}
	w.theOnly("Second 2", "bob", "carol")
	w.edits("bob", asked.Message.ID, `/newroom "Third" @alice`).sees("already acted on this")
}

func TestBothCommandsAreRunOnceThroughRestartsAndLostAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]client.Fault{
		"before a room is made":     {Path: onCreate, Delay: "300ms", Drop: "before"},
		"after a room is made":      {Path: onCreate, Delay: "300ms", Drop: "after"},
		"before people are added":   {Path: onAdd, Delay: "300ms", Drop: "before"},
		"after an answer is sent":   {Path: onSend, Delay: "300ms", Drop: "after"},
		"before the button is read": {Path: onMessage, Delay: "300ms", Drop: "before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon)
			_, question := w.asksForTwo()
			w.fail(fault, client.Fault{Kind: "duplicate-events"})
			w.asksByClick("bob", question, commands.FormOffer, "all-2", nil)
			w.waitForFaults(1)
			w.stop()
			w.heal()
			w.start()
			w.saysAll(question, "✓ First", "✓ Second")
			w.theOnly("First", "bob", "alice")
			w.theOnly("Second", "bob", "carol")
		})
	}
}

func TestAButtonForAllThatNobodyShowsRunsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	preview := w.says("bob", `/newroom "Maybe" @alice preview`).lastReply()
	w.submits(preview.ID, commands.FormOffer, preview.StreamID, map[string]any{"action": "all-2"}) // no client lets press it
	w.saysAll(preview, "This button does not work any more.", "This button does not work any more.")
	require.Empty(t, w.rooms("Maybe"))
}

func TestTwoCommandsInAFormAreNotRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	refused := w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "First", "others": `/newroom "Second"`})
	refused.sees("Your message holds 2 commands", "Room name: [ First ]")
	require.NotContains(t, refused.answer(), "Create both")
}
