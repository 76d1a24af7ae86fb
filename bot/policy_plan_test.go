package bot_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

const deskRules = `
admins: ["user:ops"]
sets:
  desk: ["group:Equities Sales", "group:FX EMEA"]
deny:
  - name: wall
    who: ["group:FX EMEA"]
    commands: [newroom]
    when: {groups: ["*Sales*"]}
    reason: FX and Sales are behind an information barrier. Ask Compliance.
allow:
  - name: desk rooms
    who: ["set:desk"]
    commands: [newroom]
    when: {external: false, public: false, people: {max: 4}, members: [internal]}
    limits: {perDay: 2}
`

func withRules(rules string) func(*world) { return func(w *world) { w.rules = rules } }

func TestRulesAboutGroupsAdmitTheirMembersOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(deskRules))
	w.says("alice", `/newroom "Desk" @Bob Chen`).sees("is open")
	w.says("ravi", `/newroom "Not mine"`).sees("Nobody has allowed you /newroom here")
	w.says("carol", `/newroom "Wall" group:"Equities Sales"`).sees("FX and Sales are behind an information barrier")
	require.Empty(t, w.rooms("Not mine"))
	require.Empty(t, w.rooms("Wall"))
}

func TestConditionsAreAskedOfThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(deskRules))
	for text, says := range map[string]string{
		`/newroom "Open to all" public:yes`:                               "You may open only rooms that are not public",
		`/newroom "Others" @Eve Adams external:yes`:                       "You may open only internal rooms",
		`/newroom "Many" @Bob Chen group:"Test Group" user:kim user:cora`: "at most 4 people; this has",
		`/newroom "Shown" public:yes preview:yes`:                         "You may open only rooms that are not public",
	} {
		w.says("alice", text).sees(says, "Nothing was created")
	}
	w.says("alice", `/newroom "Right" @Bob Chen`).sees("is open")
	rooms, err := w.pod.Rooms(t.Context())
	require.NoError(t, err)
	require.Len(t, w.rooms("Right"), 1)
	for _, r := range rooms {
		require.NotContains(t, []string{"Open to all", "Others", "Many", "Shown"}, r.Name)
	}
}

func TestLimitsOfARuleBoundTheRoomsOfADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(deskRules))
	w.says("alice", `/newroom "One"`).sees("is open")
	w.says("alice", `/newroom "Two"`).sees("is open")
	w.says("alice", `/newroom "Three"`).sees("You have asked for 2 rooms in the last day", "Nothing was created")
	w.says("bob", `/newroom "Four"`).sees("is open")
	require.Empty(t, w.rooms("Three"))
}

// policyFile is a policy in a file that the bot reads while it runs.
type policyFile struct {
	t    *testing.T
	path string
}

func withPolicyFile(t *testing.T, rules string) (policyFile, func(*world)) {
	t.Helper()
	dir := t.TempDir()
	f := policyFile{t: t, path: filepath.Join(dir, "policy.yaml")}
	f.write(rules)
	settings := filepath.Join(dir, "config.yaml")
	content := "host: pod.acme.test\nbot: {username: roombot, privateKey: {path: policy.yaml}}\nroombot: {policy: policy.yaml}\n"
	require.NoError(t, os.WriteFile(settings, []byte(content), 0o600))
	return f, func(w *world) {
		w.rules = rules
		w.change = func(c *bot.Config) {
			read, err := config.Load(settings, nil)
			require.NoError(t, err)
			c.ReadPolicy = read.PolicyReader().Read
		}
	}
}

// write replaces the file by another one, as tools that deploy files do.
func (f policyFile) write(rules string) {
	f.t.Helper()
	fresh := f.path + ".new"
	require.NoError(f.t, os.WriteFile(fresh, []byte(rules), 0o600))
	require.NoError(f.t, os.Rename(fresh, f.path))
}

func TestAnEditOfThePolicyTakesEffectAndIsTold(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	w.says("bob", `/newroom "Before"`).sees("Nobody has allowed you")
	file.write(`{admins: ["user:ops"], allow: [{name: bob, who: ["user:bob"], commands: [newroom]}]}`)
	w.requireTold("ops", "The policy is version")
	w.says("bob", `/newroom "After"`).sees("is open")
	w.says("alice", `/newroom "Late"`).sees("Nobody has allowed you")
}

func TestARuleWithoutEffectIsToldAndThePolicyIsTaken(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	file.write(`
admins: ["user:ops"]
deny: [{name: emergency, who: ["*"], commands: ["*"], reason: Nothing works today.}]
allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]
`)
	w.requireTold("ops", `:4:16: allow[0]: admits nobody: deny rule "emergency" on line 3 refuses all that it is about`)
	w.says("alice", `/newroom "Today"`).sees("Nothing works today.")
}

func TestRulesWithoutEffectAreLoggedAtTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`allow: [{name: all, who: ["*"], commands: [newroom]}, {name: again, who: ["user:alice"], commands: [newroom]}]`))
	require.Contains(t, w.log.String(), `allow[1]: never decides: allow rule \"all\"`)
	w.says("alice", `/newroom "Mine"`).sees("is open")
}

func TestAFaultyEditChangesNothingAndIsTold(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string]string{
		"a misspelt key":   `{admins: ["user:ops"], alow: [{name: bob, who: ["user:bob"], commands: [newroom]}]}`,
		"half a file":      `{admins: ["user:ops"], allow: [{name: bob, who: ["us`,
		"an unknown group": `{admins: ["user:ops"], allow: [{name: bob, who: ["group:Nobody"], commands: [newroom]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`)
			w := newWorld(t, setup)
			file.write(rules)
			w.requireTold("ops", "The new text of the policy is faulty")
			w.says("alice", `/newroom "Still"`).sees("is open")
			w.says("bob", `/newroom "Not yet"`).sees("Nobody has allowed you")
			require.True(t, w.bot.Health(t.Context()).Policy.Faulty)
			file.write(`{admins: ["user:ops"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`)
			w.requireTold("ops", "The text of the policy is right again")
			require.False(t, w.bot.Health(t.Context()).Policy.Faulty)
		})
	}
}

// answersNames answers look-ups of usernames with a status, while it is not 0.
func answersNames(status *atomic.Int64) front {
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if code := int(status.Load()); code != 0 && r.URL.Query().Has("username") {
				rw.WriteHeader(code)
				return
			}
			pod.ServeHTTP(rw, r)
		})
	}
}

func TestNamesAreComparedWhereSymphonyRefusesToLookThemUp(t *testing.T) {
	t.Parallel()
	status := new(atomic.Int64)
	status.Store(http.StatusForbidden)
	w := newWorld(t, withFront(answersNames(status)), withRules(allowRules("user:alice")))
	w.says("alice", `/newroom "Mine"`).sees("is open")
	w.says("bob", `/newroom "Not mine"`).sees("Nobody has allowed you")
}

func TestAnEditWaitsForTheDirectory(t *testing.T) {
	t.Parallel()
	status := new(atomic.Int64)
	file, setup := withPolicyFile(t, allowRules("user:alice"))
	w := newWorld(t, withFront(answersNames(status)), setup)
	status.Store(http.StatusServiceUnavailable)
	file.write(`{admins: ["user:ops"], ` + strings.TrimSpace(allowRules("user:bob")) + `}`)
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), "could not be looked up, will retry") }, patience, tick)
	w.says("alice", `/newroom "Still"`).sees("is open")
	status.Store(0)
	w.requireTold("ops", "The policy is version")
	w.says("bob", `/newroom "Now"`).sees("is open")
}

// A version that has decided anything is in the record, also after a crash right then.
func TestAnEditWaitsForTheAuditRecord(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, allowRules("user:alice"))
	w := newWorld(t, setup)
	before := w.bot.Health(t.Context()).Policy.Version
	release, err := engine.LockStore(t.Context(), engine.FileAddress(w.store))
	require.NoError(t, err)
	file.write(`{admins: ["user:ops"], ` + strings.TrimSpace(allowRules("user:bob")) + `}`)
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), "could not be added to the audit record") }, patience, tick)
	require.Equal(t, before, w.bot.Health(t.Context()).Policy.Version)
	require.NoError(t, release())
	w.requireTold("ops", "The policy is version")
	w.says("bob", `/newroom "Now"`).sees("is open")
}

func TestAPolicyWhoseFileWasAwayIsRightAgain(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	require.NoError(t, os.Rename(file.path, file.path+".away"))
	w.requireTold("ops", "does not exist")
	w.says("alice", `/newroom "Still"`).sees("is open")
	require.NoError(t, os.Rename(file.path+".away", file.path))
	w.requireTold("ops", "The text of the policy is right again")
	require.False(t, w.bot.Health(t.Context()).Policy.Faulty)
}

// requireTold waits until the bot has written to somebody in their 1:1 chat.
func (w *world) requireTold(who, text string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		inbox, err := w.pod.Inbox(w.t.Context(), who)
		return err == nil && slices.ContainsFunc(inbox, func(m client.Message) bool { return strings.Contains(plain(m), text) })
	}, patience, tick, "what %s reads", who)
}
