package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"roombot/bot/config"
)

func misconfigured(err error) finding {
	if _, ok := errors.AsType[config.Problems](err); ok {
		return failed("configuration", "", err, "Mend each of these lines.")
	}
	return failed("configuration", "", err, "")
}

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
	switch {
	case allow == 0:
		return found("policy", detail, "no rule allows anything but /help: add roombot.policy.allow")
	case !slices.ContainsFunc(commandNames(), c.Policy.Open):
		return found("policy", detail, "nobody may use anything but /help: a rule of roombot.policy.deny is about everybody, everywhere, and wins")
	}
	return found("policy", detail)
}

// checkHealth tests that the bot can listen where its health page is to be, or that it does already.
func checkHealth(ctx context.Context, c *config.Config) finding {
	listen := string(c.Roombot.Health.Listen)
	if listen == "" {
		return found("health", "no page, so that bot status has nothing to ask (roombot.health.listen)")
	}
	l, err := net.Listen("tcp", listen)
	if err == nil {
		_ = l.Close() // nobody has connected
		return found("health", listen+", free")
	}
	if h, _, asked := askHealth(ctx, healthPage(listen)); asked == nil && strings.EqualFold(h.Username, c.Bot.Username) {
		return found("health", fmt.Sprintf("%s, where %s runs", listen, h.Username))
	}
	return failed("health", "", err, "Choose another address for roombot.health.listen, or end what listens there.")
}
