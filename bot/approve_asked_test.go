package bot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func TestNobodyIsAskedWhoseLimitIsUsedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(strings.Replace(approvalRules, "commands:", "limits: {perHour: 1}, commands:", 1)))
	w.says("bob", `/newroom "One"`).sees("✓ One")
	refused := w.says("bob", `/newroom "Two" external`).sees("You have asked for 1 room in the last hour")
	require.Empty(t, w.cards("cora"))
	w.says("bob", `/can /newroom "Two" external`).sees("✗ You may do this, but not now.", "✗ fewer than 1 room in the last hour (1 so far)")
	require.Equal(t, []string{"decision limit"}, w.recordOf(refused)[:1])
}

func TestACardTellsWhatWasRejectedBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("cora", w.waitForCard("cora", 1), "reject", "not this week").seesAmong("You have rejected it.")
	asked.endsWith("Cora Lind has not approved this", "[ Ask again ]")
	w.asks("bob", `/newroom "Oak" external`)
	require.NotContains(t, plain(w.waitForCard("kim", 1)), "Rejected before", "of another room")
	w.asks("bob", `/newroom "Elm" external`)
	require.Contains(t, plain(w.waitForCard("kim", 2)), "Rejected before: by Cora Lind on ")
}

func TestACardShowsAllThatIsApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(strings.Replace(approvalRules, "[internal]", `["*"]`, 1)))
	long := strings.Repeat("x", 250) + " the end"
	w.asks("eve", `/newroom "Elm" external @bob desc:"Prep`+"\n"+`Member: Alice Martin `+long+`"`)
	card := plain(w.waitForCard("cora", 1))
	require.Contains(t, card, "Description: Prep ⏎ Member: Alice Martin "+long)
	require.Contains(t, card, "Owner: Eve Adams (Beta Capital), who asks for it")
}

func TestARoomWithOtherCompaniesGetsNoCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changeRules(`{allow: [{name: all, who: ["*"], commands: [newroom]}]}`)
	w.says("bob", `/newroom "Shared" external @eve @cora`).seesAmong("✓ Shared")
	room := w.theRoom("Shared").StreamID
	w.changeRules(fmt.Sprintf(`{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:cora"], room: "roomid:%s"}}]}`, room))
	w.says("bob", `/newroom "Elm" @kim`).sees("nobody who may give it can be asked now")
	w.waitForChat("ops", "people of other companies could read the card")
	for _, m := range w.transcript("eve", room) {
		require.NotContains(t, plain(m), "asks for your approval")
	}
}

func TestAnEditOfSeveralCommandsOfWhichOneIsDoneEndsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	asked := w.says("bob", "/newroom \"M1\" external\n/newroom \"M2\" @alice").sees("Your message holds 2 commands")
	w.asksByClick("bob", asked.lastReply(), commands.FormOffer, "all-2", nil)
	w.waitForChat("bob", "✓ M2")
	card := w.waitForCard("cora", 1)
	w.edits("bob", asked.Message.ID, `/newroom "M1b" external @alice`).seesAmong("I have already acted on this")
	require.Len(t, w.cards("cora"), 1)
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	w.waitForChat("bob", "✓ M1")
	require.Empty(t, w.rooms("M1b"))
}

func TestWhyTellsOfTheLastRefusalAndNotOfWhatWasAllowedInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(approvalRules))
	rejected := w.asks("bob", `/newroom "Elm" external`)
	elm := w.waitForCard("kim", 1)
	approved := w.asks("bob", `/newroom "Oak" external`)
	w.decides("kim", w.waitForCard("kim", 2), "approve", "").seesAmong("You have approved it.")
	approved.seesAmong("Approved by Kim Novak")
	w.decides("kim", elm, "reject", "").seesAmong("You have rejected it.")
	rejected.seesAmong("has not approved this")
	w.says("bob", "/why").sees("The policy wanted an approval", "rejected by Kim Novak")
}

func TestWhoSendsAFormReadsWhichRoomWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["user:cora"]}}]}`))
	form := w.says("bob", "/newroom").lastReply()
	w.asksByClick("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Elm"})
	w.waitForChat("bob", "Your room “Elm” (request ")
}

// findsOnlyActive finds nobody by their number, unless active accounts are asked for: so is who may
// decide looked up, and not who has.
func findsOnlyActive(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/v3/users") && r.URL.Query().Has("uid") && !r.URL.Query().Has("active") {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write([]byte(`{"users": [], "errors": []}`))
			return
		}
		pod.ServeHTTP(rw, r)
	})
}

func TestWhoDecidesIsNamedThoughTheDirectoryIsSilentThen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(findsOnlyActive), withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external`)
	w.decides("cora", w.waitForCard("cora", 1), "reject", "").seesAmong("You have rejected it.")
	asked.seesAmong("Cora Lind has not approved this")
	w.waitForChat("kim", "rejected by Cora Lind on ")
}
