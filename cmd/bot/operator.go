package main

import (
	"context"
	"fmt"
	stdio "io"
	"os"
	"os/user"
	"strconv"
	"time"

	"roombot/bot"
	"roombot/bot/engine"
)

// operatorName names the system's user who runs this, and with sudo who called it.
func operatorName() string {
	name := "uid " + strconv.Itoa(os.Getuid())
	if current, err := user.Current(); err == nil {
		name = current.Username
	}
	if caller := os.Getenv("SUDO_USER"); caller != "" && caller != name {
		return fmt.Sprintf("%s, by sudo from %s", name, caller)
	}
	return name
}

// auditAct writes the audit line of an act to the shell's own log. The bot writes the same line
// into its own.
func auditAct(ctx context.Context, err stdio.Writer, path string, act engine.Act) error {
	c, failed := loadConfigWithoutPolicy(path)
	if failed != nil {
		return failed
	}
	act.At = time.Now()
	log := newLogger(c.Roombot.Log, err)
	bot.AuditAct(log.WithContext(ctx), act)
	return nil
}
