package sandbox

// messageEntry is a message in the order in which the pod took them, whatever chat it is in.
type messageEntry struct {
	Seq int64 `json:"seq"`
	messageView
}

// maxEntries is the most messages one request gives.
const maxEntries = 1000

// controlMessages gives the messages of all chats, oldest first, for who follows the whole pod: ?after=SEQ continues,
// ?from=USERNAME keeps one sender's. Unlike a look into a chat it marks nothing as read.
func (p *Pod) controlMessages(c *call) (any, error) {
	after, err := c.number("after", 0)
	if err != nil {
		return nil, err
	}
	_, limit, err := c.page(maxEntries, maxEntries)
	if err != nil {
		return nil, err
	}
	sender, last, found := c.query.Get("from"), int64(after), []messageEntry{}
	for _, m := range p.state.since(int64(after)) {
		if len(found) == limit {
			break
		}
		last = m.Seq
		if sender == "" || p.state.people[m.From].Username == sender {
			found = append(found, messageEntry{Seq: m.Seq, messageView: p.messageView(m, 0)})
		}
	}
	return map[string]any{"messages": found, "last": last}, nil
}
