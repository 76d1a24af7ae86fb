package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/symphony/sandbox/client"
)

// patience is how long a test waits for what must come, and tick how often it looks.
const (
	patience = 2 * time.Minute // a race detector on a busy machine
	tick     = 50 * time.Millisecond
)

// watched is a pod and, once it runs, a bot on it that has a health page.
type watched struct {
	t         *testing.T
	dir, page string
	pod       *client.Client
	config    string // of the bot
	asked     string // the same where the bot's health page is now
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{t: t, dir: t.TempDir()}
	pod := begin(t, "sandbox", "--no-bot", "--dir", w.dir, "--listen", "127.0.0.1:0")
	w.pod = client.New(regexp.MustCompile(`http://\S+`).FindString(pod.line("Page")))
	t.Cleanup(w.pod.Close)
	w.config = w.writeConfigListening("config.json", "127.0.0.1:0")
	return w
}

// writeConfigListening writes a configuration with a health page there.
func (w *watched) writeConfigListening(name, page string) (path string) {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.dir, "config.json"))
	require.NoError(w.t, err)
	plain := regexp.MustCompile(`"health": .*\n\s*`).ReplaceAllString(string(raw), "")
	own := fmt.Sprintf("\"roombot\": {\n    \"health\": {\"listen\": %q},", page)
	path = filepath.Join(w.dir, name)
	require.NoError(w.t, os.WriteFile(path, []byte(strings.Replace(plain, `"roombot": {`, own, 1)), 0o600))
	return path
}

// writeImpatientConfig writes a configuration by which no call is repeated.
func (w *watched) writeImpatientConfig() (path string) {
	w.t.Helper()
	raw, err := os.ReadFile(w.config)
	require.NoError(w.t, err)
	path = filepath.Join(w.dir, "impatient.json")
	require.NoError(w.t, os.WriteFile(path, []byte(strings.Replace(string(raw), "{", `{"retry": {"maxAttempts": 1},`, 1)), 0o600))
	return path
}

// run starts the bot. The system chooses the port of its health page, which status is told.
func (w *watched) run() *running {
	w.t.Helper()
	p := begin(w.t, "run", "--config", w.config)
	told := p.each("health page listening", "a feed was created")[0]
	var line struct{ Address string }
	require.NoError(w.t, json.Unmarshal([]byte(told), &line), told)
	w.page = "http://" + line.Address + "/readyz"
	w.asked = w.writeConfigListening("asked.json", line.Address)
	return p
}

// runAgain starts a bot that has run before.
func (w *watched) runAgain() *running {
	w.t.Helper()
	p := begin(w.t, "run", "--config", w.config)
	p.line("bot started")
	return p
}

// waitUntilIdle waits until the bot has nothing more to do: people are added after the first
// answer.
func (w *watched) waitUntilIdle() {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		h, _, err := askHealth(w.t.Context(), w.page)
		return err == nil && h.Queue.Answers && h.Queue.Queued+h.Queue.Running == 0
	}, patience, tick, "the bot comes to rest")
}

// breakPolicy misspells a command in the policy.
func (w *watched) breakPolicy() {
	w.t.Helper()
	path := filepath.Join(w.dir, "policy.yaml")
	raw, err := os.ReadFile(path)
	require.NoError(w.t, err)
	require.Contains(w.t, string(raw), `[newroom]`)
	require.NoError(w.t, os.WriteFile(path, []byte(strings.Replace(string(raw), `[newroom]`, `[newrom]`, 1)), 0o600))
}

func (w *watched) says(who, text string) client.Conversation {
	w.t.Helper()
	talk, err := w.pod.Say(w.t.Context(), client.SayRequest{As: who, Text: text, Wait: patience.String()})
	require.NoError(w.t, err)
	require.NotEmpty(w.t, talk.Replies)
	w.waitUntilIdle()
	return talk
}

