package main

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestPlainHTTPToAnotherMachineIsRefusedUnlessItIsWanted(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, nil, false)
	for name, insecure := range map[string]bool{"not wanted": false, "wanted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The proxy, on this machine, answers for the host. A host of 127.0.0.1 has no proxy.
			path, _ := writeTestConfig(t, `"scheme": "http", "host": "pod.acme.test", "port": 80, "proxy": {%s}, "roombot": {"insecure": %t}`,
				configKeys(pod), insecure)
			got, code := runCheck(t, path)
			require.Zero(t, code)
			require.Equal(t, levelWarning, got["network"].Level)
			require.Contains(t, got["network"].Remedy, "plain http shows tokens and messages")
			if insecure {
				require.NotContains(t, got["network"].Remedy, "bot run refuses it")
				begin(t, "run", "--config", path).line("bot started")
				return
			}
			require.Contains(t, got["network"].Remedy, "bot run refuses it unless roombot.insecure is true")
			run := shell(t, "run", "--config", path)
			require.Equal(t, exitFailed, run.code)
			require.Contains(t, run.err, "http://pod.acme.test:80: plain http")
		})
	}
}

func TestPlainHTTPIsNoticedOnEveryComponentInUse(t *testing.T) {
	t.Parallel()
	const others = `"scheme": "https", "host": "pod.acme.test"`
	for name, c := range map[string]struct {
		keys  string
		plain []string
	}{
		"none":        {others, []string{}},
		"this pod":    {`"scheme": "http", "host": "localhost"`, []string{}},
		"IPv6":        {`"scheme": "http", "host": "::1"`, []string{}},
		"key manager": {others + `, "keyManager": {"scheme": "http", "port": 80}`, []string{"http://pod.acme.test:80"}},
		"unused":      {others + `, "sessionAuth": {"scheme": "http"}`, []string{}},
		"one agent": {others + `, "agent": {"loadBalancing": {"mode": "random", "nodes": [{"host": "a.test"}, {"scheme": "http", "host": "b.test", "context": "x"}]}}`,
			[]string{"http://b.test:443/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.plain, plainComponents(newTestConfig(t, "%s", c.keys)))
		})
	}
}

func TestDatabaseThatNeedNotProveItselfIsAWarning(t *testing.T) {
	t.Parallel()
	for address, warns := range map[string]bool{
		"postgres://roombot@db.acme.test/roombot":                                 true,
		"postgres://roombot@db.acme.test/roombot?sslmode=disable":                 true,
		"postgres://roombot@db.acme.test/roombot?sslmode=require":                 true,
		"postgres://roombot@db.acme.test/roombot?sslmode=verify-ca":               true,
		"postgres://roombot@db.acme.test/roombot?sslmode=verify-full":             false,
		"postgres://roombot@db1.acme.test,db2.acme.test/roombot?sslmode=prefer":   true,
		"postgres://roombot@db1.acme.test,db2.acme.test/x?sslmode=verify-full":    false,
		"postgres://roombot@127.0.0.1/roombot":                                    false,
		"postgres://roombot@localhost,db.acme.test/roombot?sslmode=disable":       true,
		"postgres:///roombot?host=/run/postgresql&user=roombot&sslmode=verify-ca": false,
		"roombot.db": false,
	} {
		store, err := engine.ParseAddress(address)
		require.NoError(t, err)
		require.Equal(t, warns, len(databaseWarnings(store)) > 0, address)
	}
	store, err := engine.ParseAddress("postgres://roombot:secret@db.acme.test/roombot")
	require.NoError(t, err)
	require.Equal(t, []string{"db.acme.test need not prove to be the database, or may be spoken to in the clear: add sslmode=verify-full to roombot.store"},
		databaseWarnings(store))
}

func TestHealthPageThatOtherNetworksReachIsAWarning(t *testing.T) {
	t.Parallel()
	for listen, warns := range map[string]bool{
		"": false, "127.0.0.1:8081": false, "[::1]:8081": false, "localhost:8081": false, "10.1.2.3:8081": false, "192.168.0.9:8081": false,
		":8081": true, "0.0.0.0:8081": true, "[::]:8081": true, "203.0.113.9:8081": true, "bot.acme.test:8081": true,
	} {
		require.Equal(t, warns, len(listenWarnings(listen)) > 0, listen)
	}
	path, _ := writeTestConfig(t, `"scheme": "http", %s, "roombot": {"health": {"listen": "0.0.0.0:0"}}`, configKeys(newScriptedPod(t, nil, false)))
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["health"].Level)
	require.Contains(t, got["health"].Remedy, "asks for no password")
}

