package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// sentForms are the messages that stand in the place of forms that were sent.
func (w *world) sentForms(who, stream string) (sent []client.Message) {
	for _, m := range w.transcript(who, stream) {
		if isSentForm(m) {
			sent = append(sent, m)
		}
	}
	return sent
}

func TestAFormSaysOnceThatItWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	for _, name := range []string{"Sent", "Sent again"} { // the second one is refused, and the form is gone already
		w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": name})
	}
	w.theOnly("Sent", "bob")
	sent := w.sentForms("bob", form.StreamID)
	require.Len(t, sent, 1)
	require.Equal(t, form.ID, sent[0].Replacing)
	require.Empty(t, sent[0].Forms)

	mistake := w.click("bob", w.says("bob", "/newroom").lastReply(), commands.FormNewRoom, "create", map[string]any{"name": "Odd", "others": "nonsense"}).
		sees("I don't know what to do with", "Room name: [ Odd ]").lastReply()
	require.Len(t, w.sentForms("bob", form.StreamID), 2)
	w.click("bob", mistake, commands.FormNewRoom, "create", map[string]any{"others": ""}).sees("✓ Odd")
	require.Len(t, w.sentForms("bob", form.StreamID), 3)
}

// Where the bot may edit no message, a line says it.
func TestAFormThatCannotBeEditedIsFollowedByALine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	w.takeEditRight()
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Lined"}).sees("✓ Lined")
	lines := 0
	for _, m := range w.botMessages("bob", form) {
		if strings.TrimSpace(plain(m)) == "Sent." {
			lines++
		}
	}
	require.Equal(t, 1, lines)
}

// The bot may end after the form was replaced and before the room is opened.
func TestAFormThatSaysSentIsCarriedOutAfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	w.fail(client.Fault{Path: onUsers, Delay: "30s"}, client.Fault{Path: onCreate, Delay: "30s"})
	w.asksByClick("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Restarted", "people": []int64{idAlice}})
	require.Eventually(t, func() bool { return len(w.sentForms("bob", form.StreamID)) == 1 }, patience, tick)
	w.stop()
	w.heal()
	w.fail(client.Fault{Path: onMessage, Status: 404}) // the form is gone
	w.start()
	w.theOnly("Restarted", "bob", "alice")
	require.Len(t, w.sentForms("bob", form.StreamID), 1)
}

func TestAFailureToSaySentStopsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	w.fail(client.Fault{Path: onUpdate, Status: 503})
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Anyway"}).sees("✓ Anyway")
	require.Contains(t, w.log.String(), "that a form was sent may not have been shown")
}

// Groups are listed where only the requester reads them.
func TestGroupsAreListedInTheOneToOneChatOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", "/groups").sees("Test Group") // they are read by now
	require.Contains(t, w.says("bob", "/newroom").lastReply().Markup, `<option value="FX EMEA">`)
	room := w.openSharedRoom("@alice")
	markup := w.saysIn(room, "alice", "/newroom").lastReply().Markup
	require.NotContains(t, markup, "FX EMEA")
	require.Contains(t, markup, `name="groups"`)

	closed := newWorld(t, withoutGroupList)
	require.NotContains(t, closed.says("bob", "/newroom").lastReply().Markup, "group-list")
}
