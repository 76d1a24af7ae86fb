package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config"
)

const keyPEM = "-----BEGIN PRIVATE KEY-----\nnot looked into here\n-----END PRIVATE KEY-----\n"

// newFolder is a folder with a key file, key.pem.
func newFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "key.pem"), []byte(keyPEM), 0o600))
	return dir
}

// loadFile writes the file and reads it as the program does, with these environment variables.
func loadFile(t *testing.T, name, content string, env ...string) (*config.Config, error) {
	t.Helper()
	path := filepath.Join(newFolder(t), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return config.Load(path, environment(env...), "newroom", "groups", "help")
}

func environment(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// loadProblems are the problems of the file, "line:column path: message; fix" each.
func loadProblems(t *testing.T, name, content string, env ...string) []string {
	t.Helper()
	_, err := loadFile(t, name, content, env...)
	var found config.Problems
	require.ErrorAs(t, err, &found)
	out := make([]string, len(found))
	for i, f := range found {
		out[i] = fmt.Sprintf("%d:%d %s: %s; %s", f.Line, f.Column, f.Path, f.Message, f.Fix)
	}
	return out
}

const minimalFile = `{"host": "acme.symphony.com", "bot": {"username": "roombot", "privateKey": {"path": "key.pem"}}%s}`

func minimalWith(more string) string { return fmt.Sprintf(minimalFile, ", "+more) }

func TestMinimalVendorFileLoads(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte(`
host: acme.symphony.com                                     # (1)

bot:
    username: bot-username                                  # (2)
    privateKey:
      path: key.pem
`), 0o600))
	c, err := config.Load(path, nil)
	require.NoError(t, err)
	require.Equal(t, "bot-username", c.Bot.Username)
	require.Equal(t, filepath.Join(dir, "key.pem"), string(c.Bot.PrivateKey.Path))
	require.Equal(t, filepath.Join(dir, "roombot.db"), c.Roombot.Store.File())
	require.Equal(t, 100, c.Roombot.Limits.MaxMembers)
	require.Equal(t, 500, c.Roombot.Limits.MaxPeople)
	require.Equal(t, "10s", c.Roombot.SearchLag.String())
	require.Empty(t, c.Roombot.Health.Listen)
	require.Equal(t, 500, c.Datafeed.Retry.InitialIntervalMillis)
	require.LessOrEqual(t, c.Datafeed.Retry.MaxIntervalMillis, 10_000, "the end of an outage is noticed within seconds")
	require.Empty(t, c.IgnoredKeys())
	require.NotNil(t, c.Policy)
}

func TestTheStoreIsAFileOrADatabase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Postgres://bot@db/x": "postgres://bot@db/x", "POSTGRESQL://bot@db/x": "postgresql://bot@db/x",
		"store/bot.db": "", "/var/lib/bot.db": "/var/lib/bot.db",
	} {
		c, err := loadFile(t, "config.yaml", "host: a\nbot: {username: u, privateKey: {path: key.pem}}\nroombot: {store: \""+text+"\"}\n")
		require.NoError(t, err)
		if want == "" {
			require.True(t, filepath.IsAbs(c.Roombot.Store.File()), "relative to the folder of the configuration")
			require.True(t, strings.HasSuffix(c.Roombot.Store.File(), text))
			continue
		}
		require.Equal(t, want, c.Roombot.Store.Reveal())
		require.Equal(t, strings.HasPrefix(want, "postgres"), c.Roombot.Store.IsPostgres())
	}
}

func TestAMinimalJSONFileIsIndentedAsItLikes(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.json", "\ufeff{\n\t\"host\":\t\"acme.symphony.com\",\r\n\t\"bot\": {\n\t\t\"username\": \"r\\u00f6\\ud83d\\ude00\\/\", \"privateKey\": {\"path\": \"key.pem\"}}}")
	require.NoError(t, err)
	require.Equal(t, "rö😀/", c.Bot.Username)
}

func TestFullVendorFileLoads(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.yaml", fullFile)
	require.NoError(t, err)
	require.Equal(t, []string{"connectionPoolMax", "connectionPoolPerRoute", "app", "datafeed.idFilePath", "datafeed.retry.maxAttempts", "datahose", "manifest"}, c.IgnoredKeys())
	require.Equal(t, config.Endpoints{
		Pod:         "https://dev.symphony.com:443",
		Agent:       "https://agent1.symphony.com:7443/app",
		Agents:      []string{"https://agent1.symphony.com:7443/app", "https://agent2.symphony.com:443"},
		KeyManager:  "https://dev-key.symphony.com:8444",
		KeyAuth:     "https://dev-key.symphony.com:8444",
		SessionAuth: "https://dev-session.symphony.com:8444",
	}, c.Endpoints())
	require.Equal(t, "agent-proxy", string(c.KeyManager.Proxy.Host))
	require.Equal(t, "proxy.symphony.com", string(c.Pod.Proxy.Host))
	require.Equal(t, "close", c.KeyManager.DefaultHeaders["Keep-Alive"].Reveal())
	require.Equal(t, "timeout=5, max=1000", c.Pod.DefaultHeaders["Keep-Alive"].Reveal())
	require.Equal(t, 60000, c.Agent.ReadTimeout)
	require.Equal(t, 1.5, c.Datafeed.Retry.Multiplier)
	require.Equal(t, 6, c.Retry.MaxAttempts)
	require.False(t, c.Agent.LoadBalancing.Stickiness)
}

