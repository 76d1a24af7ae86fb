package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/policy"
)

func writePolicy(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "new.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestTwoFilesOfAPolicyAreCompared(t *testing.T) {
	t.Parallel()
	before := writePolicy(t, `allow: [{name: desks, who: ["group:FX"], commands: [newroom], when: {people: {max: 30}}}]`)
	after := writePolicy(t, `allow: [{name: desks, who: ["group:FX", "user:kim"], commands: [newroom, groups], when: {people: {max: 50}}}]`)
	same := shell(t, "policy", "diff", before, before)
	require.Zero(t, same.code)
	require.Contains(t, same.out, "Nothing changes for anybody")
	got := shell(t, "policy", "diff", before, after)
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, `Rules that are changed: "desks" (line 1)
group:FX: /newroom: people at most 50 instead of people at most 30
user:kim: may now use /newroom: people at most 50
group:FX, user:kim: may now use /groups
Judged without address and groups: user:kim.
`, got.out)
	var d policy.Difference
	require.NoError(t, json.Unmarshal([]byte(shell(t, "policy", "diff", "--json", before, after).out), &d))
	require.Equal(t, policy.Change{Effect: policy.Gains, Command: "newroom", How: "people at most 50", Who: []string{"user:kim"}}, d.Changes[1])
	open := writePolicy(t, `allow: [{name: everybody, who: ["*"], commands: [newroom, receipt]}]`)
	narrow := writePolicy(t, `allow: [{name: desk, who: ["group:Sales"], commands: [newroom]}]`)
	lost := shell(t, "policy", "diff", open, narrow).out
	require.Contains(t, lost, "everybody else in your company, people of other companies, service accounts: may not use /newroom any more\n")
	require.Contains(t, lost, "everybody in your company, people of other companies, service accounts: may not use /receipt any more\n", "Sales as well")
	const card = `allow: [{name: rooms, who: [internal], commands: [newroom], approval: {by: ["*"], room: "roomid:%s"}}]`
	moved := shell(t, "policy", "diff", writePolicy(t, fmt.Sprintf(card, strings.Repeat("A", 28))), writePolicy(t, fmt.Sprintf(card, strings.Repeat("B", 28))))
	require.Equal(t, exitFailed, moved.code)
	require.Contains(t, moved.out, "approval by * in roomid:"+strings.Repeat("B", 28), "who reads that room approves")
	require.Equal(t, exitUsage, shell(t, "policy", "diff", before).code)
	missing := shell(t, "policy", "diff", before, before+".none")
	require.Equal(t, exitNotFound, missing.code, "1 would say that something changes")
	require.Contains(t, missing.err, "does not exist")
	require.Equal(t, exitNotFound, shell(t, "policy", "diff", writePolicy(t, "alow: []"), before).code)
}

