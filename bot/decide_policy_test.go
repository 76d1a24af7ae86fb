package bot_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// Numbers of the sandbox's people that events are forged with.
const (
	idCarol int64 = 103<<36 + 96
	idEve   int64 = 104<<36 + 1
)

// nobodyRules admit nobody but to /help.
const nobodyRules = "allow: [{name: nobody, who: [\"userid:1\"], commands: [newroom]}]"

// allowRules admit some accounts everywhere.
func allowRules(who string) string {
	return fmt.Sprintf("allow: [{name: some, who: [%q], commands: [newroom, groups]}]", who)
}

// changeRules starts the bot anew with other rules.
func (w *world) changeRules(rules string) {
	w.t.Helper()
	w.stop()
	w.rules = rules
	w.start()
}

// deniesAfterAWait has bob's request for the room Waited wait until the bot has started anew with
// rules that admit nobody.
func (w *world) deniesAfterAWait() said {
	w.t.Helper()
	asked := w.waits("", "bob", `/newroom "Waited" @alice`)
	w.stop()
	w.heal()
	w.rules = nobodyRules
	w.start()
	asked.endsWith("✗ Nobody has allowed you /newroom here.")
	return asked
}

// forges is a message in a chat whose event claims to know who wrote it.
func (w *world) forges(text string, chat said, user map[string]any) string {
	w.t.Helper()
	before := len(w.answers(chat.who, chat))
	w.sends(text, func(m map[string]any) {
		m["user"] = user
		m["stream"] = map[string]any{"streamId": chat.Message.StreamID, "streamType": "IM"}
	})
	require.Eventually(w.t, func() bool { return len(w.answers(chat.who, chat)) == before+1 }, patience, tick)
	return plain(w.answers(chat.who, chat)[before])
}

func TestRulesGoByTheDirectoryAndNotByTheEvent(t *testing.T) {
	t.Parallel()
	asAlice := func(id int64) map[string]any {
		return map[string]any{"userId": id, "displayName": "Alice Martin", "username": "alice", "email": "alice@acme.test", "emailAddress": "alice@acme.test"}
	}
	for name, c := range map[string]struct {
		who      string
		id       int64
		rule     string
		admitted bool
	}{
		"a colleague with a username":              {"carol", idCarol, "user:alice", false},
		"a colleague with an address":              {"carol", idCarol, "email:alice@acme.test", false},
		"a colleague by her own username":          {"carol", idCarol, "user:carol", true},
		"a colleague by her own address":           {"carol", idCarol, "email:carol@*", true},
		"an outsider with a username":              {"eve", idEve, "user:alice", false},
		"an outsider with an address":              {"eve", idEve, "email:*@acme.test", false},
		"an outsider with any address":             {"eve", idEve, "email:*", false},
		"an outsider with her own address":         {"eve", idEve, "email:*@beta.test", false},
		"an outsider is not internal":              {"eve", idEve, "internal", false},
		"an outsider by the number of her company": {"eve", idEve, "company:104", true},
		"an outsider of another company":           {"eve", idEve, "company:105", false},
		"an outsider by her own number":            {"eve", idEve, fmt.Sprint("userid:", idEve), true},
		"an outsider by the word":                  {"eve", idEve, "external", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) { w.rules = allowRules(c.rule) })
			chat := w.says(c.who, "/help").sees("I open rooms")
			answer := w.forges("/groups", chat, asAlice(c.id))
			require.Equal(t, c.admitted, strings.Contains(answer, "I can add"), answer)
			require.Equal(t, !c.admitted, strings.Contains(answer, "Nobody has allowed you /groups here."), answer)
		})
	}
}

func TestADenialIsNotEvadedByWhatAnEventSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chat := w.says("kim", "/help").sees("I open rooms")
	answer := w.forges(`/newroom "Forged"`, chat, map[string]any{"userId": idKim, "displayName": "Bob Chen", "username": "bob", "email": "bob@acme.test"})
	require.Contains(t, answer, "Contractors cannot open rooms.")
	require.Empty(t, w.rooms("Forged"))
}

