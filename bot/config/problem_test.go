package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config"
)

func TestAllProblemsAreReportedWithTheirPlaces(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`2:12 host: "https://acme.symphony.com" is a URL and not a host name; write the name alone, such as acme.symphony.com`,
		`3:11 port: "443" is text and is not a whole number; write it without quotes`,
		`3:18 port: is set twice, first on line 3; keep one of them`,
		`4:23 agent: is a list and must be an object; write {…}`,
		`5:11 pod.prot: is not a key that is known here; did you mean "port"?`,
		`6:10 bot.username: is missing: the service account's username; add "username": "roombot"`,
		`6:26 bot.private-key: is not a key that is known here; did you mean "privateKey"?`,
		`8:21 roombot.limits.maxMembers: 0 is out of range; write 1 to 10000`,
		`9:18 roombot.searchLag: "3" is not a duration; write a number with a unit, such as 30s, 500ms or 2m`,
	}, loadProblems(t, "config.json", `{
   "host": "https://acme.symphony.com",
  "port": "443", "port": 1,
             "agent": [],
  "pod": {"prot": 1},
  "bot": {               "private-key": {}},
  "roombot": {"limits": {
      "maxMembers": 0},
    "searchLag": "3"}
}`))
}

func TestEachProblemSaysWhatToWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, want string }{
		"an unknown mode":            {minimalWith(`"agent": {"loadBalancing": {"mode": "roundrobin", "nodes": [{"host": "a"}]}}`), `agent.loadBalancing.mode: "roundrobin" is not one of the choices; write random, roundRobin or external`},
		"no agents":                  {minimalWith(`"agent": {"loadBalancing": {"mode": "random", "nodes": []}}`), `agent.loadBalancing.nodes: is an empty list; write at least one entry`},
		"an agent without host":      {minimalWith(`"agent": {"loadBalancing": {"mode": "random", "nodes": [{"host": "a"}, {"port": 1}]}}`), `agent.loadBalancing.nodes[1].host: is missing`},
		"one host and several":       {minimalWith(`"agent": {"host": "a", "loadBalancing": {"mode": "random", "nodes": [{"host": "a"}]}}`), `agent.host: must not be set beside loadBalancing`},
		"datafeed v1":                {minimalWith(`"datafeed": {"version": "v1"}`), `datafeed.version: "v1" reached its end of life on 30 April 2023; write "v2"`},
		"a port out of range":        {minimalWith(`"port": 70000`), `port: 70000 is out of range; write 1 to 65535`},
		"a broken port":              {minimalWith(`"port": 44.3`), `port: 44.3 is not a whole number`},
		"a host with a port":         {minimalWith(`"pod": {"host": "a:8443"}`), `pod.host: "a:8443" has a port`},
		"a host with a path":         {minimalWith(`"pod": {"host": "a/b"}`), `pod.host: "a/b" has a path`},
		"a context that is a URL":    {minimalWith(`"context": "https://a/b"`), `context: "https://a/b" is not a path`},
		"a proxy without port":       {minimalWith(`"proxy": {"host": "p"}`), `proxy.port: is missing`},
		"a text for a flag":          {minimalWith(`"commonJwt": {"enabled": "yes"}`), `commonJwt.enabled: "yes" is text and is not true or false; write true or false`},
		"a flag for an object":       {minimalWith(`"roombot": true`), `roombot: is true or false and must be an object`},
		"a number for a text":        {minimalWith(`"proxy": {"host": "p", "port": 1, "username": 17}`), `proxy.username: 17 is not text; write "17"`},
		"another database":           {minimalWith(`"roombot": {"store": "mysql://u:hunter2@db/x"}`), `roombot.store: is a URL of another kind; write the path of a file`},
		"another URL":                {minimalWith(`"roombot": {"store": "sqlite://x"}`), `roombot.store: is a URL of another kind`},
		"a URL of a file":            {minimalWith(`"roombot": {"store": "File:roombot.db"}`), `roombot.store: is a URL of another kind; write the path of a file, such as roombot.db, or postgres://`},
		"a database without host":    {minimalWith(`"roombot": {"store": "postgres:roombot"}`), `roombot.store: is not a URL; write the path of a file, such as roombot.db, or postgres://`},
		"an open password":           {minimalWith(`"roombot": {"store": "postgres://u:hunter2/x@db/x"}`), `roombot.store: is not a URL; write`},
		"an empty store":             {minimalWith(`"roombot": {"store": " "}`), `roombot.store: is not a path; write the path of a file`},
		"a missing policy file":      {minimalWith(`"roombot": {"policy": "policy.yaml"}`), `roombot.policy: "policy.yaml" does not exist; write the path of a readable file`},
		"a health port alone":        {minimalWith(`"roombot": {"health": {"listen": "8081"}}`), `roombot.health.listen: "8081" is not host:port; write 127.0.0.1:8081`},
		"a duration without unit":    {minimalWith(`"roombot": {"httpTimeout": 30}`), `roombot.httpTimeout: 30 is not a duration; write a number with a unit`},
		"a duration out of range":    {minimalWith(`"roombot": {"httpTimeout": "1ms"}`), `roombot.httpTimeout: "1ms" is out of range; write 1s to 5m`},
		"a header on two lines":      {minimalWith(`"defaultHeaders": {"a": "b\nc"}`), `defaultHeaders: holds a header that HTTP does not allow`},
		"an unset variable":          {minimalWith(`"context": "${NOPE}"`), `context: takes the environment variable NOPE, which is not set; set it, or write a default: ${NOPE:-default}`},
		"a Java property":            {minimalWith(`"context": "${user.home}"`), `context: takes ${user.home}, which is a Java system property; write an environment variable`},
		"an open variable":           {minimalWith(`"context": "${NOPE"`), `context: has a ${ that is never closed`},
		"a variable of no number":    {minimalWith(`"port": "${WORD}"`), `port: the value with ${WORD} is not a whole number`},
		"a default of no number":     {minimalWith(`"port": "${NONE:-https}"`), `port: "https" is not a whole number`},
		"a default that is no file":  {minimalWith(`"roombot": {"policy": "${NONE:-policy.yaml}"}`), `roombot.policy: "policy.yaml" does not exist`},
		"a pause without end":        {minimalWith(`"retry": {"maxIntervalMillis": 9223372036854775807}`), `retry.maxIntervalMillis: 9223372036854775807 is out of range; write 1 to 86400000`},
		"a doubled key":              {minimalWith(`"port": 1, "port": 2`), `port: is set twice, first on line 1; keep one of them`},
		"an old key":                 {`{"host": "a", "bot": {"username": "u", "privateKeyPath": "key.pem"}}`, `bot.privateKeyPath: is not a key that is known here; it was renamed: write "privateKey": {"path": …}`},
		"no host":                    {`{"pod": {"host": "a"}, "bot": {"username": "u", "privateKey": {"path": "key.pem"}}}`, `host: is missing, and these have none of their own: agent, keyManager; add "host"`},
		"no credential":              {`{"host": "a", "bot": {"username": "u"}}`, `bot: has no credential; add "privateKey"`},
		"a misspelt required key":    {`{"host": "a", "bot": {"user_name": "u", "privateKey": {"path": "key.pem"}}}`, `bot.user_name: is not a key that is known here; did you mean "username"?`},
		"no bot":                     {`{"host": "a"}`, `bot: is missing: the service account; add "bot": {"username": "roombot", "privateKey"`},
		"an empty username":          {`{"host": "a", "bot": {"username": " ", "privateKey": {"path": "key.pem"}}}`, `bot.username: " " is empty; add "username": "roombot"`},
		"no key file":                {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "nope.pem"}}}`, `bot.privateKey.path: "nope.pem" does not exist; write the path of a readable file; paths are relative to the folder of `},
		"a folder for a key":         {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "."}}}`, `bot.privateKey.path: "." is not a file`},
		"an empty key":               {`{"host": "a", "bot": {"username": "u", "privateKey": {}}}`, `bot.privateKey: has neither path nor content`},
		"a key twice":                {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem", "content": "-----BEGIN x"}}}`, `bot.privateKey.content: is set beside path`},
		"a passphrase twice":         {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem", "passphrase": "hunter2", "passphraseFile": "key.pem"}}}`, `bot.privateKey.passphraseFile: is set beside passphrase; keep one of them`},
		"a passphrase of digits":     {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem", "passphrase": 4711}}}`, `bot.privateKey.passphrase: is not text; put it in quotes`},
		"no passphrase file":         {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem", "passphraseFile": "nope"}}}`, `bot.privateKey.passphraseFile: "nope" does not exist; write the path of a readable file`},
		"an empty previous key":      {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem", "previous": {}}}}`, `bot.privateKey.previous: has neither path nor content`},
		"a previous key twice":       {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem", "previous": {"path": "key.pem", "content": "-----BEGIN RSA PRIVATE KEY-----"}}}}`, `bot.privateKey.previous.content: is set beside path; keep one of them`},
		"a key and a certificate":    {`{"host": "a", "bot": {"username": "u", "privateKey": {"path": "key.pem"}, "certificate": {"path": "key.pem"}}}`, `bot.certificate: is set beside privateKey; keep one credential`},
		"a key that is no key":       {`{"host": "a", "bot": {"username": "u", "privateKey": {"content": "hunter2"}}}`, `bot.privateKey.content: is neither PEM nor base64 of PEM`},
		"a secret that is a number":  {`{"host": "a", "bot": {"username": "u", "privateKey": {"content": 271828}}}`, `bot.privateKey.content: is not text; put it in quotes`},
		"a rule about nothing":       {minimalWith(`"roombot": {"policy": {"allow": [{"name": "x", "who": ["*"], "commands": ["newrom"]}]}}`), `roombot.policy.allow[0].commands[0]: "newrom" is not a command; did you mean "newroom"?`},
		"a key with a line break":    {minimalWith(`"a\nb": 1`), `["a\nb"]: is not a key that is known here; known here: scheme, host`},
		"a trailing comma":           {minimalWith(`"port": 1,`), `is not JSON: invalid character '}' looking for beginning of object key string; remove the comma before it`},
		"a comment":                  {minimalWith(`// x`), `JSON has no comments`},
		"an unfinished file":         {`{"host": "a"`, `the file ends in the middle; close what is open`},
		"an empty file":              {" \n", `is empty; write at least "host" and "bot"`},
		"a list":                     {`[1]`, `is a list and must be an object`},
		"a file that is not UTF-8":   {"{\"host\": \"\xff\"}", `1:11 : is not UTF-8 here`},
		"a file that is very nested": {`{"app": ` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, `is nested too deeply`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := loadProblems(t, "config.json", c.content, "WORD", "hunter2")
			require.Len(t, found, 1)
			require.Contains(t, found[0], c.want)
			require.NotContains(t, found[0], "hunter2")
			require.NotContains(t, found[0], "271828")
		})
	}
}

func TestPKCS12FileIsRefusedWithARemedy(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bot.p12"), []byte{0x30, 0x82}, 0o600))
	content := `{"host": "a", "bot": {"username": "u", "certificate": {"path": "bot.p12", "password": "hunter2"}}}`
	_, err := config.Parse(filepath.Join(dir, "config.json"), []byte(content), nil)
	require.ErrorContains(t, err, "bot.certificate.path: is a PKCS#12 or Java key store, which is not supported; convert it to PEM: openssl pkcs12")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestProblemsInYAML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, want string }{
		"a tab":          {"bot:\n\tusername: x\n", "indent with blanks"},
		"a second file":  {"host: a\n---\nhost: b\n", "2:1 : holds a second document; remove the ---"},
		"only a comment": {"# nothing\n", "is empty"},
		"a password as alias": {"host: a\nbot: {username: u, certificate: {path: key.pem, password: *hunter2}}\n",
			"put a value that starts with * into quotes"},
		"a merge":         {"base: &b {host: a}\npod:\n  <<: *b\n", "3:3 pod: uses <<, which is not supported"},
		"a key of number": {"1: 2\n", "has a key that is a number"},
		"only text":       {"hello\n", "is text and must be an object"},
		"an unset value":  {"host: ${NOPE}\n", "1:7 host: takes the environment variable NOPE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := strings.Join(loadProblems(t, "config.yaml", c.content), "\n")
			require.Contains(t, found, c.want)
			require.NotContains(t, found, "hunter2")
		})
	}
}

func TestAliasesWorkAndAreBounded(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.yaml", "host: a\nretry: &r {initialIntervalMillis: 7}\ndatafeed: {retry: *r}\nbot: {username: u, privateKey: {path: key.pem}}\n")
	require.NoError(t, err)
	require.Equal(t, 7, c.Datafeed.Retry.InitialIntervalMillis)

	node, nodes := "    - &n {host: a}\n", strings.Repeat("    - *n\n", 200_000)
	found := loadProblems(t, "config.yaml", "host: a\nagent:\n  loadBalancing:\n    mode: random\n    nodes:\n"+node+nodes+"bot: {username: u, privateKey: {path: key.pem}}\n")
	require.Contains(t, strings.Join(found, "\n"), "too large")
}

func TestVariablesFillTextsNumbersAndFlags(t *testing.T) {
	t.Parallel()
	_, err := loadFile(t, "config.yaml", `
host: ${SUB:-acme}.symphony.com
port: ${PORT}
context: $${PORT}$${}
agent: {loadBalancing: {mode: random, stickiness: "${STICK:-false}", nodes: [{host: a}]}}
bot: {username: "${USER:-nobody}", privateKey: {path: "${FILE}"}}
retry: {multiplier: "${MUL}"}
roombot: {searchLag: "${LAG:-3s}"}
`, "PORT", "8443", "USER", "", "FILE", "key.pem", "MUL", "3", "SUB", "${PORT}x")
	require.ErrorContains(t, err, "host: the value with ${SUB} is not a host name", "what a variable holds is not expanded")
	c, err := loadFile(t, "config.yaml", `
host: ${SUB:-acme}.symphony.com
port: ${PORT}
context: a$${PORT}$b
agent: {loadBalancing: {mode: random, stickiness: "${STICK:-false}", nodes: [{host: a}]}}
bot: {username: "${USER:-nobody}", privateKey: {path: "${FILE}"}}
retry: {multiplier: "${MUL}"}
roombot: {searchLag: "${LAG:-3s}"}
`, "PORT", "8443", "USER", "", "FILE", "key.pem", "MUL", "3")
	require.NoError(t, err)
	require.Equal(t, "acme.symphony.com", string(c.Host))
	require.Equal(t, 8443, c.Port)
	require.Equal(t, "a${PORT}$b", string(c.Context))
	require.False(t, c.Agent.LoadBalancing.Stickiness)
	require.Equal(t, "nobody", c.Bot.Username, "an empty variable takes the default, as in a shell")
	require.Equal(t, 3.0, c.Retry.Multiplier)
	require.Equal(t, "3s", c.Roombot.SearchLag.String())
}

func TestPolicyMayBeAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "config.json")
	require.NoError(t, os.WriteFile(path, []byte(minimalWith(`"port": 0, "roombot": {"policy": "policy.yaml"}`)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte("allow:\n  - name: all\n    who: [nobody]\n    commands: ['*']\n"), 0o600))
	_, err := config.Load(path, nil)
	require.EqualError(t, err, path+`:1:106: port: 0 is out of range; write 1 to 65535
`+filepath.Join(dir, "policy.yaml")+`:3:11: allow[0].who[0]: "nobody" says nobody; write "*", "internal", "external", "bot", "user:USERNAME", "email:*@acme.com", "group:NAME", "set:NAME", "company:TENANT" or "userid:ID"`)
}

func TestUnreadableFilesAreReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := config.Load(filepath.Join(dir, "none.json"), nil)
	require.EqualError(t, err, filepath.Join(dir, "none.json")+": does not exist")
	_, err = config.Load(dir, nil)
	require.ErrorContains(t, err, "is a folder and not a file")
	huge := filepath.Join(dir, "huge.json")
	require.NoError(t, os.WriteFile(huge, make([]byte, 4<<20+1), 0o600))
	_, err = config.Load(huge, nil)
	require.ErrorContains(t, err, "is larger than 4096 KiB")
}

func TestListOfProblemsIsBounded(t *testing.T) {
	t.Parallel()
	found := loadProblems(t, "config.json", "{"+strings.Repeat(`"x": 1, `, 500)+`"y": 1}`)
	require.Len(t, found, 101)
	require.Contains(t, strings.Join(found, "\n"), "has more problems than are listed here")
}