func TestStatusTellsHowARunningBotIs(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	w.says("bob", firstCommand)

	got := shell(t, "status", "--config", w.asked)
	require.Zero(t, got.code, got.out+got.err)
	require.Contains(t, got.out, "✓ ready")
	require.Regexp(t, `(?m)^Queue +0 waiting of 1000 at most, 0 running, 0 failed`, got.out)
	require.Regexp(t, `(?m)^Answers +1 done`, got.out)

	require.Regexp(t, `(?m)^Policy +version [0-9a-f]{8}, since .* ago$`, got.out)
	require.NotContains(t, got.out, "Paused")

	got = shell(t, "status", "--config", w.asked, "--json")
	require.Zero(t, got.code)
	var h bot.Health
	require.NoError(t, json.Unmarshal([]byte(got.out), &h))
	require.True(t, h.Ready)
	require.Equal(t, map[string]int{"done": 1}, h.Requests)
	require.Equal(t, int64(7), h.Record.Seq+int64(h.Record.Unlinked), "start, policy, decision, room, two of members, and answer")
	w.breakPolicy()
	require.Eventually(t, func() bool {
		got = shell(t, "status", "--config", w.asked)
		return strings.Contains(got.out, "a newer text is faulty and not used")
	}, patience, tick)
	require.Regexp(t, `(?m)^Policy +version `+h.Policy.Version+`, since .*:\n +✗ .*policy.yaml:\d+:\d+: deny`, got.out)
	require.Zero(t, shell(t, "pause", "--config", w.asked, "--reason", "audit").code)
	require.Regexp(t, `(?m)^Paused +all by operator .*, "audit"$`, shell(t, "status", "--config", w.asked).out)
	require.Regexp(t, `(?m)^Record +entry \d+ is the last, \d not in the chain yet$`, got.out)

	require.Zero(t, running.stop())
	got = shell(t, "status", "--config", w.asked)
	require.Equal(t, exitNotFound, got.code)
	require.Contains(t, got.err, "start it with bot run")
}

func TestEveryNumberIsDocumented(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.run()
	w.says("bob", firstCommand)
	raw, err := fetchPage(t.Context(), strings.Replace(w.page, "/readyz", "/metrics", 1))
	require.NoError(t, err)
	numbers := regexp.MustCompile(`(?m)^# TYPE roombot(_\w+) `).FindAllStringSubmatch(string(raw), -1)
	require.Greater(t, len(numbers), 20)
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	require.NoError(t, err)
	for _, number := range numbers {
		require.Regexp(t, "`(roombot)?"+number[1]+"[`{]", string(guide), number[1])
	}
}

func TestStatusOfABotThatCannotWorkFails(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.run()
	require.NoError(t, w.pod.Fail(t.Context(), client.Fault{Path: "*/datafeeds/*/read", Status: 503}))
	_, err := w.pod.Says(t.Context(), "bob", "/help") // ends the parked read
	require.NoError(t, err)
	var got outcome
	require.Eventually(t, func() bool {
		got = shell(t, "status", "--config", w.asked)
		return got.code == exitFailed
	}, patience, tick)
	require.Contains(t, got.out, "✗ not ready")
	require.Contains(t, got.out, "the feed cannot be read since")
	require.Contains(t, got.out, "→ ")
	require.Empty(t, got.err)
}

func TestStatusNeedsAHealthPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pod := begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0")
	pod.line("Page")
	got := shell(t, "status", "--config", filepath.Join(dir, "config.json"))
	require.Equal(t, exitNotFound, got.code)
	require.Contains(t, got.err, `"health": {"listen": "127.0.0.1:8081"}`)
}

func TestTheHealthPageOfEveryInterfaceIsAskedOnThisMachine(t *testing.T) {
	t.Parallel()
	for listen, page := range map[string]string{
		":8081": "http://127.0.0.1:8081/readyz", "0.0.0.0:81": "http://127.0.0.1:81/readyz", "[::]:81": "http://127.0.0.1:81/readyz",
		"bot.acme.test:80": "http://bot.acme.test:80/readyz", "": "",
	} {
		require.Equal(t, page, healthPage(listen), listen)
	}
}
