package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The shapes of real-time events and of messages, as agents send them.

type v4User struct {
	UserID      int64  `json:"userId"`
	FirstName   string `json:"firstName,omitempty"`
	LastName    string `json:"lastName,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	Email       string `json:"email,omitempty"`
	Username    string `json:"username,omitempty"`
}

type v4Stream struct {
	StreamID     string   `json:"streamId"`
	StreamType   string   `json:"streamType,omitempty"`
	RoomName     string   `json:"roomName,omitempty"`
	Members      []v4User `json:"members,omitempty"`
	External     *bool    `json:"external,omitempty"`
	CrossPod     *bool    `json:"crossPod,omitempty"`
	RecipientIDs []int64  `json:"recipientTenantIds,omitempty"`
}

type v4Room struct {
	Name             string    `json:"name"`
	Description      string    `json:"description"`
	Creator          v4User    `json:"creatorUser"`
	Created          int64     `json:"createdDate"`
	External         bool      `json:"external"`
	CrossPod         bool      `json:"crossPod"`
	Public           bool      `json:"public"`
	CopyProtected    bool      `json:"copyProtected"`
	ReadOnly         bool      `json:"readOnly"`
	Discoverable     bool      `json:"discoverable"`
	MembersCanInvite bool      `json:"membersCanInvite"`
	Keywords         []keyword `json:"keywords,omitempty"`
	ViewHistory      bool      `json:"canViewHistory"`
}

type v4Event struct {
	ID        string         `json:"id"`
	MessageID string         `json:"messageId"`
	Timestamp int64          `json:"timestamp"`
	Type      string         `json:"type"`
	Initiator v4Initiator    `json:"initiator"`
	Payload   map[string]any `json:"payload"` // exactly one key
}

type v4Initiator struct {
	User v4User `json:"user"`
}

// The kinds of events, by the key of their payload.
const (
	eventMessage     = "messageSent"
	eventIM          = "instantMessageCreated"
	eventCreated     = "roomCreated"
	eventUpdated     = "roomUpdated"
	eventDeactivated = "roomDeactivated"
	eventReactivated = "roomReactivated"
	eventJoined      = "userJoinedRoom"
	eventLeft        = "userLeftRoom"
	eventPromoted    = "roomMemberPromotedToOwner"
	eventDemoted     = "roomMemberDemotedFromOwner"
	eventRequested   = "connectionRequested"
	eventAccepted    = "connectionAccepted"
	eventSuppressed  = "messageSuppressed"
	eventAction      = "symphonyElementsAction"
	eventAskedToJoin = "userRequestedToJoinRoom"
)

// typeOf gives an event's type: its payload key in capitals.
func typeOf(payloadKey string) string { return strings.ToUpper(payloadKey) }

func (p *person) v4() v4User {
	u := v4User{UserID: p.ID, FirstName: p.First, LastName: p.Last, DisplayName: p.Display, Email: p.Email}
	if tenantOf(p.ID) == homeTenant {
		u.Username = p.Username
	}
	return u
}

// v4 shows a stream as messages and events name it.
func (s *state) v4(st *stream) v4Stream {
	external := s.external(st)
	v := v4Stream{StreamID: st.ID, StreamType: st.Type, RoomName: st.Room.Name, External: &external, CrossPod: &st.Room.CrossPod}
	for _, m := range st.Members {
		v.RecipientIDs = addOnce(v.RecipientIDs, tenantOf(m.User))
	}
	return v
}

func (s *state) v4Room(st *stream) v4Room {
	a := st.Room
	return v4Room{
		Name: a.Name, Description: a.Description, Creator: s.people[st.Creator].v4(), Created: st.Created,
		External: a.CrossPod, CrossPod: a.CrossPod, Public: a.Public, CopyProtected: a.CopyProtected, ReadOnly: a.ReadOnly,
		Discoverable: a.Discoverable, MembersCanInvite: a.MembersCanInvite, Keywords: a.Keywords, ViewHistory: a.ViewHistory,
	}
}

// emit sends an event about a stream to its audience's datafeeds; messageID is empty for system events.
func (p *Pod) emit(key string, by *person, payload map[string]any, audience []int64) {
	p.emitAs(mint(systemMark, p.now()), p.now(), key, by, payload, audience)
}

func (p *Pod) emitAs(messageID string, at time.Time, key string, by *person, payload map[string]any, audience []int64) {
	event := marshal(v4Event{
		ID: eventID(), MessageID: messageID, Timestamp: at.UnixMilli(), Type: typeOf(key),
		Initiator: v4Initiator{User: by.v4()}, Payload: map[string]any{key: payload},
	})
	var heard []*feed
	for _, f := range p.state.Feeds {
		if slices.Contains(audience, f.Owner) {
			heard = append(heard, f)
		}
	}
	copies := 1
	if len(heard) > 0 && p.strikes(kindDuplicate) {
		copies = 2
	}
	for _, f := range heard {
		f.push(event, copies)
		p.wake(f.ID)
	}
	p.touch()
	p.showFeeds()
}

// inject delivers an event as it is to all feeds of the bot, and tells how many they are.
func (p *Pod) inject(event json.RawMessage) int {
	n := 0
	for _, f := range p.state.Feeds {
		if f.Owner == botID {
			f.push(slices.Clone(event), 1)
			p.wake(f.ID)
			n++
		}
	}
	p.touch()
	p.showFeeds()
	return n
}
