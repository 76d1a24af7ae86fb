package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

const allowEverybody = `"roombot": {"policy": {"allow": [{"name": "all", "who": ["*"], "commands": ["*"]}]}}`

// newScriptedPod starts a pod that accepts every call, or answers with the status of its path.
func newScriptedPod(t *testing.T, answers map[string]int, html bool) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if html {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>Welcome</html>")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if status := answers[r.URL.Path]; status != 0 {
			w.WriteHeader(status)
			fmt.Fprint(w, `{"message":"the pod says why"}`)
			return
		}
		if r.URL.Path == "/agent/v5/datafeeds" {
			fmt.Fprint(w, `[]`)
			return
		}
		fmt.Fprint(w, `{"token":"t","access_token":"t","expires_in":300,"id":7,"username":"roombot","version":"Agent-24.1.0"}`)
	}))
	t.Cleanup(server.Close)
	return server
}

// runCheck runs bot check and returns the last result of each name.
func runCheck(t *testing.T, path string) (byName map[string]checkResult, code int) {
	t.Helper()
	got := shell(t, "check", "--json", "--config", path)
	var all []checkResult
	require.NoError(t, json.Unmarshal([]byte(got.out), &all), got.out+got.err)
	byName = map[string]checkResult{}
	for _, f := range all {
		byName[f.Name] = f
	}
	return byName, got.code
}

func TestOptionalPreconditionsAreWarnings(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, map[string]int{"/login/idm/tokens": 403}, false)
	path, dir := writeTestConfig(t, `"scheme": "http", %s, "connectionPoolMax": 4`, configKeys(pod))
	require.NoError(t, os.Chmod(filepath.Join(dir, "privatekey.pem"), 0o644))
	got, code := runCheck(t, path)
	require.Zero(t, code)
	for name, says := range map[string]string{
		"configuration": "connectionPoolMax", "policy": "no rule allows anything but /help", "key": "chmod 600", "groups": "Group Manager (Distribution List)",
	} {
		require.Equal(t, levelWarning, got[name].Level, name)
		require.Contains(t, got[name].Remedy, says)
	}
	require.Contains(t, got["key"].Detail, "SHA256:")
	require.Contains(t, got["groups"].Detail, "the pod says why")
	require.Equal(t, levelOK, got["datafeed"].Level)
	require.Regexp(t, `(?m)^! groups +POST`, shell(t, "check", "--config", path).out, "no colon before the cause")
}

func TestServerThatIsNoAgentIsReported(t *testing.T) {
	t.Parallel()
	for name, agent := range map[string]*httptest.Server{
		"web page": newScriptedPod(t, nil, true),
		"404":      newScriptedPod(t, map[string]int{"/agent/v1/info": 404}, false),
		"501":      newScriptedPod(t, map[string]int{"/agent/v1/info": 501}, false),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := writeTestConfig(t, `"scheme": "http", %s, "agent": {%s}, %s`, configKeys(newScriptedPod(t, nil, false)), configKeys(agent), allowEverybody)
			got := shell(t, "check", "--config", path)
			require.Equal(t, exitFailed, got.code)
			require.Regexp(t, `(?m)^✗ network +agent at .*`+name, got.out)
			require.Contains(t, got.out, "else than Symphony's agent answers")
		})
	}
}

func TestUnavailableAgentIsReportedAsUnavailable(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, map[string]int{"/agent/v1/info": 503}, false)
	path, _ := writeTestConfig(t, `"scheme": "http", %s, %s`, configKeys(pod), allowEverybody)
	got, code := runCheck(t, path)
	require.Equal(t, exitFailed, code)
	require.Contains(t, got["network"].Detail, "503")
	require.Contains(t, got["network"].Remedy, "try again later")
	require.NotContains(t, got["network"].Remedy, "else than")
}

func TestProxyThatWantsAPasswordIsReported(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	for _, scheme := range []string{"http", "https"} {
		path, _ := writeTestConfig(t, `"scheme": %q, "host": "pod.acme.test", "proxy": {%s}, %s`, scheme, configKeys(proxy), allowEverybody)
		got, code := runCheck(t, path)
		require.Equal(t, exitFailed, code)
		require.Contains(t, got["network"].Remedy, "proxy.username", scheme)
		require.NotContains(t, got["network"].Remedy, "firewall")
	}
}

