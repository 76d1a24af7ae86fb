package bot_test

import (
	"fmt"
	"html"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

// offerButtons are the buttons of a message that run a command, by name and label.
var offerButtons = regexp.MustCompile(`name="(offer-\d+)"[^>]*>([^<]*)<`)

// clicks presses a button below the bot's last word, by its label.
func (w *world) clicks(asked said, label string) said {
	w.t.Helper()
	for _, button := range offerButtons.FindAllStringSubmatch(asked.lastReply().Markup, -1) {
		if html.UnescapeString(button[2]) == label {
			return w.click(asked.who, asked.lastReply(), commands.FormOffer, button[1], nil)
		}
	}
	require.Fail(w.t, "no such button", "%q below %s", label, asked.answer())
	return said{}
}

func TestPeopleInANameAreAskedAboutAndAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.says("bob", "/newroom Q3 alice carol").sees("Are Alice Martin and Carol O'Neil meant? Nothing was created.")
	require.Empty(t, w.rooms("Q3 alice carol"))
	require.Empty(t, w.rooms("Q3"))
	w.clicks(asked, `Open "Q3" with both`).sees("✓ Q3", "Members: Alice Martin, Carol O'Neil")
	w.theOnly("Q3", "bob", "alice", "carol")
	w.clicks(asked, "Just a name").sees("already acted on this")
}

func TestNameThatEndsWithPeopleMayBeJustAName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.says("bob", "/newroom Q21; Alice Martin").sees("Is Alice Martin meant?")
	w.clicks(asked, "Edit in form").sees("What should the room be called")
	w.clicks(asked, "Just a name").sees("✓ Q21; Alice Martin", "Nobody else was asked for.")
	w.theOnly("Q21; Alice Martin", "bob")
}

func TestPeopleWhoCouldNotComeInAreAskedAboutBeforeTheRoomIsOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.says("bob", `/newroom "Client call" @alice @eve`).sees("Eve Adams is from Beta Capital, and this room would be internal. Nothing was created.")
	w.clicks(asked, "Open it for other companies").sees("✓ Client call")
	w.theOnly("Client call", "bob", "alice", "eve")
	asked = w.says("bob", `/newroom "Sales" owner:@dana @alice`).sees("The account of Dana Former is disabled. Nothing was created.")
	require.Empty(t, w.rooms("Sales"))
	w.clicks(asked, "Open it without Dana").sees("✓ Sales", "Member: Alice Martin")
	w.theOnly("Sales", "bob", "alice")
}

func TestMisspeltPersonIsOneClickAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, typed := range []string{"@alise", "alice@acme.tst", "@Martin"} {
		name := fmt.Sprintf("Room %d", i)
		asked := w.says("bob", fmt.Sprintf("/newroom %q %s", name, typed)).sees("Nobody here goes by")
		w.clicks(asked, "Alice Martin").sees("✓ "+name, "Member: Alice Martin")
		w.theOnly(name, "bob", "alice")
	}
}

func TestPersonInQuotesIsOneClickAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.says("bob", `/newroom "Q2" "Alice Martin"`).sees("Is Alice Martin meant? Or is this the description? Nothing was created.")
	w.clicks(asked, "With Alice Martin").sees("✓ Q2", "Member: Alice Martin")
	w.theOnly("Q2", "bob", "alice")
	asked = w.says("bob", `/newroom "Q3" "Carol O'Neil" @alice`)
	w.clicks(asked, "As the description").sees("✓ Q3", "Member: Alice Martin\n")
	w.says("eve", `/newroom "Q4" "Alice Martin" external:yes`).sees("Is this the description?")
}

func TestTooManyPeopleMayBeLeftOutInTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.limits.MaxMembers = 2 })
	asked := w.says("bob", `/newroom "Crowd" @alice @carol @kim`).sees("3 people are more than you may add at once (2).")
	w.clicks(asked, "Edit in form").sees("Room name: [ Crowd ]", "People: [ 3 selected ]")
	w.clicks(asked, "Open it with the first 2").sees("✓ Crowd")
	w.theOnly("Crowd", "bob", "alice", "carol")
}
