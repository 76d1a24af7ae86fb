package client

import (
	"encoding/json"
	"time"
)

// SayRequest is the body of POST say: somebody writes.
type SayRequest struct {
	As       string    `json:"as"`                 // username of who writes
	To       string    `json:"to,omitempty"`       // a username for the chat of two, or a stream id; default: the bot
	Text     string    `json:"text"`               // as typed; @username and @Display Name become mentions
	Mentions []Mention `json:"mentions,omitempty"` // default: found in the text
	Wait     string    `json:"wait,omitempty"`     // at most, for the bot's replies, e.g. "5s"; default: do not wait
}

// EditRequest is the body of POST edit: somebody changes a message of theirs.
type EditRequest struct {
	As        string    `json:"as"`
	MessageID string    `json:"messageId"` // any version of the message
	Text      string    `json:"text"`
	Mentions  []Mention `json:"mentions,omitempty"`
	Wait      string    `json:"wait,omitempty"` // as in SayRequest
}

// ActRequest is the body of POST act: somebody fills in a form and presses a button of it.
type ActRequest struct {
	As        string                     `json:"as"`
	MessageID string                     `json:"messageId"`
	FormID    string                     `json:"formId"`
	Action    string                     `json:"action"`           // name of the button
	Values    map[string]json.RawMessage `json:"values,omitempty"` // by name of the field
	Wait      string                     `json:"wait,omitempty"`   // as in SayRequest
}

// Mention is a part of a text that names a user.
type Mention struct {
	Start  int   `json:"start"` // in code points
	End    int   `json:"end"`   // in code points, exclusive
	UserID int64 `json:"userId"`
}

// ChatterRequest is the body of POST chatter: somebody writes much the same thing many times. The
// messages go to the datafeeds and are not kept.
type ChatterRequest struct {
	As    string `json:"as"`
	To    string `json:"to,omitempty"`    // as in SayRequest
	Text  string `json:"text,omitempty"`  // {n} stands for the number of the message, from 0; default: small talk
	Count int    `json:"count,omitempty"` // 1 to 10,000; default 1
}

// OpenChatRequest is the body of POST chats: somebody opens a chat with others, who are named by
// their usernames. An existing chat of the same people is given again.
type OpenChatRequest struct {
	As   string   `json:"as"`
	With []string `json:"with"`
}

