package bot_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

// toldOf waits until somebody reads a message of the bot with a text, and gives all of it.
func (w *world) toldOf(who, text string) (told string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		inbox, err := w.pod.Inbox(w.t.Context(), who)
		for _, m := range inbox {
			if strings.Contains(plain(m), text) {
				told = plain(m)
			}
		}
		return err == nil && told != ""
	}, patience, tick, "what %s reads", who)
	return told
}

func TestAdministratorsAreToldWhatAnEditChangesAndWhatItWouldHaveDecided(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: people, who: ["user:alice", "user:bob"], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	w.says("alice", `/newroom "Large" @bob @carol @ravi`).sees("is open")
	w.says("bob", `/newroom "Small"`).sees("is open")
	w.says("carol", `/newroom "Refused" @bob`).sees("Nobody has allowed you")
	file.write(`{admins: ["user:ops", "user:cora"], allow: [{name: people, who: ["user:alice", "group:FX EMEA"], commands: [newroom], when: {people: {max: 3}}}]}`)
	told := w.toldOf("ops", "The policy is version")
	for _, line := range []string{
		`Rules that are changed: "people" (line 1)`,
		"user:cora: is an administrator now",
		"user:alice (of those who asked lately Alice Martin): /newroom: only with people at most 3",
		"user:bob (of those who asked lately Bob Chen): may not use /newroom any more",
		"group:FX EMEA (of those who asked lately Carol O'Neil): may now use /newroom: people at most 3",
		"Of 3 past requests 3 would be decided otherwise.",
		`allow by rule "people"; now deny`,
		`Alice Martin, /newroom of `,
		"this has 4",
	} {
		require.Contains(t, told, line)
	}
}

// What is kept of a request is enough to decide it again as it was, whatever it was refused for.
func TestRefusedCommandsOfAdministratorsAreDecidedAgain(t *testing.T) {
	t.Parallel()
	const rules = `{admins: ["user:ops"], allow: [{name: people, who: [internal], commands: [newroom]}]}`
	file, setup := withPolicyFile(t, rules)
	w := newWorld(t, setup)
	w.says("kim", "/pause newroom").sees("/pause is for administrators of the policy.")
	w.says("carol", "/policy").sees("/policy is for administrators of the policy.")
	w.says("alice", "/resume").sees("/resume is for administrators of the policy.")
	file.write(strings.Replace(rules, `"user:ops"`, `"user:ops", "user:kim", "group:FX EMEA"`, 1))
	told := w.toldOf("ops", "The policy is version")
	require.Contains(t, told, "Of 3 past requests 2 would be decided otherwise.")
	require.NotContains(t, told, "not enough is known")
	require.Regexp(t, `Kim Novak, /pause of .*: deny; now allow`, told)
	require.Regexp(t, `Carol O'Neil, /policy of .*: deny; now allow`, told)
}