func TestPolicyThatDeniesEverybodyIsAWarning(t *testing.T) {
	t.Parallel()
	path, _ := writeTestConfig(t, `"scheme": "http", %s, "roombot": {"policy": {"allow": [{"name": "all", "who": ["*"], "commands": ["*"]}],
		"deny": [{"name": "shut", "who": ["*"], "commands": ["*"], "reason": "no"}]}}`, configKeys(newScriptedPod(t, nil, false)))
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["policy"].Level)
	require.Contains(t, got["policy"].Remedy, "nobody may use anything but /help")
	require.Contains(t, got["policy"].Remedy, `rules without effect: 1, the first is `)
	require.Contains(t, got["policy"].Remedy, `roombot.policy.allow[0]: admits nobody: deny rule "shut"`)
}

func TestAllowRulesByRoomNameAreAWarning(t *testing.T) {
	t.Parallel()
	const roomID = "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA"
	for where, warned := range map[string]bool{
		`"room:Desk*"`: true, `"im", "room:Desk"`: true, `"room:*"`: false, `"room:` + roomID + `"`: false, `"roomid:` + roomID + `", "im"`: false,
	} {
		path, _ := writeTestConfig(t, `"scheme": "http", %s, "roombot": {"policy": {"allow": [
			{"name": "desks", "who": ["*"], "where": [%s], "commands": ["newroom"]}]}}`, configKeys(newScriptedPod(t, nil, false)), where)
		got, code := runCheck(t, path)
		require.Zero(t, code)
		if !warned {
			require.Equal(t, levelOK, got["policy"].Level, where)
			continue
		}
		require.Equal(t, levelWarning, got["policy"].Level, where)
		require.Contains(t, got["policy"].Remedy, `users choose the names of rooms`, where)
		require.Regexp(t, `"desks" \(line \d+\); name the rooms by roomid:STREAMID$`, got["policy"].Remedy)
	}
}

func TestStoreIsCheckedWithoutCreatingIt(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, nil, false)
	path, dir := writeTestConfig(t, `"scheme": "http", %s, "roombot": {"store": "new/folder/roombot.db"}`, configKeys(pod))
	got, _ := runCheck(t, path)
	require.Equal(t, levelOK, got["store"].Level, "the bot makes the folder")
	require.NoDirExists(t, filepath.Join(dir, "new"))

	path, dir = writeTestConfig(t, `"scheme": "http", %s, "roombot": {"store": "notes.txt"}`, configKeys(pod))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("What the bot must not write over, ever again."), 0o600))
	got, code := runCheck(t, path)
	require.Equal(t, exitFailed, code)
	require.Contains(t, got["store"].Remedy, "a file of the bot's own")

	path, _ = writeTestConfig(t, `"scheme": "http", %s, "roombot": {"store": "privatekey.pem/roombot.db"}`, configKeys(pod))
	got, code = runCheck(t, path)
	require.Equal(t, exitFailed, code)
	require.Equal(t, levelFailed, got["store"].Level, "a file is no folder")
}

func TestStoreThatIsNoRegularFileIsRefusedByCheckAndRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	store := filepath.Join(dir, "roombot.db")
	for name, change := range map[string]func() error{
		"device": func() error { return os.Symlink(os.DevNull, store) },
		"folder": func() error { return os.Mkdir(store, 0o700) },
	} {
		require.NoError(t, change(), name)
		path := filepath.Join(dir, "config.json")
		results, code := runCheck(t, path)
		require.Equal(t, exitFailed, code, name)
		require.Contains(t, results["store"].Detail, "is not a regular file", name)
		require.Contains(t, results["store"].Remedy, "a file of the bot's own", name)
		got := shell(t, "run", "--config", path)
		require.Equal(t, exitFailed, got.code, name)
		require.Contains(t, got.err, "is not a regular file", name)
		require.NoError(t, os.Remove(store), name)
	}
}

