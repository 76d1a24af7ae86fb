package bot_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// button is one below a reply.
var button = regexp.MustCompile(`(?m)\[ [A-Z][^\[\]\n]* \]`)

// requireNextStep asserts that a refusal has a button or a form, or says whom to ask.
func requireNextStep(t *testing.T, answer, about string) {
	t.Helper()
	require.Contains(t, answer, "✗", about)
	require.True(t, button.MatchString(answer) || strings.Contains(answer, policy.DefaultContact), "%s: %s", about, answer)
}

func TestEveryRefusalLeavesSomethingToClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Desk"`).sees("✓ Desk")
	for _, line := range []string{
		`/newroom "A" colour:red`, `/newroom Desk "`, `/newroom "A" alice`, `/newroom "A" public external`, `/newroom "A" template:x`,
		`/newroom "A" nobody@nowhere.test`, `/newroom "A" group:Nonesuch`, `/newroom "desk"`, `/newroom "A" /groups`,
		`/newroom ` + strings.Repeat("long ", 20), `/newroom desc:"` + strings.Repeat("x", 10_001) + `"`, "/quote AAPL", "/help weather", "/help newroom now",
	} {
		requireNextStep(t, w.says("bob", line).answer(), line)
	}
	requireNextStep(t, w.says("kim", `/newroom "A"`).answer(), "denied")
	for status, line := range map[int]string{451: `/newroom "A"`, 452: `/newroom "B"`, 403: `/newroom "C" public`, 400: `/newroom "D"`} {
		w.fail(client.Fault{Path: onCreate, Status: status})
		requireNextStep(t, w.says("bob", line).answer(), fmt.Sprint(status))
		w.heal()
	}
	w.fail(client.Fault{Path: onUsers, Status: http.StatusForbidden})
	w.says("bob", `/newroom "A" carol@acme.test`).sees("does not let me look up", "[ Edit in form ]", "Ask your Symphony administrators")
}

func TestEditInFormKeepsAMistake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for line, shown := range map[string][]string{
		`/newroom "Q2" zoe @carol desc:"Prep" readonly`:       {"This part of your message is not in the form:\nzoe\n", "Room name: [ Q2 ]", "People: [ 1 selected ]", "Description: [ Prep ]", "[x] Only owners can write"},
		`/newroom "Q2" colour:red group:"Test Group"`:         {"colour:red\n"},
		`/newroom "Q2" public external`:                       {"[x] Anybody in the company can join", "[x] People from other companies"},
		"/newroom " + strings.Repeat("long ", 15) + "@carol":  {"Room name: [ " + strings.TrimSpace(strings.Repeat("long ", 15)), "People: [ 1 selected ]"},
		`/newroom "Q2" template:deal nobody@nowhere.test`:     {`nobody@nowhere.test template:"deal"`},
		`/newroom "Q2" group:Nonesuch owner:@carol history`:   {`[ group:"Nonesuch" ]`, "Owners besides you: [ 1 selected ]", "[x] Newcomers"},
		`/newroom "Q2" nobody@nowhere.test desc:"one two"`:    {"nobody@nowhere.test", "Description: [ one two ]"},
		`/newroom "Q2" "Prep" "More" @carol`:                  {"Description: [ Prep ]", "More\"\n", "People: [ 1 selected ]"},
		`/newroom "Q2" @carol /groups and a lot more to read`: {"/groups and a lot more to read\n", "People: [ 1 selected ]"},
	} {
		refused := w.says("bob", line).sees("[ Edit in form ]")
		w.clickOffer("bob", refused, "Edit in form").sees(append(shown, "What should the room be called")...)
	}
}

// clickOffer presses the button of this label.
func (w *world) clickOffer(who string, s said, label string) said {
	w.t.Helper()
	for i, found := range button.FindAllString(s.answer(), -1) {
		if found == "[ "+label+" ]" {
			return w.click(who, s.lastReply(), commands.FormOffer, fmt.Sprint("offer-", i), nil)
		}
	}
	require.Failf(w.t, "no such button", "%q in %q", label, s.answer())
	return said{}
}

func TestAnEditOfADoneMessageOffersTheFormForAnotherRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	done := w.says("bob", `/newroom "First" @alice`).sees("✓ First")
	again := w.edits("bob", done.Message.ID, `/newroom "Second" @carol`).sees("I have already acted on this", "[ Edit in form ]")
	form := w.clickOffer("bob", again, "Edit in form").sees("Room name: [ Second ]").lastReply()
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Second"}).sees("✓ Second", "Carol O'Neil")
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Third"}).sees("I have already acted on this")
	require.Empty(t, w.rooms("Third"))
}

func TestWhatOnlyThe1To1ChatAllowsIsOneClickThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.rules = "allow:\n  - {name: im, who: [\"*\"], commands: [\"*\"], where: [im]}\n"
	})
	w.says("bob", `/newroom "Shared" @alice`).sees("✓ Shared")
	denied := w.saysIn(w.theRoom("Shared").StreamID, "alice", `/newroom "Hers" @carol`).sees("1:1 chat")
	all := w.botMessages("alice", client.Message{StreamID: w.imOf("alice")})
	require.Len(t, all, 1)
	require.Contains(t, plain(all[0]), "You may use /newroom only in our 1:1 chat, not in rooms.")
	w.click("alice", all[0], commands.FormOffer, "offer-0", nil).sees("✓ Hers", "Carol O'Neil")
	w.click("alice", all[0], commands.FormOffer, "offer-0", nil).sees("I have already acted on this")
	require.NotEmpty(t, denied.Replies)
}

func TestWhatWasGivenUpIsTriedAgainByAClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.tries = 2 })
	w.fail(client.Fault{Path: onUsers, Status: http.StatusServiceUnavailable})
	asked := w.asks("bob", `/newroom "Later" carol@acme.test`)
	asked.endsWith("I could not finish this", "Nothing was created.", "[ Create it ]", "[ Edit in form ]", "ask your Symphony administrators about request")
	w.heal()
	w.click("bob", w.reply(asked), commands.FormOffer, "offer-0", nil).sees("✓ Later", "Carol O'Neil")
	w.theOnly("Later", "bob", "carol")
}

func TestARoomOverTheLimitIsOneClickLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, opensRooms(1))
	w.says("bob", `/newroom "One"`).sees("✓ One")
	w.says("bob", `/newroom "Two" @alice`).sees("You have asked for 1 room", "/newroom \"Two\" @Alice Martin", "[ Create it ]", "[ Edit in form ]")
}
