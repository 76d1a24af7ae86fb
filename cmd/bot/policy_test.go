package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// policiesOfTheGuide are the examples of docs/policy.md, each in a file.
func policiesOfTheGuide(t *testing.T) (files []string) {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "policy.md"))
	require.NoError(t, err)
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(guide, -1) {
		file := filepath.Join(t.TempDir(), "policy.yaml")
		require.NoError(t, os.WriteFile(file, block[1], 0o600))
		files = append(files, file)
	}
	return files
}

func TestThePoliciesOfTheGuidePassTheirTests(t *testing.T) {
	t.Parallel()
	files := policiesOfTheGuide(t)
	require.Len(t, files, 5)
	for _, file := range files {
		got := shell(t, "policy", "check", file)
		require.Zero(t, got.code, got.err)
		require.Contains(t, got.out, "✓ version ")
	}
}

func TestAFailingTestOfAPolicyIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[1]
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(content), "expect: deny", "expect: allow", 1)), 0o600))
	for _, subcommand := range []string{"check", "test"} {
		got := shell(t, "policy", subcommand, file)
		require.Equal(t, exitFailed, got.code)
		require.Regexp(t, `policy\.yaml:9:12: test "others may not" fails: expected allow, got deny`, got.err)
	}
}

func TestAPolicyIsAskedOffline(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[2]
	can := func(args ...string) outcome {
		return shell(t, append([]string{"policy", "can", "--policy", file}, args...)...)
	}
	allowed := can("--group", "FX", `/newroom "Q2" @bob`)
	require.Zero(t, allowed.code)
	require.Contains(t, allowed.out, `allow by rule "desk rooms"`)
	denied := can("--group", "FX", "--json", `/newroom "Q2" @bob external:yes`)
	require.Equal(t, exitFailed, denied.code)
	var d decisionJSON
	require.NoError(t, json.Unmarshal([]byte(denied.out), &d))
	require.EqualValues(t, "deny", d.Decision)
	require.Regexp(t, "^[0-9a-f]{8}$", d.Version)
	require.Contains(t, d.Checks, checkJSON{What: "external is false"})
	require.Equal(t, "desk rooms", d.Nearest)
	require.Contains(t, can("--group", "FX", "--used-day", "10", `/newroom "Q2"`).out, "limit")
	require.Equal(t, exitUsage, can("--group", "FX", "newroom").code)
	require.Equal(t, exitUsage, can("--in", "nowhere", `/newroom "Q2"`).code)
}

func TestAQuestionWithoutItsRoomIsToldWhatIsMissing(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[2]
	bare := shell(t, "policy", "can", "--policy", file, "/newroom")
	require.Equal(t, exitUsage, bare.code)
	require.Contains(t, bare.err, `"/newroom": it would open the form of /newroom: write what is wanted as well, such as /newroom "Q2" @bob`)
	require.NotContains(t, bare.err, "slash")
	require.Contains(t, shell(t, "policy", "can", "--policy", file, "newroom").err, "A command starts with a slash. Did you mean /newroom?")
}

func TestAQuestionToAPolicyWhoseTestsFailIsAnsweredAsOneThatTheBotWouldNotTake(t *testing.T) {
	t.Parallel()
	file := writePolicy(t, `
allow: [{name: everybody, who: [internal], commands: [newroom]}]
tests:
  - {name: nobody may, as: {username: alice}, run: '/newroom "Q2"', expect: deny}
  - {name: all may, as: {username: alice}, run: '/newroom "Q2"', expect: allow}
`)
	for _, command := range []string{`/newroom "Q2"`, "/groups"} {
		got := shell(t, "policy", "can", "--policy", file, "--user", "kim", command)
		require.Equal(t, exitNotFound, got.code, command)
		require.Contains(t, got.out, "By policy version ")
		require.Contains(t, got.err, "1 of the 2 tests of "+file+" fail, so that the bot would not take this policy: bot policy test "+file+" says which")
	}
	require.Contains(t, shell(t, "policy", "can", "--policy", file, "--user", "kim", `/newroom "Q2"`).out, `allow by rule "everybody"`)
	var d decisionJSON
	require.NoError(t, json.Unmarshal([]byte(shell(t, "policy", "can", "--json", "--policy", file, `/newroom "Q2"`).out), &d))
	require.EqualValues(t, "allow", d.Decision)
}

