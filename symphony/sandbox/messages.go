package sandbox

import (
	"net/http"
	"strings"

	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/markup"
)

const (
	maxContent     = 1_500_000 // bytes of message and data together
	maxAttachments = 30 << 20  // bytes of all files of a message
	maxBlast       = 100       // streams
	originalFormat = "com.symphony.messageml.v2"
)

// message is one message of a stream.
type message struct {
	ID          string
	Seq         int64 // order of arrival in the pod
	Stream      string
	From        int64
	Time        int64  // milliseconds
	Markup      string // PresentationML
	Data        string // JSON
	Text        string // what a person reads
	Replacing   string
	ReplacedBy  string
	Initial     string
	InitialTime int64
	Silent      bool
	Suppressed  int64 // milliseconds; 0: not
	Agent       string
	Session     string
	Files       []attachment
	Forms       []markup.Form
	Submitted   map[string][]int64 // by form: who submitted it
}

// attachment is a file of a message.
type attachment struct {
	ID      string
	Name    string
	Content []byte
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

// v4m shows a message as agents send it.
func (p *Pod) v4m(m *message) v4Message {
	st := p.state.streams[m.Stream]
	v := v4Message{
		MessageID: m.ID, Timestamp: m.Time, Message: m.Markup, Data: m.Data, User: p.state.people[m.From].v4(),
		Stream: p.state.v4(st), UserAgent: m.Agent, Format: originalFormat, SID: m.Session,
		Replacing: m.Replacing, ReplacedBy: m.ReplacedBy, InitialTime: m.InitialTime, InitialID: m.Initial,
	}
	for _, member := range st.Members {
		v.External = v.External || tenantOf(member.User) != homeTenant
	}
	if m.Replacing != "" {
		v.Silent = &m.Silent
	}
	for _, f := range m.Files {
		v.Attachments = append(v.Attachments, v4File{ID: f.ID, Name: f.Name, Size: int64(len(f.Content)), Images: []string{}})
	}
	return v
}

// draft is a message before it is sent.
type draft struct {
	markup, data string
	text         string
	files        []attachment
	forms        []markup.Form
	silent       bool
	agent        string
	replacing    *message
}

// maySend applies the rules of who may write where.
func (p *Pod) maySend(st *stream, by *person) error {
	m := st.member(by.ID)
	switch {
	case !st.Active:
		return forbidden("The room is deactivated")
	case m == nil && !(st.Type == typeRoom && st.Room.Public):
		return forbidden("The user is not a member of the stream")
	case st.Room.ReadOnly && (m == nil || !m.Owner):
		return forbidden("Only owners may write in a read-only room")
	}
	return nil
}

// send stores a message and tells everybody.
func (p *Pod) send(st *stream, by *person, d draft) *message {
	now := p.now()
	m := &message{
		ID: mint(messageMark, now), Stream: st.ID, From: by.ID, Time: now.UnixMilli(), Markup: d.markup, Data: d.data,
		Text: d.text, Files: d.files, Forms: d.forms, Silent: d.silent, Agent: d.agent, Session: uuid(),
	}
	if m.Text == "" {
		m.Text = messageml.Plain(m.Markup, m.Data)
	}
	if old := d.replacing; old != nil {
		old.ReplacedBy, m.Replacing, m.Initial, m.InitialTime = m.ID, old.ID, old.Initial, old.InitialTime
		if m.Initial == "" {
			m.Initial, m.InitialTime = old.ID, old.Time
		}
	}
	p.state.addMessage(m)
	p.read(by.ID, st.ID)
	p.emitAs(m.ID, now, eventMessage, by, map[string]any{"message": p.v4m(m)}, st.memberIDs())
	p.showMessage(st, m)
	p.announce()
	return m
}

// read notes that somebody has seen all of a stream.
func (p *Pod) read(user int64, streamID string) {
	p.state.Reads[readKey(user, streamID)] = p.state.LastSeq
}

func (p *Pod) createMessage(c *call) (any, error) {
	st, err := p.stream(c.params["sid"])
	if err != nil {
		return nil, err
	}
	content, err := c.content()
	if err != nil {
		return nil, err
	}
	m, err := p.sendContent(st, c.caller, content, nil)
	if err != nil {
		return nil, err
	}
	return p.v4m(m), nil
}

// sendContent checks and converts what an agent was given, and sends it.
func (p *Pod) sendContent(st *stream, by *person, in *content, replacing *message) (*message, error) {
	if err := p.maySend(st, by); err != nil {
		return nil, err
	}
	d, err := p.convert(by, in)
	if err != nil {
		return nil, err
	}
	d.replacing = replacing
	return p.send(st, by, d), nil
}

func (p *Pod) updateMessage(c *call) (any, error) {
	st, err := p.stream(c.params["sid"])
	if err != nil {
		return nil, err
	}
	old := p.state.messages[c.id("mid")]
	switch {
	case old == nil || old.Stream != st.ID:
		return nil, refuse(http.StatusNotFound, "Message %s not found", c.params["mid"])
	case old.From != c.caller.ID || !p.state.Rights.UpdateMessages:
		return nil, errEntitlement
	}
	content, err := c.content()
	if err != nil {
		return nil, err
	}
	m, err := p.sendContent(st, c.caller, content, p.newest(old))
	if err != nil {
		return nil, err
	}
	return p.v4m(m), nil
}

// newest follows a message to its latest version.
func (p *Pod) newest(m *message) *message {
	for m.ReplacedBy != "" && p.state.messages[m.ReplacedBy] != nil {
		m = p.state.messages[m.ReplacedBy]
	}
	return m
}

// blast sends one message to many streams; what fails fails alone.
func (p *Pod) blast(c *call) (any, error) {
	content, err := c.content()
	if err != nil {
		return nil, err
	}
	ids := strings.FieldsFunc(content.sids, func(r rune) bool { return r == ',' || r == ' ' })
	if len(ids) == 0 || len(ids) > maxBlast {
		return nil, badRequest("Between 1 and %d stream ids are required", maxBlast)
	}
	sent, failed := []v4Message{}, map[string]any{}
	for _, id := range ids {
		st, err := p.stream(id)
		if err == nil {
			var m *message
			if m, err = p.sendContent(st, c.caller, content, nil); err == nil {
				sent = append(sent, p.v4m(m))
				continue
			}
		}
		failed[id] = familyAgent.errorBody(asRefusal(err))
	}
	return map[string]any{"messages": sent, "errors": failed}, nil
}

func (p *Pod) suppress(c *call) (any, error) {
	m := p.state.messages[c.id("id")]
	switch {
	case m == nil:
		return nil, badRequest("Message %s not found", c.params["id"])
	case m.From != c.caller.ID:
		return nil, errEntitlement
	}
	date := int64(0)
	if m.Suppressed == 0 {
		date = c.now.UnixMilli()
		m.Suppressed, m.Markup, m.Data, m.Text, m.Files, m.Forms = date, emptyMarkup, "{}", "", nil, nil
		st := p.state.streams[m.Stream]
		payload := map[string]any{"messageId": m.ID, "stream": map[string]string{"streamId": m.Stream}}
		p.emit(eventSuppressed, c.caller, payload, st.memberIDs())
		p.showMessage(st, m)
	}
	return map[string]any{"messageId": m.ID, "suppressed": true, "suppressionDate": date}, nil
}

const emptyMarkup = `<div data-format="PresentationML" data-version="2.0"></div>`
