package soak

import (
	"regexp"
	"slices"
	"strings"

	"roombot/cmd/bot/trial"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// roleItem is the item of an answer that names owners or members.
var roleItem = regexp.MustCompile(`(?m)^• (?:Owner|Member)s?: (.*)$`)

// namesAsMember reports whether a message says that somebody is in the room.
func namesAsMember(m client.Message, name string) bool {
	for _, found := range roleItem.FindAllStringSubmatch(messageml.Plain(m.Markup, m.Data), -1) {
		if slices.Contains(strings.Split(strings.ReplaceAll(found[1], " (you)", ""), ", "), name) {
			return true
		}
	}
	return false
}

// messagesByRequest are all messages, each version of them, by the number of the request.
func messagesByRequest(all []client.Message) map[string][]client.Message {
	said := map[string][]client.Message{}
	for _, m := range all {
		request := trial.ReadStamp(m).Request
		said[request] = append(said[request], m)
	}
	return said
}

// checkClaims notes each version of an answer that names somebody as a member before they were in
// the room, by the pod's clock.
func (a *AuditResult) checkClaims(c *Request, r client.Room, versions []client.Message, names map[string]string) {
	for _, m := range versions {
		for _, member := range r.Members {
			if member.Joined > m.Timestamp && namesAsMember(m, names[member.Username]) {
				a.Wrong++
				a.addFinding(c, "named as a member before being in the room: "+member.Username)
			}
		}
	}
}
