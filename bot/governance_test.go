package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

const smallRoomRules = `{admins: ["user:ops"],
	deny: [{name: wall, who: [internal], commands: [newroom], when: {groups: ["FX*"]}, reason: "Research and Sales are behind a barrier. Ask Compliance."}],
	allow: [{name: small rooms, who: ["user:bob", "user:kim"], where: [im], commands: [newroom], when: {external: false, people: {max: 3}}, limits: {perHour: 2}},
		{name: list, who: [internal], commands: [groups]}]}`

func TestCanTellsWhatOneMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", "/can").sees("What you may do here:", "✓ /newroom, by rule “small rooms”: internal rooms; at most 3 people; 2 rooms in any hour (so far 0",
		"✗ /newroom is refused by rule “wall” for groups named FX* (Research and Sales are behind a barrier. Ask Compliance.)", "✓ /groups, by rule “list”.")
	w.says("carol", "/can").sees("✗ /newroom:", "✓ /groups, by rule “list”.")
	require.NotContains(t, w.says("carol", "/can").answer(), "user:bob", "whom a rule is for is the administrators' to know")
}

func TestCanSaysWhetherACommandWouldBeAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/can /newroom "X" @alice`).sees("✓ You may do this.", "✓ people is at most 3", "Rule “small rooms”, policy version ")
	w.says("bob", `/can newroom "X" @alice @carol @ravi`).sees("✗ You may not do this.", "at most 3 people; this has 4", "✗ people is at most 3",
		"the nearest is “small rooms”")
	w.says("bob", `/can /newroom "X" group:"FX EMEA"`).sees("✗ You may not do this.", "behind a barrier", "Rule “wall”")
	w.says("bob", `/can /newroom "X" @alice external`).sees("✗ You may not do this.", "You may open only internal rooms.")
	w.says("carol", `/can /newroom "X" @alice`).sees("✗ You may not do this.", "✗ the rule is for others than you")
	w.says("bob", `/can /newroom "X" @nobodyhere`).sees("You may use /newroom here, but this would be refused: Nobody here goes by “nobodyhere”.")
	w.says("bob", `/can /newroom "X" peeple:3`).sees("✗ ")
	w.says("bob", `/can do it`).sees(`I don't know what to do with "do it"`)
	w.says("bob", `/can /newroom`).sees("✓ You may do this.")
	require.Empty(t, w.rooms("X"), "nothing is opened by a question")
}

func TestCanTellsOfLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/newroom "One"`).sees("is open")
	w.says("bob", `/can`).sees("so far 1 in the last hour, 1 in the last day")
	w.says("bob", `/newroom "Two"`).sees("is open")
	w.says("bob", `/can /newroom "Three"`).sees("✗ You may do this, but not now.", "lets you open 2 rooms in any hour, and you have opened 2", "The next room may be opened at")
	w.says("kim", `/can /newroom "Three"`).sees("✓ You may do this.")
}

func TestAdministratorsAskAboutOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/can @kim /newroom "X"`).sees("Only administrators of the policy may ask about others.")
	w.says("ops", `/can @kim /newroom "X" external`).sees("✗ Kim Novak may not do this.", "✓ who is one of user:bob, user:kim", "✗ external is false")
	w.says("ops", `/can @kim`).sees("What Kim Novak may do here:", "✓ /newroom, by rule “small rooms”")
	w.says("ops", `/can @kim newroom "X" @alice`).sees("✓ Kim Novak may do this.", "Rule “small rooms” (line 3), policy version")
	w.says("ops", `/can /newroom "X"`).sees("✗ You may not do this.")
}

func TestWhyTellsOfTheLastRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", "/why").sees("The policy has refused none of your requests lately")
	w.says("bob", `/newroom "X" group:"FX EMEA"`).sees("behind a barrier")
	refused := w.says("bob", `/newroom "X" @alice @carol @ravi`)
	refused.sees("at most 3 people; this has 4")
	w.says("bob", `/newroom "Y" @alice`).sees("is open")
	why := w.says("bob", "/why")
	why.sees("✗ The policy refused request ", "/newroom, on ", "at most 3 people; this has 4", "✗ people is at most 3", "the nearest is “small rooms”")
	number := string(commands.NewRequestID(refused.Message.ID))
	require.Contains(t, why.answer(), number)
	w.says("bob", "/why "+strings.ToUpper(number)).sees(number, "at most 3 people")
	w.says("carol", "/why "+number).sees("I know no decision about a request")
	w.says("ops", "/why "+number).sees("✗ The policy refused request "+number, "✓ who is one of user:bob, user:kim")
}

func TestWhyTellsOfALimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/newroom "One"`).sees("is open")
	w.says("bob", `/newroom "Two"`).sees("is open")
	w.says("bob", `/newroom "Three"`).sees("2 rooms")
	w.says("bob", "/why").sees("✗ A limit of the policy stopped request", "Rule “small rooms”")
}

func TestAdministratorsReadThePolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("ops", "/policy").sees("Policy version ", "in force since ", "It has 1 deny rule and 2 allow rules.", "2 rules are about you", "✓ allow list (line 4): groups in")
	w.says("ops", "/policy @kim").sees("3 rules are about Kim Novak", "✗ deny wall", "✓ allow small rooms (line 3): newroom in im, internal rooms; at most 3 people; 2 rooms in any hour")
	w.says("bob", "/policy").sees("Nobody has allowed you /policy")
	require.NotContains(t, w.says("bob", "/help").answer(), "/policy")
	w.says("bob", "/help").sees("/can", "/why")
}

func TestQuestionsInARoomAreAnsweredInPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/newroom "Desk" @alice`).sees("is open")
	room := w.theRoom("Desk").StreamID
	for _, question := range []string{"/can", `/can /newroom "X"`, "/why"} {
		answer := w.saysIn(room, "bob", question)
		answer.sees("About your message in “Desk”:")
		require.NotEqual(t, room, answer.lastReply().StreamID, "others in the room do not read it")
	}
}
