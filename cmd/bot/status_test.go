package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
)

// patience is how long a test waits for what must come, and tick how often it looks.
const (
	patience = 20 * time.Second
	tick     = 50 * time.Millisecond
)

// watched is a pod and, once it runs, a bot on it that has a health page.
type watched struct {
	t              *testing.T
	dir, page, pod string
	config         string
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &watched{t: t, dir: t.TempDir(), page: free.Addr().String()}
	require.NoError(t, free.Close())
	pod := begin(t, "sandbox", "--no-bot", "--dir", w.dir, "--listen", "127.0.0.1:0")
	w.pod = regexp.MustCompile(`http://\S+`).FindString(pod.line("Page"))
	w.config = filepath.Join(w.dir, "config.json")
	raw, err := os.ReadFile(w.config)
	require.NoError(t, err)
	own := fmt.Sprintf("\"roombot\": {\n    \"health\": {\"listen\": %q},", w.page)
	require.NoError(t, os.WriteFile(w.config, []byte(strings.Replace(string(raw), `"roombot": {`, own, 1)), 0o600))
	return w
}

func (w *watched) run() *running {
	w.t.Helper()
	p := begin(w.t, "run", "--config", w.config)
	p.line("a feed was created")
	return p
}

func (w *watched) says(who, text string) conversation {
	w.t.Helper()
	var talk conversation
	call(w.t, http.MethodPost, w.pod+"/sandbox/v1/say", map[string]string{"as": who, "to": "roombot", "text": text, "wait": "10s"}, &talk)
	require.NotEmpty(w.t, talk.Replies)
	return talk
}

func TestStatusTellsHowARunningBotIs(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	w.says("bob", firstCommand)

	got := shell(t, "status", "--config", w.config)
	require.Zero(t, got.code, got.out+got.err)
	require.Contains(t, got.out, "✓ ready")
	require.Regexp(t, `(?m)^Queue +0 waiting of 1000 at most, 0 running, 0 failed`, got.out)
	require.Regexp(t, `(?m)^Answers +1 done`, got.out)

	got = shell(t, "status", "--config", w.config, "--json")
	require.Zero(t, got.code)
	var h bot.Health
	require.NoError(t, json.Unmarshal([]byte(got.out), &h))
	require.True(t, h.Ready)
	require.Equal(t, map[string]int{"done": 1}, h.Commands)

	require.Zero(t, running.stop())
	got = shell(t, "status", "--config", w.config)
	require.Equal(t, exitNotFound, got.code)
	require.Contains(t, got.err, "start it with bot run")
}

func TestStatusOfABotThatCannotWorkFails(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.run()
	var ignored json.RawMessage
	call(t, http.MethodPost, w.pod+"/sandbox/v1/faults", map[string]any{"path": "*/datafeeds/*/read", "status": 503}, &ignored)
	call(t, http.MethodPost, w.pod+"/sandbox/v1/say", map[string]any{"as": "bob", "to": "roombot", "text": "/help"}, &ignored) // ends the parked read
	var got outcome
	require.Eventually(t, func() bool {
		got = shell(t, "status", "--config", w.config)
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
