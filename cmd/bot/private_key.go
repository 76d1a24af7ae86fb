package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/rs/zerolog"

	"roombot/bot/config"
	"roombot/bot/config/schema"
	"roombot/rsa"
)

// loadPrivateKey reads the configured key, and its passphrase if that is in a file.
func loadPrivateKey(k config.PrivateKey) (*rsa.Key, error) {
	passphrase, err := readPassphrase(k)
	if err != nil {
		return nil, fmt.Errorf("bot.privateKey.%w", err)
	}
	key, err := loadKey(k.Path, k.Content, passphrase)
	if err != nil && k.Path == "" {
		return nil, fmt.Errorf("bot.privateKey.content: %w", err)
	}
	return key, err
}

// loadKey reads a key from its content, or else from its file.
func loadKey(path schema.FilePath, content config.Secret, passphrase string) (*rsa.Key, error) {
	if content.IsZero() {
		return rsa.LoadEncrypted(string(path), passphrase)
	}
	return rsa.ParseEncrypted([]byte(content.Reveal()), passphrase)
}

// maxPassphrase is the most that is read of a file with a passphrase, in bytes.
const maxPassphrase = 4 << 10

// readPassphrase returns the passphrase, empty if none is configured. The end of the file's line
// does not belong to it.
func readPassphrase(k config.PrivateKey) (string, error) {
	path := string(k.PassphraseFile)
	if path == "" {
		return k.Passphrase.Reveal(), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("passphraseFile: %w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxPassphrase+1))
	passphrase := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	switch {
	case err != nil:
		return "", fmt.Errorf("passphraseFile: %w", err)
	case passphrase == "":
		return "", fmt.Errorf("passphraseFile: %s is empty", path)
	case len(content) > maxPassphrase, strings.ContainsAny(passphrase, "\r\n\x00"):
		return "", fmt.Errorf("passphraseFile: %s is not one line with a passphrase", path)
	}
	return passphrase, nil
}

// keyWarnings says what is unwise about the key and the file of its passphrase.
func keyWarnings(k config.PrivateKey, key *rsa.Key) []string {
	warnings := append(key.Warnings(), folderWarnings(string(k.Path))...)
	return append(warnings, fileWarnings(anyRight, "600", string(k.PassphraseFile))...)
}

// keyReader reads the private key again at each login, so that it can be replaced while the bot
// runs.
type keyReader struct {
	configured config.PrivateKey
	log        zerolog.Logger

	mu   sync.Mutex // guards last
	last *rsa.Key
}

// newKeyReader reads the key for the first time. The function that it returns reads it again, and
// never returns nil: while the key cannot be read, such as between two steps of replacing it, it is
// the one read before.
func newKeyReader(k config.PrivateKey, log zerolog.Logger) (first *rsa.Key, again func() *rsa.Key, err error) {
	if first, err = loadPrivateKey(k); err != nil {
		return nil, nil, err
	}
	r := &keyReader{configured: k, log: log, last: first}
	r.logWarnings()
	return first, r.read, nil
}

func (r *keyReader) read() *rsa.Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, err := loadPrivateKey(r.configured)
	switch {
	case err != nil:
		r.log.Warn().Err(err).Str("fingerprint", r.last.Fingerprint()).Msg("private key could not be read again, the one read before is used")
	case key.Fingerprint() != r.last.Fingerprint():
		r.last = key
		r.log.Info().Str("fingerprint", key.Fingerprint()).Msg("private key was replaced")
		r.logWarnings()
	}
	return r.last
}

// logWarnings is called with the lock held, or before anybody else has the reader.
func (r *keyReader) logWarnings() {
	for _, warning := range keyWarnings(r.configured, r.last) {
		r.log.Warn().Msg(warning)
	}
}
