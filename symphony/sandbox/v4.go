package sandbox

import "roombot/symphony/sandbox/world"

// The shapes of users, streams, rooms and messages in real-time events and in what agents answer.

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
	Name             string          `json:"name"`
	Description      string          `json:"description"`
	Creator          v4User          `json:"creatorUser"`
	Created          int64           `json:"createdDate"`
	External         bool            `json:"external"`
	CrossPod         bool            `json:"crossPod"`
	Public           bool            `json:"public"`
	CopyProtected    bool            `json:"copyProtected"`
	ReadOnly         bool            `json:"readOnly"`
	Discoverable     bool            `json:"discoverable"`
	MembersCanInvite bool            `json:"membersCanInvite"`
	Keywords         []world.Keyword `json:"keywords,omitempty"`
	ViewHistory      bool            `json:"canViewHistory"`
}

type v4File struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Size   int64    `json:"size"`
	Images []string `json:"images"`
}

type v4Message struct {
	MessageID   string   `json:"messageId"`
	Timestamp   int64    `json:"timestamp"`
	Message     string   `json:"message"`
	Data        string   `json:"data"`
	Attachments []v4File `json:"attachments,omitempty"`
	User        v4User   `json:"user"`
	Stream      v4Stream `json:"stream"`
	External    bool     `json:"externalRecipients"`
	UserAgent   string   `json:"userAgent"`
	Format      string   `json:"originalFormat"`
	SID         string   `json:"sid"`
	Replacing   string   `json:"replacing,omitempty"`
	ReplacedBy  string   `json:"replacedBy,omitempty"`
	InitialTime int64    `json:"initialTimestamp,omitempty"`
	InitialID   string   `json:"initialMessageId,omitempty"`
	Silent      *bool    `json:"silent,omitempty"`
}

const originalFormat = "com.symphony.messageml.v2"

// encodeV4User shows a user by id. Only people of the bot's company have a username.
func (p *Pod) encodeV4User(id int64) v4User {
	who := p.world.Person(id)
	u := v4User{UserID: who.ID, FirstName: who.First, LastName: who.Last, DisplayName: who.Display, Email: who.Email}
	if !who.IsExternal() {
		u.Username = who.Username
	}
	return u
}

func (p *Pod) encodeV4Users(ids []int64) []v4User {
	users := []v4User{}
	for _, id := range ids {
		users = append(users, p.encodeV4User(id))
	}
	return users
}

func encodeV4Stream(i world.StreamInfo) v4Stream {
	return v4Stream{
		StreamID: i.ID, StreamType: i.Type, RoomName: i.RoomName, External: &i.External, CrossPod: &i.CrossPod, RecipientIDs: i.Companies,
	}
}

func (p *Pod) encodeV4Room(i world.StreamInfo, a *world.Attributes) v4Room {
	return v4Room{
		Name: a.Name, Description: a.Description, Creator: p.encodeV4User(i.Creator), Created: i.Created,
		External: a.CrossPod, CrossPod: a.CrossPod, Public: a.Public, CopyProtected: a.CopyProtected, ReadOnly: a.ReadOnly,
		Discoverable: a.Discoverable, MembersCanInvite: a.MembersCanInvite, Keywords: a.Keywords, ViewHistory: a.ViewHistory,
	}
}

// encodeMessage shows a message in its stream as that is now.
func (p *Pod) encodeMessage(m *world.Message) v4Message {
	return p.encodeV4Message(m, p.world.Stream(m.Stream).Info())
}

func (p *Pod) encodeV4Message(m *world.Message, i world.StreamInfo) v4Message {
	v := v4Message{
		MessageID: m.ID, Timestamp: m.Time, Message: m.Markup, Data: m.Data, User: p.encodeV4User(m.From),
		Stream: encodeV4Stream(i), External: i.HasOutsiders(), UserAgent: m.Agent, Format: originalFormat, SID: m.Session,
		Replacing: m.Replacing, ReplacedBy: m.ReplacedBy, InitialTime: m.InitialTime, InitialID: m.Initial,
	}
	if m.Replacing != "" {
		v.Silent = &m.Silent
	}
	for _, f := range m.Files {
		v.Attachments = append(v.Attachments, v4File{ID: f.ID, Name: f.Name, Size: int64(f.Size), Images: []string{}})
	}
	return v
}
