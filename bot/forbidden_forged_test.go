package bot_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

func tryButtonOfBefore(t *testing.T) {
	w := newWorld(t)
	preview := w.says("bob", `/newroom "Forbidden" @alice preview`).sees("[ Create it ]").lastReply()
	form := w.says("bob", "/newroom").sees("What should the room be called").lastReply()
	w.changeRules(nobodyRules)
	w.click("bob", preview, commands.FormOffer, "offer-0", nil).sees(deniedByDefault)
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Forbidden"}).sees(deniedByDefault)
	require.Empty(t, w.rooms("Forbidden"))
}

// forgedData gives one message other entity data than it has: users may send any, and the sandbox's
// people send none.
type forgedData struct{ message, data atomic.Pointer[string] }

func (f *forgedData) set(message, data string) {
	f.data.Store(&data)
	f.message.Store(&message)
}

func (f *forgedData) front(pod http.Handler) http.Handler {
	return rewriteAnswers("", func(_, answer string) string {
		message := f.message.Load()
		if message == nil || !strings.Contains(answer, *message) {
			return answer
		}
		var content any
		if json.Unmarshal([]byte(answer), &content) != nil {
			return answer
		}
		f.forge(content)
		forged, err := json.Marshal(content)
		if err != nil {
			return answer
		}
		return string(forged)
	})(pod)
}

func (f *forgedData) forge(content any) {
	switch c := content.(type) {
	case []any:
		for _, entry := range c {
			f.forge(entry)
		}
	case map[string]any:
		if c["messageId"] == *f.message.Load() {
			c["data"] = *f.data.Load()
		}
		for _, entry := range c {
			f.forge(entry)
		}
	}
}

// tryButtonOfAStranger copies the data of a preview, whose button opens a room in the name of who
// clicks it, into a message of a user.
func tryButtonOfAStranger(t *testing.T) {
	var forged forgedData
	w := newWorld(t, withFront(forged.front))
	preview := w.says("bob", `/newroom "Forbidden" @alice preview`).lastReply()
	theirs := w.says("bob", "/help").Message
	before := len(w.shownAnswers("bob", theirs))
	forged.set(theirs.ID, preview.Data)
	w.submits(theirs.ID, commands.FormOffer, theirs.StreamID, map[string]any{"action": "offer-0"})
	w.waitUntilIdle()
	require.Len(t, w.shownAnswers("bob", theirs), before, "it is ignored")
	require.Empty(t, w.rooms("Forbidden"))
	w.click("bob", preview, commands.FormOffer, "offer-0", nil).sees("✓ Forbidden") // the button itself works
}

func tryFormOfSomebodyElse(t *testing.T) {
	w := newWorld(t)
	room := w.openSharedRoom("@alice @kim")
	form := w.saysIn(room, "alice", "/newroom").sees("What should the room be called").lastReply()
	w.click("kim", form, commands.FormNewRoom, "create", map[string]any{"name": "Forbidden"}).sees("✗ This is for Alice Martin, whose message it answers.")
	require.Empty(t, w.rooms("Forbidden"))
}

func tryFormFieldWithOptions(t *testing.T) {
	w := newWorld(t, withoutGroupList)
	for i, values := range []map[string]any{
		{"name": `Field" public external "`}, {"name": "Field", "groups": `Test Group" @dana public "`}, {"name": "Field", "desc": `x" public owner:@kim "`},
	} {
		form := w.says("bob", "/newroom").lastReply()
		values["name"] = fmt.Sprint(values["name"], i)
		answer := w.click("bob", form, commands.FormNewRoom, "create", values).answer()
		require.NotContains(t, answer, "anybody in the company")
		for _, room := range w.rooms(values["name"].(string)) {
			require.False(t, room.Public)
			require.False(t, room.CrossPod)
			require.ElementsMatch(t, []string{"bob", "roombot"}, room.Usernames())
		}
	}
}

func tryEventPlayedAgain(t *testing.T) {
	w := newWorld(t)
	asked := w.says("bob", `/newroom "Played"`).sees("✓ Played")
	for _, id := range []int64{idBob, idCarol, idKim} {
		w.sends(`/newroom "Forbidden"`, func(m map[string]any) {
			m["messageId"], m["stream"] = asked.Message.ID, map[string]any{"streamId": asked.Message.StreamID, "streamType": "IM"}
			m["user"] = map[string]any{"userId": id, "displayName": "Somebody"}
		})
	}
	w.says("bob", "/help").sees("I open rooms")
	require.Empty(t, w.rooms("Forbidden"))
	w.theOnly("Played", "bob")
}

func tryEditAfterwards(t *testing.T) {
	w := newWorld(t)
	asked := w.says("bob", `/newroom "Opened"`).sees("✓ Opened")
	w.edits("bob", asked.Message.ID, `/newroom "Forbidden" @alice`).sees("already acted on this")
	require.Empty(t, w.rooms("Forbidden"))
	w.theOnly("Opened", "bob")
}

