package bot_test

import (
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
