package bot_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

const idDana int64 = 103<<36 + 101

// forbiddenTries are tries of users to be shown, to be let into or to learn of something that the
// policy, or Symphony, forbids. docs/security.md lists them.
var forbiddenTries = map[string]func(t *testing.T){
	"username that is a pattern":                          tryUsernameAsPattern,
	"address of a domain that ends like ours":             tryLookAlikeDomain,
	"outsider whom the directory shows with our domain":   tryOutsiderWithOurDomain,
	"directory that answers with somebody else":           tryAnswerOfSomebodyElse,
	"disabled account":                                    tryDisabledAccount,
	"renamed account":                                     tryRenamedAccount,
	"own room renamed to the id of an admitted room":      tryRoomRenamedToAnID,
	"room renamed to evade a denial by id":                tryRoomRenamedToEvadeADenial,
	"chat of several where only 1:1 is admitted":          tryChatOfSeveral,
	"preview as an oracle of people and groups":           tryPreviewAsOracle,
	"denial in a room that others read":                   tryDenialThatOthersRead,
	"button of before the rights were taken":              tryButtonOfBefore,
	"button in a message of somebody else":                tryButtonOfAStranger,
	"form of somebody else, sent by a denied person":      tryFormOfSomebodyElse,
	"form field with options":                             tryFormFieldWithOptions,
	"event played again by somebody else":                 tryEventPlayedAgain,
	"edit after the room was opened":                      tryEditAfterwards,
	"command in the text of a mention":                    tryCommandInAMention,
	"command in the name of a room":                       tryCommandInANameOfARoom,
	"markup in the name of a room that is answered about": tryMarkupInARoomName,
	"name of a private room as an oracle":                 tryNameAsOracle,
	"person behind a barrier by every way to name them":   tryEveryWayThroughABarrier,
	"outsider in an internal room":                        tryOutsiderInAnInternalRoom,
	"request found in the history":                        tryHistory,
	"message that imitates the bot's answer":              tryImitatedAnswer,
}

func TestForbiddenTriesFail(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(forbiddenTries), 20)
	for name, try := range forbiddenTries {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try(t)
		})
	}
}

const deniedByDefault = "Nobody has allowed you /newroom here."

// directoryShows has the directory show an account in another way.
func directoryShows(id int64, change func(answer string) string) front {
	return rewriteAnswers("/pod/v3/users", func(query, answer string) string {
		if !strings.Contains(query, fmt.Sprint(id)) {
			return answer
		}
		return change(answer)
	})
}

func replaceText(old, by string) func(string) string {
	return func(answer string) string { return strings.ReplaceAll(answer, old, by) }
}

// isDenied requires that a try to open a room is denied, with no room opened.
func (w *world) isDenied(who string) {
	w.t.Helper()
	w.says(who, `/newroom "Forbidden"`).sees("✗ " + deniedByDefault)
	require.Empty(w.t, w.rooms("Forbidden"))
}

func tryUsernameAsPattern(t *testing.T) {
	for _, username := range []string{"*", "a*", "[a-z]*", "?????", "ａｌｉｃｅ", "alicе" /* a Cyrillic e */} {
		w := newWorld(t, withFront(directoryShows(idCarol, replaceText(`"carol"`, fmt.Sprintf("%q", username)))),
			func(w *world) { w.rules = allowRules("user:alice") })
		w.isDenied("carol")
	}
}

func tryLookAlikeDomain(t *testing.T) {
	for _, address := range []string{"carol@acme.test.evil.test", "carol@notacme.test", "carol@sub.acme.test", "carol@acme.test@evil.test", ""} {
		w := newWorld(t, withFront(directoryShows(idCarol, replaceText("carol@acme.test", address))),
			func(w *world) { w.rules = allowRules("email:*@acme.test") })
		w.isDenied("carol")
	}
}

func tryOutsiderWithOurDomain(t *testing.T) {
	for _, rule := range []string{"email:*@acme.test", "user:eve", "internal", "company:103"} {
		w := newWorld(t, withFront(directoryShows(idEve, replaceText("@beta.test", "@acme.test"))), func(w *world) { w.rules = allowRules(rule) })
		w.isDenied("eve")
	}
}

func tryAnswerOfSomebodyElse(t *testing.T) {
	w := newWorld(t, withFront(directoryShows(idCarol, func(answer string) string {
		return strings.NewReplacer(fmt.Sprint(idCarol), fmt.Sprint(idAlice), `"carol"`, `"alice"`).Replace(answer)
	})), func(w *world) { w.rules = allowRules("user:alice") })
	w.isDenied("carol")
	require.Contains(t, w.log.String(), "who asks could not be looked up")
}

