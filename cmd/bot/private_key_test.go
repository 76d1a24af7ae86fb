package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/config"
	"roombot/bot/config/schema"
	"roombot/rsa"
)

const testPassphrase = "correct horse battery"

// startSandbox starts a pod without a bot and returns its folder, with the configuration of a bot.
func startSandbox(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	return dir
}

// encryptKey encrypts a key file with testPassphrase, as an operator does.
func encryptKey(t *testing.T, path string) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), findTool(t, "openssl"), "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", path, "-out", path+".new",
		"-passout", "pass:"+testPassphrase).CombinedOutput()
	require.NoError(t, err, string(output))
	require.NoError(t, os.Rename(path+".new", path))
}

// editConfig replaces a text of a configuration.
func editConfig(t *testing.T, dir, old, replacement string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "config.json")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(content), old, replacement, 1)), 0o600))
	return path
}

func TestEncryptedKeySignsInWithItsPassphraseOnly(t *testing.T) {
	t.Parallel()
	dir := startSandbox(t)
	encryptKey(t, filepath.Join(dir, "privatekey.pem"))
	path := filepath.Join(dir, "config.json")

	got, code := runCheck(t, path)
	require.Equal(t, exitFailed, code)
	require.Contains(t, got["key"].Remedy, "bot.privateKey.passphraseFile")
	require.Equal(t, exitFailed, shell(t, "run", "--config", path).code)

	file := filepath.Join(dir, "passphrase")
	editConfig(t, dir, `"privateKey": {`, `"privateKey": { "passphraseFile": "passphrase",`)
	require.NoError(t, os.WriteFile(file, []byte("wrong horse\n"), 0o600))
	got, code = runCheck(t, path)
	require.Equal(t, exitRejected, code)
	require.Contains(t, got["key"].Detail, "the passphrase is wrong")
	require.Contains(t, got["key"].Remedy, "bot.privateKey.passphrase")
	require.NotContains(t, got, "login", "which could only fail")
	run := shell(t, "run", "--config", path)
	require.Equal(t, exitRejected, run.code)
	require.Contains(t, run.err, "the passphrase is wrong")
	require.NotContains(t, run.err, "wrong horse")

	require.NoError(t, os.WriteFile(file, []byte(testPassphrase+"\r\n"), 0o644))
	require.NoError(t, os.Chmod(file, 0o644))
	got, code = runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelOK, got["login"].Level)
	require.Contains(t, got["key"].Remedy, file+": run chmod 600 on it")

	editConfig(t, dir, `"passphraseFile": "passphrase"`, `"passphrase": "`+testPassphrase+`"`)
	bot := begin(t, "run", "--config", path)
	bot.line("a feed was created")
	require.Zero(t, bot.stop())
}

func TestPassphraseFileHoldsOneLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "passphrase")
	k := config.PrivateKey{PassphraseFile: schema.FilePath(path)}
	for content, want := range map[string]string{"a b ": "a b ", "ab\n": "ab", "ab\r\n": "ab"} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		got, err := readPassphrase(k)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for content, says := range map[string]string{"": "is empty", "\n": "is empty", "a\nb\n": "not one line", strings.Repeat("a", maxPassphrase+1): "not one line"} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := readPassphrase(k)
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "aaaa")
	}
}

func TestReplacedKeyIsUsedAndABrokenOneIsNot(t *testing.T) {
	t.Parallel()
	c := newTestConfig(t, `"host": "acme.test"`)
	path := string(c.Bot.PrivateKey.Path)
	var log bytes.Buffer
	at, read, err := newKeyReader(c.Bot.PrivateKey, zerolog.New(&log))
	require.NoError(t, err)
	first := read().Fingerprint()
	require.Equal(t, at.Fingerprint(), first)
	require.Empty(t, log.String())

	require.NoError(t, os.WriteFile(path, []byte("half a key"), 0o600))
	require.Equal(t, first, read().Fingerprint())
	require.Contains(t, log.String(), "the one read before is used")
	require.NoError(t, os.Remove(path))
	require.Equal(t, first, read().Fingerprint())

	second, err := rsa.Generate(2048)
	require.NoError(t, err)
	require.NoError(t, second.WritePair(path, path+".pub"))
	log.Reset()
	require.Equal(t, second.Fingerprint(), read().Fingerprint())
	require.Equal(t, second.Fingerprint(), read().Fingerprint())
	require.Equal(t, 1, strings.Count(log.String(), "private key was replaced"))
	require.Contains(t, log.String(), second.Fingerprint())
}
