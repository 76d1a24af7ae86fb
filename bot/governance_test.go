package bot_test

import (
	"regexp"
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
		"✗ /newroom is refused for groups named FX* (Research and Sales are behind a barrier. Ask Compliance)", "✓ /groups, by rule “list”.")
	w.says("carol", "/can").sees("✗ /newroom:", "✓ /groups, by rule “list”.")
	require.NotContains(t, w.says("carol", "/can").answer(), "user:bob", "whom a rule is for is the administrators' to know")
}

func TestCanSaysWhetherACommandWouldBeAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/can /newroom "X" @alice`).sees("✓ You may do this.", "✓ people is at most 3", "Rule “small rooms”, policy version ")
	w.says("bob", `/can newroom "X" @alice @carol @ravi`).sees("✗ You may not do this.", "at most 3 people; this has 4", "✗ people is at most 3",
		"the nearest is “small rooms”")
	w.says("bob", `/can /newroom "X" group:"FX EMEA"`).sees("✗ You may not do this.", "behind a barrier",
		"Refused, because all of these are so:", "✓ groups is FX*", "By policy version")
	w.says("bob", `/can /newroom "X" @alice external`).sees("✗ You may not do this.", "You may open only internal rooms.")
	w.says("carol", `/can /newroom "X" @alice`).sees("✗ You may not do this.", "If you need it, ask ")
	unknown := w.says("bob", `/can /newroom "X" @nobodyhere`)
	unknown.sees("You may use /newroom here, but this would be refused: Nobody here goes by “nobodyhere”.")
	require.NotContains(t, unknown.answer(), "Nothing was created", "nothing was asked for")
	w.says("bob", `/can /newroom "X" peeple:3`).sees("✗ ")
	w.says("bob", `/can do it`).sees(`I don't know what to do with "do it"`)
	bare := w.says("bob", `/can /newroom`)
	bare.sees("✓ You may use /newroom here; what is asked for decides about the rest.", "– people is at most 3 (not known before the request is planned)")
	require.NotContains(t, bare.answer(), "✓ people")
	require.Empty(t, w.rooms("X"), "nothing is opened by a question")
}

func TestCanTellsOfLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("bob", `/newroom "One"`).sees("is open")
	w.says("bob", `/can`).sees("so far 1 in the last hour, 1 in the last day")
	w.says("bob", `/newroom "Two"`).sees("is open")
	w.says("bob", `/can`).sees("✗ /newroom, by rule “small rooms”", "so far 2 in the last hour, 2 in the last day: not now")
	w.says("bob", `/can /newroom "Three"`).sees("✗ You may do this, but not now.", "lets one person open 2 rooms in any hour; 2 were opened.", "The next room may be opened at")
	minuteOf := func(text, answer string) string {
		found := regexp.MustCompile(text + `.*(\d\d:\d\d) UTC`).FindStringSubmatch(answer)
		require.NotNil(t, found, answer)
		return found[1]
	}
	can, refused := w.says("bob", `/can /newroom "Three"`).answer(), w.says("bob", `/newroom "Three"`).answer()
	require.Equal(t, minuteOf("The next is possible at", refused), minuteOf("The next room may be opened at", can), "it is not earlier")
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
	w.says("bob", "/why Request "+number).sees(number, "at most 3 people")
	w.says("carol", "/why "+number).sees("I know no decision about a request " + number + " of yours. The number stands below my answers")
	w.says("carol", "/why foo").sees("“foo” is no number of a request. The number stands below my answers, such as ")
	w.says("ops", "/why 0000-0000-0000").sees("I know no decision about a request 0000-0000-0000. The number stands below")
	w.says("ops", "/why "+number).sees("✗ The policy refused request "+number, "✓ who is one of user:bob, user:kim")
}

func TestWhyTellsOfARefusedCommandOfAdministrators(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	w.says("kim", `/newroom "X" @alice @carol @ravi`).sees("at most 3 people; this has 4")
	w.says("kim", "/pause newroom x").sees("/pause is for administrators of the policy.")
	w.says("kim", "/why").sees("✗ The policy refused request ", ", /pause, on ", "/pause is for administrators of the policy.", "If you need it, ask ")
	w.says("alice", "/policy").sees("/policy is for administrators of the policy.")
	w.says("alice", "/why").sees(", /policy, on ", "/policy is for administrators of the policy.")
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
	w.says("ops", "/policy").sees("Policy version ", "in force since ", "It has 1 deny rule and 2 allow rules.", "2 rules are about you", "✓ allow list (line 4): groups in any chat")
	w.says("ops", "/policy @kim").sees("3 rules are about Kim Novak", "✗ deny wall", "✓ allow small rooms (line 3): newroom in the 1:1 chat with me, internal rooms; at most 3 people; 2 rooms in any hour")
	w.says("bob", "/policy").sees("/policy is for administrators of the policy. Ask ")
	require.NotContains(t, w.says("bob", "/help").answer(), "/policy")
	w.says("bob", "/help").sees("/can", "/why")
}

func TestAQuestionAboutNobodyOffersNoFormAndSpeaksOfNoRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(smallRoomRules))
	for _, question := range []string{"/policy @nobodyhere", "/can @nobodyhere", "/can @novac"} {
		answer := w.says("ops", question).sees("Nobody here goes by “", ".").answer()
		require.NotContains(t, answer, "Nothing was created")
		require.NotContains(t, answer, "form")
	}
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

