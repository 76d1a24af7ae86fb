package bot_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

const (
	onRename = "*/room/*/update"
	onClose  = "*/room/*/setActive"
	onInfo   = "*/room/*/info"
)

// undoes presses Undo on an answer and waits for what comes of it.
func (w *world) undoes(who string, answer client.Message) said {
	w.t.Helper()
	return w.click(who, answer, commands.FormOffer, commands.ButtonUndo, nil)
}

// shownMessage is the bot's only message after a request, as it is now.
func (s said) shownMessage() client.Message {
	s.w.t.Helper()
	var shown []client.Message
	for _, m := range s.w.botMessages(s.who, s.Message) {
		if m.ReplacedBy == "" {
			shown = append(shown, m)
		}
	}
	require.Len(s.w.t, shown, 1)
	return shown[0]
}

// undone is the only room that was undone of that name.
func (w *world) undone(name string) client.Room {
	w.t.Helper()
	all, err := w.pod.Rooms(w.t.Context())
	require.NoError(w.t, err)
	var found []client.Room
	for _, r := range all {
		if strings.HasPrefix(r.Name, name+" (undone ") {
			require.False(w.t, r.Active, "the room is closed")
			found = append(found, r)
		}
	}
	require.Len(w.t, found, 1)
	return found[0]
}

// writes has somebody write in a room of which the bot takes no notice.
func (w *world) writes(who, room string) {
	w.t.Helper()
	_, err := w.pod.Say(w.t.Context(), client.SayRequest{As: who, To: room, Text: "good morning"})
	require.NoError(w.t, err)
}

func TestUndoFreesTheNameAndClosesTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, logsWarnings)
	asked := w.says("bob", `/newroom "Q2 Earnings" @alice`).sees("✓ Q2 Earnings", "[ Undo ]")
	clicked := w.undoes("bob", asked.lastReply())
	asked.endsWith("✓ Undone: Q2 Earnings is closed. It is called Q2 Earnings (undone ")
	require.NotContains(t, asked.shownMessage().Markup, "<form", "nothing is left to press")
	room := w.undone("Q2 Earnings")
	require.Contains(t, room.Name, string(commands.NewRequestID(asked.Message.ID))[:4])
	var told []string
	for _, line := range w.auditLines(nil) {
		if line["request"] == string(commands.NewRequestID(clicked.Message.ID)) || line["outcome"] == "undone" || line["audit"] == "room" {
			require.Equal(t, room.StreamID, line["room"])
			told = append(told, line["message"].(string))
		}
	}
	require.Equal(t, []string{"room was opened", "room was renamed to be undone", "room was closed, undone", "answer was shown"}, told)
	w.says("bob", `/newroom "Q2 Earnings" @alice`).sees("✓ Q2 Earnings")
	w.theOnly("Q2 Earnings", "bob", "alice")
}

func TestUndoIsTheRequestersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shared := w.openSharedRoom("@alice")
	asked := w.saysIn(shared, "alice", `/newroom "Hers" @bob`).sees("✓ Hers")
	w.undoes("bob", asked.lastReply()).sees("✗ This is for Alice Martin, whose message it answers.")
	require.True(t, w.theRoom("Hers").Active)
	w.undoes("alice", asked.lastReply())
	w.undone("Hers")
}

func TestUndoNeedsNoRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.says("bob", `/newroom "Allowed"`).sees("✓ Allowed")
	w.changeRules("allow:\n  - {name: nobody, who: [\"user:kim\"], commands: [newroom]}\n")
	w.undoes("bob", asked.lastReply())
	asked.endsWith("✓ Undone: Allowed")
}

func TestRoomInWhichOthersHaveWrittenStaysOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	used := w.says("bob", `/newroom "Used" @alice`).sees("✓ Used").lastReply()
	own := w.says("bob", `/newroom "Own" @alice`).sees("✓ Own").lastReply()
	w.writes("alice", w.theRoom("Used").StreamID)
	w.undoes("bob", used).sees("✗ The room stays open: somebody else has written in it.", "An owner can close it in its settings.")
	require.True(t, w.theRoom("Used").Active)
	w.writes("bob", w.theRoom("Own").StreamID)
	w.saysIn(w.theRoom("Own").StreamID, "bob", "/help").sees("I open rooms")
	w.undoes("bob", own)
	w.undone("Own")
}

func TestUndoIsPossibleForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inTime := w.says("bob", `/newroom "In time"`).sees("✓ In time").lastReply()
	late := w.says("bob", `/newroom "Late"`).sees("✓ Late").lastReply()
	_, err := w.pod.Advance(t.Context(), 14*time.Minute)
	require.NoError(t, err)
	w.undoes("bob", inTime)
	w.undone("In time")
	_, err = w.pod.Advance(t.Context(), time.Minute+time.Second)
	require.NoError(t, err)
	w.undoes("bob", late).sees("✗ Undo was possible for 15 minutes.", "An owner can close the room in its settings.")
	require.True(t, w.theRoom("Late").Active)
}

