package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"

	"roombot/bot/config"
	"roombot/bot/config/schema"
	"roombot/symphony"
)

// checkNextKey signs in with the key that waits beside the one in use, if there is one. It fails
// nothing: the bot works without.
func checkNextKey(ctx context.Context, c *config.Config) []checkResult {
	if c.Bot.PrivateKey.Path == "" {
		return nil
	}
	path := nextKeyFile(string(c.Bot.PrivateKey.Path))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	next := *c
	next.Bot.PrivateKey.Path = schema.FilePath(path)
	key, err := loadPrivateKey(next.Bot.PrivateKey)
	if err != nil {
		return []checkResult{nextKeyWarning("", err, "It must not take the place of the key in use.")}
	}
	warnings := keyWarnings(next.Bot.PrivateKey, key)
	if err := signIn(ctx, &next); err != nil {
		return []checkResult{nextKeyWarning(key.Fingerprint(), err, nextKeyRemedy(err, path))}
	}
	detail := fmt.Sprintf("%s, signs in: it may take the place of %s", key.Fingerprint(), filepath.Base(string(c.Bot.PrivateKey.Path)))
	return []checkResult{passedCheck(nextKeyCheck, detail, warnings...)}
}

const nextKeyCheck = "new key"

func nextKeyWarning(detail string, err error, remedy string) checkResult {
	if rejected, ok := errors.AsType[*symphony.LoginError](err); ok {
		detail, err = detail+": rejected", rejected.Err
	}
	r := failedCheck(nextKeyCheck, detail, err, remedy)
	r.Level = levelWarning
	return r
}

func nextKeyRemedy(err error, path string) string {
	if errors.Is(err, symphony.ErrLoginRejected) {
		return "Paste the public key of " + filepath.Base(path) + " into the portal before it takes the place of the key in use."
	}
	return networkRemedy(err)
}

// signIn signs in as configured, with a client of its own.
func signIn(ctx context.Context, c *config.Config) error {
	client, err := newClient(c, zerolog.Nop())
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return client.Login(ctx)
}