func TestFilesThatOthersCanReadOrChangeAreWarnings(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, nil, false)
	path, dir := writePolicyFile(t, pod)
	store, rules := filepath.Join(dir, "roombot.db"), filepath.Join(dir, "policy.json")
	opened, err := engine.Open(t.Context(), engine.Config{Store: engine.FileAddress(store), Workers: 1, Handle: noJob})
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelOK, got["store"].Level, "as the bot makes it: %s", got["store"].Remedy)
	require.Equal(t, levelOK, got["policy"].Level, got["policy"].Remedy)

	for _, mode := range []os.FileMode{0o640, 0o602, 0o604} {
		require.NoError(t, os.Chmod(store, mode))
		got, code = runCheck(t, path)
		require.Zero(t, code)
		require.Equal(t, levelWarning, got["store"].Level, "%o", mode)
		require.Contains(t, got["store"].Remedy, "run chmod 600 on it")
		require.Contains(t, got["store"].Remedy, store)
	}
	for mode, level := range map[os.FileMode]checkLevel{0o640: levelOK, 0o660: levelWarning, 0o644: levelWarning, 0o602: levelWarning} {
		require.NoError(t, os.Chmod(rules, mode))
		got, _ = runCheck(t, path)
		require.Equal(t, level, got["policy"].Level, "%o", mode)
		if level == levelWarning {
			require.Contains(t, got["policy"].Remedy, rules+": run chmod 640")
		}
	}
	require.NoError(t, os.Chmod(rules, 0o600))
	require.NoError(t, os.Chmod(path, 0o666))
	got, _ = runCheck(t, path)
	require.Equal(t, levelOK, got["policy"].Level, "the rules are in another file")
	require.Equal(t, levelWarning, got["configuration"].Level)
	require.Contains(t, got["configuration"].Remedy, path+": run chmod go-w on it")
	require.NoError(t, os.Chmod(path, 0o644))
	got, _ = runCheck(t, path)
	require.Equal(t, levelOK, got["configuration"].Level, "it holds no secret")
}

func TestFoldersThatOthersCanWriteToAreWarnings(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, nil, false)
	path, dir := writePolicyFile(t, pod)
	require.NoError(t, os.Chmod(dir, 0o777))
	got, code := runCheck(t, path)
	require.Zero(t, code)
	for _, what := range []string{"configuration", "policy", "key"} {
		require.Equal(t, levelWarning, got[what].Level, what)
		require.Contains(t, got[what].Remedy, "other users can write to the folder "+dir, what)
	}
}

func TestConfigurationWithASecretThatOthersCanReadIsAWarning(t *testing.T) {
	pod := newScriptedPod(t, nil, false)
	path, dir := writeTestConfig(t, `"scheme": "http", %s, %s`, configKeys(pod), allowEverybody)
	plain, err := os.ReadFile(path)
	require.NoError(t, err)
	key, err := os.ReadFile(filepath.Join(dir, "privatekey.pem"))
	require.NoError(t, err)
	t.Setenv("CHECK_TEST_KEY", string(key))
	write := func(content string, mode os.FileMode) {
		quoted, err := json.Marshal(content)
		require.NoError(t, err)
		text := strings.Replace(string(plain), `"path": "privatekey.pem"`, `"content": `+string(quoted), 1)
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		require.NoError(t, os.Chmod(path, mode))
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o622} {
		write(string(key), mode)
		got, code := runCheck(t, path)
		require.Zero(t, code)
		require.Equal(t, levelWarning, got["configuration"].Level, "%o", mode)
		require.Contains(t, got["configuration"].Remedy, path+": run chmod 600 on it")
		require.Contains(t, got["configuration"].Remedy, "privateKey.content")
	}
	write(string(key), 0o600)
	got, _ := runCheck(t, path)
	require.Equal(t, levelOK, got["configuration"].Level)
	write("${CHECK_TEST_KEY}", 0o644)
	got, _ = runCheck(t, path)
	require.Equal(t, levelOK, got["configuration"].Level, "the key is elsewhere")
}

// writePolicyFile writes a configuration whose rules are in a file of their own.
func writePolicyFile(t *testing.T, pod *httptest.Server) (path, dir string) {
	t.Helper()
	path, dir = writeTestConfig(t, `"scheme": "http", %s, "roombot": {"policy": "policy.json"}`, configKeys(pod))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "policy.json"),
		[]byte(`{"allow": [{"name": "staff", "who": ["internal"], "commands": ["newroom"]}]}`), 0o600))
	return path, dir
}

func TestRuleThatAllowsEverybodyEverythingIsAWarning(t *testing.T) {
	t.Parallel()
	pod := newScriptedPod(t, nil, false)
	path, dir := writeTestConfig(t, `"scheme": "http", %s, %s`, configKeys(pod), allowEverybody)
	require.NoError(t, os.Chmod(filepath.Join(dir, "config.json"), 0o644))
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["policy"].Level)
	require.Contains(t, got["policy"].Remedy, "may run every command by rule: all")
	require.Contains(t, got["policy"].Remedy, "config.json: run chmod 640", "it holds the rules")
	for _, rule := range []string{
		`{"name": "r", "who": ["*"], "commands": ["newroom"]}`, `{"name": "r", "who": ["internal"], "commands": ["*"]}`,
	} {
		path, _ = writeTestConfig(t, `"scheme": "http", %s, "roombot": {"policy": {"allow": [%s]}}`, configKeys(pod), rule)
		got, _ = runCheck(t, path)
		require.Equal(t, levelOK, got["policy"].Level, rule)
	}
}

func noJob(context.Context, *engine.Attempt) error { return nil }
