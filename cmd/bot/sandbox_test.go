package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

const firstCommand = `/newroom "Q2 Earnings" @alice group:"Test Group"`

// waitLong has a busy machine answer too.
const waitLong = "--wait=2m"

func TestSayPrintsTheConversationAndItsLink(t *testing.T) {
	t.Parallel()
	got := shell(t, "sandbox", waitLong, "--say", "bob: "+firstCommand)
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "Bob Chen:\n  /newroom")
	require.Contains(t, got.out, "✓ Q2 Earnings (https://open.symphony.com/?streamId=")
	require.Empty(t, got.err)
}

func TestSayShowsAnEditedAnswerAsItIsLast(t *testing.T) {
	t.Parallel()
	got := shell(t, "sandbox", waitLong, "--say", "bob: /newroom Gap @ravi")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "⚠ Gap")
	require.NotContains(t, got.out, "✓ Gap")
}

func TestSayAsJSONIsForMachines(t *testing.T) {
	t.Parallel()
	got := shell(t, "sandbox", waitLong, "--json", "--say", "bob: "+firstCommand)
	require.Zero(t, got.code, got.err)
	var talk client.Conversation
	require.NoError(t, json.Unmarshal([]byte(got.out), &talk))
	require.Len(t, talk.Replies, 1)
	require.Equal(t, "roombot", talk.Replies[0].From.Username)
}

func TestSayByNobodyIsNotFound(t *testing.T) {
	t.Parallel()
	got := shell(t, "sandbox", "--say", "zoe: /help")
	require.Equal(t, exitNotFound, got.code)
	require.Contains(t, got.err, "zoe")
}

func TestTheSandboxListensOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	got := shell(t, "sandbox", "--listen", "0.0.0.0:0")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "this machine only")
}

func TestTheBotWorksOnASandboxOfItsOwnProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pod := begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0")
	address := regexp.MustCompile(`http://\S+`).FindString(pod.line("Page"))
	bot := begin(t, "run", "--config", filepath.Join(dir, "config.json"))
	bot.line("a feed was created")

	world := client.New(address)
	t.Cleanup(world.Close)
	talk, err := world.Say(t.Context(), client.SayRequest{As: "bob", Text: firstCommand, Wait: patience.String()})
	require.NoError(t, err)
	require.NotEmpty(t, talk.Replies)
	require.Contains(t, talk.Replies[0].Text, "✓ Q2 Earnings")

	require.Zero(t, bot.stop())
	require.Zero(t, pod.stop())
}

func TestAFolderServesAgainAtAnotherAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		got := shell(t, "sandbox", "--dir", dir, "--listen", "127.0.0.1:0", waitLong, "--say", "bob: /help")
		require.Zero(t, got.code, got.err)
		require.Contains(t, got.out, "/newroom")
	}
}

func TestTheSandboxSaysWhereThePolicyLies(t *testing.T) {
	t.Parallel()
	dir := startSandbox(t)
	welcome := func() string {
		t.Helper()
		pod := begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0")
		line := pod.line("  Policy  ")
		require.Zero(t, pod.stop())
		return line
	}
	rules, config := filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "config.json")
	require.Contains(t, welcome(), rules+": who may do what")
	got := shell(t, "policy", "test", rules)
	require.Zero(t, got.code, got.err)

	require.NoError(t, os.WriteFile(rules, []byte("mine"), 0o600))
	require.Contains(t, welcome(), rules, "a faulty one as well")
	kept, err := os.ReadFile(rules)
	require.NoError(t, err)
	require.Equal(t, "mine", string(kept))

	text, err := os.ReadFile(config)
	require.NoError(t, err)
	text = bytes.Replace(text, []byte(`"policy.yaml"`), []byte(`{"allow": [{"name": "all", "who": ["*"], "commands": ["*"]}]}`), 1)
	require.NoError(t, os.WriteFile(config, text, 0o600))
	require.Contains(t, welcome(), config+": who may do what", "a folder whose configuration holds the rules")
}

func TestASecondBotOnTheSameStoreIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pod := begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0")
	pod.line("Page")
	config := filepath.Join(dir, "config.json")
	first := begin(t, "run", "--config", config)
	first.line("a feed was created")

	second := shell(t, "run", "--config", config)
	require.Equal(t, exitFailed, second.code)
	require.Contains(t, second.err, "in use by another process")
	require.Contains(t, second.err, "Stop the other bot")
	require.Zero(t, first.stop())
}

func TestConfigurationIsNotWrittenThroughALink(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "{\n  \"host\": \"precious\",\n"} {
		dir, target := t.TempDir(), filepath.Join(t.TempDir(), "target")
		if content != "" {
			require.NoError(t, os.WriteFile(target, []byte(content), 0o600))
		}
		path := filepath.Join(dir, "config.json")
		require.NoError(t, os.Symlink(target, path))
		got := shell(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0")
		require.Equal(t, exitFailed, got.code)
		require.Contains(t, got.err, path+" is a link")
		found, err := os.ReadFile(target)
		require.Equal(t, content == "", os.IsNotExist(err), "no file is made at the end of the link")
		require.Equal(t, content, string(found))
	}
}

func TestWrittenConfigurationIsPrivateAndFollowsThePod(t *testing.T) {
	t.Parallel()
	dir := startSandbox(t)
	path := filepath.Join(dir, "config.json")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	port := regexp.MustCompile(`"port": \d+`)
	require.NotEqual(t, string(before), string(after))
	require.Equal(t, port.ReplaceAllString(string(before), ""), port.ReplaceAllString(string(after), ""))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := filepath.Glob(path + ".*")
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestSayFailsWhereTheBotRefuses(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]int{
		"bob: /newroom Gap group:Test2": exitFailed, "kim: /newroom Gap @alice": exitFailed, "bob: /newroom": 0, "bob: /help": 0,
	} {
		got := shell(t, "sandbox", waitLong, "--say", text)
		require.Equal(t, code, got.code, got.out+got.err)
		require.NotContains(t, got.err, "bot:", text)
	}
}
