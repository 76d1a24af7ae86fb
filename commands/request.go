package commands

import (
	"strings"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// Request is what a user asked for: who, where and what.
type Request struct {
	ID RequestID
	// Job is the id of the job: of the message that carried the request, or of a form the id of the
	// event that brought it.
	Job string
	// At is when the request was made, by the pod's clock; zero where that is not known.
	At   time.Time
	From Person
	Chat Chat
	// Message is what the user typed, for echoing it in errors.
	Message syntax.Message
	syntax.Invocation
	// MayListGroups is whether the policy lets the requester use /groups here. Only then names of
	// groups are suggested.
	MayListGroups bool
	// Missed marks a request that a bot with another store may have begun to execute: it was found in
	// the history of its chat, or the store may have been set back.
	Missed bool
	// BeforeProofs marks a request that was accepted by a version which gave rooms no proof.
	BeforeProofs bool
}

// Preview reports whether the user asked to be shown the plan only.
func (r *Request) Preview() bool { return r.isOn("preview") }

func (r *Request) isOn(flag string) bool {
	yes, _ := r.Flag(flag)
	return yes
}

// Chat is where a request was made and is answered.
type Chat struct {
	Stream symphony.StreamID
	// Room is false for a 1:1 chat.
	Room bool
	Name string
}

// Trace is the id in the form of Symphony's X-Trace-Id, six letters and digits, so that calls are
// found in the pod's logs.
func (id RequestID) Trace() string {
	plain := strings.ReplaceAll(string(id), "-", "")
	return plain[:min(6, len(plain))]
}

// ParseRequestID reads a number as people type it, or copy it from below an answer: in any case,
// with or without dashes and the word "Request".
func ParseRequestID(typed string) (id RequestID, isNumber bool) {
	plain := strings.ToLower(strings.Join(strings.Fields(typed), ""))
	plain = strings.TrimPrefix(strings.TrimLeft(plain, "#"), "request")
	plain = strings.Trim(strings.ReplaceAll(plain, "-", ""), "#:.,")
	isOther := func(r rune) bool { return !strings.ContainsRune(requestAlphabet, r) }
	if len(plain) != requestDigits || strings.ContainsFunc(plain, isOther) {
		return "", false
	}
	return RequestID(plain[:4] + "-" + plain[4:8] + "-" + plain[8:]), true
}
