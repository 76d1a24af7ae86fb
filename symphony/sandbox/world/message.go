package world

import (
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/markup"
)

// Message is one message of a stream.
type Message struct {
	ID          string             `json:"id"`
	Seq         int64              `json:"seq"` // order of arrival
	Stream      string             `json:"stream"`
	From        int64              `json:"from"`
	Time        int64              `json:"time"`           // milliseconds since 1970
	Markup      string             `json:"markup"`         // PresentationML
	Data        string             `json:"data"`           // JSON of its entities
	Text        string             `json:"text,omitempty"` // what a person reads
	Replacing   string             `json:"replacing,omitempty"`
	ReplacedBy  string             `json:"replacedBy,omitempty"`
	Initial     string             `json:"initial,omitempty"` // id of the first version
	InitialTime int64              `json:"initialTime,omitempty"`
	Silent      bool               `json:"silent,omitempty"`
	Suppressed  int64              `json:"suppressed,omitempty"` // milliseconds since 1970; 0: not
	Agent       string             `json:"agent"`                // the program that sent it
	Session     string             `json:"session"`
	Files       []File             `json:"files,omitempty"`
	Forms       []markup.Form      `json:"forms,omitempty"`
	Submitted   map[string][]int64 `json:"submitted,omitempty"` // by form: who submitted it
}

// File is a file of a message.
type File struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Size    int    `json:"size"` // bytes
	Content []byte `json:"content,omitempty"`
}

// Draft is a message before it is sent.
type Draft struct {
	Markup    string // PresentationML
	Data      string // JSON of its entities
	Files     []File
	Forms     []markup.Form
	Silent    bool
	Agent     string
	Replacing *Message
}

// Message finds a message by its id in either alphabet; nil when there is none.
func (w *World) Message(id string) *Message { return w.messages[CanonicalID(id)] }

// Messages are all messages, oldest first.
func (w *World) Messages() []*Message { return w.state.Messages }

// CheckSender refuses whoever may not write in a stream.
func (st *Stream) CheckSender(who *Person) error {
	switch {
	case !st.Active:
		return forbidden("The room is deactivated")
	case !st.HasMember(who.ID) && (!st.IsRoom() || !st.Room.Public):
		return forbidden("The user is not a member of the stream")
	case st.Room.ReadOnly && !st.IsOwner(who.ID):
		return forbidden("Only owners may write in a read-only room")
	}
	return nil
}

// Send keeps a message and tells everybody in the stream.
func (w *World) Send(by *Person, st *Stream, d Draft) (*Message, error) {
	if err := st.CheckSender(by); err != nil {
		return nil, err
	}
	if len(d.Forms) > 0 && by.Type != TypeSystem {
		return nil, invalid("Only service accounts may send forms")
	}
	m := w.newMessage(by, st, d)
	m.Text = messageml.Plain(m.Markup, m.Data)
	if d.Replacing != nil {
		m.replace(w.newestVersion(d.Replacing))
	}
	w.keepMessage(m)
	w.MarkRead(by, st)
	w.emitMessage(by, st, m)
	w.notify(Change{Kind: MessageSent, Stream: st, Message: m})
	return m, nil
}

// SendUnkept tells everybody in the stream of a message that is not kept.
func (w *World) SendUnkept(by *Person, st *Stream, d Draft) {
	w.emitMessage(by, st, w.newMessage(by, st, d))
}

func (w *World) newMessage(by *Person, st *Stream, d Draft) *Message {
	now := w.Now()
	m := &Message{
		ID: MintID(MessageMark, now), Stream: st.ID, From: by.ID, Time: now.UnixMilli(), Markup: d.Markup, Data: d.Data,
		Forms: d.Forms, Silent: d.Silent, Agent: d.Agent, Session: uuid(),
	}
	for _, f := range d.Files {
		f.ID, f.Size = "internal_"+randomHex(8), len(f.Content)
		m.Files = append(m.Files, f)
	}
	return m
}

// replace makes a message the next version of another.
func (m *Message) replace(old *Message) {
	old.ReplacedBy, m.Replacing, m.Initial, m.InitialTime = m.ID, old.ID, old.Initial, old.InitialTime
	if m.Initial == "" {
		m.Initial, m.InitialTime = old.ID, old.Time
	}
}

// emitMessage sends an event with the message as it is now, without what its files hold.
func (w *World) emitMessage(by *Person, st *Stream, m *Message) {
	sent := *m
	sent.Text, sent.Forms, sent.Submitted, sent.Files = "", nil, nil, nil
	for _, f := range m.Files {
		f.Content = nil
		sent.Files = append(sent.Files, f)
	}
	w.emit(st, &Event{Kind: MessageCreated, MessageID: m.ID, Initiator: by.ID, Message: &sent}, st.MemberIDs())
}

// newestVersion follows a message to its latest version.
func (w *World) newestVersion(m *Message) *Message {
	for m.ReplacedBy != "" && w.messages[m.ReplacedBy] != nil {
		m = w.messages[m.ReplacedBy]
	}
	return m
}

// FindOwnMessage finds a message of a stream that somebody may replace.
func (w *World) FindOwnMessage(by *Person, st *Stream, id string) (*Message, error) {
	m := w.Message(id)
	switch {
	case m == nil || m.Stream != st.ID:
		return nil, invalid("Message %s not found", id)
	case m.From != by.ID || !w.state.Rights.UpdateMessages:
		return nil, ErrEntitlement
	}
	return m, nil
}

// Suppress blanks a message. The date is 0 when it was blank already.
func (w *World) Suppress(by *Person, id string) (m *Message, date int64, err error) {
	m = w.Message(id)
	switch {
	case m == nil:
		return nil, 0, invalid("Message %s not found", id)
	case m.From != by.ID:
		return nil, 0, ErrEntitlement
	case m.Suppressed != 0:
		return m, 0, nil
	}
	m.Suppressed = w.Now().UnixMilli()
	m.Markup, m.Data, m.Text, m.Files, m.Forms = emptyMarkup, "{}", "", nil, nil
	st := w.streams[m.Stream]
	w.emit(st, &Event{Kind: MessageSuppressed, Initiator: by.ID, Subject: m.ID}, st.MemberIDs())
	w.notify(Change{Kind: MessageChanged, Stream: st, Message: m})
	return m, m.Suppressed, nil
}

const emptyMarkup = `<div data-format="PresentationML" data-version="2.0"></div>`
