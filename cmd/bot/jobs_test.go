package main

import (
	"encoding/json"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func TestJobsAreFoundByTheNumberThatUsersRead(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	talk := w.says("bob", firstCommand)
	number := regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`).FindString(talk.Replies[0].Text)
	require.NotEmpty(t, number, talk.Replies[0].Text)

	got := shell(t, "jobs", "show", number, "--config", w.config) // beside the running bot
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^State +done`, got.out)
	require.Regexp(t, `(?m)^Step +room done`, got.out)

	var found job
	require.NoError(t, json.Unmarshal([]byte(shell(t, "jobs", "show", number, "--json", "--config", w.config).out), &found))
	require.Equal(t, commands.RequestID(number), found.Request)
	var byMessage job
	require.NoError(t, json.Unmarshal([]byte(shell(t, "jobs", "show", "--json", "--config", w.config, "--", found.ID).out), &byMessage))
	require.Equal(t, found, byMessage)

	require.Contains(t, shell(t, "jobs", "list", "--config", w.config).out, "Nothing is unfinished or has failed; --state all")
	require.Contains(t, shell(t, "jobs", "list", "--state", "failed", "--config", w.config).out, "Nothing here.")
	require.Contains(t, shell(t, "jobs", "list", "--state", "all", "--config", w.config).out, number)
	require.Equal(t, exitNotFound, shell(t, "jobs", "show", "0000-0000-0000", "--config", w.config).code)
	require.Equal(t, exitUsage, shell(t, "jobs", "list", "--state", "odd", "--config", w.config).code)
	require.Equal(t, exitUsage, shell(t, "jobs").code)

	ended := shell(t, "jobs", "cancel", number, "--config", w.config)
	require.Equal(t, exitFailed, ended.code)
	require.Contains(t, ended.err, "request "+number+", done: cancel job: it has ended already")
	require.NotContains(t, ended.err, found.ID, "the id of the message, which nobody knows")
	require.Zero(t, running.stop())
}

func TestJobsOfABotThatNeverRan(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	for _, args := range [][]string{{"list"}, {"show", "x"}, {"retry", "x"}} {
		got := shell(t, append(append([]string{"jobs"}, args...), "--config", w.config)...)
		require.Equal(t, exitNotFound, got.code)
		require.Contains(t, got.err, "there is no store "+filepath.Join(w.dir, "roombot.db")+": bot run makes it")
	}
	got := shell(t, "jobs", "show", "--config", w.config)
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "bot jobs show ID: write the one number")
}

func TestAFailedCommandIsTriedAgainAfterRetry(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.config = w.writeImpatientConfig() // an attempt ends at its first failure
	running := w.run()
	require.NoError(t, w.pod.Fail(t.Context(), client.Fault{Path: "/pod/v3/room/create", Status: 503}))
	said, err := w.pod.Says(t.Context(), "bob", firstCommand)
	require.NoError(t, err)
	var open []job
	require.Eventually(t, func() bool {
		got := shell(t, "jobs", "list", "--json", "--config", w.config)
		return json.Unmarshal([]byte(got.out), &open) == nil && len(open) == 1 && open[0].LastError != ""
	}, patience, tick)
	require.Contains(t, open[0].LastError, "503")
	for filter, isListed := range map[string]bool{
		"--user bob": true, "--user bob@acme.test": true, "--user alice": false,
		"--since 1h": true, "--since 7d": true, "--since 2100-01-01T00:00:00Z": false, "--since 1h --user alice": false,
	} {
		got := shell(t, append([]string{"jobs", "list", "--config", w.config}, strings.Fields(filter)...)...)
		require.Equal(t, isListed, strings.Contains(got.out, string(open[0].Request)), "%s: %s%s", filter, got.out, got.err)
	}
	require.Equal(t, exitUsage, shell(t, "jobs", "list", "--since", "tomorrow", "--config", w.config).code)
	require.Equal(t, exitNotFound, shell(t, "jobs", "list", "--user", "nobody.at.all", "--config", w.config).code)

	number := string(open[0].Request)
	got := shell(t, "jobs", "retry", number, "--config", w.config)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "it has not failed")
	require.NotContains(t, got.err, "audit", "nothing was done")
	got = shell(t, "jobs", "cancel", number, "--config", w.config)
	require.Zero(t, got.code, got.err)
	requireOperatorLine(t, got.err, "cancel", open[0])
	require.NoError(t, w.pod.Heal(t.Context()))
	require.Eventually(t, func() bool {
		return strings.Contains(shell(t, "jobs", "list", "--state", "failed", "--config", w.config).out, number)
	}, patience, tick)
	requireOperatorLine(t, running.line(`"audit":"operator"`), "cancel", open[0]) // the bot has it as well
	got = shell(t, "jobs", "retry", number, "--config", w.config)
	require.Zero(t, got.code, got.err)
	requireOperatorLine(t, got.err, "retry", open[0])
	require.Contains(t, shell(t, "jobs", "show", number, "--config", w.config).out, "series 2")
	require.Eventually(t, func() bool {
		chat, err := w.pod.Chat(t.Context(), "bob", said.StreamID)
		require.NoError(t, err)
		var all []string
		for _, m := range chat.Messages {
			all = append(all, m.Text)
		}
		text := strings.Join(all, "\n")
		return strings.Contains(text, "Your administrators have ended this") && strings.Contains(text, "✓ Q2 Earnings")
	}, patience, tick)
}

