package sandbox

// maxEntries is the most messages one request gives.
const maxEntries = 1000

// controlMessages gives the messages of all chats, oldest first: ?after=SEQ continues, ?as=USERNAME
// keeps those that somebody can read, ?from=USERNAME those of one sender. Unlike a look into a chat
// it marks nothing as read.
func (p *Pod) controlMessages(c *call) (any, error) {
	after, err := c.number("after", 0)
	if err != nil {
		return nil, err
	}
	_, limit, err := c.page(maxEntries, maxEntries)
	if err != nil {
		return nil, err
	}
	reader, err := p.messageReader(c)
	if err != nil {
		return nil, err
	}
	sender, last, found := c.query.Get("from"), int64(after), []messageView{}
	for _, m := range p.state.since(int64(after)) {
		if len(found) == limit {
			break
		}
		last = m.Seq
		if (sender == "" || p.state.people[m.From].Username == sender) && (reader == nil || p.mayRead(m, reader)) {
			found = append(found, p.messageView(m, idOf(reader)))
		}
	}
	return map[string]any{"messages": found, "last": last}, nil
}

// messageReader is the person whose messages are asked for; nil for everybody's.
func (p *Pod) messageReader(c *call) (*person, error) {
	if c.query.Get("as") == "" {
		return nil, nil
	}
	return p.asked(c)
}

func idOf(who *person) int64 {
	if who == nil {
		return 0
	}
	return who.ID
}
