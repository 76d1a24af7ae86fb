package commands

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// Request is one command that a user gave.
type Request struct {
	ID   RequestID
	From Person
	In   Place
	// Message is what the user typed, for echoing it in errors.
	Message syntax.Message
	syntax.Invocation
	// Missed marks a request that was found in the history of its chat: a bot
	// with another memory may have begun to carry it out.
	Missed bool
}

// Preview reports whether the user asked to be shown the plan only.
func (r *Request) Preview() bool { return r.on("preview") }

func (r *Request) on(flag string) bool {
	yes, _ := r.Flag(flag)
	return yes
}

// Place is where a request was made and is answered.
type Place struct {
	Stream symphony.StreamID
	// Room is false for a 1:1 chat.
	Room bool
	Name string
}

// RequestID names one request in answers, logs and in the room it made
// (keyword RequestKeyword). It follows from the id of the message that carried
// the request, so every replica and every restart arrives at the same one.
type RequestID string

// RequestKeyword is the key of the room keyword whose value is the request id:
// how a room is found again when Symphony's answer to its creation was lost.
const RequestKeyword = "roombot-request"

// Trace is the id in the form of Symphony's X-Trace-Id, six letters and digits,
// so that calls are found in the pod's logs.
func (id RequestID) Trace() string {
	plain := strings.ReplaceAll(string(id), "-", "")
	return plain[:min(6, len(plain))]
}

// NewRequestID derives the id from the message id, or for a form from the id
// of the event that brought it. Twelve characters carry 60 bits.
func NewRequestID(source string) RequestID {
	sum := sha256.Sum256([]byte(source))
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // without i, l, o, u: read aloud on the phone
	s := base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(sum[:8])
	return RequestID(strings.Join([]string{s[0:4], s[4:8], s[8:12]}, "-"))
}
