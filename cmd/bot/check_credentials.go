package main

import (
	"errors"
	"fmt"
	"time"

	"roombot/bot/config"
	"roombot/rsa"
)

// checkCredentials tests the key or the certificate without signing in.
func checkCredentials(c *config.Config) checkResult {
	if usesCertificate(c) {
		return checkCertificate(c.Bot)
	}
	key, err := loadPrivateKey(c.Bot.PrivateKey)
	switch {
	case errors.Is(err, rsa.ErrPassphrase):
		return failedCheck("key", "", err, "Correct bot.privateKey.passphrase or what the file of bot.privateKey.passphraseFile holds.")
	case errors.Is(err, rsa.ErrEncrypted):
		return failedCheck("key", "", err, `Set bot.privateKey.passphrase, best as "${BOT_KEY_PASSPHRASE}", or bot.privateKey.passphraseFile.`)
	case err != nil:
		return failedCheck("key", "", err, "Make a key pair with "+programName+" keygen, or correct bot.privateKey.")
	}
	return passedCheck("key", key.Fingerprint(), keyWarnings(c.Bot.PrivateKey, key)...)
}

// expiryNotice is how long before its end a certificate gets a warning.
const expiryNotice = 30 * 24 * time.Hour

func checkCertificate(b config.ServiceAccount) checkResult {
	pair, err := loadCertificate(b.Certificate)
	if err != nil {
		return failedCheck("certificate", "", err, "bot.certificate takes one PEM with the certificate and its private key, not encrypted: cat cert.pem key.pem > bot.pem")
	}
	leaf, now := pair.Leaf, time.Now()
	detail := fmt.Sprintf("%s, until %s", leaf.Subject.CommonName, leaf.NotAfter.Format(time.DateOnly))
	var warnings []string
	switch {
	case now.After(leaf.NotAfter):
		return failedCheck("certificate", detail, errors.New("it has expired"), "Have a new one made, and put it with its key where bot.certificate says.")
	case now.Before(leaf.NotBefore):
		return failedCheck("certificate", detail, fmt.Errorf("it begins at %s", leaf.NotBefore.Format(time.RFC3339)), "Wait for that, or set this machine's clock (NTP).")
	case leaf.NotAfter.Sub(now) < expiryNotice:
		warnings = append(warnings, "have a new one made before it ends")
	}
	if leaf.Subject.CommonName != b.Username {
		warnings = append(warnings, fmt.Sprintf("Symphony signs in whom the certificate names, which is not bot.username, %q", b.Username))
	}
	warnings = append(warnings, fileWarnings(anyRight, "600", string(b.Certificate.Path))...)
	return passedCheck("certificate", detail, warnings...)
}
