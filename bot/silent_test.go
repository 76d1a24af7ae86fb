package bot_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// failsFor has the creation of one room fail, and no other.
func failsFor(name string) client.Fault {
	return client.Fault{Path: "createRoom", Match: name, Status: http.StatusServiceUnavailable}
}

// slowly has failed attempts repeated so rarely that one who waits for them waits too long.
func slowly(w *world) {
	before := w.change
	w.change = func(c *bot.Config) {
		if before != nil {
			before(c)
		}
		c.Store.BackoffFloor, c.Store.BackoffCeiling = time.Hour, time.Hour
	}
}

// asksSoon asks whether to go on at the first failed attempt.
func asksSoon(w *world) { w.bounds.Ask = time.Nanosecond }

// waitForAny waits until one of the bot's messages in a chat contains every text.
func (w *world) waitForAny(chat said, texts ...string) client.Message {
	w.t.Helper()
	var found client.Message
	require.Eventually(w.t, func() bool {
		for _, m := range w.answers(chat.who, chat) {
			if containsAll(plain(m), texts) {
				found = m
				return true
			}
		}
		return false
	}, patience, tick, "the bot says %q", texts)
	return found
}

// withoutNumber is an error without the number of its request.
func withoutNumber(answer string) string {
	text, number, found := strings.Cut(answer, "\nRequest ")
	if !found {
		return strings.TrimSpace(answer)
	}
	_, rest, _ := strings.Cut(number, "\n")
	return strings.TrimSpace(text + "\n" + rest)
}

func TestEachRefusalEndsWithTheNumberOfItsRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, text := range []string{`/newroom "A`, `/newroom "A" nobody@nowhere.test`, `/newroom "A" group:Nonesuch`, "/nonsense", `/newroom "A" template:x`} {
		asked := w.says("bob", text)
		lines := strings.Split(strings.TrimSpace(asked.answer()), "\n")
		require.Equal(t, "Request "+string(commands.NewRequestID(asked.Message.ID)), lines[len(lines)-1], text)
	}
	require.NotContains(t, w.says("bob", "/help").answer(), "Request ")
}

func TestAStuckCommandSilencesNobodyInItsChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly, asksSoon)
	w.fail(failsFor("Fails"))
	stuck := w.asks("bob", `/newroom "Fails"`)
	question := w.waitForAny(stuck, "Symphony keeps failing", "[ Keep trying ]", "[ Stop ]")
	for text, answer := range map[string]string{
		"/help": "I open rooms for you", "/groups": "I can add these groups", `/newroom "Wrong" public:maybe`: "✗ ",
		`/newroom "Other"`: "✓ Other",
	} {
		w.asks("bob", text)
		w.waitForAny(stuck, answer)
	}
	w.asksByClick("bob", question, commands.FormOffer, "keep-trying", nil)
	w.waitForAny(stuck, "I keep trying and report here (request "+string(commands.NewRequestID(stuck.Message.ID))+")")
	require.Len(t, w.rooms("Other"), 1)
	require.Empty(t, w.rooms("Fails"), "all of this while the fault is on")
}

func TestQuestionsAreAnsweredBesideALongCommand(t *testing.T) {
	t.Parallel()
	held := newHold("/room/create", "Long")
	w := newWorld(t, withFront(held.front))
	chat := w.asks("bob", `/newroom "Long"`)
	<-held.arrived
	w.asks("bob", "/help")
	w.waitForAny(chat, "I open rooms for you")
	number := string(commands.NewRequestID(chat.Message.ID))
	next := w.asks("bob", `/newroom "Next"`)
	w.waitForAny(next, "I do this after your room “Long” (request "+number+"). No need to send it again.")
	w.asks("bob", `/newroom "Third"`)
	w.waitForAny(next, "I do this after your room “Long” (request "+number+") and 1 more command.")
	held.release()
	w.waitUntilIdle()
	shown := strings.Join(w.shownAnswers("bob", chat.Message), "\n")
	require.Len(t, w.shownAnswers("bob", chat.Message), 4, "one answer each: %s", shown)
	for _, name := range []string{"Long", "Next", "Third"} {
		require.Contains(t, shown, "✓ "+name)
		w.theOnly(name, "bob")
	}
	require.NotContains(t, shown, "I do this after")
}

func TestWhoWaitsForSomebodyElseReadsNoneOfTheirWords(t *testing.T) {
	t.Parallel()
	held := newHold("/room/create", "Long")
	w := newWorld(t, withFront(held.front))
	room := w.openSharedRoom("@alice")
	first := w.asksIn(room, "bob", `/newroom "Long"`)
	<-held.arrived
	next := w.asksIn(room, "alice", `/newroom "Next"`)
	w.waitForAny(next, "I do this after another command in this chat (request "+string(commands.NewRequestID(first.Message.ID))+")")
	held.release()
	w.waitForAny(next, "✓ Next")
}

func TestAStoppedCommandEndsOnceAndMayBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly, asksSoon)
	w.fail(failsFor("Fails"))
	asked := w.asks("bob", `/newroom "Fails"`)
	question := w.waitForAny(asked, "[ Stop ]")
	w.asksByClick("bob", question, commands.FormOffer, "stop", nil)
	w.asksByClick("bob", question, commands.FormOffer, "stop", nil)
	w.waitForAny(asked, "✗ You have stopped this. Nothing was created.")
	w.waitForAny(asked, "Request "+string(commands.NewRequestID(asked.Message.ID))+" has ended already.")
	w.heal()
	w.edits("bob", asked.Message.ID, `/newroom "Fails"`).sees("✓ Fails")
	w.theOnly("Fails", "bob")
}

func TestOnlyTheRequesterStopsACommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly, asksSoon)
	room := w.openSharedRoom("@alice")
	w.fail(failsFor("Fails"))
	asked := w.asksIn(room, "bob", `/newroom "Fails"`)
	question := w.waitForAny(asked, "[ Stop ]")
	w.asksByClick("alice", question, commands.FormOffer, "stop", nil)
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), `"outcome":"not-yours"`) }, patience, tick)
	w.waitForAny(asked, "[ Stop ]")
}

func TestAStoppedCommandLooksForItsRoomFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		drop  string
		ends  []string
		rooms int
	}{
		"the room was created":     {client.DropAfter, []string{"✗ You have stopped this.", "Lost", " is open, without you", "streamId="}, 1},
		"the room was not created": {client.DropBefore, []string{"✗ You have stopped this. Nothing was created."}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, asksSoon, settlesSoon)
			w.fail(client.Fault{Path: "createRoom", Drop: c.drop})
			asked := w.asks("bob", `/newroom "Lost" @alice`)
			question := w.waitForAny(asked, "[ Stop ]")
			w.asksByClick("bob", question, commands.FormOffer, "stop", nil)
			asked.endsWith(c.ends...)
			require.Len(t, w.rooms("Lost"), c.rooms)
			stopped := false
			for _, m := range w.botMessages("bob", asked.Message) {
				text := plain(m)
				stopped = stopped || strings.Contains(text, "stopped")
				require.False(t, stopped && strings.Contains(text, "[ Stop ]"), "nothing to press after the stop")
			}
		})
	}
}

func TestAnEditOfACommandThatKeepsFailingIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly)
	w.fail(failsFor("Fails"))
	asked := w.asks("bob", `/newroom "Fails"`)
	w.waitForAny(asked, "takes longer than usual")
	_, err := w.pod.Edit(t.Context(), client.EditRequest{As: "bob", MessageID: asked.Message.ID, Text: `/newroom "Better"`})
	require.NoError(t, err)
	w.waitForAny(asked, "I am still working on your message as it was (request "+string(commands.NewRequestID(asked.Message.ID))+")")
	require.Empty(t, w.rooms("Better"))
}

func TestThatItTakesLongerIsNotSaidAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.bounds.PutOff = time.Hour })
	w.fail(client.Fault{Path: onUsers, Status: 503, Count: 6})
	asked := w.asks("bob", `/newroom "Hiccup" carol@acme.test`)
	asked.endsWith("✓ Hiccup")
	require.Len(t, w.botMessages("bob", asked.Message), 1, "one message and no edit")
}

func TestWhatIsSaidOfAFailingCommandDoesNotWaitForItsNextAttempt(t *testing.T) {
	t.Parallel()
	for text, bounds := range map[string]bot.Bounds{
		"takes longer than usual": {PutOff: 20 * time.Millisecond, Ask: time.Hour},
		"Shall I go on?":          {PutOff: time.Nanosecond, Ask: 20 * time.Millisecond},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, slowly, func(w *world) { w.bounds = bounds })
			w.fail(failsFor("Fails"))
			w.asks("bob", `/newroom "Fails"`).waitForAnswer(text)
		})
	}
}

func TestCommandsThatLetOthersPassCountAmongThoseThatWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly, func(w *world) { w.bounds.PerPerson = 3 })
	w.fail(failsFor("Fails"))
	var chat said
	for i := range 3 {
		chat = w.asks("bob", fmt.Sprintf(`/newroom "Fails %d"`, i))
		require.Eventually(t, func() bool { return strings.Count(w.log.String(), "request was put off") == i+1 }, patience, tick)
	}
	w.asks("bob", `/newroom "Fails 4"`)
	w.waitForAny(chat, "3 of your commands are waiting in this chat")
}

func TestTheSameNameTwiceOpensOneRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.fail(client.Fault{Path: "createRoom", Match: "Twice", Drop: client.DropAfter, Count: 1})
	first := w.asks("bob", `/newroom "Twice"`)
	w.asks("bob", `/newroom "Twice"`)
	w.waitForAny(first, "✓ Twice")
	w.waitForAny(first, "✗ Symphony does not accept")
	w.theOnly("Twice", "bob")
}

func TestTheBotIsNotReadyWhileACommandKeepsFailing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly)
	w.fail(failsFor("Fails"))
	asked := w.asks("bob", `/newroom "Fails"`)
	w.waitForAny(asked, "takes longer than usual")
	require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Queue.FailingSeconds > 0 }, patience, tick)
	require.True(t, w.bot.Health(t.Context()).Ready)
	w.stop()
	db, err := sql.Open("sqlite", w.store)
	require.NoError(t, err)
	_, err = db.Exec(`UPDATE command SET failing_since = ? WHERE failing_since > 0`, time.Now().Add(-11*time.Minute).UnixMicro())
	require.NoError(t, err)
	require.NoError(t, db.Close())
	w.start()
	require.Eventually(t, func() bool {
		problems := strings.Join(w.bot.Health(t.Context()).Problems, "\n")
		return strings.Contains(problems, "a command has been failing since ")
	}, patience, tick)
}

func TestWarningsAndFormsOfACrowdedRoomGoToTheOneToOneChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(refuseAdding(idAlice, 451)), func(w *world) { w.crowd = 12 })
	people, _ := w.colleagues(12)
	room := w.openSharedRoom(people)
	chat := w.says("bob", "/help")
	inRoom := w.asksIn(room, "bob", "/newroom")
	w.waitForAny(chat, "About your message in “Shared”:", "Room name")
	w.asksIn(room, "bob", `/newroom "Half" @alice`)
	w.waitForAny(chat, "About your message in “Shared”:", "⚠ Half", "Alice Martin")
	w.waitUntilIdle()
	require.Empty(t, w.shownAnswers("bob", inRoom.Message), "nothing of it in the room")
}
