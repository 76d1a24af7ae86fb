package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"roombot/bot/config"
)

// checkCredentials tests what the bot signs in with, without signing in.
func checkCredentials(c *config.Config) finding {
	if certified(c) {
		return checkCertificate(c.Bot)
	}
	key, err := privateKey(c.Bot.PrivateKey)
	if err != nil {
		return failed("key", "", err, "Make a key pair with bot keygen, or correct bot.privateKey.")
	}
	return found("key", key.Fingerprint(), key.Warnings()...)
}

// soon is how long before a certificate ends there is a warning.
const soon = 30 * 24 * time.Hour

func checkCertificate(b config.ServiceAccount) finding {
	pair, err := certificate(b.Certificate)
	if err != nil {
		return failed("certificate", "", err, "bot.certificate takes one PEM with the certificate and its private key, not encrypted: cat cert.pem key.pem > bot.pem")
	}
	leaf, now := pair.Leaf, time.Now()
	detail := fmt.Sprintf("%s, until %s", leaf.Subject.CommonName, leaf.NotAfter.Format(time.DateOnly))
	var warnings []string
	switch {
	case now.After(leaf.NotAfter):
		return failed("certificate", detail, errors.New("it has expired"), "Have a new one made, and put it with its key where bot.certificate says.")
	case now.Before(leaf.NotBefore):
		return failed("certificate", detail, fmt.Errorf("it begins at %s", leaf.NotBefore.Format(time.RFC3339)), "Wait for that, or set this machine's clock (NTP).")
	case leaf.NotAfter.Sub(now) < soon:
		warnings = append(warnings, "have a new one made before it ends")
	}
	if leaf.Subject.CommonName != b.Username {
		warnings = append(warnings, fmt.Sprintf("Symphony signs in whom the certificate names, which is not bot.username, %q", b.Username))
	}
	if path := string(b.Certificate.Path); exposed(path) {
		warnings = append(warnings, fmt.Sprintf("other users can read %s and the key in it: run chmod 600 on it", path))
	}
	return found("certificate", detail, warnings...)
}

// exposed is true for a file that is not its owner's alone. Windows invents these bits.
func exposed(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}
