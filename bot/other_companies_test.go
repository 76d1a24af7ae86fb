package bot_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// What a chat with other companies reads.
const (
	detailsSent    = "I have sent the details to you in our 1:1 chat."
	detailsNotSent = "I cannot send you the details: Symphony does not let me write to you in a 1:1 chat."
)

// jointRules let everybody use everything, except kim, and ravi outside the 1:1 chat.
const jointRules = `
deny:
  - name: contractors
    who: ["user:kim"]
    commands: ["*"]
    reason: Contractors ask their desk head.
allow:
  - name: everybody
    who: ["*"]
    commands: ["*"]
`

func withJointRules(w *world) { w.rules = jointRules }

// openJointRoom is a room with the bot, bob, and eve of another company. It returns bob's 1:1 chat
// with the bot as well.
func (w *world) openJointRoom(people string) (room, im string) {
	w.t.Helper()
	opened := w.says("bob", `/newroom "Joint" external @eve `+people).sees("✓ Joint")
	return w.theRoom("Joint").StreamID, opened.Message.StreamID
}

// causeWords are words of every reason about somebody, and of every suggestion.
var causeWords = []string{
	"barrier", "disabled", "compliance", "Compliance", "entitle", "another company", "not connected", "refused", "Nobody", "nobody", "people)", "person)",
	"There is no group", "groups", "looks free", "another room", "desk head", "not allowed", "may not", "Owner", "Member", "account", "directory",
	"would open", "did not answer", "look up", "Administrators", "administrators", "partial", "unknown", "denied", "taken",
}

// namesNotIn are the names and addresses of everybody, and the names of all groups, without those
// that a text has.
func (w *world) namesNotIn(typed string) []string {
	w.t.Helper()
	people, err := w.pod.People(w.t.Context())
	require.NoError(w.t, err)
	state, err := w.pod.State(w.t.Context())
	require.NoError(w.t, err)
	var facts []string
	for _, p := range people.People {
		facts = append(facts, p.DisplayName, p.Email)
	}
	for _, g := range state.Groups {
		facts = append(facts, g.Name)
	}
	return slices.DeleteFunc(facts, func(fact string) bool { return strings.Contains(typed, fact) || fact == "Roombot" })
}

// requireNoFacts holds everything that the bot has said in a chat since a message to what may be
// read there: text, markup and data, also of what was replaced.
func (w *world) requireNoFacts(reader string, asked client.Message, typed string) {
	w.t.Helper()
	w.requireNone(reader, asked, typed, append(w.namesNotIn(typed), causeWords...))
}

func (w *world) requireNone(reader string, asked client.Message, typed string, facts []string) {
	w.t.Helper()
	for _, m := range w.botMessages(reader, asked) {
		for _, fact := range facts {
			require.NotContains(w.t, plain(m)+"\n"+m.Markup+"\n"+m.Data, fact, "%s read after %q", reader, typed)
		}
	}
}

// requireDetails asserts that one message has come into the 1:1 chat, with these words.
func (w *world) requireDetails(who, im string, before int, words ...string) {
	w.t.Helper()
	said := w.botMessages(who, client.Message{StreamID: im})[before:]
	require.Len(w.t, said, 1, "messages in the 1:1 chat")
	for _, word := range words {
		require.Contains(w.t, plain(said[0]), word)
	}
	require.Regexp(w.t, "^About (your message|the form that you sent) in “Joint”:", plain(said[0]))
}

func TestOtherCompaniesReadNothingOfTheDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("@kim")
	w.says("bob", `/newroom "Desk"`).sees("✓ Desk")
	noGroups := func() {
		w.stop() // the groups are kept for a while
		w.takeGroupRights()
		w.fail(client.Fault{Path: onLists, Status: http.StatusNotFound})
		w.start()
	}
	fails := func(path string, status int) func() {
		return func() { w.fail(client.Fault{Path: path, Status: status}) }
	}
	for _, c := range []struct {
		text    string
		trouble func()
		details string // in the 1:1 chat
		room    string // besides the notice
	}{
		{"/groups", nil, "Test Group (3 people)", ""},
		{"/groups equi", nil, "Equities Sales (2 people)", ""},
		{"/groups zzz", nil, "No group has", ""},
		{`/newroom "A" carol@acme.test group:"test group"`, nil, "Group: Test Group (3 people)", "✓ A (https://"},
		{`/newroom "B" ravi@acme.test`, nil, "Ravi Shah: Symphony does not allow it. An information barrier", "✓ B (https://"},
		{`/newroom "C" owner:dana@acme.test`, nil, "The account of Dana Former is disabled.", ""},
		{`/newroom "D" @mallory external`, nil, "Mallory Grey is not connected with Roombot.", ""},
		{`/newroom "E" @eve`, nil, "Eve Adams is from Beta Capital, and", ""},
		{`/newroom "F" carol@acme.test`, fails(onAdd, 451), "blocked by a compliance rule", "✓ F (https://"},
		{`/newroom "G" owner:carol@acme.test`, fails(onPromote, 403), "not made an owner", "✓ G (https://"},
		{`/newroom "H" carol@acme.test`, fails(onAdd, 400), "Symphony refused without saying why", "✓ H (https://"},
		{`/newroom "I" carol@acme.test preview`, nil, "Member: Carol O'Neil", ""},
		{`/newroom "J" alice.martin@acme.test`, nil, "Alice Martin (alice)", ""},
		{"/newroom J2 alice carol", nil, "Are Alice Martin and Carol O'Neil meant?", ""},
		{`/newroom "J3" "Alice Martin"`, nil, "Is Alice Martin meant?", ""},
		{`/newroom "J4" "Alice Marten"`, nil, "Nobody here goes by “Marten”.", ""},
		{`/newroom "K" @nobody`, nil, "Nobody here goes by “nobody”", ""},
		{`/newroom "L" group:"Test Grup"`, nil, `group:"Test Group"`, ""},
		{`/newroom "M" group:"Quite other"`, nil, "There is no group", ""},
		{`/newroom "N" group:"Sales"`, noGroups, "does not let me read the groups", ""},
		{`/newroom "desk"`, nil, "You already have “Desk”.", ""},
		{`/newroom "O"`, fails(onCreate, 400), "This one looks free", ""},
		{`/newroom "P"`, fails(onCreate, 403), "does not let me open rooms", ""},
		{`/newroom "Q"`, fails(onCreate, 451), "A compliance rule blocks", ""},
		{`/newroom "R"`, fails(onCreate, 452), "An information barrier forbids", ""},
		{`/newroom "S" cora@acme.test`, fails(onUsers, 403), "does not let me look up the people you named", ""},
	} {
		if c.trouble != nil {
			c.trouble()
		}
		before := len(w.botMessages("bob", client.Message{StreamID: im}))
		asked := w.saysIn(room, "bob", c.text)
		w.heal()
		w.requireDetails("bob", im, before, c.details)
		w.requireNoFacts("eve", asked.Message, c.text)
		shown := w.shownAnswers("eve", asked.Message)
		require.Len(t, shown, 1, c.text)
		require.Equal(t, 1, strings.Count(shown[0], detailsSent), shown[0])
		require.True(t, strings.HasPrefix(shown[0], c.room), "%q begins %q", c.text, shown[0])
		if c.room == "" {
			require.Equal(t, detailsSent, strings.TrimSpace(shown[0]), c.text)
		}
		if strings.HasPrefix(c.room, "✓") {
			require.Contains(t, shown[0], "[ Open room ]")
		}
	}
}

func TestOtherCompaniesReadThatADenialIsElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, _ := w.openJointRoom("@kim")
	for _, text := range []string{`/newroom "Sneaky"`, "/groups", "/newroom", `/newroom "Sneaky" preveiw:yes`} {
		denied := w.saysIn(room, "kim", text)
		require.Equal(t, []string{detailsSent}, w.shownAnswers("eve", denied.Message), text)
		w.requireNoFacts("eve", denied.Message, text)
		all := w.botMessages("kim", client.Message{StreamID: w.imOf("kim")})
		require.Contains(t, plain(all[len(all)-1]), "Contractors ask their desk head.")
	}
	require.Len(t, w.botMessages("kim", client.Message{StreamID: w.imOf("kim")}), 4)
}

// imOf is somebody's 1:1 chat with the bot.
func (w *world) imOf(who string) string {
	w.t.Helper()
	im, err := w.pod.OpenChat(w.t.Context(), who, "roombot")
	require.NoError(w.t, err)
	return im
}