const fullFile = `
scheme: https
host: localhost.symphony.com
port: 8443
connectionTimeout: 15000
readTimeout: 60000
connectionPoolMax: 20
connectionPoolPerRoute: 20
defaultHeaders:
  Connection: Keep-Alive
  Keep-Alive: timeout=5, max=1000
proxy: {host: proxy.symphony.com, port: 1234, username: proxyuser, password: proxypassword}
pod:
  host: dev.symphony.com
  port: 443
agent:
  loadBalancing:
    mode: roundRobin
    stickiness: false
    nodes:
      - {host: agent1.symphony.com, port: 7443, context: app/}
      - host: agent2.symphony.com
keyManager:
  host: dev-key.symphony.com
  port: 8444
  proxy: {host: agent-proxy, port: 3396}
  defaultHeaders: {Keep-Alive: close}
sessionAuth:
  host: dev-session.symphony.com
  port: 8444
ssl:
  trustStore: {path: key.pem, password: changeit}
bot:
  username: bot-name
  privateKey: {path: key.pem}
app:
  appId: app-id
  privateKey: {path: nowhere.pem}
datafeed:
  version: v2
  idFilePath: here
  tag: roombot
  retry: {maxAttempts: 6, initialIntervalMillis: 2000, multiplier: 1.5, maxIntervalMillis: 10000}
datahose:
  tag: FANCY_TAG
  eventTypes: [ROOMCREATED]
retry: {maxAttempts: 6, initialIntervalMillis: 2000, multiplier: 1.5, maxIntervalMillis: 10000}
manifest: path/to/manifest.json
`

func TestEndpointsAreFormedAsByTheVendorsKits(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.json", minimalWith(`"scheme": "http", "port": 8080, "context": "global/", "pod": {"context": ""}, "agent": {"host": "::1", "context": "/a/b"}, "keyManager": {"port": 9, "scheme": "https"}`))
	require.NoError(t, err)
	require.Equal(t, config.Endpoints{
		Pod:         "http://acme.symphony.com:8080",
		Agent:       "http://[::1]:8080/a/b",
		Agents:      []string{"http://[::1]:8080/a/b"},
		KeyManager:  "https://acme.symphony.com:9/global",
		KeyAuth:     "https://acme.symphony.com:9/global",
		SessionAuth: "http://acme.symphony.com:8080/global",
	}, c.Endpoints())
}

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.yaml", `
host: acme.symphony.com
defaultHeaders: {Authorization: hunter2}
proxy: {host: p, port: 1, username: u, password: hunter2}
bot: {username: roombot, privateKey: {content: "${KEY}"}}
roombot: {store: "postgres://bot:hunter2@db/x?sslpassword=hunter2"}
ssl: {trustStore: {path: key.pem, password: hunter2}}
app: {privateKey: {content: hunter2}}
`, "KEY", "-----BEGIN hunter2 KEY-----\\nhunter2\\n-----END hunter2 KEY-----")
	require.NoError(t, err)
	require.Equal(t, "-----BEGIN hunter2 KEY-----\nhunter2\n-----END hunter2 KEY-----\n", c.Bot.PrivateKey.Content.Reveal())
	encoded, err := json.Marshal(c)
	require.NoError(t, err)
	for _, printed := range []string{
		fmt.Sprint(c), fmt.Sprintf("%v %+v %#v", *c, *c, *c), fmt.Sprintf("%v %q %x", c.Bot, c.Bot.PrivateKey.Content, c.Bot.PrivateKey.Content), string(encoded),
	} {
		require.NotContains(t, printed, "hunter2")
		require.NotContains(t, printed, "68756e74657232")
	}
	require.Contains(t, fmt.Sprintf("%+v", c.Proxy), "[redacted]")
}

func TestSecretsThatStandInTheFileAreListed(t *testing.T) {
	t.Parallel()
	for store, want := range map[string][]string{
		"postgres://bot:s3cret@db/roombot":   {"roombot.store"},
		"postgres://bot:${DB_PASSWORD}@db/x": nil,
		"postgres://bot@db/roombot":          nil,
		"roombot.db":                         nil,
	} {
		path := filepath.Join(newFolder(t), "config.json")
		text := fmt.Sprintf(`{"host": "acme.test", "bot": {"username": "b", "privateKey": {"path": "key.pem"}}, "roombot": {"store": %q}}`, store)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		c, err := config.Load(path, func(string) (string, bool) { return "s3cret", true })
		require.NoError(t, err, store)
		require.Equal(t, want, c.LiteralSecrets(), store)
	}
}