func tryDisabledAccount(t *testing.T) {
	for _, rule := range []string{"user:dana", "email:dana@*", "internal"} {
		w := newWorld(t, func(w *world) { w.rules = allowRules(rule) })
		chat := w.says("bob", "/help").sees("I open rooms") // dana can open none any more
		answer := w.forges(`/newroom "Forbidden"`, chat, map[string]any{"userId": idDana, "displayName": "Dana Former", "username": "dana", "email": "dana@acme.test"})
		require.Contains(t, answer, deniedByDefault, rule)
		require.Empty(t, w.rooms("Forbidden"))
	}
}

func tryRenamedAccount(t *testing.T) {
	var renamed atomic.Bool
	w := newWorld(t, withFront(directoryShows(idCarol, func(answer string) string {
		if renamed.Load() {
			return strings.ReplaceAll(answer, `"carol"`, `"former"`)
		}
		return answer
	})), func(w *world) { w.rules = allowRules("user:carol") })
	w.says("carol", `/newroom "Before"`).sees("✓ Before")
	renamed.Store(true)
	w.changeRules(w.rules) // which forgets whom it has looked up; else that takes five minutes
	w.isDenied("carol")
}

// renames has somebody rename a room that they own.
func (w *world) renames(who, streamID, name string) {
	w.t.Helper()
	_, err := w.pod.UpdateRoom(w.t.Context(), streamID, client.UpdateRoomRequest{As: who, Name: name})
	require.NoError(w.t, err)
}

func tryRoomRenamedToAnID(t *testing.T) {
	for _, kind := range []string{"room", "roomid"} {
		w := newWorld(t)
		admitted := w.openSharedRoom("@alice")
		w.says("alice", `/newroom "Mine"`).sees("is open")
		mine := w.theRoom("Mine").StreamID
		w.renames("alice", mine, admitted)
		w.changeRules(fmt.Sprintf(`allow: [{name: desk, who: ["*"], where: ["%s:%s"], commands: [newroom, groups]}]`, kind, admitted))
		w.saysIn(admitted, "alice", "/groups").sees("I can add")
		w.saysIn(mine, "alice", `/newroom "Forbidden"`).sees(deniedByDefault)
		require.Empty(t, w.rooms("Forbidden"))
	}
}

func tryRoomRenamedToEvadeADenial(t *testing.T) {
	w := newWorld(t)
	w.says("alice", `/newroom "Recorded"`).sees("is open")
	room := w.theRoom("Recorded").StreamID
	w.changeRules(fmt.Sprintf(`{deny: [{name: recorded, who: ["*"], where: ["roomid:%s"], commands: [newroom], reason: Not from here.}],
  allow: [{name: all, who: ["*"], commands: [newroom]}]}`, room))
	w.renames("alice", room, "Harmless")
	w.saysIn(room, "alice", `/newroom "Forbidden"`).sees("Not from here.")
	require.Empty(t, w.rooms("Forbidden"))
}

func tryChatOfSeveral(t *testing.T) {
	w := newWorld(t, func(w *world) { w.rules = `allow: [{name: im, who: ["*"], where: [im], commands: [newroom]}]` })
	w.says("bob", `/newroom "Shared" @alice`).sees("✓ Shared")
	room := w.theRoom("Shared").StreamID
	chat := w.saysIn(room, "alice", `/newroom "Forbidden"`).sees("1:1 chat")
	for _, kind := range []string{"MIM", "ROOM", "POST", ""} { // Symphony opens no chats of several any more
		before := len(w.answers("alice", chat))
		w.sends(`/newroom "Forbidden" desc:`+kind+"x", func(m map[string]any) {
			m["stream"] = map[string]any{"streamId": room, "streamType": kind}
		})
		require.Eventually(t, func() bool {
			return len(w.answers("alice", said{w: w, Conversation: client.Conversation{Message: chat.lastReply()}})) > before
		}, patience, tick)
	}
	w.waitUntilIdle()
	require.Empty(t, w.rooms("Forbidden"))
}

func tryPreviewAsOracle(t *testing.T) {
	w := newWorld(t)
	lookups := -1
	for _, rest := range []string{"", "alice@acme.test", "nobody@acme.test", `group:"Test Group"`, `group:"Nonesuch"`, "@Dana Former", "owner:ravi@research.acme.test"} {
		require.Equal(t, contractorsDenied, withoutNumber(w.says("kim", `/newroom "Oracle" preview `+rest).answer()), rest)
		if lookups < 0 {
			lookups = w.calls("lookupUsers") // kim herself
		}
	}
	require.Equal(t, lookups, w.calls("lookupUsers"), "so that not even the time tells")
}

func tryDenialThatOthersRead(t *testing.T) {
	w := newWorld(t)
	room := w.openSharedRoom("@kim @alice")
	denied := w.saysIn(room, "kim", `/newroom "Secret plan" group:"Test Group"`).sees("Contractors cannot open rooms.")
	require.NotEqual(t, room, denied.lastReply().StreamID)
	require.Empty(t, w.shownAnswers("alice", denied.Message))
}