// CreateRoomRequest is the body of POST rooms: somebody makes a room and adds people, each of whom
// must be allowed in it.
type CreateRoomRequest struct {
	As          string    `json:"as"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Keywords    []Keyword `json:"keywords,omitempty"`
	Public      bool      `json:"public,omitempty"`
	CrossPod    bool      `json:"crossPod,omitempty"`
	Members     []string  `json:"members,omitempty"` // usernames
}

// UpdateRoomRequest is the body of POST rooms/{streamId}: an owner changes a room. What is absent
// stays as it is.
type UpdateRoomRequest struct {
	As       string    `json:"as"`
	Name     string    `json:"name,omitempty"`
	Keywords []Keyword `json:"keywords,omitempty"` // in place of all that there are
}

// CreateGroupRequest is the body of POST groups: the administrator of the pod makes a distribution
// list. A restriction says who may see it; one that names companies and users takes both.
type CreateGroupRequest struct {
	Name              string   `json:"name"`
	Members           []string `json:"members,omitempty"`           // usernames
	RestrictedTenants []int64  `json:"restrictedTenants,omitempty"` // numbers of companies; default: all
	RestrictedUsers   []string `json:"restrictedUsers,omitempty"`   // usernames; default: all
}

// JoinRequest is the body of POST join: somebody enters a public room, or asks to be let into a
// private one.
type JoinRequest struct {
	As       string `json:"as"`
	StreamID string `json:"streamId"`
	Ask      bool   `json:"ask,omitempty"` // send the owners of a private room an event; the answer is a refusal even so
}

// LeaveRequest is the body of POST leave: somebody leaves a room.
type LeaveRequest struct {
	As       string `json:"as"`
	StreamID string `json:"streamId"`
}

// ConnectRequest is the body of POST connect: somebody answers the request for a connection of
// somebody of another company.
type ConnectRequest struct {
	As     string `json:"as"`
	With   string `json:"with"`   // username of who asked
	Action string `json:"action"` // "accept" or "reject"
}

// ClockRequest is the body of POST clock.
type ClockRequest struct {
	Advance string `json:"advance"` // by how much the pod's clock moves ahead, e.g. "31m"
}

// Rights are the entitlements of the service account: the answer of GET rights and the body and
// answer of POST rights. In a body, what is absent stays as it is.
type Rights struct {
	GroupManager       bool `json:"groupManager"`       // read and change distribution lists
	AllGroups          bool `json:"allGroups"`          // see those too whose restriction does not name the account
	CreatePublicRoom   bool `json:"createPublicRoom"`   // canCreatePublicRoom
	ExternalRooms      bool `json:"externalRooms"`      // isExternalRoomEnabled
	ExternalIMs        bool `json:"externalIMs"`        // isExternalIMEnabled
	MultiLateralRooms  bool `json:"multiLateralRooms"`  // canCreateMultiLateralRoom
	SharedHistoryRooms bool `json:"sharedHistoryRooms"` // canCreateExternalRoomSharedHistory
	UpdateMessages     bool `json:"updateMessages"`     // canUpdateMessage
}

// PasteKeyRequest is the body of POST keys: an administrator gives the service account a new key.
type PasteKeyRequest struct {
	PublicKey string `json:"publicKey"` // PEM
}

// Keys are the fingerprints of the service account's public keys: the answer of every operation on
// keys.
type Keys struct {
	Current       string     `json:"current"`
	Previous      string     `json:"previous,omitempty"` // the key before, while it is still good
	PreviousUntil *time.Time `json:"previousUntil,omitempty"`
}

// Kinds of faults.
const (
	FaultHTTP            = "http"             // answers late, otherwise or not at all
	FaultSessionExpired  = "session-expired"  // ends the sessions of who calls, and answers 401
	FaultFeedKilled      = "feed-killed"      // a read finds its datafeed gone
	FaultDuplicateEvents = "duplicate-events" // events come twice
	FaultReorderEvents   = "reorder-events"   // a batch of events comes in another order
	FaultSearchLag       = "search-lag"       // searches find a new room only after Delay
	FaultOutsideDelay    = "outside-delay"    // people of other companies come into a room Delay after they are added
	FaultOutsideNever    = "outside-never"    // people of other companies who are added never come in
)

// Values of Fault.Drop.
const (
	DropBefore = "before" // the connection ends, and nothing was done
	DropAfter  = "after"  // the connection ends without the answer, and the work was done
)

// Fault is trouble that the pod makes on purpose: the body of POST faults. Every operation on
// faults answers the list of those there are.
type Fault struct {
	ID          string  `json:"id"`                    // given by the pod
	Kind        string  `json:"kind"`                  // default FaultHTTP
	Path        string  `json:"path,omitempty"`        // pattern with *, or name of an operation; default: every call
	Method      string  `json:"method,omitempty"`      // default: every method
	Match       string  `json:"match,omitempty"`       // text that the body of the call contains, as it was sent; default: any body
	Status      int     `json:"status,omitempty"`      // 400 to 599: the answer in place of the work
	RetryAfter  int     `json:"retryAfter,omitempty"`  // seconds, sent with the status
	Message     string  `json:"message,omitempty"`     // the text of Status; alone: of whatever refusal the call gets
	Body        string  `json:"body,omitempty"`        // as Message, but the whole body as it is, JSON or not
	Delay       string  `json:"delay,omitempty"`       // wait before the work, e.g. 500ms; defaults: FaultSearchLag 3s, FaultOutsideDelay 30s
	Drop        string  `json:"drop,omitempty"`        // DropBefore or DropAfter
	Empty       int     `json:"empty,omitempty"`       // 204: the status of a search's empty result, in place of 200 and an empty list
	Probability float64 `json:"probability,omitempty"` // 0 to 1; default 1
	Count       int     `json:"count,omitempty"`       // how often it strikes; default: until it is removed
	Hits        int     `json:"hits"`                  // how often it has struck
}
