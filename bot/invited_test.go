package bot_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

// cancels has an operator end a request of the bot, which starts again.
func (w *world) cancels(asked said) {
	w.t.Helper()
	w.stop()
	w.operates(func(i *engine.Inspector) error { return i.Cancel(w.t.Context(), asked.Message.ID) })
	w.start()
}

// story is what the receipt of a room tells, as lines of text with people by their usernames.
func (w *world) story(room string) string {
	w.t.Helper()
	told, found, err := w.bot.Receipt(w.t.Context(), symphony.StreamID(room))
	require.NoError(w.t, err)
	require.True(w.t, found)
	return w.tellStory(told.Story)
}

func (w *world) tellStory(story commands.RoomStory) string {
	w.t.Helper()
	people, err := w.pod.People(w.t.Context())
	require.NoError(w.t, err)
	names := map[int64]string{}
	for _, p := range people.People {
		names[p.ID] = p.Username
	}
	var b strings.Builder
	for _, line := range story.Lines(commands.StoryReader{Most: 100}) {
		b.WriteString(line.Title + ": ")
		for _, part := range line.Parts {
			if part.Person != nil {
				b.WriteString(names[int64(part.Person.ID)])
			}
			b.WriteString(part.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestAnOperatorEndsARequestWhileSomebodyIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.invites("bob", `/newroom "Ended" external owner:@eve @alice`)
	w.cancels(asked)
	answer := asked.endsWith("✗ Your administrators have ended this before it was finished.",
		") is open. Invited, and may still come in: Eve Adams.",
		"Not made an owner: Eve Adams.", "Their company has to let them in; I do not look for them any more.")
	require.NotContains(t, answer, "without")
	require.Equal(t, []string{
		"decision newroom allow everybody", `room {"act":"opened"}`, `member {"added":[bob]}`,
		`member {"added":[alice],"owners":[bob],"invited":[eve]}`, `answer {"outcome":"cancelled"}`,
	}, withoutKind("operator", w.entries(asked)))
	told := w.story(w.theRoom("Ended").StreamID)
	require.Contains(t, told, "Let in: bob, alice\n")
	require.Regexp(t, `\nInvited, not in yet: eve, \d[^,]+, [\d:]+ UTC, `+
		`and not looked for since \d[^,]+, [\d:]+ UTC, when the request ended\n`, told)

	w.admits()
	asked.endsWith("Invited, and may still come in: Eve Adams.")
	require.Contains(t, w.theRoom("Ended").Usernames(), "eve", "as the answer says")
}

func withoutKind(kind string, entries []string) (left []string) {
	for _, e := range entries {
		if !strings.HasPrefix(e, kind+" ") {
			left = append(left, e)
		}
	}
	return left
}

func TestWhoIsInWhenTheRequestIsEndedIsLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.invites("bob", `/newroom "Let in" external @eve @alice`)
	w.admits()
	w.cancels(asked)
	asked.endsWith("✗ Your administrators have ended this", " is open, and everybody is in it.")
	require.Contains(t, w.entries(asked), `member {"added":[eve]}`)
	told := w.story(w.theRoom("Let in").StreamID)
	require.Contains(t, told, "Let in: bob, alice, eve\n")
	require.NotContains(t, told, "Invited")
	require.Regexp(t, `(?m)^Ended by an administrator: \d+ \w+ 20`, told)

	w.stop()
	w.operates(func(i *engine.Inspector) error { return i.Retry(t.Context(), asked.Message.ID) })
	w.start()
	w.waitForAny(asked, "✓ Let in", "Members: ", "Eve Adams")
	w.waitUntilIdle()
	told = w.story(w.theRoom("Let in").StreamID)
	require.NotContains(t, told, "Invited")
	require.NotContains(t, told, "Ended by", "the last answer counts")
}

func TestTheRequesterStopsARequestWhileSomebodyIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly, asksSoon, withFront(refuseAdding(idAlice, http.StatusServiceUnavailable)))
	w.keepsOutside()
	asked := w.asks("bob", `/newroom "Halted" external @eve @alice`)
	question := w.waitForAny(asked, "[ Stop ]")
	w.asksByClick("bob", question, commands.FormOffer, "stop", nil)
	w.waitForAny(asked, "✗ You have stopped this.", ") is open, without Alice Martin. Invited, and may still come in: Eve Adams.")
	w.waitUntilIdle()
	require.Contains(t, w.entries(asked), `member {"invited":[eve]}`)
	told := w.story(w.theRoom("Halted").StreamID)
	require.Contains(t, told, "Invited, not in yet: eve, ")
	require.NotContains(t, told, "alice")
	require.Regexp(t, `(?m)^Stopped by its sender: \d+ \w+ 20`, told)
}

// What Symphony does with a call that it does not answer is not known.
func TestARequestEndsWhileItIsNotKnownWhetherSomebodyIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slowly, asksSoon, withFront(refuseAdding(idEve, http.StatusServiceUnavailable)))
	asked := w.asks("bob", `/newroom "Unknown" external @eve @alice`)
	question := w.waitForAny(asked, "[ Stop ]")
	w.asksByClick("bob", question, commands.FormOffer, "stop", nil)
	w.waitForAny(asked, "✗ You have stopped this.", ") is open. Perhaps invited, and may still come in: Eve Adams.")
	w.waitUntilIdle()
	require.Contains(t, w.entries(asked), `member {"absent":[{"user":eve,"cause":"ended"}]}`)
	require.Contains(t, w.story(w.theRoom("Unknown").StreamID),
		"Not let in: eve: the request ended before Symphony said whether they are invited\n")
}

func TestAReceiptTellsWhoIsInvitedAndThenThatTheyAreLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(receiptRules))
	im := w.says("bob", "/can")
	asked := w.invites("bob", `/newroom "Wait" external @eve @alice`)
	room := w.theRoom("Wait").StreamID
	w.asksIn(room, "bob", "/receipt")
	answer := w.waitForAny(im, "Receipt of “Wait”", "Invited, not in yet: Eve Adams, ")
	require.NotContains(t, plain(answer), "when the request ended")
	_, r := w.signedIn(said{w: w, who: "bob", Conversation: client.Conversation{Replies: []client.Message{answer}}})
	requireInvited(t, w, r)

	w.admits()
	w.waitForAny(asked, "✓ Wait", "Members: ")
	w.asksIn(room, "bob", "/receipt")
	w.waitForAny(im, "Receipt of “Wait”", "Let in: @Bob Chen, @Alice Martin, Eve Adams")
	require.Equal(t, []string{
		"decision newroom allow desk rooms", `room {"act":"opened"}`, `member {"added":[bob]}`,
		`member {"added":[alice],"owners":[bob],"invited":[eve]}`, `member {"added":[eve]}`, `answer {"outcome":"done"}`,
	}, w.entries(asked))
	require.NotContains(t, w.story(room), "Invited")
}

func requireInvited(t *testing.T, w *world, r audit.Receipt) {
	t.Helper()
	story, found := bot.TellRoom(r)
	require.True(t, found)
	require.Len(t, story.Invited, 1, "what is signed has it as well")
	require.Equal(t, w.personID("eve"), int64(story.Invited[0].Who))
	require.Contains(t, w.tellStory(story), "Let in: bob, alice\n")
}
