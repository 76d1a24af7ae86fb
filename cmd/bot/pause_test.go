package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnOperatorPausesAndResumesBesideARunningBot(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	bot := func(args ...string) outcome { return shell(t, append(args, "--config", w.config)...) }
	paused := bot("pause", "--reason", "market event")
	require.Zero(t, paused.code, paused.err)
	require.Equal(t, "Paused: all. `bot resume` ends it.\n", paused.out)
	require.Contains(t, paused.err, `"act":"pause all"`)
	talk := w.says("bob", firstCommand)
	require.Contains(t, talk.Replies[0].Text, "has paused me (“market event”)")
	require.Eventually(t, func() bool {
		got := bot("jobs", "list", "--state", "held")
		return got.code == 0 && got.out != "Nothing here.\n"
	}, patience, tick)
	again := bot("pause", "--drop")
	require.Contains(t, again.out, `It was paused before: all by operator `)
	require.Contains(t, again.out, `, "market event". What you gave takes the place of that.`)
	require.Equal(t, exitUsage, bot("pause", "nonsense").code)

	other := bot("resume", "newroom")
	require.Contains(t, other.out, "That was not paused by itself.\nStill paused: all by operator ")
	require.Contains(t, other.out, ", requests are refused. `bot resume all` ends it.\n")
	require.NotContains(t, other.err, `"act":"resume`)
	require.Contains(t, bot("resume").out, "Ended. Nothing was held.\n", "a pause that refuses holds nothing")
	none := bot("resume")
	require.Equal(t, "Nothing was paused.\n", none.out)
	require.NotContains(t, none.err, `"act":"resume`)
	require.Eventually(t, func() bool {
		told := bot("audit", "list", "--kind", "pause").out
		return strings.Contains(told, `pause all, "market event", by `) && strings.Contains(told, "resume all, by ")
	}, patience, tick)
	told := bot("audit", "list", "--kind", "pause").out
	require.Equal(t, 1, strings.Count(told, "resume "), "an entry means that a pause began or ended: %s", told)
	require.Zero(t, running.stop())
}

func TestTheRecordNamesTheAdministratorWhoHasPaused(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	rules := `{admins: ["user:ops"], allow: [{name: everybody, who: [internal], commands: [newroom]}]}`
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "policy.yaml"), []byte(rules), 0o600))
	running := w.run()
	require.Contains(t, w.says("ops", `/newroom "Mine"`).Replies[0].Text, "is open")
	require.Contains(t, w.says("ops", "/pause market event").Replies[0].Text, "Paused")
	require.Contains(t, w.says("ops", "/resume").Replies[0].Text, "Resumed")
	told := ""
	require.Eventually(t, func() bool {
		told = shell(t, "audit", "list", "--kind", "pause", "--config", w.config).out
		return strings.Contains(told, "resume all")
	}, patience, tick)
	require.Zero(t, running.stop())
	require.Regexp(t, `pause all, "market event", by Olga Peters \(\d+\)`, told)
	require.Regexp(t, `resume all, by Olga Peters \(\d+\)`, told)
}

// The bot goes on by the policy of before, and may have to be stopped because of that.
func TestAPauseNeedsNoFaultlessPolicy(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	raw, err := os.ReadFile(w.config)
	require.NoError(t, err)
	path := filepath.Join(w.dir, "faulty.json")
	faulty := strings.Replace(string(raw), `"policy": "policy.yaml"`, `"policy": {"alow": []}`, 1)
	require.NotEqual(t, string(raw), faulty)
	require.NoError(t, os.WriteFile(path, []byte(faulty), 0o600))
	for _, args := range [][]string{{"pause"}, {"status"}, {"jobs", "list"}, {"resume"}} {
		got := shell(t, append(args, "--config", path)...)
		require.NotContains(t, got.err, "alow", args)
	}
	require.Contains(t, shell(t, "check", "--config", path).out, "alow")
	require.Contains(t, shell(t, "pause", "--config", path).out, "Paused: all.")
	require.Zero(t, running.stop())
}