func TestRulesWithoutEffectAreReportedWithTheFailingTests(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`deny:
  - {name: contractors, who: ["email:*@contractors.acme.com"], commands: ["*"], reason: Ask your desk head.}
allow:
  - {name: everybody, who: [internal], commands: [newroom]}
  - {name: contractors too, who: ["email:*@contractors.acme.com"], commands: [newroom]}
tests:
  - {name: alice may not, as: {username: alice}, run: '/newroom "Q2"', expect: deny}
`), 0o600))
	got := shell(t, "policy", "check", file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, `policy.yaml:5:12: allow[1]: admits nobody: deny rule "contractors" on line 2 refuses all that it is about; remove it, or narrow the deny rule`)
	require.Contains(t, got.err, `policy.yaml:7:12: test "alice may not" fails: expected deny, got allow`)
}

func TestAQuestionTellsWhoMayApproveAndByWhenTheNextRoomIsPossible(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`sets: {approvers: ["group:Compliance Desk"]}
allow:
  - name: desk rooms
    who: [internal]
    commands: [newroom]
    limits: {perHour: 2, perDay: 5}
    approval: {when: {external: true}, by: ["set:approvers", "user:cora"]}
`), 0o600))
	ask := func(args ...string) (d decisionJSON) {
		got := shell(t, append([]string{"policy", "can", "--json", "--policy", file}, args...)...)
		require.NoError(t, json.Unmarshal([]byte(got.out), &d), got.err)
		return d
	}
	external := ask(`/newroom "Q2" external:yes`)
	require.EqualValues(t, "approve", external.Decision)
	require.Equal(t, []string{"set:approvers", "user:cora"}, external.Approvers)
	require.Empty(t, external.Next)
	for next, used := range map[string][]string{
		"": {"--used-hour", "1"}, "within an hour": {"--used-hour", "2"}, "within 24 hours": {"--used-hour", "2", "--used-day", "5"},
	} {
		d := ask(append(used, `/newroom "Q2"`)...)
		require.Equal(t, next, d.Next)
		require.Equal(t, next != "", d.Decision == "limit")
		require.Empty(t, d.Approvers)
	}
	text := shell(t, "policy", "can", "--policy", file, `/newroom "Q2" external:yes`).out
	require.Contains(t, text, "  may approve: set:approvers, user:cora\n")
	require.Contains(t, shell(t, "policy", "can", "--policy", file, "--used-day", "5", `/newroom "Q2"`).out, "  next room: within 24 hours\n")
}

func TestThePolicyOfABarrierFailsItsTestsWithoutAnyOfItsDenyRules(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[3]
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	rules := regexp.MustCompile(`(?m)^  - name: (research|sales) .*\n(    .*\n)+`).FindAllString(string(content), -1)
	require.Len(t, rules, 4)
	for _, rule := range rules {
		idle := strings.Replace(rule, "commands: [newroom]", "commands: [groups]", 1)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(content), rule, idle, 1)), 0o600))
		got := shell(t, "policy", "test", file)
		require.Equal(t, exitFailed, got.code, rule)
		require.Contains(t, got.err, "fails: expected deny", rule)
	}
}

func TestHowManyPeopleAreBehindAGroupIsNotGuessed(t *testing.T) {
	t.Parallel()
	file := policiesOfTheGuide(t)[2]
	can := func(args ...string) outcome {
		return shell(t, append([]string{"policy", "can", "--policy", file, "--group", "Sales"}, args...)...)
	}
	const everybody = `/newroom "All" group:"Everybody"`
	unknown := can(everybody)
	require.Equal(t, exitFailed, unknown.code)
	require.Contains(t, unknown.out, "✗ people is at most 30 (not known)")
	require.Contains(t, unknown.out, "how many are behind the groups is not known")
	require.Zero(t, can("--people", "30", everybody).code)
	require.Contains(t, can("--people", "31", everybody).out, "this has 31")
	fewer := can("--people", "2", `/newroom "All" @bob @carol`)
	require.Equal(t, exitUsage, fewer.code)
	require.Contains(t, fewer.err, "--people 2: with who asks, the command names 3")
	for _, flag := range []string{"--people", "--used-hour", "--used-day"} {
		require.Equal(t, exitUsage, can(flag, "-1", everybody).code, flag)
	}
	require.Contains(t, can("--people", "30", everybody).err, "without --email they are taken not to be about who asks")
	require.Empty(t, can("--people", "30", "--email", "kim@acme.test", everybody).err)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	untold := strings.Replace(string(content), "people: 31, expect: deny", "expect: allow", 1)
	require.NoError(t, os.WriteFile(file, []byte(untold), 0o600))
	require.Contains(t, shell(t, "policy", "check", file).err, "how many are behind the groups is not known")
}

