package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/symphony/sandbox/client"
)

// keepsOutside has people of other companies come in an hour after they are added, by the pod's
// clock.
func (w *world) keepsOutside() {
	w.t.Helper()
	w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"})
}

// invites has somebody ask for a room with one of them.
func (w *world) invites(who, text string) said {
	w.t.Helper()
	w.keepsOutside()
	asked := w.asks(who, text)
	asked.waitForAnswer("is open:", "Eve Adams (Beta Capital): invited, not in yet")
	return asked
}

// admits lets in who was invited.
func (w *world) admits() {
	w.t.Helper()
	_, err := w.pod.Advance(w.t.Context(), time.Hour)
	require.NoError(w.t, err)
}

func TestChatGoesOnWhileSomebodyOfAnotherCompanyIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.hands = 1                               // no worker may wait
		w.bounds = bot.Bounds{PerConversation: 1} // nor may the job count as one of the chat
	})
	first := w.invites("bob", `/newroom "Client call" external owner:@eve`)
	require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Queue.Running == 0 }, patience, tick, "it waits")
	second := w.asks("bob", `/newroom "Desk" @alice`)
	require.Eventually(t, func() bool {
		shown := w.shownAnswers("bob", second.Message)
		return len(shown) == 1 && containsAll(shown[0], []string{"✓ Desk", "is open."})
	}, patience, tick)
	require.Contains(t, w.shownAnswers("bob", first.Message)[0], "invited, not in yet", "the first command is still waiting")
	require.NotContains(t, w.theRoom("Client call").Usernames(), "eve")

	w.admits()
	w.waitUntilIdle()
	shown := w.shownAnswers("bob", first.Message)
	require.Len(t, shown, 2)
	require.Contains(t, shown[0], "✓ Desk")
	require.Contains(t, shown[1], "✓ Client call", "edited, which makes it the newest")
	require.Contains(t, shown[1], "Owners: Bob Chen (you), Eve Adams")
	require.Len(t, w.botMessages("bob", first.Message), 3, "one edit ends it")
	_, owners := members(w.theRoom("Client call"))
	require.ElementsMatch(t, []string{"roombot", "bob", "eve"}, owners)
	w.says("bob", `/newroom "Next" @alice`).sees("✓ Next")
}

func TestInvitedPersonIsPromotedAfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.invites("bob", `/newroom "Restart" external owner:@eve @carol`)
	added := w.calls("addMember")
	w.stop()
	w.admits()
	w.start()
	asked.endsWith("✓ Restart", "Owners: Bob Chen (you), Eve Adams", "Member: Carol O'Neil")
	w.theOnly("Restart", "bob", "carol", "eve")
	require.Equal(t, added, w.calls("addMember"))
	require.Len(t, w.botMessages("bob", asked.Message), 2, "one edit ends it")
}

func TestInvitedTakesThePlaceOfAdding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond = 30, 8 })
	w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"})
	people, _ := w.colleagues(30)
	asked := w.asks("bob", `/newroom "Long" external @eve `+people)
	asked.waitForAnswer("✓ Long", "Adding: ")
	asked.waitForAnswer("✓ Long", "Eve Adams (Beta Capital): invited, not in yet", "and 10 more")
	w.admits()
	asked.endsWith("✓ Long", "is open.", "Members: Eve Adams")
}

func TestPutOffAnswerIsReplacedByWhoIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"}, client.Fault{Path: "createRoom", Drop: client.DropAfter, Count: 1})
	asked := w.asks("bob", `/newroom "Lost" external @eve`)
	asked.waitForAnswer("takes longer than usual")
	asked.waitForAnswer("✓ Lost", "Eve Adams (Beta Capital): invited, not in yet")
	w.admits()
	asked.endsWith("✓ Lost", "is open.", "Member: Eve Adams")
	w.theOnly("Lost", "bob", "eve")
}

func TestEditOfAFirstAnswerThatArrivesLateDoesNotReplaceTheReply(t *testing.T) {
	t.Parallel()
	telling, arrived := tellWhenDone("/update")
	w := newWorld(t, withFront(telling), func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = time.Second, 2*time.Second })
	w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "500ms"}, client.Fault{Path: "createRoom", Drop: client.DropAfter, Count: 1},
		client.Fault{Path: onUpdate, Delay: "2500ms", Drop: client.DropAfter, Count: 1})
	asked := w.asks("bob", `/newroom "Late" external @eve`)
	asked.waitForAnswer("✓ Late", "Member: Eve Adams")
	<-arrived
	asked.endsWith("✓ Late", "Member: Eve Adams")
}

func TestFirstAnswerIsSentAnewWhereItsEditIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lost  bool // the answer to the message with the link
		crowd int
		says  [][]string
	}{
		"who is invited": {says: [][]string{{"✓ Lost", "Eve Adams (Beta Capital): invited, not in yet"}}},
		"who is invited, and the answer was lost": {lost: true, says: [][]string{{"✓ Lost", "Eve Adams (Beta Capital): invited, not in yet"}}},
		"the link, and who is invited":            {crowd: 30, says: [][]string{{"✓ Lost", "Adding: "}, {"✓ Lost", "Eve Adams (Beta Capital): invited, not in yet"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, func(w *world) { w.crowd, w.limits.AddsPerSecond = c.crowd, 15 })
			w.takeEditRight()
			text := `/newroom "Lost" external @eve `
			if c.crowd > 0 {
				people, _ := w.colleagues(c.crowd)
				text += people
			}
			w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"}, client.Fault{Path: "createRoom", Drop: client.DropAfter, Count: 1})
			asked := w.asks("bob", text)
			says := append([][]string{{"takes longer than usual"}}, c.says...)
			for i, words := range says {
				w.waitForLastAnswer(asked, i+1, words)
				if c.lost && i == 0 {
					w.fail(client.Fault{Path: onSend, Drop: client.DropAfter, Count: 1})
				}
			}
			if c.lost {
				require.Eventually(t, func() bool { return len(w.faults()) == 1 }, patience, tick, "the fault has struck")
				w.stop()
				w.start()
			}
			w.admits()
			w.waitForLastAnswer(asked, len(says)+1, []string{"✓ Lost", "is open.", "Eve Adams"})
			w.waitUntilIdle()
			w.waitForLastAnswer(asked, len(says)+1, []string{"✓ Lost", "is open.", "Eve Adams"})
		})
	}
}

// waitForLastAnswer waits until the bot shows so many answers, and asserts the words of the last.
func (w *world) waitForLastAnswer(asked said, count int, words []string) {
	w.t.Helper()
	var shown []string
	require.Eventually(w.t, func() bool {
		shown = w.shownAnswers(asked.who, asked.Message)
		return len(shown) >= count
	}, patience, tick, "%d answers", count)
	require.Len(w.t, shown, count)
	for _, word := range words {
		require.Contains(w.t, shown[count-1], word)
	}
}