func TestCanCountsTheRoomsThatTheBotHasOpened(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	few := `{allow: [{name: few, who: [internal], commands: [newroom], limits: {perDay: 1}}]}`
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "policy.yaml"), []byte(few), 0o600))
	can := func(who string) outcome {
		return shell(t, "policy", "can", "--config", w.config, "--user", who, `/newroom "X"`)
	}
	require.Zero(t, can("bob").code, "the bot has not run yet")
	running := w.run()
	require.Contains(t, w.says("bob", `/newroom "One"`).Replies[0].Text, "is open")
	reached := can("bob")
	require.Equal(t, exitFailed, reached.code, reached.err)
	require.Contains(t, reached.out, "✗ fewer than 1 room in the last day (1 so far)")
	require.Zero(t, can("carol").code)
	named := shell(t, "policy", "can", "--config", w.config, "--user", "carol", "--in", "room:Trading", "/newroom Quarter bob")
	require.NotContains(t, named.out+named.err, "cannot stand in a path", "of the room only the name is known")
	refused := w.says("bob", `/newroom "Two"`).Replies[0].Text
	why := func(args ...string) string {
		number := regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`).FindString(refused)
		return shell(t, append([]string{"policy", "why", "--config", w.config, number}, args...)...).out
	}
	var d recordedJSON
	require.NoError(t, json.Unmarshal([]byte(why("--json")), &d), refused)
	require.Equal(t, []any{policy.Limit, "within 24 hours"}, []any{d.Decision, d.Next})
	require.Contains(t, why(), "  next room: within 24 hours of then\n")
	require.Zero(t, running.stop())
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "policy.yaml"), []byte("alow: []"), 0o600))
	require.Equal(t, exitNotFound, can("bob").code, "a faulty policy denies nobody")
}

func TestAPolicyIsComparedAskedAndExplainedBesideARunningBot(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	number := regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`)
	opened := number.FindString(w.says("bob", `/newroom "Q2 Earnings" @carol @alice`).Replies[0].Text)
	refused := number.FindString(w.says("kim", `/newroom "Mine" @bob`).Replies[0].Text)
	ask := func(args ...string) outcome {
		return shell(t, append(append([]string{"policy"}, args...), "--config", w.config)...)
	}

	fresh := writePolicy(t, `{admins: ["user:ops"], allow: [{name: small, who: [internal], commands: [newroom, groups], when: {people: {max: 2}}}]}`)
	got := ask("diff", fresh)
	require.Equal(t, exitFailed, got.code, got.err)
	require.Contains(t, got.out, `Rules that are new: "small" (line 1)`)
	require.Contains(t, got.out, `Rules that are gone: "contractors" (line 6), "everybody" (line 11)`)
	require.Contains(t, got.out, "people of other companies")
	require.Regexp(t, `user:kim \(of those who asked lately Kim \w+\): may now use /newroom: people at most 2`, got.out)
	require.Contains(t, got.out, "Of 2 past requests 2 would be decided otherwise.")
	require.Regexp(t, opened+`, Bob Chen, /newroom of .*: allow by rule "everybody"; now deny: You may open rooms with at most 2 people; this has 3`, got.out)
	require.Regexp(t, refused+`, Kim \w+, /newroom of .*: deny by rule "contractors"; now allow by rule "small"`, got.out)
	var change bot.PolicyChange
	require.NoError(t, json.Unmarshal([]byte(ask("diff", fresh, "--json").out), &change))
	require.Equal(t, 2, change.Replay.Requests)
	require.Len(t, change.Replay.Otherwise, 2)
	require.Zero(t, ask("diff", change.Before, change.Before).code, "a version that was in force")
	require.Contains(t, ask("diff", change.Before, fresh).out, `Rules that are gone: "contractors", "everybody"`+"\n", "the record has no lines")
	require.Contains(t, got.out, "Compared with version "+change.Before+", which is in force and that of the configuration.\n")
	unknown := ask("diff", writePolicy(t, `allow: [{name: desks, who: ["group:No Such", "user:nobody"], commands: [newroom]}]`))
	require.Regexp(t, `✗ .*"group:No Such" is no group that the bot can see`, unknown.out)
	require.Regexp(t, `✗ .*"user:nobody" is nobody in your company's directory`, unknown.out)
	require.Equal(t, exitNotFound, ask("diff", "00000000", fresh).code)

	why := ask("why", refused)
	require.Equal(t, exitFailed, why.code, why.err)
	for _, part := range []string{`"/newroom \"Mine\" @Bob Chen"`, `deny by rule "contractors": Contractors cannot open rooms.`, "✓ who is one of user:kim", "By policy version " + change.Before, "The answer was: denied."} {
		require.Contains(t, why.out, part)
	}
	allowed := ask("why", opened, "--json")
	require.Zero(t, allowed.code, allowed.err)
	var d recordedJSON
	require.NoError(t, json.Unmarshal([]byte(allowed.out), &d))
	require.Equal(t, []any{policy.Allow, "everybody", change.Before, "done"}, []any{d.Decision, d.Rule, d.Version, d.Outcome})
	require.NotEmpty(t, d.Checks)
	require.Equal(t, exitNotFound, ask("why", "0000-0000-0000").code)

	can := func(args ...string) outcome { return ask(append([]string{"can"}, args...)...) }
	require.Zero(t, can("--user", "alice", `/newroom "Q3" @bob group:"Test Group"`).code)
	behind := can("--user", "alice", "--policy", fresh, `/newroom "Q3" group:"Test Group"`)
	require.Equal(t, exitFailed, behind.code, behind.err)
	require.Regexp(t, `at most 2 people; this has \d`, behind.out, "those behind groups are counted")
	require.Contains(t, can("--email", "kim@acme.test", `/newroom "Q3"`).out, `deny by rule "contractors"`)
	before := can("--user", "alice", "--json", `/newroom "Q3" @nobody`)
	require.Equal(t, exitFailed, before.code, before.err)
	var denied decisionJSON
	require.NoError(t, json.Unmarshal([]byte(before.out), &denied))
	require.EqualValues(t, "deny", denied.Decision)
	require.Contains(t, denied.Reason, "The bot refuses this before any rule: ")
	require.Contains(t, can("--user", "alice", `/newroom "Q3" @nobody`).out, "deny: The bot refuses this before any rule: ")
	require.Equal(t, exitUsage, can("--user", "alice", "newroom").code)
	require.Equal(t, exitNotFound, can("--user", "nobody", `/newroom "Q3"`).code)
	require.Zero(t, can("--user", "ops", "/pause").code)
	require.Equal(t, exitFailed, can("--user", "alice", "/pause").code)
	require.Zero(t, can("--user", "alice", `/can /newroom "X"`).code, "open to everybody")
	require.Zero(t, can("--user", "alice", "/why").code)
	require.Zero(t, can("--user", "alice", "/help").code)
	require.Equal(t, exitUsage, can("--user", "alice", "--group", "FX", `/newroom "Q3"`).code)
	require.Equal(t, exitUsage, can(`/newroom "Q3"`).code)
	require.Equal(t, exitUsage, shell(t, "policy", "can", `/newroom "Q3"`).code)

	erased := shell(t, "forget", "--user", "kim", "--config", w.config)
	require.Zero(t, erased.code, erased.err)
	require.Contains(t, ask("why", refused).out, "What was personal is erased")
	require.Contains(t, ask("diff", fresh).out, "Of 1 past requests 1 would be decided otherwise. Of 1 more not enough is known.")
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "policy.yaml"), []byte("alow: []"), 0o600))
	faulty := ask("diff", fresh)
	require.Contains(t, faulty.out, "Compared with version "+change.Before+", which is in force by the record; the text of the configuration is another, or faulty.\n", faulty.err)
	require.Contains(t, faulty.out, `Rules that are new: "small" (line 1)`)
	require.Zero(t, running.stop())
}