func TestOtherCompaniesReadWhatHoldsOnlyWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("")
	before := len(w.botMessages("bob", client.Message{StreamID: im}))
	for text, shown := range map[string]string{
		"/help":                              "I open rooms for you.",
		"/help newroom":                      "Options, in any order:",
		`/newroom "Open @alice`:              "never closed",
		`/newroom "X" template:deal`:         "template: is not available yet.",
		`/newrom "X"`:                        "Did you mean /newroom?",
		`/newroom "X" group:"FX EMEA" xy:no`: `There is no option "xy"`,
		"/newroom":                           "What should the room be called",
	} {
		asked := w.saysIn(room, "bob", text).sees(shown)
		require.Equal(t, room, asked.lastReply().StreamID, text)
		require.NotContains(t, asked.answer(), detailsSent)
		w.requireNone("eve", asked.Message, text, w.namesNotIn(asked.Message.Markup+"Test Group")) // an example in the help
	}
	require.Len(t, w.botMessages("bob", client.Message{StreamID: im}), before, "messages in the 1:1 chat")
	require.Zero(t, w.calls("createIM"), "no 1:1 chat is opened")
}

func TestWhatIsFilledIntoAFormIsNotRepeatedToOtherCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("")
	values := map[string]any{"name": "Secret deal", "people": []int64{idAlice}, "groups": "Test Group"}
	form := w.saysIn(room, "bob", "/newroom").lastReply()
	w.click("bob", form, "roombot-newroom", "create", values)
	require.Len(t, w.rooms("Secret deal"), 1)
	for _, m := range w.botMessages("eve", form) {
		require.NotContains(t, plain(m)+m.Markup+m.Data, "Secret")
		require.NotContains(t, plain(m)+m.Markup+m.Data, "Alice")
	}
	shown := w.shownAnswers("eve", form)
	require.Equal(t, []string{detailsSent}, shown)
	form = w.saysIn(room, "bob", "/newroom").lastReply()
	values["name"], values["others"] = "Secret deal 2", "preveiw:yes"
	w.click("bob", form, "roombot-newroom", "create", values)
	require.Equal(t, []string{detailsSent}, w.shownAnswers("eve", form))
	all := w.botMessages("bob", client.Message{StreamID: im})
	require.Contains(t, plain(all[len(all)-2]), "✓ Secret deal")
	require.Contains(t, plain(all[len(all)-1]), `There is no option "preveiw"`)
	require.Contains(t, plain(all[len(all)-1]), "[ Edit in form ]")
}

func TestAClickInTheOneToOneChatIsAnsweredThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("")
	asked := w.saysIn(room, "bob", `/newroom "Desk" group:"Test Grup"`)
	all := w.botMessages("bob", client.Message{StreamID: im})
	answer := w.click("bob", all[len(all)-1], "roombot-offer", "offer-0", nil).sees("✓ Desk", "Group: Test Group (3 people)")
	require.Equal(t, im, answer.lastReply().StreamID)
	require.Equal(t, []string{detailsSent}, w.shownAnswers("eve", asked.Message))
}

func TestARequesterOfAnotherCompanyReadsDetailsInTheOneToOneChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, _ := w.openJointRoom("")
	asked := w.saysIn(room, "eve", `/newroom "Theirs" external @Bob Chen`)
	w.requireNoFacts("bob", asked.Message, `/newroom "Theirs" external @Bob Chen`)
	details := w.botMessages("eve", client.Message{StreamID: w.imOf("eve")})
	require.Equal(t, 1, countShown(details))
	require.Contains(t, plain(details[len(details)-1]), "Owner: Eve Adams (you)")
	require.Contains(t, plain(details[len(details)-1]), "Member: Bob Chen")
	w.saysIn(room, "eve", `/newroom "Ours"`).sees("You are from another company")
}

// Who has a username or an address is not told, by a preview either.
func TestARequesterOfAnotherCompanyLooksNobodyUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, who := range []string{"bob@acme.test", "nobody@acme.test", "user:ops", "user:zzz", "owner:dana@acme.test"} {
		for _, option := range []string{"", " preview"} {
			asked := w.says("eve", `/newroom "Theirs" external `+who+option).sees("only for people of my own company")
			require.NotRegexp(t, "Bob|Olga|Dana|goes by", asked.answer(), who)
		}
	}
	require.Empty(t, w.rooms("Theirs"))
}