func TestTheCommandsOfTheGuideRun(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	talk := w.says("kim", `/newroom "Gap"`)
	number := regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`).FindString(talk.Replies[0].Text)
	w.says("bob", `/newroom "Open" @alice`)
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "policy.md"))
	require.NoError(t, err)
	file := policiesOfTheGuide(t)[2]
	var rooms []entry
	require.NoError(t, json.Unmarshal([]byte(shell(t, "audit", "list", "--kind", "room", "--json", "--config", w.config).out), &rooms))
	room := rooms[0].Room
	var policies []entry
	require.NoError(t, json.Unmarshal([]byte(shell(t, "audit", "list", "--kind", "policy", "--json", "--config", w.config).out), &policies))
	var body struct{ Version string }
	require.NoError(t, json.Unmarshal(policies[0].Body, &body))
	receipt, log := filepath.Join(w.dir, "room.jws"), filepath.Join(w.dir, "roombot.log")
	fill := strings.NewReplacer("policy.yaml", file, "new.yaml", file, "config.json", w.config, "5k9d-02mx-q7ht", number, "1f0a9c3e", body.Version,
		"77ab01d4", body.Version, " ROOM", " "+room, " ID", " "+room, "room.jws", receipt, "publickey.pem", filepath.Join(w.dir, "publickey.pem"),
		"roombot.log", log)
	require.Zero(t, running.stop()) // all is linked
	chain := strings.Split(strings.TrimSpace(shell(t, "audit", "export", "--config", w.config).out), "\n")
	var last entry
	require.NoError(t, json.Unmarshal([]byte(chain[len(chain)-1]), &last))
	require.NoError(t, os.WriteFile(log, []byte(last.Head().String()+"\n"), 0o600))
	ran := 0
	for _, span := range codeSpan.FindAllStringSubmatch(strings.ReplaceAll(string(guide), "\n   ", " "), -1) {
		words := shellWords(fill.Replace(span[1]))
		if len(words) < 4 || words[0] != "bot" || words[1] != "policy" && words[1] != "audit" {
			continue
		}
		ran++
		got := shell(t, words[1:]...)
		if !slices.Contains([]string{"can", "diff", "why"}, words[2]) { // 1 says refused there, or changed
			require.Zero(t, got.code, "%s: %s", span[1], got.err)
		}
		require.Empty(t, got.err, span[1])
		if strings.Contains(span[1], "--jws") {
			require.NoError(t, os.WriteFile(receipt, []byte(got.out), 0o600))
		}
	}
	require.GreaterOrEqual(t, ran, 13)
}

// shellWords splits a command line at blanks that are not within quotes.
func shellWords(line string) (words []string) {
	for _, found := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, found[1]+found[2]+found[3])
	}
	return words
}

var codeSpan = regexp.MustCompile("`([^`\n]+)`")

func TestAPolicyWithoutAdministratorsIsWarnedOf(t *testing.T) {
	t.Parallel()
	const rules = `allow: [{name: desks, who: [internal], commands: [newroom]}]`
	got := shell(t, "policy", "check", writePolicy(t, rules))
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.err, "! the policy names no administrators (admins)")
	got = shell(t, "policy", "check", writePolicy(t, "admins: [\"user:ops\"]\n"+rules))
	require.Zero(t, got.code, got.err)
	require.Empty(t, got.err)
	require.Contains(t, shell(t, "policy", "check", writePolicy(t, "admins: []\n"+rules)).err, "admins: is an empty list; write at least one entry")
}

func TestCommandsThatNoRuleIsAboutAreAskedAsTheBotDecides(t *testing.T) {
	t.Parallel()
	file := writePolicy(t, `{admins: ["user:ops"], allow: [{name: desks, who: [internal], commands: [newroom], when: {people: {max: 3}}}]}`)
	for _, line := range []string{"/can", `/can /newroom "X"`, "/why", "/approvals", "/help"} {
		got := shell(t, "policy", "can", "--policy", file, "--user", "kim", line)
		require.Zero(t, got.code, "%s: %s%s", line, got.out, got.err)
		require.Contains(t, got.out, "is open to everybody")
		require.NotContains(t, got.out, "It would be allowed")
	}
	require.Zero(t, shell(t, "policy", "can", "--policy", file, "--user", "ops", "/pause").code)
	refused := shell(t, "policy", "can", "--policy", file, "--user", "kim", "/pause")
	require.Equal(t, exitFailed, refused.code)
	require.Contains(t, refused.out, "deny: /pause is for administrators of the policy.")
}