func TestRoomIsUndoneOnceHoweverOftenUndoIsPressed(t *testing.T) {
	t.Parallel()
	for name, on := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetBack(t, "never", false, on)
			w := s.w
			asked := w.says("bob", `/newroom "Often"`).sees("✓ Often")
			answer := asked.lastReply()
			for range 3 {
				w.asksByClick("bob", answer, commands.FormOffer, commands.ButtonUndo, nil)
			}
			w.waitUntilIdle()
			w.undone("Often")
			require.Equal(t, 1, w.calls("setRoomActive"))
			require.Equal(t, 1, w.calls("updateRoom"))
			shown := strings.Join(w.shownAnswers("bob", asked.Message), "\n")
			require.Equal(t, 1, strings.Count(shown, "✓ Undone: Often"), shown)
			require.Equal(t, 2, strings.Count(shown, "✗ You have pressed Undo before"), shown)
		})
	}
}

func TestUndoStopsTheWaitForAnotherCompany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.invites("bob", `/newroom "Client call" external owner:@eve`)
	w.asksByClick("bob", asked.shownMessage(), commands.FormOffer, commands.ButtonUndo, nil)
	asked.waitForAnswer("✓ Undone: Client call is closed.")
	w.admits()
	asked.endsWith("✓ Undone: Client call is closed.")
	require.NotContains(t, w.undone("Client call").OwnerNames(), "eve")
	require.Contains(t, w.log.String(), "room was undone while its people were still being added")
}

func TestUndoStopsTheAdding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond = 60, 4 })
	people, names := w.colleagues(60)
	asked := w.asks("bob", `/newroom "Long" `+people)
	asked.waitForAnswer("✓ Long", "Adding: ")
	w.asksByClick("bob", asked.shownMessage(), commands.FormOffer, commands.ButtonUndo, nil)
	asked.endsWith("✓ Undone: Long is closed.")
	require.Less(t, len(w.undone("Long").Members), len(names))
}

func TestWhereTheEditIsRefusedUndoHasAnAnswerOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.says("bob", `/newroom "Kept" @alice`).sees("✓ Kept")
	w.takeEditRight()
	w.undoes("bob", asked.lastReply()).sees("✓ Undone: Kept is closed.")
	w.undone("Kept")
}

func TestBotThatMayNotCloseTheRoomSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, take := range map[string]func(room string){
		"Left": func(room string) { require.NoError(t, w.pod.Leave(t.Context(), "roombot", room)) },
		"Demoted": func(room string) {
			require.NoError(t, w.client.DemoteOwner(t.Context(), symphony.StreamID(room), symphony.UserID(w.personID("roombot"))))
		},
	} {
		answer := w.says("bob", fmt.Sprintf("/newroom %q @alice", name)).sees("✓ " + name).lastReply()
		take(w.theRoom(name).StreamID)
		w.undoes("bob", answer).sees("so I have left it as it is.", "An owner can close it in its settings.")
		require.True(t, w.theRoom(name).Active)
	}
	closed := w.says("bob", `/newroom "Closed"`).sees("✓ Closed").lastReply()
	require.NoError(t, w.client.SetRoomActive(t.Context(), symphony.StreamID(w.theRoom("Closed").StreamID), false))
	w.undoes("bob", closed).sees("✗ The room was closed already. I have changed nothing.")
	w.theRoom("Closed")
}

func TestUndoIsFinishedAfterARestart(t *testing.T) {
	t.Parallel()
	for _, path := range []string{onRename, onClose, onUpdate, onInfo} {
		for _, drop := range []string{client.DropBefore, client.DropAfter} {
			t.Run(path+" "+drop, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				asked := w.says("bob", `/newroom "Again"`).sees("✓ Again")
				w.fail(client.Fault{Path: path, Drop: drop})
				w.asksByClick("bob", asked.lastReply(), commands.FormOffer, commands.ButtonUndo, nil)
				w.waitForFaults(2)
				w.stop()
				w.heal()
				w.start()
				w.waitUntilIdle()
				w.undone("Again")
				require.Contains(t, strings.Join(w.shownAnswers("bob", asked.Message), "\n"), "✓ Undone: Again is closed.")
				require.NotContains(t, strings.Join(w.shownAnswers("bob", asked.Message), "\n"), "✓ Again")
			})
		}
	}
}

func TestUndoneRoomStaysSoAfterTheStoreWasSetBack(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{"its job was done": `/newroom "Back"`, "its job waited": `/newroom "Back" external @eve`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"})
			asked := w.asks("bob", says)
			asked.waitForAnswer("✓ Back")
			require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Queue.Running == 0 }, patience, tick)
			w.stop()
			store, err := os.ReadFile(w.store)
			require.NoError(t, err)
			w.start()
			answer := asked.shownMessage()
			w.asksByClick("bob", answer, commands.FormOffer, commands.ButtonUndo, nil)
			asked.endsWith("✓ Undone: Back is closed.")
			w.stop()
			require.NoError(t, os.WriteFile(w.store, store, 0o600))
			w.start()
			w.admits()
			asked.endsWith("✓ Undone: Back is closed.")
			w.asksByClick("bob", answer, commands.FormOffer, commands.ButtonUndo, nil)
			require.Eventually(t, func() bool {
				return strings.Contains(strings.Join(w.shownAnswers("bob", asked.Message), "\n"), "Undo was possible")
			}, patience, tick)
			w.undone("Back")
			require.Equal(t, 1, w.calls("setRoomActive"))
			w.edits("bob", asked.Message.ID, `/newroom "Back twice"`).sees("I have already acted on this")
		})
	}
}

