package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony/sandbox/client"
)

// rotationSteps are the commands of the operations guide for the rotation of a key, in their order.
func rotationSteps(t *testing.T) []string {
	t.Helper()
	_, section, found := strings.Cut(readRepositoryFile(t, "docs", "operations.md"), "\n## Rotating the key\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var steps []string
	for _, line := range regexp.MustCompile(`(?m)^ {7}(\S.*)$`).FindAllStringSubmatch(section, -1) {
		steps = append(steps, line[1])
	}
	return steps
}

// rotation is a bot on a pod whose key is rotated.
type rotation struct {
	*testing.T
	dir, path string // the bot's folder, and the one of the program bot
	world     *client.Client
	bot       *running
}

func startRotation(t *testing.T, changes ...func(*rotation)) *rotation {
	t.Helper()
	r := &rotation{T: t, dir: t.TempDir(), path: t.TempDir()}
	program := fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", beTheProgram, os.Args[0])
	require.NoError(t, os.WriteFile(filepath.Join(r.path, "bot"), []byte(program), 0o700))
	page := begin(t, "sandbox", "--no-bot", "--dir", r.dir, "--listen", "127.0.0.1:0").line("Page")
	r.world = client.New(regexp.MustCompile(`http://\S+`).FindString(page))
	t.Cleanup(r.world.Close)
	editConfig(t, r.dir, filepath.Join(r.dir, "privatekey.pem"), "privatekey.pem") // as the guide has it
	for _, change := range changes {
		change(r)
	}
	r.bot = begin(t, "run", "--config", filepath.Join(r.dir, "config.json"))
	r.bot.line("a feed was created")
	return r
}

// step runs a command of the guide in the bot's folder, or makes its change of the configuration.
func (r *rotation) step(command string) (output string) {
	r.Helper()
	if strings.HasPrefix(command, `"`) {
		editConfig(r.T, r.dir, `"privateKey": { "path": "privatekey.pem" }`, command)
		return ""
	}
	c := exec.CommandContext(r.Context(), "sh", "-c", strings.ReplaceAll(command, "/etc/roombot", r.dir))
	c.Env = append(os.Environ(), "PATH="+r.path+":"+os.Getenv("PATH"))
	said, err := c.CombinedOutput()
	require.NoError(r, err, string(said))
	return string(said)
}

// answers requires that the bot answers, which is the process that was started at first.
func (r *rotation) answers() {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	said, err := r.world.Says(ctx, "bob", "/help")
	require.NoError(r, err)
	_, err = said.Sees(ctx, "I open rooms")
	require.NoError(r, err)
}

// keyFile is the fingerprint of a key in the bot's folder.
func (r *rotation) keyFile(name string) string {
	r.Helper()
	key, err := rsa.Load(filepath.Join(r.dir, name))
	require.NoError(r, err)
	return key.Fingerprint()
}

func TestKeyIsRotatedWithoutAStopAsTheGuideSays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a key of 4096 bits takes seconds to make")
	}
	steps := rotationSteps(t)
	require.Len(t, steps, 7, "keygen, check, cp, previous, mv, mv, rm")
	r := startRotation(t)
	old := r.keyFile("privatekey.pem")

	said := r.step(steps[0])
	require.Contains(t, said, "Nothing has changed for the bot")
	require.Equal(t, old, r.keyFile("privatekey.pem"))
	fresh := r.keyFile("privatekey.new.pem")
	require.NotEqual(t, old, fresh)
	require.Regexp(t, `(?m)^! new key +`+regexp.QuoteMeta(fresh)+`: rejected`, r.step(steps[1]), "before it is pasted")

	public, err := os.ReadFile(filepath.Join(r.dir, "publickey.new.pem"))
	require.NoError(t, err)
	pasted, err := r.world.PasteKey(t.Context(), string(public))
	require.NoError(t, err)
	require.Equal(t, []string{fresh, old}, []string{pasted.Current, pasted.Previous})
	require.Regexp(t, `(?m)^✓ new key +`+regexp.QuoteMeta(fresh)+`, signs in`, r.step(steps[1]))
	r.endSession()
	r.answers() // by a new session of the old key

	for _, prepare := range steps[2:4] {
		r.step(prepare)
	}
	require.Regexp(t, `(?m)^! previous key +`+regexp.QuoteMeta(old)+`(?s:.*)is the key in use`, r.step(steps[1]))
	for _, replace := range steps[4:6] {
		r.step(replace)
		r.answers()
	}
	require.Equal(t, []string{fresh, old}, []string{r.keyFile("privatekey.pem"), r.keyFile("privatekey.old.pem")})
	checked := r.step(steps[1])
	require.NotContains(t, checked, "new key")
	require.Regexp(t, `(?m)^✓ previous key +`+regexp.QuoteMeta(old)+`, for rooms of before$`, checked)

	_, err = r.world.RevokePreviousKey(t.Context())
	require.NoError(t, err)
	require.Contains(t, r.bot.line("private key was replaced"), fresh)
	r.answers()
	editConfig(t, r.dir, steps[3], `"privateKey": { "path": "privatekey.pem" }`)
	r.step(steps[6])
	r.endSession()
	r.answers()
	require.Zero(t, r.bot.stop(), "it is the process of the beginning")
	require.NotContains(t, r.step(steps[1]), "previous key")
}

// endSession has the bot sign in again at its next call.
func (r *rotation) endSession() {
	r.Helper()
	require.NoError(r, r.world.Fail(r.Context(), client.Fault{Kind: client.FaultSessionExpired, Count: 1}))
}

func TestRotationNeedsAPairToRotate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got := shell(t, "keygen", "--rotate", "--dir", dir, "--bits", "2048")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "to rotate")

	require.Zero(t, shell(t, "keygen", "--dir", dir, "--bits", "2048").code)
	require.Zero(t, shell(t, "keygen", "--rotate", "--dir", dir, "--bits", "2048").code)
	got = shell(t, "keygen", "--rotate", "--dir", dir, "--bits", "2048")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "privatekey.new.pem exists and is not overwritten")
}

func TestNextKeyThatCannotBeReadIsAWarning(t *testing.T) {
	t.Parallel()
	dir := startSandbox(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "privatekey.new.pem"), []byte("half a key"), 0o600))
	got, code := runCheck(t, filepath.Join(dir, "config.json"))
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["new key"].Level)
	require.Contains(t, got["new key"].Remedy, "must not take the place")
}

func TestKeygenWarnsOfAFolderThatOthersCanWriteTo(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	dir := filepath.Join(above, "keys")
	for _, c := range []struct {
		above, own os.FileMode
		warns      string
	}{
		{0o755, 0o700, ""},
		{0o755, 0o755, ""},
		{0o755, 0o770, dir},
		{0o755, 0o777, dir},
		{0o755, 0o777 | os.ModeSticky, dir},
		{0o777, 0o700, above},
		{0o777 | os.ModeSticky, 0o700, ""},
	} {
		require.NoError(t, os.MkdirAll(dir, 0o700))
		require.NoError(t, os.Chmod(above, c.above))
		require.NoError(t, os.Chmod(dir, c.own))
		got := shell(t, "keygen", "--dir", dir, "--bits", "2048")
		require.Zero(t, got.code, got.err)
		if c.warns == "" {
			require.NotContains(t, got.err, "Warning")
		} else {
			require.Contains(t, got.err, "other users can write to the folder "+c.warns+" and replace the key")
		}
		require.NoError(t, os.RemoveAll(dir))
	}
}
