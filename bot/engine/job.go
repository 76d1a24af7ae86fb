package engine

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Job is a piece of accepted work.
type Job struct {
	ID           string          // unique for ever: the id of the message or of the form event
	Conversation string          // jobs of one conversation run one after the other; empty: waits for none
	Owner        string          // whom UnfinishedJobs names; may be empty
	Payload      json.RawMessage // opaque to the engine, must be valid JSON
	ReceivedAt   time.Time       // when it reached the bot; zero: the time of the insert
	Lane         Lane            // in which it takes turns with the others of its conversation
	Urgent       bool            // it comes before all that are ready, and finds a worker where all are busy; not stored
	Finished     bool            // nothing is to be done: it is stored to be recognized when it comes again

	// Memo is not stored. The first attempt has it where this process begins it right away; what it
	// holds must follow from Payload.
	Memo any
}

// Lane is one of the rows in which the jobs of a conversation take turns. The jobs of all lanes
// count among those of the conversation. The numbers are stored.
type Lane int

// The lanes.
const (
	MainLane Lane = 0 // what changes something
	ReadLane Lane = 1 // what only reads
	NoLane   Lane = 2 // it takes no turns: it waits for no other job, and none waits for it
)

// payload is the text of the payload as it is stored.
func (j Job) payload() string { return cmp.Or(string(j.Payload), "null") }

func (j Job) check() error {
	switch {
	case j.ID == "":
		return errors.New("insert jobs: a job without id")
	case !IsText(j.ID) || !IsText(j.Conversation) || !IsText(j.Owner):
		return fmt.Errorf("insert jobs: id %q, its conversation or its owner is not text", j.ID)
	case len(j.Payload) > 0 && (!json.Valid(j.Payload) || !utf8.Valid(j.Payload)):
		return fmt.Errorf("insert jobs: payload of %s is not JSON", j.ID)
	}
	return nil
}

// IsText reports whether any database takes s as text, such as the id of a job.
func IsText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
