package client

// ChatsAnswer is the answer of GET chats?as=USERNAME, newest chat first.
type ChatsAnswer struct {
	Chats []Chat `json:"chats"`
}

// Chat is a chat or a room in somebody's list.
type Chat struct {
	StreamID    string       `json:"streamId"`
	Type        string       `json:"type"` // "IM" or "ROOM"
	Name        string       `json:"name"` // of the room, or of the others in the chat
	External    bool         `json:"external"`
	Active      bool         `json:"active"`
	Members     []int64      `json:"members"` // user ids
	Created     int64        `json:"created"` // milliseconds since 1970
	LastMessage *LastMessage `json:"lastMessage,omitempty"`
	Unread      int          `json:"unread"`
	Gone        bool         `json:"gone,omitempty"` // in a frame: the person is no longer in the chat; of the rest only StreamID is set
}

// LastMessage is the newest message of a chat.
type LastMessage struct {
	From      int64  `json:"from"` // user id
	Text      string `json:"text"`
	Timestamp int64  `json:"timestamp"` // milliseconds since 1970
}

// OpenChatAnswer is the answer of POST chats.
type OpenChatAnswer struct {
	StreamID string `json:"streamId"`
}

// JoinAnswer is the answer of POST join.
type JoinAnswer struct {
	Chat Chat `json:"chat"`
}

// ChatAnswer is the answer of GET chats/{streamId}?as=USERNAME. What it holds counts as read.
type ChatAnswer struct {
	Chat     ChatDetail   `json:"chat"`
	Messages []Message    `json:"messages"` // those that the person can read, oldest first
	Lines    []SystemLine `json:"lines"`    // those that the person can read, oldest first
}

// SystemLine is a change that a room shows between its messages, such as "Bob added Alice".
type SystemLine struct {
	ID   string `json:"id"`
	Time int64  `json:"timestamp"` // milliseconds since 1970
	Kind string `json:"kind"`      // name of the event in the datafeed, e.g. "userJoinedRoom"
	By   int64  `json:"by"`        // user id of who made the change

	User int64  `json:"user,omitempty"` // user id of whom it is about
	Name string `json:"name,omitempty"` // that the room was given
}

// ChatDetail is a chat with its members.
type ChatDetail struct {
	Chat
	Members []ChatMember    `json:"members"` // in place of the user ids
	Room    *RoomProperties `json:"room,omitempty"`
}

// ChatMember is a member in the answer of GET chats/{streamId}.
type ChatMember struct {
	ID      int64   `json:"id"`
	Owner   bool    `json:"owner"`
	Joined  int64   `json:"joinDate"`                     // milliseconds since 1970
	Through []int64 `json:"addedThroughGroups,omitempty"` // profile ids of the groups they came with
}

// RoomProperties is what there is to know about a room besides its members.
type RoomProperties struct {
	Name             string      `json:"name"`
	Description      string      `json:"description"`
	Keywords         []Keyword   `json:"keywords"`
	Public           bool        `json:"public"`
	ReadOnly         bool        `json:"readOnly"`
	CopyProtected    bool        `json:"copyProtected"`
	CrossPod         bool        `json:"crossPod"`
	Discoverable     bool        `json:"discoverable"`
	MembersCanInvite bool        `json:"membersCanInvite"`
	ViewHistory      bool        `json:"viewHistory"`
	MultiLateral     bool        `json:"multiLateralRoom"`
	Owners           []int64     `json:"owners"` // user ids
	Groups           []RoomGroup `json:"groups"`
	CreatedBy        int64       `json:"createdBy"` // user id
	Created          int64       `json:"created"`   // milliseconds since 1970
}

// Keyword is a label of a room and its value.
type Keyword struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// RoomGroup is a distribution list in a room.
type RoomGroup struct {
	ID      int64 `json:"id"`      // profile id of the group
	AddedBy int64 `json:"addedBy"` // user id
}

// Connection is the answer of POST connect, as who answered sees it.
type Connection struct {
	UserID   int64  `json:"userId"`                     // the other one
	Status   string `json:"status"`                     // "ACCEPTED", "REJECTED", "PENDING_INCOMING" or "PENDING_OUTGOING"
	First    int64  `json:"firstRequestedAt,omitempty"` // milliseconds since 1970
	Updated  int64  `json:"updatedAt,omitempty"`        // milliseconds since 1970
	Requests int32  `json:"requestCounter,omitempty"`
}