// isService has the directory say that an account is one of a service.
func isService(id int64) front {
	return rewriteAnswers("/pod/v3/users", func(query, answer string) string {
		if !strings.Contains(query, fmt.Sprint(id)) {
			return answer
		}
		return strings.Replace(answer, `"accountType":"NORMAL"`, `"accountType":"SYSTEM"`, 1)
	})
}

// rewriteAnswers changes the answers of an operation.
func rewriteAnswers(path string, change func(query, answer string) string) front {
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, path) {
				pod.ServeHTTP(rw, r)
				return
			}
			answer := httptest.NewRecorder()
			pod.ServeHTTP(answer, r)
			for key, values := range answer.Header() {
				if key != "Content-Length" {
					rw.Header()[key] = values
				}
			}
			rw.WriteHeader(answer.Code)
			_, _ = bytes.NewBufferString(change(r.URL.RawQuery, answer.Body.String())).WriteTo(rw)
		})
	}
}

func TestAServiceAccountIsASubjectOfItsOwn(t *testing.T) {
	t.Parallel()
	for rule, admitted := range map[string]bool{
		"bot": true, "*": true, fmt.Sprint("userid:", idCarol): true,
		"internal": false, "user:carol": false, "email:*@acme.test": false, "company:103": false, "external": false,
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withFront(isService(idCarol)), func(w *world) { w.rules = allowRules(rule) })
			asked := w.says("carol", "/groups")
			require.Equal(t, admitted, strings.Contains(asked.answer(), "I can add"), asked.answer())
			if rule == "bot" {
				w.says("bob", "/groups").sees("Nobody has allowed you /groups here.")
			}
		})
	}
	t.Run("denied by username", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withFront(isService(idKim)))
		w.says("kim", `/newroom "Denied"`).sees("Contractors cannot open rooms.")
	})
}

func TestNobodyIsLookedUpForRulesThatNeedNoDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.rules = allowRules("*") })
	w.fail(client.Fault{Path: onUsers, Status: http.StatusServiceUnavailable})
	w.says("bob", "/groups").sees("I can add")
	require.Zero(t, w.calls("lookupUsers"))
}

func TestARoomNamedLikeAnAdmittedRoomAdmitsNobody(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"room", "roomid"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			admitted := w.openSharedRoom("@alice")
			w.says("alice", fmt.Sprintf("/newroom %q", admitted)).sees("is open")
			planted := w.theRoom(admitted).StreamID
			w.changeRules(fmt.Sprintf(`allow: [{name: desk, who: ["*"], where: ["%s:%s"], commands: [groups]}]`, kind, admitted))
			w.saysIn(admitted, "alice", "/groups").sees("I can add")
			w.saysIn(planted, "alice", "/groups").sees("Nobody has allowed you /groups here.")
		})
	}
}

// contractorsDenied is all that is told of a denial by a rule.
const contractorsDenied = "✗ Contractors cannot open rooms.\nIf you need it, ask your Symphony administrators."

func TestADeniedPersonIsToldNothingOfTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, line := range []string{
		`/newroom "Open`, `/newroom "A" "B" bob`, `/newroom "A" colour:red`, `/newroom "A" public external`, `/newroom "A" nobody@nowhere.test`,
		`/newroom "A" group:Nonesuch`, `/newroom "A" template:x`, `/newroom ` + strings.Repeat("long ", 20),
	} {
		answer := w.says("kim", line).answer()
		require.Equal(t, contractorsDenied, withoutNumber(answer), line)
	}
	w.says("kim", "/gruops").sees("[ Run it ]", "Did you mean /groups?")
	misspelt := w.says("kim", `/newrom "A" group:"Test Group"`).sees("I don't know /newrom.")
	require.NotContains(t, misspelt.answer(), "[ Create it ]")
	require.NotContains(t, misspelt.answer(), "Test Group")
	for _, line := range []string{`/newrom "A" @alice`, "/nonsense", `/create "A" @alice`} {
		answer := w.says("kim", line).sees("I don't know /", "[ Help ]").answer()
		require.NotContains(t, answer, "form ]", line)
		require.NotContains(t, answer, "[ Create", line)
	}
	w.says("bob", "/nonsense").sees("[ Open the form ]")
	w.says("bob", `/newrom "A"`).sees("[ Create it ]")
	w.says("kim", "/help newroom").sees("/newroom")
}

func TestADeniedPersonsFormIsNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.says("bob", "/newroom").lastReply()
	w.changeRules(allowRules("external"))
	before := w.calls("lookupUsers")
	w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Chosen", "people": []int64{idAlice}, "others": `desc:"never closed`}).
		sees("Nobody has allowed you /newroom here.")
	require.Equal(t, before, w.calls("lookupUsers"), "nobody was looked up")
	require.Empty(t, w.rooms("Chosen"))
}

func TestADeniedPersonIsNotAskedAboutALateRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.bounds.Late = 1 })
	var asked said
	w.withoutFeed(func() { asked = w.asks("kim", `/newroom "Stale"`) })
	require.NotContains(t, asked.endsWith("Contractors cannot open rooms."), "I was away")
}

// waits is a request whose plan is stored and that has written nothing when the bot stops.
func (w *world) waits(in, who, text string) said {
	w.t.Helper()
	w.fail(client.Fault{Path: onCreate, Status: http.StatusTooManyRequests, RetryAfter: 2})
	asked := w.asksIn(in, who, text)
	asked.waitForAnswer("takes longer than usual")
	require.Eventually(w.t, func() bool { return w.bot.Health(w.t.Context()).Queue.Running == 0 }, patience, tick,
		"the attempt has ended and stored which message says so")
	return asked
}

func TestARequestThatWaitedIsDecidedAgain(t *testing.T) {
	t.Parallel()
	t.Run("after a restart", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		asked := w.deniesAfterAWait()
		require.Empty(t, w.rooms("Waited"))
		w.changeRules(openRules)
		w.edits("bob", asked.Message.ID, `/newroom "Allowed again" @alice`).sees("✓ Allowed again")
	})
	t.Run("and created where it is still admitted", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		asked := w.waits("", "bob", `/newroom "Waited" @alice`)
		w.stop()
		w.heal()
		w.rules = allowRules("user:bob")
		w.start()
		asked.endsWith("✓ Waited")
		w.theOnly("Waited", "bob", "alice")
	})
	t.Run("after a pause", func(t *testing.T) {
		t.Parallel()
		var renamed atomic.Bool
		rename := rewriteAnswers("/info", func(_, answer string) string {
			if renamed.Load() {
				return strings.ReplaceAll(answer, `"Shared"`, `"Trading"`)
			}
			return answer
		})
		w := newWorld(t, withFront(rename))
		room := w.openSharedRoom("@alice")
		w.changeRules(strings.Replace(openRules, "allow:", `  - {name: trading, who: ["*"], where: ["room:Trading"], commands: [newroom], reason: Trading rooms are recorded.}
allow:`, 1))
		asked := w.waits(room, "alice", `/newroom "Waited" @bob`)
		renamed.Store(true)
		w.heal()
		asked.endsWith("I have answered in our 1:1 chat.")
		w.waitUntilIdle()
		chat := w.says("alice", "/help")
		require.Contains(t, strings.Join(w.shownAnswers("alice", client.Message{StreamID: chat.Message.StreamID}), "\n"), "Trading rooms are recorded.")
		require.Empty(t, w.rooms("Waited"))
	})
	t.Run("after an operator's retry", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		asked := w.waits("", "bob", `/newroom "Waited" @alice`)
		w.stop()
		w.operates(func(i *engine.Inspector) error { return i.Cancel(t.Context(), asked.Message.ID) })
		w.start()
		asked.endsWith("Your administrators have ended this", "Nothing was created.")
		w.stop()
		w.heal()
		w.rules = nobodyRules
		w.operates(func(i *engine.Inspector) error { return i.Retry(t.Context(), asked.Message.ID) })
		w.start()
		require.Eventually(t, func() bool {
			return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), "\n"), []string{"Nobody has allowed you /newroom here."})
		}, patience, tick)
		w.waitUntilIdle()
		require.Empty(t, w.rooms("Waited"))
	})
}

// operates has an operator change a job of the stopped bot.
func (w *world) operates(act func(*engine.Inspector) error) {
	w.t.Helper()
	i, err := engine.Inspect(w.t.Context(), engine.FileAddress(w.store))
	require.NoError(w.t, err)
	require.NoError(w.t, act(i))
	require.NoError(w.t, i.Close())
}
