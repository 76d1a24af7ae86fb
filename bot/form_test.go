package bot_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func TestTheFormKeepsEverythingThatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := w.says("bob", `/newroom "All of it @alice owner:@carol group:"Test Group" desc:"Why \"so\"" discoverable history:no`).sees("never closed")
	form := w.click("bob", broken.lastReply(), commands.FormOffer, "offer-1", nil).sees("What should the room be called")
	require.Contains(t, form.lastReply().Markup, "All of it")
	require.Contains(t, form.lastReply().Markup, "discoverable:yes history:no")
	require.Contains(t, form.lastReply().Markup, `<option value="Test Group" selected="true">`)
}

func TestTheFormHoldsALongListUpToItsLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withoutGroupList, func(w *world) { w.crowd, w.limits.AddsPerSecond = 30, 50 })
	_, names := w.colleagues(30)
	line := "/newroom"
	for i, name := range names {
		line += fmt.Sprintf(` %s@acme.test group:"A desk with number %d"`, name, i)
	}
	form := w.says("bob", line).sees("What should the room be called", "A desk with number 29", names[29]+"@acme.test").lastReply()
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Long", "groups": ""}).sees("✓ Long")
	w.theOnly("Long", append(names, "bob")...)
	w.says("bob", `/newroom desc:"`+strings.Repeat("é", 9_000)+`"`).sees("What should the room be called")
	w.says("bob", `/newroom desc:"`+strings.Repeat("x", 10_001)+`"`).sees("more than the form can hold", "send it again")
}

// withoutGroupList has nobody use /groups, so that forms have a field for the names of groups.
func withoutGroupList(w *world) {
	w.rules = strings.Replace(openRules, "[newroom, groups]", "[newroom]", 1)
}

func TestGroupsInTheFormAreSeparatedByCommasOrLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withoutGroupList)
	for i, groups := range []string{"Test Group\nFX EMEA", "Test Group,\r\n\r\nFX EMEA,", `"Test Group",` + "\n" + `"FX EMEA"`, "Test Group,, FX EMEA"} {
		form := w.says("bob", "/newroom").lastReply()
		w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": fmt.Sprint("Desk ", i), "groups": groups}).
			sees("Groups: Test Group (3 people), FX EMEA (2 people)")
	}
}

func TestTheFormOpensTheRoomItDescribes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{
		"name": "From the form", "people": []int64{idAlice}, "owners": []int64{idAlice}, "group-list": []string{"FX EMEA", "Compliance Desk"},
		"others": "kim@acme.test discoverable", "desc": "first line\nsecond \"line\"", "history": "yes",
	}).sees("✓ From the form", "Owners: Bob Chen (you), Alice Martin", "Member: Kim Novak", "FX EMEA (2 people), Compliance Desk (1 person)", "newcomers see earlier messages · can be found by search")
}