func TestUndoneAnswerIsNotReplacedByAReplyThatWasDecidedBeforeTheStoreWasSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.invites("bob", `/newroom "Decided" external @eve`)
	w.fail(client.Fault{Path: onUpdate, Status: http.StatusServiceUnavailable})
	w.admits()
	w.waitForFaults(2)
	w.stop()
	store, err := os.ReadFile(w.store)
	require.NoError(t, err)
	w.heal()
	w.start()
	asked.endsWith("✓ Decided", "is open.", "Eve Adams")
	w.asksByClick("bob", asked.shownMessage(), commands.FormOffer, commands.ButtonUndo, nil)
	asked.endsWith("✓ Undone: Decided is closed.")
	w.stop()
	require.NoError(t, os.WriteFile(w.store, store, 0o600))
	w.start()
	asked.endsWith("✓ Undone: Decided is closed.")
}

func TestRoomOfAFailedRequestCanBeUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.tries = 2 })
	w.fail(client.Fault{Path: onPromote, Status: http.StatusServiceUnavailable})
	asked := w.asks("bob", `/newroom "Half" owner:@alice`)
	asked.waitForAnswer("✗ I could not finish this", "Half", "[ Undo ]")
	w.heal()
	w.waitUntilIdle()
	w.undoes("bob", asked.shownMessage())
	asked.endsWith("✓ Undone: Half is closed.")
	w.undone("Half")
}

func TestUndoThatFailsIsToldAndMayBePressedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.tries = 2 })
	asked := w.says("bob", `/newroom "Stuck"`).sees("✓ Stuck")
	w.fail(client.Fault{Path: onClose, Status: http.StatusServiceUnavailable})
	w.undoes("bob", asked.lastReply())
	w.waitUntilIdle()
	shown := strings.Join(w.shownAnswers("bob", asked.Message), "\n")
	require.Contains(t, shown, "✗ I could not undo this: Symphony kept failing.")
	require.Contains(t, shown, "The room may have been renamed or closed; please look at it.")
	w.heal()
	w.asksByClick("bob", asked.lastReply(), commands.FormOffer, commands.ButtonUndo, nil)
	w.waitUntilIdle()
	w.undone("Stuck")
	require.Contains(t, strings.Join(w.shownAnswers("bob", asked.Message), "\n"), "✓ Undone: Stuck is closed.")
}

// A stamp of the right form in a message of a user, and a button of that name where there is none.
func TestForgedUndoClosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	victim := w.says("alice", `/newroom "Victim"`).sees("✓ Victim").lastReply()
	theirs := w.says("bob", "/help")
	for name, carrier := range map[string]client.Message{"the answer of another": victim, "an answer without the button": theirs.lastReply(), "an own message": theirs.Message} {
		w.submits(carrier.ID, commands.FormOffer, theirs.Message.StreamID, map[string]any{"action": commands.ButtonUndo})
		w.waitUntilIdle()
		require.True(t, w.theRoom("Victim").Active, name)
	}
	shown := strings.Join(w.shownAnswers("bob", theirs.Message), "\n")
	require.Contains(t, shown, "This button does not work any more")
	require.Contains(t, shown, "This is for Alice Martin, whose message it answers")
}

func TestUndoInTheOneToOneChatIsToldInTheChatToo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, before string }{
		"a notice":       {`/newroom "Deal" carol@acme.test`, detailsSent},
		"a first answer": {`/newroom "Deal" external @eve carol@acme.test`, "✓ Deal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withJointRules)
			room, im := w.openJointRoom("")
			w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"})
			last := w.botMessages("bob", client.Message{StreamID: im})
			asked := w.asksIn(room, "bob", c.text)
			asked.waitForAnswer(c.before)
			var details []client.Message
			require.Eventually(t, func() bool {
				details = w.botMessages("bob", last[len(last)-1])
				return len(details) == 1
			}, patience, tick)
			require.Contains(t, plain(details[0]), "[ Undo ]")
			require.NotContains(t, plain(w.reply(asked)), "[ Undo ]")
			w.asksByClick("bob", details[0], commands.FormOffer, commands.ButtonUndo, nil)
			asked.waitForAnswer("✓ Undone: the room of this request is closed.")
			w.admits()
			asked.endsWith("✓ Undone: the room of this request is closed.")
			w.undone("Deal")
			require.Contains(t, strings.Join(w.shownAnswers("bob", last[len(last)-1]), "\n"), "✓ Undone: Deal is closed.")
			require.NotContains(t, strings.Join(w.shownAnswers("bob", last[len(last)-1]), "\n"), "✓ Deal")
		})
	}
}