const teamRules = `{admins: ["user:ops"],
	deny: [{name: insider watchlist, who: [internal], commands: [newroom], when: {members: ["user:cora"], groups: ["Compliance*"]}, reason: "Not with Compliance."},
		{name: hidden list, who: ["user:alice"], commands: [newroom], when: {members: ["user:cora"]}, reason: "Ask Compliance first."}],
	allow: [{name: deal team Titan, who: ["user:bob"], commands: [newroom, groups], when: {people: {max: 3}, members: ["user:carol"]}, limits: {perDay: 5}},
		{name: everybody else, who: ["user:alice", external], commands: [newroom], when: {external: true, people: {max: 7}}, limits: {perDay: 1}}]}`

func TestPeopleOfOtherCompaniesReadNothingOfTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(teamRules))
	answers := []string{
		w.says("eve", "/can").sees("✓ /newroom.", "✗ /groups: No rule allows it.").answer(),
		w.says("eve", `/can /groups`).sees("✗ You may not do this.", "No rule allows it.", "If you need it, ask ").answer(),
		w.says("eve", `/can /newroom`).sees("✓ You may use /newroom here").answer(),
		w.says("eve", `/can /newroom "X" external`).sees("✓ You may do this.").answer(),
		w.says("eve", "/groups").answer(),
		w.says("eve", `/why`).sees("✗ The policy refused request", "No rule allows it.", "If you need it, ask ").answer(),
	}
	for _, answer := range answers {
		for _, secret := range []string{"rule “", "Titan", "everybody else", "at most", "policy version", "watchlist", "any day"} {
			require.NotContains(t, answer, secret)
		}
	}
}

func TestOthersDoNotReadOfRulesThatAreNotAboutThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(teamRules))
	for _, question := range []string{`/can /newroom "X" @bob`, "/why"} {
		if question == "/why" {
			w.says("kim", `/newroom "X" @bob`).sees("Nobody has allowed you")
		}
		answer := w.says("kim", question).sees("No rule allows it.", "If you need it, ask ").answer()
		for _, secret := range []string{"Titan", "everybody else", "at most", "carol"} {
			require.NotContains(t, answer, secret)
		}
	}
	w.says("bob", `/can /newroom "X" @kim`).sees("the nearest is “deal team Titan”", "✓ people is at most 3")
	w.says("ops", `/can @kim /newroom "X" @bob`).sees("the nearest is “")
}

func TestConditionsOfADenyRuleAreToldAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(teamRules))
	answer := w.says("alice", `/can /newroom "X" @cora external`).sees("✗ You may not do this.", "Ask Compliance first.",
		"Refused, because all of these are so:", "✓ somebody whom you bring in is refused by it").answer()
	require.NotContains(t, answer, "may be brought in")
	require.NotContains(t, answer, "hidden list")
	w.says("ops", `/can @alice /newroom "X" @cora external`).sees(
		"Refused, because all of these are so:", "✓ members is user:cora", "Rule “hidden list” (line ")
}

func TestCanTellsWhenADenyRuleRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(teamRules))
	w.says("alice", "/can").sees(
		"✗ /newroom is refused for groups named Compliance* and where certain people are brought in (Not with Compliance).",
		"✗ /newroom is refused where certain people are brought in (Ask Compliance first).",
	)
	w.says("ops", "/can @alice").sees(
		"✗ /newroom is refused by rule “hidden list” where people who are user:cora are brought in (Ask Compliance first).",
	)
}

const leaverRules = `{admins: ["user:ops"],
	deny: [{name: leavers, who: ["email:*@contractors.test"], commands: [newroom], reason: "No contractors."}],
	allow: [{name: everybody, who: [internal], commands: [newroom, groups]}]}`

func TestCanTellsOfADisabledAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(leaverRules))
	const hidden = "Dana Former's account is disabled, or the directory does not show it."
	answer := w.says("ops", "/can @dana")
	answer.sees("What Dana Former may do here:", "✗ /newroom: "+hidden, "✗ /groups: "+hidden+" No rule allows it.")
	require.NotContains(t, answer.answer(), "The rule is about an account")
	w.says("ops", `/can @dana /newroom "X"`).sees("✗ Dana Former may not do this.", hidden, "Refused, because all of these may be so:")
	require.NotContains(t, w.says("ops", "/can @kim").answer(), "disabled")
}

func TestAQuestionAboutTheBotSaysThatItAsksNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(leaverRules))
	const text = "I ask for nothing myself, so that no rule is about me. "
	for _, question := range []string{"/can @roombot", `/can @roombot /newroom "X"`} {
		w.says("ops", question).sees(text + "/can alone tells about you.")
	}
	w.says("ops", "/policy @roombot").sees(text + "/policy alone tells about you.")
}

func TestCanTellsOfCommandsThatNoRuleIsAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(teamRules))
	w.says("bob", "/can /can").sees("✓ /can is open to everybody.")
	w.says("bob", "/can /help").sees("✓ /help is open to everybody.")
	w.says("bob", "/can /pause").sees("✗ You may not use /pause: it is for administrators of the policy.")
	w.says("ops", "/can /pause").sees("✓ You may use /pause, as an administrator of the policy.")
	w.says("bob", "/can").sees("✓ /groups, by rule “deal team Titan”.", "5 rooms in any day (so far 0")
}

func TestWhyTellsOfRefusalsByRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(teamRules))
	w.says("alice", `/newroom "X" @cora external`).sees("Ask Compliance first.")
	w.says("alice", "/why").sees("/newroom, on ", "Ask Compliance first.")
	refused := w.says("kim", "/policy")
	w.says("kim", "/why "+string(commands.NewRequestID(refused.Message.ID))).sees("/policy is for administrators of the policy.")
}
