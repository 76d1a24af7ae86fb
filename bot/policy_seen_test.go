package bot_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/commands"
)

func TestAnAnswerCarriesTheVersionOfThePolicyThatDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(opsRules))
	first := w.bot.Health(t.Context()).Policy.Version
	require.Regexp(t, `^[0-9a-f]{8}$`, first)
	done := w.says("bob", `/newroom "Stamped" @alice`).sees("is open")
	require.Equal(t, first, commands.StampOf(done.lastReply().Data).Policy)
	undone := w.click("bob", done.lastReply(), commands.FormOffer, commands.ButtonUndo, nil)
	require.Equal(t, first, commands.StampOf(undone.lastReply().Data).Policy)
	require.Empty(t, commands.StampOf(w.says("bob", "hello").lastReply().Data).Policy, "no policy was asked")

	half := w.stopsHalfWay("Half")
	w.rules = nobodyRules
	w.start()
	half.endsWith("✓ Half")
	require.NotEqual(t, first, w.bot.Health(t.Context()).Policy.Version)
	require.Equal(t, first, commands.StampOf(w.reply(half).Data).Policy, "the room was opened by the version of before")
	denied := w.says("bob", `/newroom "Denied"`).sees("Nobody has allowed you")
	require.Equal(t, w.bot.Health(t.Context()).Policy.Version, commands.StampOf(denied.lastReply().Data).Policy)
}

func TestAPauseIsAnEntryOfItsOwnKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(opsRules))
	paused := w.says("ops", "/pause newroom market event").sees("⏸ Paused")
	require.Equal(t, w.bot.Health(t.Context()).Policy.Version, commands.StampOf(paused.lastReply().Data).Policy)
	require.Empty(t, w.entries(paused), "the act has an entry, the request needs none")
	refused := w.says("bob", "/resume").sees("/resume is for administrators of the policy.")
	w.says("ops", "/resume").sees("▶ Resumed")
	var acts []string
	pauses := func() int {
		acts = nil
		for _, s := range w.record() {
			if s.Kind == audit.Pause {
				var body audit.OperatorBody
				require.NoError(t, json.Unmarshal(s.Body, &body))
				require.Equal(t, w.personID("ops"), s.Actor)
				require.NotContains(t, string(s.Body), "market", "a reason may name anybody")
				acts = append(acts, body.Act)
			}
			require.NotEqual(t, audit.Operator, s.Kind)
		}
		return len(acts)
	}
	require.Eventually(t, func() bool { return pauses() == 2 }, patience, tick)
	require.Equal(t, []string{"pause newroom", "resume newroom"}, acts)
	require.Equal(t, []string{"decision resume deny ", `answer {"outcome":"denied"}`}, w.entries(refused))
	for _, s := range w.record() {
		if s.Kind == audit.Decision {
			require.Contains(t, string(s.Facts.Text), `"what":"who is one of the administrators","ok":false`)
			require.Contains(t, string(s.Body), `"version":"`+w.bot.Health(t.Context()).Policy.Version)
		}
	}
	w.requireAudit(refused, "decision denied", "answer denied")
}

func TestMetricsTellOfDecisionsAndThePolicy(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, opsRules)
	w := newWorld(t, setup)
	version := w.bot.Health(t.Context()).Policy.Version
	w.says("bob", `/newroom "One"`).sees("is open")
	w.says("eve", `/newroom "Two"`).sees("Nobody has allowed you")
	w.says("eve", `/pause`).sees("is for administrators of the policy")
	w.says("ops", `/groups`).sees("Test Group")
	_, text := w.page("/metrics")
	for _, line := range []string{
		`roombot_decisions_total{outcome="allow"} 1`, `roombot_decisions_total{outcome="deny"} 2`, `roombot_decisions_total{outcome="limit"} 0`,
		`roombot_decisions_total{outcome="approve"} 0`, `roombot_policy_info{version="` + version + `"} 1`, `roombot_policy_faulty 0`,
	} {
		require.Contains(t, text, "\n"+line+"\n")
	}
	file.write(`alow: [{name: a}]`)
	w.requireTold("ops", "The new text of the policy is faulty")
	h := w.bot.Health(t.Context())
	require.True(t, h.Ready)
	require.Len(t, h.Policy.Faults, 1)
	require.Contains(t, h.Policy.Faults[0], "policy.yaml:1:1: alow")
	_, text = w.page("/metrics")
	require.Contains(t, text, "\nroombot_policy_faulty 1\n")
	file.write(allowRules("user:bob"))
	require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Policy.Version != version }, patience, tick)
	_, text = w.page("/metrics")
	require.NotContains(t, text, version, "one version at a time")
	require.Contains(t, text, `roombot_policy_info{version="`+w.bot.Health(t.Context()).Policy.Version)
}

func TestHealthShowsTheFirstFaultsOfAPolicy(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, opsRules)
	w := newWorld(t, setup)
	var rules strings.Builder
	for range 40 {
		rules.WriteString(`  - {name: "` + strings.Repeat("long ", 200) + `", who: [internal], commands: [newrom]}` + "\n")
	}
	file.write("allow:\n" + rules.String())
	require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Policy.Faulty }, patience, tick)
	faults := w.bot.Health(t.Context()).Policy.Faults
	require.Len(t, faults, 10)
	for _, fault := range faults {
		require.LessOrEqual(t, len([]rune(fault)), 300)
	}
}

func TestGroupsThatDoNotShowWhoIsInThemAreFound(t *testing.T) {
	t.Parallel()
	refuses := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/profile-manager/v1/groups/") && !strings.Contains(r.URL.Path, "/type/") {
				rw.WriteHeader(http.StatusForbidden)
				return
			}
			pod.ServeHTTP(rw, r)
		})
	}
	w := newWorld(t, withFront(refuses))
	value, err := schema.Parse("policy.yaml", []byte(allowRules("group:test group")), nil)
	require.NoError(t, err)
	rules, err := policy.Compile(value, policy.Options{})
	require.NoError(t, err)
	groups, err := bot.ReadPolicyGroups(t.Context(), w.client, rules, bot.KnownNames{})
	require.NoError(t, err)
	require.Equal(t, bot.PolicyGroups{Hidden: []string{"Test Group"}}, groups)
}