func TestDetailsAreLeftOutWhereThereIsNoOneToOneChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("")
	rights, err := w.pod.Rights(t.Context())
	require.NoError(t, err)
	rights.ExternalIMs = false
	require.NoError(t, w.pod.SetRights(t.Context(), rights))
	asked := w.saysIn(room, "eve", "/groups")
	require.Len(t, asked.Replies, 1)
	require.True(t, strings.HasPrefix(asked.answer(), detailsNotSent), asked.answer())
	require.Contains(t, w.log.String(), "details were left out: no 1:1 chat with who asked can be opened")

	w.fail(client.Fault{Path: "*/stream/" + im + "/message/create", Status: http.StatusForbidden})
	refused := w.saysIn(room, "bob", `/newroom "Open" carol@acme.test`)
	shown := w.shownAnswers("eve", refused.Message)
	require.Len(t, shown, 1)
	require.True(t, strings.HasPrefix(shown[0], "✓ Open"), shown[0])
	require.Contains(t, shown[0], detailsNotSent)
	require.NotContains(t, shown[0], detailsSent)
	require.Contains(t, w.log.String(), "details were left out: Symphony refused them in the 1:1 chat")
}

func TestWhatSymphonyDoesNotTellOfAChatCountsAsOtherCompanies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		info    string // replaced in the description of a chat
		by      string
		details bool
	}{
		"a room of the own company":                    {`"crossPod":false`, `"crossPod":false`, false},
		"a room opened to others":                      {`"crossPod":false`, `"crossPod":true`, true},
		"a room that may be open to others":            {`"crossPod":false`, `"x":1`, true},
		"a chat of several of the own company":         {`"roomAttributes":{`, `"streamAttributes":{"members":[7078106103902]},"x":{`, false},
		"a chat of several with somebody from outside": {`"roomAttributes":{`, `"streamAttributes":{"members":[7146825580545]},"x":{`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := func(pod http.Handler) http.Handler {
				return changeAnswers(pod, regexp.MustCompile(`/streams/[^/]+/info$`), c.info, c.by)
			}
			w := newWorld(t, withJointRules, withFront(changed))
			room := w.openSharedRoom("@alice")
			asked := w.saysIn(room, "alice", "/groups")
			require.Equal(t, c.details, w.shownAnswers("alice", asked.Message)[0] == detailsSent)
		})
	}
	t.Run("a chat that Symphony does not describe", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withJointRules)
		room := w.openSharedRoom("@alice")
		w.fail(client.Fault{Path: onStream, Status: http.StatusForbidden})
		asked := w.saysIn(room, "alice", "/groups")
		require.Equal(t, []string{detailsSent}, w.shownAnswers("alice", asked.Message))
	})
	t.Run("a chat whose event says that others take part", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withJointRules)
		room := w.openSharedRoom("@alice")
		hello := w.saysIn(room, "alice", "/groups").sees("Test Group (3 people)")
		w.sends("/groups equi", func(m map[string]any) {
			m["stream"] = map[string]any{"streamId": room, "streamType": "ROOM", "roomName": "Shared", "external": true}
		})
		require.Eventually(t, func() bool {
			shown := w.shownAnswers("alice", hello.lastReply())
			return len(shown) == 1 && shown[0] == detailsSent
		}, patience, tick)
	})
}

// changeAnswers puts one text in the place of another in the answers to some calls.
func changeAnswers(pod http.Handler, path *regexp.Regexp, old, by string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !path.MatchString(r.URL.Path) {
			pod.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		pod.ServeHTTP(answer, r)
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte(old), []byte(by)))
	})
}

func TestAChatIsDescribedOnceInAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room := w.openSharedRoom("@alice")
	before := w.calls("streamInfo")
	for _, text := range []string{"/groups", `/newroom "One"`, `/newroom "Two" @carol`, "/groups fx"} {
		answer := w.saysIn(room, "alice", text)
		require.Equal(t, room, answer.lastReply().StreamID)
		require.NotContains(t, answer.answer(), detailsSent)
	}
	require.Equal(t, before+1, w.calls("streamInfo"), "once for all")
	joint, _ := w.openJointRoom("")
	before = w.calls("streamInfo")
	w.saysIn(joint, "bob", "/groups")
	require.Equal(t, before, w.calls("streamInfo"), "the event says that others take part")
}
