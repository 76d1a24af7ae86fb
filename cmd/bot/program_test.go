package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config"
	"roombot/bot/config/schema"
	"roombot/commands"
	"roombot/rsa"
)

func TestEverySubcommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, c := range rootCommand(streams{}).Commands() {
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			got := shell(t, c.Name(), "--help")
			require.Zero(t, got.code)
			require.Contains(t, got.out, "bot "+c.Name())
		})
	}
}

func TestWrongUsageIsReportedWithItsExitCode(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"dance"}, {"run", "now"}, {"run", "--speed", "9"}, {"parse", "--in", "hall", "x"}, {"parse", "a", "b"},
		{"sandbox", "--say", "bob"}, {"sandbox", "--say", "bob: x", "--no-bot"}, {"sandbox", "--json"}, {"sandbox", "--listen", "0.0.0.0:80"}, {"keygen", "--bits", "512"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			got := shell(t, args...)
			require.Equal(t, exitUsage, got.code, got.err)
			require.Contains(t, got.err, "bot: ")
			require.Empty(t, got.out)
		})
	}
}

func TestMisspeltSubcommandIsCorrected(t *testing.T) {
	t.Parallel()
	for typed, fixed := range map[string]string{
		"snadbox --say x": "bot sandbox --say x", "jobs lits": "bot jobs list", "chekc": "bot check",
	} {
		got := shell(t, strings.Fields(typed)...)
		require.Equal(t, exitUsage, got.code, typed)
		require.Contains(t, got.err, "Did you mean `"+fixed+"`?", typed)
	}
	require.Contains(t, shell(t, "snadbox", "--say", `bob: it's "Q2"`).err, "Did you mean `bot sandbox --say 'bob: it'\\''s \"Q2\"'`?")
	require.Contains(t, shell(t, "dance").err, `there is no subcommand "dance"`)
}

func TestHelpAndErrorsNameTheProgramAsItWasCalled(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	roombot := filepath.Join(t.TempDir(), "roombot")
	require.NoError(t, os.Symlink(self, roombot))
	for _, args := range []string{"", "sandbox --help", "run --help", "soak --help", "jobs --help", "snadbox", "run --config missing.json", "jobs show x"} {
		c := process(t.Context(), strings.Fields(args)...)
		c.Path, c.Args[0] = roombot, roombot
		out, _ := c.CombinedOutput()
		require.Contains(t, string(out), "roombot", args)
		require.NotRegexp(t, `(^|[^-\w./])bot (sandbox|run|check|keygen|parse|version|status|jobs|forget|soak|bench|help|SUBCOMMAND)\b|(?m)^bot: `, string(out), args)
	}
	require.Equal(t, "bot", nameOfProgram("/tmp/go-build/bot.test"))
	require.Equal(t, "roombot", nameOfProgram("roombot.exe"))
	require.Equal(t, "bot", nameOfProgram(""))
}

func TestCompletionScriptsExist(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bash", "zsh", "fish"} {
		got := shell(t, "completion", name)
		require.Zero(t, got.code)
		require.NotEmpty(t, got.out)
	}
}

func TestFlagsAndArgumentsComplete(t *testing.T) {
	t.Parallel()
	for line, offer := range map[string]string{
		"parse --in ":         "im\nroom\n:4\n",
		"soak --faults ":      "none\ndefault\nheavy\n:4\n",
		"run --config ":       "json\nyaml\nyml\n:8\n",
		"check --config ":     "json\nyaml\nyml\n:8\n",
		"jobs show --config ": "json\nyaml\nyml\n:8\n",
		"keygen --dir ":       ":16\n",
		"sandbox --dir ":      ":16\n",
		"soak --dir ":         ":16\n",
		"run ":                ":4\n",
		"jobs list ":          ":4\n",
		"parse ":              ":4\n",
	} {
		args := append([]string{"__complete"}, strings.Split(line, " ")...)
		require.Equal(t, offer, shell(t, args...).out, line)
	}
}

func TestKeygenCreatesAPrivateFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "etc", "roombot")
	got := shell(t, "keygen", "--dir", dir, "--bits", "2048")
	require.Zero(t, got.code, got.err)
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestConsoleLogInAFileHasNoColours(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	for _, to := range []io.Writer{&out, file} {
		log := newLogger(config.Log{Level: "info", Format: "console"}, to)
		log.Info().Str("key", "value").Msg("something happened")
	}
	written, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	for _, text := range []string{out.String(), string(written)} {
		require.Contains(t, text, "something happened key=value")
		require.NotContains(t, text, "\x1b")
	}
}

func TestKeygenNeverOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := shell(t, "keygen", "--dir", dir, "--bits", "2048")
	require.Zero(t, first.code, first.err)
	key, err := rsa.Load(filepath.Join(dir, "privatekey.pem"))
	require.NoError(t, err)
	require.Contains(t, first.out, key.Fingerprint())
	require.Empty(t, key.Warnings())

	second := shell(t, "keygen", "--dir", dir, "--bits", "2048")
	require.Equal(t, exitFailed, second.code)
	again, err := rsa.Load(filepath.Join(dir, "privatekey.pem"))
	require.NoError(t, err)
	require.Equal(t, key.Fingerprint(), again.Fingerprint())
}

func TestParseReadsTextAndDeliveredMessages(t *testing.T) {
	t.Parallel()
	text := shell(t, "parse", `/newroom "Desk" bob@bank.com`)
	require.JSONEq(t, `{"command":"newroom","name":"Desk","emails":["bob@bank.com"]}`, text.out)

	delivered := `{"message":"<div data-format=\"PresentationML\" data-version=\"2.0\"><span class=\"entity\" data-entity-id=\"0\">@Bot</span> /newroom Desk <span class=\"entity\" data-entity-id=\"1\">@Ann</span></div>",
	  "data":"{\"0\":{\"type\":\"com.symphony.user.mention\",\"id\":[{\"type\":\"com.symphony.user.userId\",\"value\":\"9000\"}]},\"1\":{\"type\":\"com.symphony.user.mention\",\"id\":[{\"type\":\"com.symphony.user.userId\",\"value\":\"7\"}]}}"}`
	message := shellWith(t, delivered, "parse", "--bot-id", "9000", "--in", "room")
	require.JSONEq(t, `{"command":"newroom","name":"Desk","users":[7]}`, message.out)

	require.JSONEq(t, `{"ignore":true}`, shell(t, "parse", "--in", "room", "/quote AAPL").out)
	require.Contains(t, shell(t, "parse", "/newroom", "Desk").err, "put it between single quotes")
	broken := shellWith(t, "no json", "parse")
	require.Equal(t, exitFailed, broken.code)
	require.Contains(t, broken.err, `want {"message"`)
}

func TestCheckPassesOnTheSandbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")

	got := shell(t, "check", "--config", filepath.Join(dir, "config.json"))
	require.Zero(t, got.code, got.out)
	for _, name := range []string{"configuration", "policy", "key", "store", "network", "login", "datafeed", "groups"} {
		require.Regexp(t, `(?m)^✓ `+name, got.out)
	}
}

func TestCheckNamesProblemAndRemedy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	require.NoError(t, os.Remove(filepath.Join(dir, "privatekey.pem")))
	require.NoError(t, os.Remove(filepath.Join(dir, "publickey.pem")))
	require.Zero(t, shell(t, "keygen", "--dir", dir, "--bits", "2048").code) // a key that the pod does not know

	for _, command := range []string{"check", "run"} {
		got := shell(t, command, "--config", filepath.Join(dir, "config.json"))
		require.Equal(t, exitRejected, got.code, got.out+got.err)
		require.Contains(t, got.out+got.err, "key")
	}
	missing := shell(t, "check", "--config", filepath.Join(dir, "none.json"))
	require.Equal(t, exitFailed, missing.code)
	require.Contains(t, missing.out, "none.json")
}

func TestReadmeListsEveryOptionAndKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	readme := string(text)
	set := new(commands.Env).Commands()
	newroom, ok := set.Lookup("newroom")
	require.True(t, ok)
	for _, o := range newroom.Options {
		require.True(t, strings.Contains(readme, "`"+o.Key), "option %s", o.Key)
		for _, alias := range o.Aliases {
			require.True(t, strings.Contains(readme, "`"+alias+"`"), "alias %s of %s", alias, o.Key)
		}
	}
	for _, key := range config.Keys() {
		require.True(t, regexp.MustCompile(readmePattern(key)).MatchString(readme), "configuration key %s, default %q", key.Path, key.Default)
	}
}

// componentKey matches keys that every component has.
var componentKey = regexp.MustCompile(`^(pod|agent|keyManager|sessionAuth|keyAuth)\.[^.]+(\.[^.]+)?$`)

// readmePattern matches what the README has to say about a key.
func readmePattern(key schema.Entry) string {
	name, fallback := regexp.QuoteMeta("`"+key.Path+"`"), ""
	if key.Default != "" {
		fallback = regexp.QuoteMeta(" `" + key.Default + "` |")
	}
	switch of := componentKey.FindStringSubmatch(key.Path); {
	case of != nil && !strings.Contains(key.Path, "loadBalancing"):
		return "(?m)^\\| `" + of[1] + "\\.…` \\|"
	case key.Unused:
		return name
	}
	return "(?m)^\\| " + name + " \\| .+ \\|" + fallback
}
