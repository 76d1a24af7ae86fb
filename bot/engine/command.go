package engine

import (
	"encoding/json"
	"time"
)

// Command is a piece of accepted work.
type Command struct {
	ID           string          // unique for ever: the id of the message or of the form event
	Conversation string          // commands of one conversation run one after the other; empty: waits for nobody
	Payload      json.RawMessage // opaque to the engine, must be valid JSON
	ReceivedAt   time.Time       // when the command reached the bot; zero: the time of the insert
	Settled      bool            // nothing is to be done for it: it is stored to be known when it comes again
}