func TestAPolicyThatWasChangedWhileTheBotStoodStillIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: people, who: [internal], commands: [newroom]}]}`))
	w.says("bob", `/newroom "Elm"`).sees("is open")
	w.changeRules(`{admins: ["user:ops"], allow: [{name: people, who: ["user:alice"], commands: [newroom]}]}`)
	told := w.toldOf("ops", "I have started with version ")
	require.Contains(t, told, "it was ")
	require.Contains(t, told, "may not use /newroom any more")
	require.Contains(t, told, "Of 1 past requests 1 would be decided otherwise.")
	w.stop()
	w.start()
	w.says("alice", `/newroom "Oak"`).sees("is open")
	inbox, err := w.pod.Inbox(t.Context(), "ops")
	require.NoError(t, err)
	n := 0
	for _, m := range inbox {
		n += strings.Count(plain(m), "I have started with version ")
	}
	require.Equal(t, 1, n, "once for each change")
}

func TestWhatTheRecordKeepsIsEnoughToDecideAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(deskRules))
	w.says("alice", `/newroom "Allowed" @Bob Chen nocopy:yes`).sees("is open")
	w.says("alice", `/newroom "Many" @bob @ravi @kim @carol`).sees("at most 4 people")
	w.says("alice", `/newroom "Public" public:yes`).sees("only rooms that are not public")
	w.says("alice", `/newroom "Bot" @bob`).sees("is open")
	w.says("alice", `/newroom "Third" @bob`).sees("2 rooms")
	w.says("carol", `/newroom "Wall" group:"Equities Sales"`).sees("information barrier")
	w.says("ravi", `/newroom "Not mine" @bob`).sees("Nobody has allowed you")
	w.record()
	decided, err := bot.PastRequests(t.Context(), w.bot.Lister(), time.Now())
	require.NoError(t, err)
	require.Len(t, decided, 7)
	value, err := schema.Parse("policy.yaml", []byte(deskRules), nil)
	require.NoError(t, err)
	rules, err := policy.Compile(value, policy.Options{})
	require.NoError(t, err)
	for _, d := range decided {
		again := rules.Decide(d.Query)
		require.Equal(t, []any{d.Outcome, d.Rule, d.Decision.Denial}, []any{again.Outcome(), again.Rule, again.Denial}, "%s: %s", d.Typed, again.Summary())
		if d.Outcome == policy.Deny {
			require.Equal(t, again.WhyForUser(), d.Decision.WhyForUser())
		}
	}
	change, err := bot.FindPolicyChange(t.Context(), w.client, w.bot.Lister(), rules, rules)
	require.NoError(t, err)
	require.True(t, change.IsEmpty())
	require.Equal(t, 7, change.Replay.Requests)
}

// What an edit changes is found out while the new policy decides already.
func TestNoRequestWaitsForTheComparisonOfPolicies(t *testing.T) {
	t.Parallel()
	held, asked := make(chan struct{}), make(chan struct{}, 1)
	holdsLookups := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("uid") && r.URL.Query().Get("active") != "" {
				select {
				case asked <- struct{}{}:
				default:
				}
				<-held
			}
			pod.ServeHTTP(rw, r)
		})
	}
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: before, who: ["*"], commands: [newroom]}]}`)
	w := newWorld(t, withFront(holdsLookups), setup)
	release := sync.OnceFunc(func() { close(held) })
	defer release()
	w.says("bob", `/newroom "Before"`).sees("is open")
	file.write(`{admins: ["user:ops"], deny: [{name: closed, who: ["*"], commands: [newroom], reason: Closed today.}]}`)
	require.Eventually(t, func() bool { return len(asked) > 0 }, patience, tick, "the comparison is under way")
	w.says("bob", `/newroom "After"`).sees("Closed today.")
	release()
	require.Contains(t, w.toldOf("ops", "The policy is version"), `allow by rule "before"; now deny by rule "closed"`)
}

func TestALongDifferenceIsFolded(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: before, who: [internal], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	for i := range 3 {
		w.says("bob", fmt.Sprintf("/newroom \"Desk %d\"", i)).sees("is open")
	}
	var rules []string
	for i := range 30 {
		rules = append(rules, fmt.Sprintf(`{name: r%d, who: ["userid:%d"], commands: [newroom], when: {people: {max: %d}}}`, i, i+1, i+2))
	}
	file.write(`{admins: ["user:ops"], allow: [` + strings.Join(rules, ", ") + `]}`)
	told := w.toldOf("ops", "The policy is version")
	require.LessOrEqual(t, strings.Count(told, "\n")+1, 16)
	require.Regexp(t, `… and \d+ more: bot policy diff [0-9a-f]{8} [0-9a-f]{8} lists all\.`, told)
	require.Contains(t, told, "Of 3 past requests 3 would be decided otherwise.")
}

// Nobody who is named by another name gains what they are refused by it.
func TestAChangeJudgesWhomRulesNameAsTheyAreInTheDirectory(t *testing.T) {
	t.Parallel()
	const rules = `{admins: ["user:ops"], deny: [{name: none, who: ["user:kim", "user:carol"], commands: [newroom], reason: Ask.}], allow: [{name: all, who: [internal], commands: [newroom]}]}`
	file, setup := withPolicyFile(t, rules)
	w := newWorld(t, setup)
	file.write(strings.Replace(rules, `"user:kim", "user:carol"`, `"email:kim@acme.test", "group:FX EMEA"`, 1))
	told := w.toldOf("ops", "The policy is version")
	require.NotContains(t, told, "may now use")
	require.NotContains(t, told, "Judged without")
	require.NotContains(t, told, "user:kim")
	w.says("kim", `/newroom "X"`).sees("Ask.")
	w.says("carol", `/newroom "X"`).sees("Ask.")
}