func TestAFormWithMistakesIsShownAgainAsFilledIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withoutGroupList)
	form := w.says("bob", "/newroom").lastReply() // the client closes a form that was sent
	for _, c := range []struct {
		values map[string]any
		sees   []string
	}{
		{map[string]any{"name": "Nobody", "others": "nobody@nowhere.test"}, []string{"Nobody here goes by “nobody@nowhere.test”", "Room name: [ Nobody ]"}},
		{map[string]any{"name": "Groups", "groups": "Test Group, Nonesuch", "others": ""}, []string{"There is no group “Nonesuch”", "[ Test Group, Nonesuch ]"}},
		{map[string]any{"name": "Who", "people": []int64{idAlice}, "others": "bobby"}, []string{`I don't know what to do with "bobby"`, "People: [ 1 selected ]", "[ bobby ]"}},
		{map[string]any{"name": "Both", "desc": `a "so" <b>`, "public": "yes", "external": "yes"}, []string{"cannot be public", `[ a "so" <b> ]`, "[x] Anybody in the company", "[ Test Group, Nonesuch ]"}},
	} {
		form = w.click("bob", form, commands.FormNewRoom, "create", c.values).sees(c.sees...).lastReply()
	}
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Open", "groups": "", "others": `desc:"never closed`, "desc": "", "public": ""}).sees("never closed", "[ Edit in form ]")
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "At last", "groups": "", "others": "", "public": "", "external": ""}).sees("✓ At last", "Alice Martin")
}

// submits is a form's event as it is, which a client cannot be made to send.
func (w *world) submits(carrier, form, stream string, values map[string]any) {
	w.t.Helper()
	sum := sha256.Sum256([]byte(form + carrier + values["action"].(string)))
	id := base64.RawURLEncoding.EncodeToString(sum[:])
	w.inject(map[string]any{
		"id": "x2", "messageId": id, "timestamp": 1, "type": "SYMPHONYELEMENTSACTION",
		"initiator": map[string]any{"user": map[string]any{"userId": idBob, "displayName": "Bob Chen"}},
		"payload": map[string]any{"symphonyElementsAction": map[string]any{
			"stream": map[string]any{"streamId": stream, "streamType": "IM"}, "formMessageId": carrier, "formId": form, "formValues": values,
		}},
	})
}

// TestAFormOfAnOlderAgentIsOfItsChat has a form whose event names the chat as agents before 20.3.1
// do, without its type, where the policy asks for a 1:1 chat.
func TestAFormOfAnOlderAgentIsOfItsChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.rules = "allow:\n  - name: im\n    who: [\"*\"]\n    commands: [\"*\"]\n    where: [im]\n"
	})
	asked := w.says("bob", "/newroom")
	form := asked.lastReply()
	w.inject(map[string]any{
		"id": "x3", "messageId": "AAAAAAAAAAAAAAAAAAAAAH___nA60EfPbQ", "timestamp": 1, "type": "SYMPHONYELEMENTSACTION",
		"initiator": map[string]any{"user": map[string]any{"userId": idBob, "displayName": "Bob Chen"}},
		"payload": map[string]any{"symphonyElementsAction": map[string]any{
			"actionStream": map[string]any{"streamId": "0YeiA-neZa1PrdHy1L82jX___pQjntU-dA"}, "formStream": map[string]any{"streamId": form.StreamID},
			"formMessageId": form.ID, "formId": commands.FormNewRoom, "formValues": map[string]any{"action": "create", "name": "Older"},
		}},
	})
	require.Eventually(t, func() bool {
		return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), "\n"), []string{"✓ Older"})
	}, patience, tick)
	w.theOnly("Older", "bob")
}

func TestAnExpiredButtonIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	preview := w.says("bob", `/newroom "Maybe" preview`).lastReply()
	for name, c := range map[string]struct{ carrier, form, action string }{
		"a message that is gone": {"AAAAAAAAAAAAAAAAAAAAAH___nA60EfPbQ", commands.FormOffer, "offer-0"},
		"an unknown button":      {preview.ID, commands.FormOffer, "offer-7"},
		"a button of old":        {preview.ID, commands.FormOffer, "launch"},
		"no button":              {preview.ID, commands.FormNewRoom, ""},
	} {
		before := len(w.shownAnswers("bob", preview))
		w.submits(c.carrier, c.form, preview.StreamID, map[string]any{"action": c.action})
		require.Eventually(t, func() bool { return len(w.shownAnswers("bob", preview)) == before+1 }, patience, tick, name)
		shown := w.shownAnswers("bob", preview)
		require.Contains(t, shown[before], "This button does not work any more", name)
	}
	require.Empty(t, w.rooms("Maybe"))
}

func TestAForeignFormIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.says("bob", "/help").Message
	w.submits(theirs.ID, commands.FormOffer, theirs.StreamID, map[string]any{"action": "offer-0"})
	w.submits(theirs.ID, "survey", theirs.StreamID, map[string]any{"action": "send"})
	w.says("bob", "/groups").sees("Test Group")
	require.Len(t, w.shownAnswers("bob", theirs), 2)
}

func TestACorrectedReadingCommandOffersToRunIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	typo := w.says("bob", "/gruops equi").sees("[ Run it ]")
	require.NotContains(t, typo.answer(), "Create it")
	w.click("bob", typo.lastReply(), commands.FormOffer, "offer-0", nil).sees("Equities Sales")
}

func TestAFormThatWasGivenUpMayBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.tries = 1 })
	form := w.says("bob", "/newroom").lastReply()
	w.fail(client.Fault{Path: onCreate, Status: 401, Delay: "500ms"})
	sent := w.asksByClick("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Again"})
	w.waitForFaults(1)
	w.fail(client.Fault{Path: onMessage, Status: 503, Count: 4})
	sent.endsWith("✗ I could not finish this", "Nothing was created.", "Room name: [ Again ]")
	w.heal()
	w.click("bob", w.reply(sent), commands.FormNewRoom, "create", map[string]any{"name": "Again"}).sees("✓ Again")
}
