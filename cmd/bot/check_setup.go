package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"roombot/bot/config"
)

func configFailure(err error) checkResult {
	if _, ok := errors.AsType[config.Problems](err); ok {
		return failedCheck("configuration", "", err, "Mend each of these lines.")
	}
	return failedCheck("configuration", "", err, "")
}

// checkConfigFile looks for unused keys and at the rights to the file.
func checkConfigFile(c *config.Config, path string) checkResult {
	warnings := append(configFileWarnings(c, path), fileWarnings(writeRight, "go-w", c.Roombot.Audit.File)...)
	if unused := c.IgnoredKeys(); len(unused) > 0 {
		warnings = append(warnings, "Without effect here, and may be removed: "+joinNames(unused)+".")
	}
	return passedCheck("configuration", path, warnings...)
}

func checkPolicy(c *config.Config, path string) checkResult {
	deny, allow := c.Policy.Rules()
	detail := fmt.Sprintf("rules: %d that allow, %d that deny", allow, deny)
	warnings := fileWarnings(changeRight, "640", cmp.Or(c.PolicyFile(), path))
	if open := c.Policy.OpenRules(); len(open) > 0 {
		warnings = append(warnings, "everybody, people of other companies included, may run every command by rule: "+joinNames(open)+" (say whom it is for, such as internal)")
	}
	switch {
	case allow == 0:
		warnings = append(warnings, "no rule allows anything but /help: add roombot.policy.allow")
	case !slices.ContainsFunc(commandNames(), c.Policy.AllowsAnybody):
		warnings = append(warnings, "nobody may use anything but /help: a rule of roombot.policy.deny is about everybody, everywhere, and wins")
	}
	if idle := c.Policy.RulesWithoutEffect(); len(idle) > 0 {
		warnings = append(warnings, fmt.Sprintf("rules without effect: %d, the first is %v", len(idle), idle[0]))
	}
	return passedCheck("policy", detail, append(warnings, roomNameWarnings(c)...)...)
}

// checkAdmins looks whether anybody may pause the bot and is told of the policy.
func checkAdmins(c *config.Config) checkResult {
	people, groups, companies := c.Policy.CountAdmins()
	detail := fmt.Sprintf("entries: %d of people, %d of groups", people, groups)
	switch {
	case companies > 0:
		return passedCheck("admins", detail, "not only people and groups are administrators, who may pause the bot: name people in roombot.policy.admins")
	case people+groups == 0:
		return passedCheck("admins", detail, "the policy names no administrators: nobody may use /pause or /policy in a chat, and nobody is told when a text of the policy is faulty; name people in roombot.policy.admins")
	case people == 0:
		return passedCheck("admins", detail, "while Symphony does not say who is in a group, nobody is administrator: name a person in roombot.policy.admins as well")
	}
	return passedCheck("admins", detail)
}

// roomNameWarnings warn of allow rules that admit in rooms of a name.
func roomNameWarnings(c *config.Config) []string {
	byName := c.Policy.AllowsByRoomName()
	if len(byName) == 0 {
		return nil
	}
	rules := make([]string, len(byName))
	for i, r := range byName {
		rules[i] = fmt.Sprintf("%q (line %d)", r.Name, r.Line)
	}
	return []string{"users choose the names of rooms, and these allow rules go by them: " + joinNames(rules) + "; name the rooms by roomid:STREAMID"}
}

// checkHealth tests that the bot can listen at its health page's address, or that this bot listens
// there already.
func checkHealth(ctx context.Context, c *config.Config) checkResult {
	listen := string(c.Roombot.Health.Listen)
	if listen == "" {
		return passedCheck("health", "no page, so that "+programName+" status has nothing to ask (roombot.health.listen)")
	}
	l, err := net.Listen("tcp", listen)
	if err == nil {
		_ = l.Close() // no connection is lost
		return passedCheck("health", listen+", free", listenWarnings(listen)...)
	}
	if h, _, asked := askHealth(ctx, healthPage(listen)); asked == nil && strings.EqualFold(h.Username, c.Bot.Username) {
		return passedCheck("health", fmt.Sprintf("%s, where %s runs", listen, h.Username), listenWarnings(listen)...)
	}
	return failedCheck("health", "", err, "Choose another address for roombot.health.listen, or end what listens there.")
}
