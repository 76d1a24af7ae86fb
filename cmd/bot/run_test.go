package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBotStoppedDuringSignInExitsWithZero(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	pod := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the end of the connection would go unnoticed
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(pod.Close)
	config, _ := writeTestConfig(t, `"scheme": "http", %s`, configKeys(pod))
	bot := begin(t, "run", "--config", config)
	<-asked
	require.Zero(t, bot.stop())
}

func TestRejectedLoginIsPrintedOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	path := filepath.Join(dir, "config.json")
	renameBot(t, path, "rombot")
	got := shell(t, "run", "--config", path)
	require.Equal(t, exitRejected, got.code)
	require.Equal(t, 1, strings.Count(got.err, "sign in: "), got.err)
	require.Contains(t, got.err, "likely unknown user")
}

func TestUnusableStoreIsPrintedOnceWithARemedy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "roombot.db"), []byte(strings.Repeat("What the bot must not write over. ", 20)), 0o600))
	got := shell(t, "run", "--config", filepath.Join(dir, "config.json"))
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, 1, strings.Count(got.err, "open the store"), got.err)
	require.Contains(t, got.err, "is not a database")
	require.Contains(t, got.err, "a file of the bot's own")
}

func TestErrorThatEndsTheBotIsOneJSONLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "roombot.db"), []byte(strings.Repeat("no database ", 50)), 0o600))
	path := filepath.Join(dir, "config.json")
	requireEndLogged(t, path, exitFailed, "open the store")
	renameBot(t, path, "rombot")
	requireEndLogged(t, path, exitRejected, "sign in: ")
}

// requireEndLogged runs a bot that ends with this exit code and error. All that it says is JSON.
func requireEndLogged(t *testing.T, config string, code int, cause string) {
	t.Helper()
	got := shell(t, "run", "--config", config)
	require.Equal(t, code, got.code)
	var last struct{ Level, Message, Error string }
	for line := range strings.Lines(got.err) {
		require.NoError(t, json.Unmarshal([]byte(line), &last), line)
	}
	require.Equal(t, "error", last.Level)
	require.Equal(t, "bot ended", last.Message)
	require.Contains(t, last.Error, cause)
}

func TestHangupIsLoggedAndTheBotGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	bot := begin(t, "run", "--config", filepath.Join(dir, "config.json"))
	bot.line("bot started")
	for range 2 {
		require.NoError(t, bot.cmd.Process.Signal(syscall.SIGHUP))
		bot.line("SIGHUP ignored")
	}
	require.Zero(t, bot.stop())
}

func TestHangupStopsTheSandboxAsTheTerminalDoes(t *testing.T) {
	t.Parallel()
	pod := begin(t, "sandbox", "--listen", "127.0.0.1:0")
	pod.line("Page")
	require.NoError(t, pod.cmd.Process.Signal(syscall.SIGHUP))
	<-pod.ended
	require.Zero(t, pod.cmd.ProcessState.ExitCode())
}

// renameBot changes the bot's name in a sandbox's configuration.
func renameBot(t *testing.T, path, name string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	changed := strings.Replace(string(raw), `"username": "roombot"`, `"username": "`+name+`"`, 1)
	require.NotEqual(t, string(raw), changed)
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
}
