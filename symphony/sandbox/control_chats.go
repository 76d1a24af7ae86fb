package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// personView is somebody as the control API shows them.
type personView struct {
	ID          int64  `json:"id"`
	Username    string `json:"username"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email,omitempty"`
	Company     string `json:"company,omitempty"`
	Title       string `json:"title,omitempty"`
	AccountType string `json:"accountType,omitempty"`
	Active      bool   `json:"active"`
	External    bool   `json:"external"`
	About       string `json:"about,omitempty"`
}

func (p *person) card() personView {
	return personView{
		ID: p.ID, Username: p.Username, DisplayName: p.Display, Email: p.Email, Company: p.Company, Title: p.Title,
		AccountType: p.Type, Active: p.Active, External: tenantOf(p.ID) != homeTenant, About: p.About,
	}
}

func (p *Pod) controlPeople(*call) (any, error) {
	people, groups := []personView{}, []map[string]any{}
	for _, who := range p.state.People {
		people = append(people, who.card())
	}
	for _, g := range p.state.Groups {
		groups = append(groups, map[string]any{"id": g.ID, "profileId": g.Profile, "name": g.Name, "members": g.memberIDs()})
	}
	return map[string]any{"people": people, "groups": groups, "bot": p.state.people[botID].card()}, nil
}

// asked finds who a GET is made as.
func (p *Pod) asked(c *call) (*person, error) { return p.state.named(c.query.Get("as")) }

func (p *Pod) controlChats(c *call) (any, error) {
	who, err := p.asked(c)
	if err != nil {
		return nil, err
	}
	chats := []map[string]any{}
	for _, st := range slices.Backward(p.state.Streams) {
		if st.member(who.ID) != nil {
			chats = append(chats, p.chatView(st, who.ID))
		}
	}
	return map[string]any{"chats": chats}, nil
}

// chatView is a conversation in somebody's list.
func (p *Pod) chatView(st *stream, user int64) map[string]any {
	kind := st.Type
	v := map[string]any{
		"streamId": st.ID, "type": kind, "name": p.chatName(st, user), "external": p.state.external(st), "active": st.Active,
		"members": st.memberIDs(), "created": st.Created,
	}
	unread, read := 0, p.state.Reads[readKey(user, st.ID)]
	for _, m := range slices.Backward(p.state.messagesOf(st.ID)) {
		if m.Seq <= read {
			break
		}
		if m.From != user {
			unread++
		}
	}
	if last := p.lastMessage(st.ID); last != nil {
		v["lastMessage"] = map[string]any{"from": last.From, "text": last.Text, "timestamp": last.Time}
	}
	v["unread"] = unread
	return v
}

// chatName is a room's name, or who else is in the chat.
func (p *Pod) chatName(st *stream, user int64) string {
	if st.Type == typeRoom {
		return st.Room.Name
	}
	var names []string
	for _, id := range st.memberIDs() {
		if id != user {
			names = append(names, p.state.people[id].Display)
		}
	}
	return strings.Join(names, ", ")
}

func (p *Pod) controlChat(c *call) (any, error) {
	who, err := p.asked(c)
	if err != nil {
		return nil, err
	}
	st, err := p.stream(c.params["streamId"])
	if err != nil {
		return nil, refuse(http.StatusNotFound, "There is no such chat")
	}
	if st.member(who.ID) == nil {
		return nil, forbidden("%s is not in this chat", who.Display)
	}
	p.read(who.ID, st.ID)
	chat := p.chatView(st, who.ID)
	chat["members"] = st.memberViews()
	if st.Type == typeRoom {
		chat["room"] = p.roomCard(st)
	}
	messages := []messageView{}
	for _, m := range p.state.messagesOf(st.ID) {
		if p.mayRead(m, who) {
			messages = append(messages, p.messageView(m, who.ID))
		}
	}
	return map[string]any{"chat": chat, "messages": messages}, nil
}

// roomCard is what a client shows of a room.
func (p *Pod) roomCard(st *stream) map[string]any {
	owners := []int64{}
	for _, m := range st.Members {
		if m.Owner {
			owners = append(owners, m.User)
		}
	}
	a := st.Room
	return map[string]any{
		"name": a.Name, "description": a.Description, "keywords": append([]keyword{}, a.Keywords...), "public": a.Public,
		"readOnly": a.ReadOnly, "copyProtected": a.CopyProtected, "crossPod": a.CrossPod, "discoverable": a.Discoverable,
		"membersCanInvite": a.MembersCanInvite, "viewHistory": a.ViewHistory, "multiLateralRoom": a.MultiLateral,
		"owners": owners, "groups": append([]groupItem{}, st.Groups...), "createdBy": st.Creator, "created": st.Created,
	}
}

// messageView is a message as the control API shows it.
type messageView struct {
	MessageID string     `json:"messageId"`
	Seq       int64      `json:"seq"` // order of arrival in the pod
	StreamID  string     `json:"streamId"`
	From      senderView `json:"from"`
	Timestamp int64      `json:"timestamp"`
	Message   string     `json:"message"`
	Data      string     `json:"data"`
	Text      string     `json:"text"`
	Replacing string     `json:"replacing,omitempty"`
	Replaced  string     `json:"replacedBy,omitempty"`
	Initial   string     `json:"initialMessageId,omitempty"`
	Forms     []formView `json:"forms"`
	Files     []fileView `json:"attachments,omitempty"`
}

type senderView struct {
	ID          int64  `json:"id"`
	DisplayName string `json:"displayName"`
	Username    string `json:"username"`
}

type formView struct {
	ID        string `json:"id"`
	Submitted bool   `json:"submitted"`
}

type fileView struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// messageView shows a message to somebody, who may have submitted its forms.
func (p *Pod) messageView(m *message, user int64) messageView {
	from := p.state.people[m.From]
	v := messageView{
		MessageID: m.ID, Seq: m.Seq, StreamID: m.Stream, From: senderView{ID: from.ID, DisplayName: from.Display, Username: from.Username},
		Timestamp: m.Time, Message: m.Markup, Data: m.Data, Text: m.Text, Replacing: m.Replacing, Replaced: m.ReplacedBy,
		Initial: m.Initial, Forms: []formView{},
	}
	for _, f := range m.Forms {
		by := m.Submitted[f.ID]
		v.Forms = append(v.Forms, formView{ID: f.ID, Submitted: slices.Contains(by, user) || (user == 0 && len(by) > 0)})
	}
	for _, f := range m.Files {
		v.Files = append(v.Files, fileView{Name: f.Name, Size: len(f.Content)})
	}
	return v
}

func (p *Pod) controlOpenChat(c *call) (any, error) {
	var body struct {
		As   string
		With []string
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	who, err := p.state.named(body.As)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, username := range body.With {
		other, err := p.state.named(username)
		if err != nil {
			return nil, err
		}
		ids = append(ids, other.ID)
	}
	st, err := p.openIM(who, ids)
	if err != nil {
		return nil, err
	}
	return map[string]string{"streamId": st.ID}, nil
}
