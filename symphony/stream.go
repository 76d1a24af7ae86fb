package symphony

import (
	"cmp"
	"context"
)

// StreamType is the kind of a conversation.
type StreamType string

// The kinds of conversation: between two, among several without a name, rooms, and walls.
const (
	IM         StreamType = "IM"
	MIM        StreamType = "MIM"
	RoomStream StreamType = "ROOM"
	Post       StreamType = "POST"
)

// Stream is a conversation as the pod describes it.
type Stream struct {
	ID   StreamID
	Type StreamType
	// Name is a room's name, empty otherwise.
	Name string
	// CrossPod says that people of other companies take part. CrossPodKnown is false where the pod
	// does not say whether.
	CrossPod, CrossPodKnown bool
	Active                  bool
	// Members are those of an IM or MIM; a room's are asked for with Members.
	Members []UserID
	// Groups are the distribution lists in a room.
	Groups []RoomGroup
	// PinnedMessage is the message pinned in the conversation, if the pod tells it: the vendor
	// documents it for the descriptions of rooms and IMs alone.
	PinnedMessage MessageID
}

// wireStream is the vendor's V2StreamAttributes.
type wireStream struct {
	ID       StreamID     `json:"id"`
	CrossPod *lenientBool `json:"crossPod"`
	Active   lenientBool  `json:"active"`
	Type     struct {
		Type StreamType `json:"type"`
	} `json:"streamType"`
	Attributes struct {
		Members []UserID  `json:"members"`
		Pinned  MessageID `json:"pinnedMessageId"`
	} `json:"streamAttributes"`
	Room struct {
		Name   string      `json:"name"`
		Groups []RoomGroup `json:"groups"`
		Pinned MessageID   `json:"pinnedMessageId"`
	} `json:"roomAttributes"`
}

func (w wireStream) value() Stream {
	return Stream{
		ID: w.ID, Type: w.Type.Type, Name: w.Room.Name, Active: bool(w.Active),
		CrossPod: w.CrossPod != nil && bool(*w.CrossPod), CrossPodKnown: w.CrossPod != nil,
		Members: w.Attributes.Members, Groups: w.Room.Groups, PinnedMessage: cmp.Or(w.Room.Pinned, w.Attributes.Pinned),
	}
}

// Stream describes a conversation of any kind.
//
//	GET /pod/v2/streams/{sid}/info
func (c *Client) Stream(ctx context.Context, id StreamID) (Stream, error) {
	return callForValue[Stream, wireStream](ctx, c, request{op: opStream, args: []string{string(id)}})
}

// CreateIM opens the conversation between the caller and the users, or finds the one that exists:
// repeating it does no harm.
//
//	POST /pod/v1/im/create
func (c *Client) CreateIM(ctx context.Context, users ...UserID) (StreamID, error) {
	im, err := call[struct {
		ID StreamID `json:"id"`
	}](ctx, c, request{op: opCreateIM, body: users})
	if err == nil && im.ID == "" {
		return "", opCreateIM.missingIDError()
	}
	return im.ID, err
}