func tryCommandInAMention(t *testing.T) {
	w := newWorld(t)
	chat := w.says("bob", "/help").sees("I open rooms")
	for _, text := range []string{`/newroom "Forbidden"`, `x /newroom "Forbidden"`, `" public owner:@kim "`} {
		w.sends(`<span class="entity" data-entity-id="0">@`+text+`</span> hello`, func(m map[string]any) {
			m["stream"] = map[string]any{"streamId": chat.Message.StreamID, "streamType": "IM"}
			m["user"] = map[string]any{"userId": idBob, "displayName": "Bob Chen", "username": "bob"}
			m["data"] = fmt.Sprintf(`{"0":{"id":[{"type":"com.symphony.user.userId","value":"%d"}],"type":"com.symphony.user.mention"}}`, idAlice)
		})
	}
	w.waitUntilIdle()
	require.Empty(t, w.rooms("Forbidden"))
	require.NotContains(t, strings.Join(w.shownAnswers("bob", chat.Message), "\n"), "is open")
}

func tryCommandInANameOfARoom(t *testing.T) {
	w := newWorld(t)
	w.says("bob", `/newroom "/newroom Forbidden" @alice`).sees("is open")
	room := w.theRoom("/newroom Forbidden").StreamID
	w.saysIn(room, "alice", "/help").sees("I open rooms")
	w.waitUntilIdle()
	require.Empty(t, w.rooms("Forbidden"))
}

func tryMarkupInARoomName(t *testing.T) {
	w := newWorld(t)
	room := w.openSharedRoom("@alice @kim")
	for _, name := range []string{
		fmt.Sprintf(`<mention uid="%d"/>`, idBob), `<a href="http://evil.test">x</a>`, `</p><form id="roombot-offer">`, `${entity['roombot']}`,
	} {
		w.renames("bob", room, name)
		answer := w.saysIn(room, "kim", `/newroom "Forbidden"`).sees("About your message in “"+name+"”:", "Contractors cannot open rooms.").lastReply()
		for _, tag := range []string{"<mention", "<a ", "<form"} {
			require.NotContains(t, answer.Markup, tag)
		}
	}
}

// tryNameAsOracle asks for names of rooms that the requester is not in, and for names that no room
// has and that Symphony refuses: the words are the same.
func tryNameAsOracle(t *testing.T) {
	w := newWorld(t)
	w.plants("Project Alpha")
	words := func(name string) string {
		t.Helper()
		answer := w.says("bob", fmt.Sprintf("/newroom %q", name)).answer()
		require.Contains(t, answer, "Nothing was created.")
		return regexp.MustCompile(`[rR]equest \S+`).ReplaceAllString(strings.ReplaceAll(answer, name, "NAME"), "")
	}
	taken := words("Project Alpha")
	w.fail(client.Fault{Path: onCreate, Status: http.StatusBadRequest})
	require.Equal(t, words("Project Omega"), taken)
	require.ElementsMatch(t, []string{"kim", "roombot"}, w.theRoom("Project Alpha").Usernames())
}

func tryEveryWayThroughABarrier(t *testing.T) {
	w := newWorld(t)
	for i, person := range []string{"@ravi", "ravi@acme.test", "owner:@ravi", "owner:ravi@acme.test", `group:"Research"`} {
		name := fmt.Sprint("Barrier ", i)
		w.says("alice", fmt.Sprintf("/newroom %q %s", name, person))
		for _, room := range w.rooms(name) {
			require.NotContains(t, room.Usernames(), "ravi", person)
		}
	}
	w.says("alice", `/newroom "Named" @ravi`).sees("Ravi", "information barrier")
}

func tryOutsiderInAnInternalRoom(t *testing.T) {
	w := newWorld(t)
	for i, person := range []string{"@eve", "eve@beta.test", "owner:@eve"} {
		name := fmt.Sprint("Internal ", i)
		w.says("bob", fmt.Sprintf("/newroom %q %s", name, person))
		for _, room := range w.rooms(name) {
			require.NotContains(t, room.Usernames(), "eve", person)
			require.False(t, room.CrossPod)
		}
	}
}

func tryHistory(t *testing.T) {
	w := newWorld(t)
	var asked said
	w.withoutFeed(func() { asked = w.asks("kim", `/newroom "Forbidden"`) })
	asked.endsWith("Contractors cannot open rooms.")
	require.Empty(t, w.rooms("Forbidden"))
}

// tryImitatedAnswer has a user post what is marked as the bot's answer, while that is lost.
func tryImitatedAnswer(t *testing.T) {
	var forged forgedData
	w := newWorld(t, settlesSoon, withFront(forged.front))
	w.fail(client.Fault{Path: onSend, Drop: "before", Count: 1})
	asked := w.asks("bob", "/groups")
	imitation := w.asks("bob", "thanks").Message
	_, data := commands.Reply{Code: commands.CodeDone}.Render(commands.Stamp{
		Request: commands.NewRequestID(asked.Message.ID), Part: "reply", Origin: asked.Message.ID, For: symphony.UserID(idBob),
	})
	forged.set(imitation.ID, data)
	require.Eventually(t, func() bool {
		return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), "\n"), []string{"Test Group (3 people)"})
	}, patience, tick)
}
