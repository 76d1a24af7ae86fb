package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"roombot/bot/config"
	"roombot/bot/engine"
)

func checkKeys(c *config.Config, path string) finding {
	unused := c.Ignored()
	if len(unused) == 0 {
		return found("configuration", path)
	}
	return found("configuration", path, "Without effect here, and may be removed: "+joined(unused)+".")
}

func checkPolicy(c *config.Config) finding {
	deny, allow := c.Policy.Rules()
	detail := fmt.Sprintf("rules: %d that allow, %d that deny", allow, deny)
	if allow == 0 {
		return found("policy", detail, "no rule allows anything but /help: add roombot.policy.allow")
	}
	return found("policy", detail)
}

// checkCredentials tests what the bot signs in with, without signing in.
func checkCredentials(c *config.Config) finding {
	if certified(c) {
		pair, err := certificate(c.Bot.Certificate)
		if err != nil {
			return failed("certificate", "", err, "Correct bot.certificate.")
		}
		detail := "loaded"
		if leaf := pair.Leaf; leaf != nil {
			detail = fmt.Sprintf("%s, until %s", leaf.Subject.CommonName, leaf.NotAfter.Format("2006-01-02"))
		}
		return found("certificate", detail)
	}
	key, err := privateKey(c.Bot.PrivateKey)
	if err != nil {
		return failed("key", "", err, "Make a key pair with bot keygen, or correct bot.privateKey.")
	}
	return found("key", key.Fingerprint(), key.Warnings()...)
}

// checkStore tests that the store's folder and file can be written to, or that the
// database answers.
func checkStore(ctx context.Context, store config.Store) finding {
	if store.Shared() {
		return checkDatabase(ctx, store)
	}
	if err := writable(string(store)); err != nil {
		return failed("store", "", err, "Give the bot's user the right to write there, or set roombot.store.")
	}
	return found("store", store.String())
}

func writable(file string) error {
	probe, err := os.CreateTemp(filepath.Dir(file), ".roombot-check-*")
	if err != nil {
		return err
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return err
	}
	there, err := os.OpenFile(file, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return there.Close()
}

func checkDatabase(ctx context.Context, store config.Store) finding {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	inspector, err := engine.Inspect(ctx, string(store))
	if err == nil {
		err = inspector.Close()
	}
	switch {
	case errors.Is(err, engine.ErrEmpty):
		return found("store", store.String()+", empty, will be set up at the start")
	case errors.Is(err, engine.ErrOlder):
		return found("store", store.String()+", of an older version, will be brought up to date at the start")
	case err != nil:
		return failed("store", "", err, "Check the address in roombot.store, and that the database lets this user in.")
	}
	return found("store", store.String())
}
