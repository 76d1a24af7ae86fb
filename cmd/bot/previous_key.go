package main

import (
	"errors"
	"fmt"

	"roombot/bot/config"
	"roombot/rsa"
)

// loadPreviousKey reads the key that was in use before, nil if none is configured.
func loadPreviousKey(k config.PrivateKey) (*rsa.Key, error) {
	if !hasPreviousKey(k) {
		return nil, nil
	}
	own := k.Previous
	passphrase, err := readPassphrase(config.PrivateKey{Passphrase: own.Passphrase, PassphraseFile: own.PassphraseFile})
	if err != nil {
		return nil, fmt.Errorf("bot.privateKey.previous.%w", err)
	}
	key, err := loadKey(own.Path, own.Content, passphrase)
	if errors.Is(err, rsa.ErrEncrypted) && passphrase == "" {
		key, err = loadAsPresentKey(k)
	}
	if err != nil {
		return nil, fmt.Errorf("bot.privateKey.previous: %w", err)
	}
	return key, nil
}

func hasPreviousKey(k config.PrivateKey) bool {
	return k.Previous.Path != "" || !k.Previous.Content.IsZero()
}

// loadAsPresentKey reads the previous key by the passphrase of the present one.
func loadAsPresentKey(k config.PrivateKey) (*rsa.Key, error) {
	passphrase, err := readPassphrase(k)
	if err != nil {
		return nil, err
	}
	return loadKey(k.Previous.Path, k.Previous.Content, passphrase)
}

// previousKeyWarnings says what is unwise about the previous key and the file of its passphrase.
func previousKeyWarnings(k config.PrivateKey, present, previous *rsa.Key) []string {
	warnings := append(previous.Warnings(), fileWarnings(anyRight, "600", string(k.Previous.PassphraseFile))...)
	if present.Fingerprint() == previous.Fingerprint() {
		warnings = append(warnings, "bot.privateKey.previous is the key in use: it has an effect once that one is replaced")
	}
	return warnings
}

const previousKeyCheck = "previous key"

// checkPreviousKey tests the key that was in use before, if one is configured.
func checkPreviousKey(c *config.Config) []checkResult {
	if !hasPreviousKey(c.Bot.PrivateKey) {
		return nil
	}
	previous, err := loadPreviousKey(c.Bot.PrivateKey)
	switch {
	case errors.Is(err, rsa.ErrPassphrase), errors.Is(err, rsa.ErrEncrypted):
		return []checkResult{failedCheck(previousKeyCheck, "", err, "Set bot.privateKey.previous.passphrase or passphraseFile to the passphrase of that key.")}
	case err != nil:
		return []checkResult{failedCheck(previousKeyCheck, "", err, "Correct bot.privateKey.previous, or remove it.")}
	}
	present, err := loadPrivateKey(c.Bot.PrivateKey)
	if err != nil {
		return nil // which the check of that key says
	}
	detail := previous.Fingerprint() + ", for rooms of before"
	return []checkResult{passedCheck(previousKeyCheck, detail, previousKeyWarnings(c.Bot.PrivateKey, present, previous)...)}
}
