package control

import (
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

// encodeMessage shows a message to somebody, who may have submitted its forms; 0 is nobody in
// particular.
func (c *Control) encodeMessage(m *world.Message, user int64) client.Message {
	from := c.world.Person(m.From)
	v := client.Message{
		ID: m.ID, Seq: m.Seq, StreamID: m.Stream,
		From:      client.Sender{ID: from.ID, DisplayName: from.Display, Username: from.Username},
		Timestamp: m.Time, Markup: m.Markup, Data: m.Data, Text: m.Text, Replacing: m.Replacing, ReplacedBy: m.ReplacedBy,
		InitialID: m.Initial, Forms: []client.Form{},
	}
	for _, f := range m.Forms {
		submitted := m.HasSubmitted(f.ID, user) || (user == 0 && len(m.Submitted[f.ID]) > 0)
		v.Forms = append(v.Forms, client.Form{ID: f.ID, Submitted: submitted})
	}
	for _, f := range m.Files {
		v.Files = append(v.Files, client.File{Name: f.Name, Size: f.Size})
	}
	return v
}

// maxMessages is the most messages one request gives.
const maxMessages = 1000

// messages gives the messages of all chats, oldest first: ?after=SEQ continues, ?as=USERNAME keeps
// those that somebody can read, ?from=USERNAME those of one sender. Unlike a look into a chat it
// marks nothing as read.
func (c *Control) messages(r *request) (any, error) {
	after, err := r.Number("after", 0)
	if err != nil {
		return nil, err
	}
	_, limit, err := r.Page(maxMessages, maxMessages)
	if err != nil {
		return nil, err
	}
	reader, err := c.personIfNamed(r.Query.Get("as"))
	if err != nil {
		return nil, err
	}
	sender, err := c.personIfNamed(r.Query.Get("from"))
	if err != nil {
		return nil, err
	}
	answer := client.MessagesAnswer{Messages: []client.Message{}, Last: int64(after)}
	for _, m := range c.world.MessagesSince(int64(after)) {
		if len(answer.Messages) == limit {
			break
		}
		answer.Last = m.Seq
		if c.isWanted(m, sender, reader) {
			answer.Messages = append(answer.Messages, c.encodeMessage(m, idOf(reader)))
		}
	}
	return answer, nil
}

// isWanted reports whether a message is of this sender, and one that this person can read; nil is
// anybody.
func (c *Control) isWanted(m *world.Message, sender, reader *world.Person) bool {
	return (sender == nil || m.From == sender.ID) && (reader == nil || c.world.MayRead(reader, m))
}

func idOf(who *world.Person) int64 {
	if who == nil {
		return 0
	}
	return who.ID
}
