package client

import "encoding/json"

// Kinds of frames.
const (
	FrameMessage  = "message"  // somebody wrote or edited a message, or submitted a form of it
	FrameChat     = "chat"     // a chat changed, or is gone
	FrameWire     = "wire"     // a bot made a call
	FrameFeeds    = "feeds"    // the datafeeds changed
	FrameFaults   = "faults"   // the faults changed, or one has struck
	FrameManifest = "manifest" // the bot uploaded its commands
	FrameRecord   = "record"   // the audit record of the bot has more entries
	FrameReset    = "reset"    // the pod is as new
)

// Frame is one message of the WebSocket GET live?as=USERNAME. Beside Kind it has the one field that
// belongs to the kind; a record and a reset have none.
type Frame struct {
	Kind     string          `json:"kind"`
	Message  *Message        `json:"message,omitempty"`
	Chat     *Chat           `json:"chat,omitempty"`
	Call     *Call           `json:"call,omitempty"`
	Feeds    []Feed          `json:"feeds,omitzero"`  // all there are; nil in other frames
	Faults   []Fault         `json:"faults,omitzero"` // all there are; nil in other frames
	Manifest json.RawMessage `json:"manifest,omitempty"`
}
