package engine

import (
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
	Conversation string          // commands of one conversation run one after the other; empty: waits for nobody
	Payload      json.RawMessage // opaque to the engine, must be valid JSON
	ReceivedAt   time.Time       // when the command reached the bot; zero: the time of the insert
	Settled      bool            // nothing is to be done for it: it is stored to be known when it comes again
}

// States of a command. A failing one has no attempts left and is about to be reported.
const (
	stateOpen    = "open"
	stateFailing = "failing"
	stateDone    = "done"
	stateFailed  = "failed"
)

func (c Job) check() error {
	switch {
	case c.ID == "":
		return errors.New("insert commands: a command without id")
	case !isText(c.ID) || !isText(c.Conversation):
		return fmt.Errorf("insert commands: id %q or its conversation is not text", c.ID)
	case len(c.Payload) > 0 && (!json.Valid(c.Payload) || !utf8.Valid(c.Payload)):
		return fmt.Errorf("insert commands: payload of %s is not JSON", c.ID)
	}
	return nil
}

// isText is what any database takes as text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