func TestForgetErasesAFailedRequestBesideTheRunningBot(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.config = w.writeImpatientConfig() // an attempt ends at its first failure
	require.Equal(t, exitUsage, shell(t, "forget", "--config", w.config).code)
	require.Equal(t, exitUsage, shell(t, "forget", "--user", " ", "--config", w.config).code)
	require.Equal(t, exitNotFound, shell(t, "forget", "--user", "bob", "--config", w.config).code)
	w.run()
	nobody := shell(t, "forget", "--user", "kmi", "--config", w.config)
	require.Equal(t, exitNotFound, nobody.code)
	require.Contains(t, nobody.err, "--user kmi: Symphony knows nobody of that name, and neither does the store: nothing was erased")
	require.NoError(t, w.pod.Fail(t.Context(), client.Fault{Path: "/pod/v3/users", Status: 503}))
	_, err := w.pod.Says(t.Context(), "bob", firstCommand)
	require.NoError(t, err)
	var all []job
	list := func(state string) bool {
		got := shell(t, "jobs", "list", "--state", state, "--json", "--config", w.config)
		return json.Unmarshal([]byte(got.out), &all) == nil && len(all) == 1
	}
	require.Eventually(t, func() bool { return list("ready") }, patience, tick)
	number := string(all[0].Request)
	require.Zero(t, shell(t, "jobs", "cancel", number, "--config", w.config).code)
	require.Eventually(t, func() bool { return list("failed") }, patience, tick)
	holds := func() bool {
		text := ""
		for _, end := range []string{"", "-wal"} {
			content, err := os.ReadFile(filepath.Join(w.dir, "roombot.db"+end))
			require.NoError(t, err)
			text += string(content)
		}
		return strings.Contains(text, "Q2 Earnings")
	}
	require.True(t, holds())
	const hint = "nothing was erased. Mentions are stored by number only: give the user id to erase these as well.\n"
	alice := shell(t, "forget", "--user", "alice@acme.test", "--config", w.config).err
	require.Contains(t, alice, "Symphony was not reached, and the store has nobody of that name (")
	require.Contains(t, alice, hint)
	require.NoError(t, w.pod.Heal(t.Context()))
	require.Equal(t, "0 failed jobs were erased, 0 unfinished ones will be when they end.\n", shell(t, "forget", "--user", "kim", "--config", w.config).out)
	require.Contains(t, shell(t, "forget", "--user", "nobody.at.all", "--config", w.config).err, hint)
	got := shell(t, "forget", "--user", "Alice@acme.test", "--config", w.config)
	require.Equal(t, "1 failed jobs were erased, 0 unfinished ones will be when they end.\n", got.out, got.err)
	requireOperatorLine(t, got.err, "forget", all[0])
	require.False(t, holds())
	again := shell(t, "jobs", "retry", number, "--config", w.config)
	require.Equal(t, exitFailed, again.code)
	require.Contains(t, again.err, "it was forgotten")
}

// requireOperatorLine asserts that the text is one audit line that tells what this process's user
// did to a job.
func requireOperatorLine(t *testing.T, text, act string, to job) {
	t.Helper()
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &line), text)
	at, err := time.Parse(time.RFC3339, line["at"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), at, time.Minute)
	delete(line, "at")
	delete(line, "time")
	require.Equal(t, map[string]any{
		"level": "info", "audit": "operator", "message": "operator acted", "act": act, "operator": operatorName(),
		"job": to.ID, "request": string(to.Request),
	}, line)
}

func TestOperatorsAreNamedAsTheSystemNamesThem(t *testing.T) {
	current, err := user.Current()
	require.NoError(t, err)
	t.Setenv("SUDO_USER", "")
	require.Equal(t, current.Username, operatorName())
	t.Setenv("SUDO_USER", current.Username)
	require.Equal(t, current.Username, operatorName())
	t.Setenv("SUDO_USER", "ann")
	require.Equal(t, current.Username+", by sudo from ann", operatorName())
}

// What an operator asks for is in the store when the shell returns: the bot may be killed at that
// moment, and its next start does it, once.
func TestWhatAnOperatorAsksForOutlivesAKilledBot(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.config = w.writeImpatientConfig() // an attempt ends at its first failure
	running := w.run()
	require.NoError(t, w.pod.Fail(t.Context(), client.Fault{Path: "/pod/v3/room/create", Status: 503}))
	said, err := w.pod.Says(t.Context(), "bob", firstCommand)
	require.NoError(t, err)
	var found []job
	inState := func(state string) func() bool {
		return func() bool {
			got := shell(t, "jobs", "list", "--state", state, "--json", "--config", w.config)
			return json.Unmarshal([]byte(got.out), &found) == nil && len(found) == 1
		}
	}
	require.Eventually(t, inState("ready"), patience, tick)
	number := string(found[0].Request)
	kill := func() {
		require.NoError(t, running.cmd.Process.Kill())
		<-running.ended
	}
	require.Zero(t, shell(t, "jobs", "cancel", number, "--config", w.config).code)
	kill()
	running = begin(t, "run", "--config", w.config)
	require.Eventually(t, inState("failed"), patience, tick)
	require.NoError(t, w.pod.Heal(t.Context()))
	require.Zero(t, shell(t, "jobs", "retry", number, "--config", w.config).code)
	kill()
	running = begin(t, "run", "--config", w.config)
	require.Eventually(t, inState("done"), patience, tick)
	chat, err := w.pod.Chat(t.Context(), "bob", said.StreamID)
	require.NoError(t, err)
	var ended, open int
	for _, m := range withoutReplaced(chat.Messages) {
		if strings.Contains(m.Text, "Your administrators have ended this") {
			ended++
		}
		if strings.Contains(m.Text, "✓ Q2 Earnings") {
			open++
		}
	}
	require.Equal(t, []int{1, 1}, []int{ended, open})
}