func TestADamagedStoreIsRefusedByCheckAndRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	store, path := filepath.Join(dir, "roombot.db"), filepath.Join(dir, "config.json")
	e, err := engine.Open(t.Context(), engine.Config{
		Workers: 1, Store: engine.FileAddress(store), Handle: func(context.Context, *engine.Attempt) error { return nil },
	})
	require.NoError(t, err)
	require.NoError(t, e.Close())
	results, _ := runCheck(t, path)
	require.Equal(t, levelOK, results["store"].Level)

	whole, err := os.ReadFile(store)
	require.NoError(t, err)
	const page = 4096
	for name, from := range map[string]int{"all tables": page, "the last pages": len(whole) - 8*page} {
		damaged := append(bytes.Clone(whole[:from]), bytes.Repeat([]byte{0xa5}, len(whole)-from)...)
		require.NoError(t, os.WriteFile(store, damaged, 0o600), name)
		results, code := runCheck(t, path)
		require.Equal(t, exitFailed, code, name)
		require.Equal(t, levelFailed, results["store"].Level, name)
		require.Contains(t, results["store"].Detail, "the file is damaged", name)
		require.Contains(t, results["store"].Remedy, "restore a backup", name)
		got := shell(t, "run", "--config", path)
		require.Equal(t, exitFailed, got.code, name)
		require.Contains(t, got.err, "the file is damaged", name)
		require.Contains(t, got.err, "restore a backup", name)
	}
}

func TestHealthAddressMayBeInUseByThisBotOnly(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	require.Contains(t, shell(t, "check", "--config", w.config).out, "127.0.0.1:0, free")
	w.run()
	got := shell(t, "check", "--config", w.asked)
	require.Zero(t, got.code, got.out)
	require.Regexp(t, `(?m)^✓ health +\S+, where roombot runs`, got.out)

	renameBot(t, w.asked, "rombot")
	results, _ := runCheck(t, w.asked)
	require.Equal(t, levelFailed, results["health"].Level, "the page is another bot's")

	taken := w.writeConfigListening("taken.json", strings.TrimPrefix(w.pod.Address(), "http://"))
	results, code := runCheck(t, taken)
	require.Equal(t, exitFailed, code)
	require.Contains(t, results["health"].Detail, "in use")
	require.Contains(t, results["health"].Remedy, "roombot.health.listen")
}

func TestMissingConfigurationIsReported(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none.json")
	for _, args := range [][]string{{"run"}, {"check"}, {"status"}, {"jobs", "list"}} {
		got := shell(t, append(args, "--config", none)...)
		require.Equal(t, exitFailed, got.code)
		require.Contains(t, got.out+got.err, "there is no configuration "+none+": name yours with --config")
		require.NotContains(t, got.out, "Mend")
	}
}

func TestEveryAgentIsProbedThroughItsProxy(t *testing.T) {
	t.Parallel()
	pod, proxy := newScriptedPod(t, nil, false), newScriptedPod(t, nil, false)
	path, _ := writeTestConfig(t, `"scheme": "http", %s, %s, "agent": {"proxy": {%s}, "loadBalancing": {"mode": "roundRobin",
		"nodes": [{"scheme": "http", "host": "one.acme.test", "port": 80}, {"scheme": "http", "host": "two.acme.test", "port": 80}]}}`, configKeys(pod), allowEverybody, configKeys(proxy))
	got := shell(t, "check", "--config", path)
	require.Zero(t, got.code, got.out)
	require.Regexp(t, `(?m)^✓ network +pod, key manager at `, got.out)
	require.Regexp(t, `(?m)^! network +agent at http://one.acme.test:80`, got.out, "by the agents' proxy: the name is nobody's")
	require.Regexp(t, `(?m)^! network +agent at http://two.acme.test:80`, got.out)
}

func TestUnknownUsernameGetsItsOwnRemedyOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	path := filepath.Join(dir, "config.json")
	renameBot(t, path, "rombot")
	got, code := runCheck(t, path)
	require.Equal(t, exitRejected, code)
	require.Contains(t, got["login"].Detail, "likely unknown user")
	require.Contains(t, got["login"].Remedy, "spelling and case")
	require.NotContains(t, got["login"].Detail+got["login"].Remedy, "upload")
}

func TestRejectedLoginOfUnknownCauseNamesNoCause(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, map[string]int{"/login/pubkey/authenticate": 401}, false)
	path, _ := writeTestConfig(t, `"scheme": "http", %s, %s`, configKeys(pod), allowEverybody)
	got, code := runCheck(t, path)
	require.Equal(t, exitRejected, code)
	require.Regexp(t, `^roombot: rejected: POST /login`, got["login"].Detail)
	require.Contains(t, got["login"].Remedy, "either the username is unknown")
}

func TestCheckLeavesNoFiles(t *testing.T) {
	t.Parallel()
	path, dir := writeTestConfig(t, `"scheme": "http", %s, %s`, configKeys(newScriptedPod(t, nil, false)), allowEverybody)
	before, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Zero(t, shell(t, "check", "--config", path).code)
	after, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, after, len(before))
}
