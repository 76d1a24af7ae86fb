package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAQuestionWithoutACommandIsWrongUsage(t *testing.T) {
	t.Parallel()
	got := shell(t, "policy", "can", "--policy", policiesOfTheGuide(t)[0], "--user", "bob")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "bot policy can COMMAND: write what is asked about between single quotes")
}

func TestTestsOfCommandsThatNoRuleIsAboutAgreeWithTheBot(t *testing.T) {
	t.Parallel()
	file := writePolicy(t, `admins: ["user:ops", "group:Operations"]
allow: [{name: desks, who: [internal], commands: [newroom]}]
tests:
  - {name: ops pause, as: {username: ops}, run: /pause, expect: allow}
  - {name: those of the group resume, as: {groups: [Operations]}, run: /resume, expect: allow}
  - {name: kim does not, as: {username: kim}, run: /pause newroom, expect: deny}
  - {name: all ask what they may, as: {external: true}, run: /can, expect: allow}
  - {name: and why, as: {username: kim}, run: /why, expect: allow}
  - {name: and what waits, as: {username: kim}, run: /approvals, expect: allow}
  - {name: and for help, as: {username: kim}, run: /help, expect: allow}
`)
	got := shell(t, "policy", "test", file)
	require.Zero(t, got.code, got.err)
	require.Equal(t, "7 of 7 tests passed\n", got.out)
	require.Zero(t, shell(t, "policy", "check", file).code)
}

func TestATestThatNamesNoRuleHidesNoOthers(t *testing.T) {
	t.Parallel()
	file := writePolicy(t, `admins: ["user:ops"]
allow: [{name: desks, who: [internal], commands: [newroom]}]
tests:
  - {name: right, as: {username: kim}, run: '/newroom "Q2"', expect: allow, rule: desks}
  - {name: misnamed, as: {username: kim}, run: '/newroom "Q2"', expect: allow, rule: desk}
  - {name: wrong, as: {username: kim}, run: '/newroom "Q2"', expect: deny}
`)
	got := shell(t, "policy", "test", file)
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, "1 of 3 tests passed\n", got.out)
	require.Contains(t, got.err, `:5:86: tests[1].rule: "desk" is no rule; write the name of a rule`)
	require.Contains(t, got.err, `:6:12: test "wrong" fails: expected deny, got allow by rule "desks"; correct the rules or the test`)
}

func TestWhatCannotBeAskedIsNoDenial(t *testing.T) {
	t.Parallel()
	good := writePolicy(t, `allow: [{name: desks, who: [internal], commands: [newroom]}]`)
	can := func(args ...string) outcome { return shell(t, append([]string{"policy", "can"}, args...)...) }
	for _, file := range []string{good + ".none", writePolicy(t, "alow: []")} {
		got := can("--policy", file, "--user", "kim", "--json", `/newroom "Q2"`)
		require.Equal(t, exitNotFound, got.code)
		require.NotEmpty(t, got.err)
		require.Empty(t, got.out)
	}
	for _, flag := range []string{"--user", "--email", "--group", "--config"} {
		got := can("--policy", good, flag, " ", `/newroom "Q2"`)
		require.Equal(t, exitUsage, got.code)
		require.Contains(t, got.err, flag+" is empty: give it a value, or leave it out")
	}
	require.Contains(t, can("--policy", "", `/newroom "Q2"`).err, "--policy is empty")
}

func TestTheFaultsOfAPolicyAreToldToPrograms(t *testing.T) {
	t.Parallel()
	check := func(text string) (outcome, checkedJSON) {
		got := shell(t, "policy", "check", "--json", writePolicy(t, text))
		var c checkedJSON
		require.NoError(t, json.Unmarshal([]byte(got.out), &c), got.err)
		return got, c
	}
	got, c := check("allow:\n  - {name: desks, who: [nobody], comands: [newroom], commands: [groups]}")
	require.Equal(t, exitFailed, got.code)
	require.Empty(t, got.err)
	require.Len(t, c.Faults, 2)
	c.Faults[1].File = filepath.Base(c.Faults[1].File)
	require.Equal(t, faultJSON{"new.yaml", 2, 34, "allow[0].comands", "is not a key that is known here", `did you mean "commands"?`}, c.Faults[1])
	got, c = check(`{allow: [{name: desks, who: [internal], commands: [newroom]}], tests: [{name: t, as: {}, run: /help, expect: deny}]}`)
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, 1, c.Allow)
	require.Contains(t, c.Faults[0].What, `test "t" fails: expected deny, got allow`)
	require.Equal(t, "correct the rules or the test", c.Faults[0].Remedy)
	got, c = check(`allow: [{name: desks, who: [internal], commands: [newroom]}]`)
	require.Zero(t, got.code)
	require.Empty(t, c.Faults)
	require.Regexp(t, "^[0-9a-f]{8}$", c.Version)
	require.Len(t, c.Warnings, 1)
}

func TestAHalfWrittenPolicyIsToldWhatItSeemsToBe(t *testing.T) {
	t.Parallel()
	cut := shell(t, "policy", "check", writePolicy(t, "allow:\n  - name: desks\n    who: [internal]\n    comm"))
	require.Equal(t, exitFailed, cut.code)
	require.Contains(t, cut.err, ":4:5: is not YAML: a key has no colon here; the file seems to be cut off or half written")
	open := shell(t, "policy", "check", writePolicy(t, "allow:\n  - name: desks\n    who: [internal\n    commands: [newroom]\n"))
	require.Contains(t, open.err, ":2:3: is not YAML near here: did not find expected")
	require.Contains(t, shell(t, "policy", "check", writePolicy(t, "")).err, `is empty; write at least one rule of "allow", such as `)
	merged := shell(t, "policy", "check", writePolicy(t, "allow:\n<<<<<<< HEAD\n  - name: a\n=======\n  - name: b\n>>>>>>> other\n"))
	require.Contains(t, merged.err, ":2:1: has markers of a merge conflict, on line 2, 4, 6; choose what holds")
}
