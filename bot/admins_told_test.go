package bot_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// countTold is how many messages in somebody's chats have a text.
func (w *world) countTold(who, text string) (n int) {
	w.t.Helper()
	inbox, err := w.pod.Inbox(w.t.Context(), who)
	require.NoError(w.t, err)
	for _, m := range inbox {
		if strings.Contains(plain(m), text) {
			n++
		}
	}
	return n
}

// addsGroup makes a distribution list before the bot starts.
func (w *world) addsGroup(name string, members ...string) {
	w.t.Helper()
	_, err := w.pod.CreateGroup(w.t.Context(), client.CreateGroupRequest{Name: name, Members: members})
	require.NoError(w.t, err)
}

func TestAdministratorsByAGroupAreToldOnce(t *testing.T) {
	t.Parallel()
	rules := `{admins: ["user:ops", "group:Test Group"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`
	file, setup := withPolicyFile(t, rules)
	w := newWorld(t, setup)
	w.stop()
	w.addsGroup("Admins", "bob", "ops", "carol")
	file.write(strings.ReplaceAll(rules, "Test Group", "Admins"))
	w.rules = strings.ReplaceAll(rules, "Test Group", "Admins")
	w.start()
	file.write(`{admins: ["user:ops", "group:Admins"], allow: [{name: bob, who: ["user:bob"], commands: [newroom]}]}`)
	for _, who := range []string{"ops", "bob", "carol"} {
		w.requireTold(who, "The policy is version")
		require.Equal(t, 1, w.countTold(who, "The policy is version"), who)
	}
	require.Zero(t, w.countTold("alice", "The policy is version"))
}

func TestOfManyAdministratorsInAGroupTwentyAreTold(t *testing.T) {
	t.Parallel()
	const rules = `{admins: ["user:ops", "group:Many"], allow: [{name: a, who: [internal], commands: [newroom]}]}`
	file, setup := withPolicyFile(t, rules)
	w := newWorld(t, setup, func(w *world) { w.crowd = 40 })
	w.stop()
	people, err := w.pod.People(t.Context())
	require.NoError(t, err)
	var many []string
	for _, p := range people.People {
		if p.Active && !p.External && p.AccountType == "NORMAL" && p.Username != "roombot" && p.Username != "ops" && p.Username != "ravi" {
			many = append(many, p.Username)
		}
	}
	require.Greater(t, len(many), 30)
	w.addsGroup("Many", many...)
	w.start()
	file.write(strings.Replace(rules, "name: a", "name: b", 1))
	w.requireTold("ops", "The policy is version")
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), "not all administrators were told") }, patience, tick)
	told := func() (n int) {
		for _, who := range many {
			n += w.countTold(who, "The policy is version")
		}
		return n
	}
	require.Eventually(t, func() bool { return told() == 19 }, patience, tick, "and ops")
}

func TestNamesThatMatchNobodyAreToldAtTheStartOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: a, who: ["user:nobody", "group:No Such"], commands: [newroom]}]}`))
	w.requireTold("ops", "user:nobody is nobody in your company's directory")
	w.requireTold("ops", "group:no such is no group that the bot can see")
	w.stop()
	w.start()
	w.says("alice", "/help").sees("I open rooms")
	w.bot.LookAtNames(withLog(w))
	require.Equal(t, 1, w.countTold("ops", "user:nobody"))
}

func TestPeopleAndGroupsThatAreRenamedWhileItRunsAreTold(t *testing.T) {
	t.Parallel()
	renamed := new(atomic.Bool)
	users := rewriteAnswers("/pod/v3/users", func(_, answer string) string {
		if !renamed.Load() {
			return answer
		}
		return strings.ReplaceAll(answer, `"username":"alice"`, `"username":"alice.new"`)
	})
	w := newWorld(t, withFront(users), withRules(`{admins: ["user:ops"], allow: [{name: a, who: ["user:alice", "group:Test Group"], commands: [newroom]}]}`))
	ctx := withLog(w)
	w.bot.LookAtNames(ctx)
	require.Zero(t, w.countTold("ops", "Names in the policy"))
	renamed.Store(true)
	for range 2 {
		w.bot.LookAtNames(ctx)
		require.Equal(t, 1, w.countTold("ops", "user:alice is called alice.new now."), "told once")
	}
	renamed.Store(false)
	for range 2 {
		w.bot.LookAtNames(ctx)
		require.Equal(t, 1, w.countTold("ops", "✓ All names in the policy are right again."))
	}
	w.addsGroup("test group", "bob")
	w.bot.LookAtNames(ctx)
	require.Equal(t, 1, w.countTold("ops", "group:test group is the name of 2 groups now."))
	rights, err := w.pod.Rights(ctx)
	require.NoError(t, err)
	rights.GroupManager = false
	require.NoError(t, w.pod.SetRights(ctx, rights))
	w.bot.LookAtNames(ctx)
	require.Zero(t, w.countTold("ops", "is gone"), "from another source nothing is known of the groups")
	require.Equal(t, 1, w.countTold("ops", "right again"))
	require.Contains(t, w.log.String(), "names in the policy could not be looked at again")
}

func TestANameThatSomebodyElseHasAfterARestartIsTold(t *testing.T) {
	t.Parallel()
	taken := new(atomic.Bool)
	takes := func(pod http.Handler) http.Handler {
		rename := rewriteAnswers("/pod/v3/users", func(_, answer string) string {
			if !taken.Load() {
				return answer
			}
			answer = strings.ReplaceAll(answer, `"username":"alice"`, `"username":"alice.new"`)
			return strings.ReplaceAll(answer, `"username":"carol"`, `"username":"alice"`)
		})(pod)
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if query := r.URL.Query(); taken.Load() && query.Has("username") {
				query.Set("username", strings.ReplaceAll(query.Get("username"), "alice", "carol"))
				r.URL.RawQuery = query.Encode()
			}
			rename.ServeHTTP(rw, r)
		})
	}
	w := newWorld(t, withFront(takes), withRules(`{admins: ["user:ops"], allow: [{name: a, who: ["user:alice"], commands: [newroom]}]}`))
	w.says("carol", `/newroom "Hers"`).sees("Nobody has allowed you")
	w.stop()
	taken.Store(true)
	w.start()
	w.requireTold("ops", "These names in the policy stand for somebody else than before")
	w.says("carol", `/newroom "Hers now"`).sees("is open")
	w.stop()
	w.start()
	w.says("bob", "/help").sees("I open rooms")
	require.Equal(t, 1, w.countTold("ops", "user:alice"))
	require.Equal(t, 1, w.countTold("ops", "stand for somebody else"))
}

func TestWhoIsRenamedIntoAnAdministratorIsNone(t *testing.T) {
	t.Parallel()
	var swapped atomic.Bool
	w := newWorld(t, withFront(swapsNames(&swapped)), withRules(`{admins: ["user:cora"], allow: [{name: rooms, who: [internal], commands: [newroom]}]}`))
	swapped.Store(true)
	for _, command := range []string{"/pause newroom", "/policy grants", "/policy revoke 1"} {
		w.says("alice", command).sees("is for administrators of the policy.")
	}
	w.says("cora", "/pause newroom").sees("is for administrators of the policy.")
	w.says("bob", `/newroom "Elm"`).sees("✓ Elm")
}
