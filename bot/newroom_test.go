package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func TestACommandOpensTheRoomAndAnswersWithItsLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	answer := w.says("bob", `/newroom "Q2 Earnings" @alice group:"Test Group"`)

	answer.sees("✓ Q2 Earnings", "is open", "https://open.symphony.com/?streamId=", "Bob Chen (you)", "Alice Martin", "Test Group (3 people)")
	r := w.theRoom("Q2 Earnings")
	all, owners := members(r)
	require.Subset(t, all, []string{"bob", "alice", "carol", "roombot"})
	require.ElementsMatch(t, []string{"bob", "roombot"}, owners)
	require.Contains(t, r.Keywords, client.Keyword{
		Key: commands.RequestKeyword, Value: string(commands.NewRequestID(answer.Message.ID)),
	})
	require.Len(t, answer.Replies, 1)
}

func TestPeopleWhoCannotBeAddedAreNamedWithTheCause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	w.says("bob", `/newroom "Research call" @ravi @alice`).sees(
		"⚠ Research call", "not everything worked",
		"Ravi Shah: Symphony does not allow it. An information barrier",
		"Alice Martin")
	w.theOnly("Research call", "bob", "alice")
}

func TestNamesThatAreNotMentionsAreExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Q2 earnings, alice and carol"`).sees("✓ Q2 earnings, alice and carol", "Nobody else was asked for", "type @")
}

func TestAnExternalRoomTakesConnectedPeopleOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	asked := w.says("bob", `/newroom "Client call" external @eve @mallory`).sees("Mallory Grey is not connected with Roombot. Nothing was created.")
	w.clicks(asked, "Open it without Mallory").sees("✓ Client call", "open to other companies")
	w.theOnly("Client call", "bob", "eve")
}

func TestATakenNameIsRefusedWithAnOfferOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Desk" @alice`).sees("is open")

	refusal := w.says("alice", `/newroom "desk" @carol`).sees("You already have “Desk”. Nothing was created.", `/newroom "desk 2"`, "[ Create \"desk 2\" ]", "[ Open it ]")
	w.says("alice", `/newroom "desk" @carol preview`).sees("You already have “Desk”.")
	w.says("carol", `/newroom "desk" preview`).sees("This would open desk")
	w.click("alice", refusal.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ desk 2")

	all, owners := members(w.theRoom("desk 2"))
	require.ElementsMatch(t, []string{"roombot", "alice", "carol"}, all)
	require.ElementsMatch(t, []string{"roombot", "alice"}, owners)
}

func TestEMailAddressesAndUsernamesAreLookedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people, err := w.pod.People(t.Context())
	require.NoError(t, err)
	carol := ""
	for _, p := range people.People {
		if p.Username == "carol" {
			carol = p.Email
		}
	}
	require.NotEmpty(t, carol)

	w.says("bob", `/newroom "Mail" `+carol).sees("is open", "Carol O'Neil")
	w.says("bob", `/newroom "Typo" carl@nowhere.test`).sees("Nobody here goes by", "Nothing was created")
	require.Empty(t, w.rooms("Typo"))
	w.says("bob", `/newroom "Typos" carl@nowhere.test `+carol+` alyce@nowhere.test`).sees(
		"Nobody here goes by “carl@nowhere.test”", "Nor does anybody go by “alyce@nowhere.test”.")
}

func TestACommandInMidSentenceIsOfferedAndNotRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	w.says("bob", `how do I use /newroom "Desk"`).sees("/newroom – open a room", "The command comes first in the message")
	offer := w.says("bob", `you can type /newroom "Desk" @alice`).sees("A command comes first", `[ Create "Desk" ]`, "[ Edit in form ]")
	require.Empty(t, w.rooms("Desk"))
	w.click("bob", offer.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ Desk")
	w.theRoom("Desk")
}

func TestAnUnknownGroupIsRefusedWithTheNearest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	refusal := w.says("bob", `/newroom "Groups" group:"Test Grup"`).sees("There is no group", `group:"Test Group"`)
	require.Empty(t, w.rooms("Groups"))
	w.click("bob", refusal.lastReply(), commands.FormOffer, "offer-0", nil).sees("Test Group (3 people)")
}

func TestAPreviewCreatesNothingUntilItIsClicked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	preview := w.says("bob", `/newroom "Maybe" @alice preview`).sees("Nothing was created yet", "Alice Martin", "[ Create it ]")
	require.Empty(t, w.rooms("Maybe"))
	w.click("bob", preview.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ Maybe")
	w.click("bob", preview.lastReply(), commands.FormOffer, "offer-0", nil).sees("already acted on this")
	w.theRoom("Maybe")
}

func TestAPreviewShowsTheDescriptionAndWhoCannotBeAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	w.says("bob", `/newroom "Maybe" @alice desc:"Prep for the call" preview`).sees("Member: Alice Martin\n", "Description: Prep for the call")
	w.says("bob", `/newroom "Maybe" @alice @eve preview`).sees("Eve Adams is from Beta Capital, and this room would be internal.")
	w.says("bob", `/newroom "Maybe" @alice @dana preview`).sees("The account of Dana Former is disabled.")
	w.says("bob", `/newroom "Maybe" @alice @eve external preview`).sees("Members: Alice Martin, Eve Adams")
}

func TestARoomForOtherCompaniesIsOfferedWithoutHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	refusal := w.says("bob", `/newroom "Shared" @eve external history`).sees("Nothing was created", "in rooms for other companies. Without history:", "[ Create it ]")
	w.click("bob", refusal.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ Shared", "open to other companies")
}

func TestAMissingNameOpensTheFormFilledIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people, err := w.pod.People(t.Context())
	require.NoError(t, err)
	ids := map[string]int64{}
	for _, p := range people.People {
		ids[p.Username] = p.ID
	}

	form := w.says("bob", `/newroom @alice`).sees("What should the room be called")
	w.click("bob", form.lastReply(), commands.FormNewRoom, "create", map[string]any{
		"name": `The "Big" one`, "people": []int64{ids["alice"], ids["carol"]}, "group-list": []string{"Test Group"}, "desc": "Prep", "public": "yes",
	}).sees(`✓ The "Big" one`, "public")
	r := w.theRoom(`The "Big" one`)
	require.True(t, r.Public)
}

func TestAnEditedMessageRunsOnlyIfItsFirstVersionDidNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	broken := w.says("bob", `/newroom "Edited @alice`).sees("never closed")
	w.edits("bob", broken.Message.ID, `/newroom "Edited" @alice`).sees("✓ Edited")
	done := w.says("bob", `/newroom "Once" @alice`).sees("✓ Once")
	w.edits("bob", done.Message.ID, `/newroom "Twice" @alice`).sees("already acted on this")
	require.Empty(t, w.rooms("Twice"))
}
