package sandbox

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func readKey(user int64, streamID string) string { return strconv.FormatInt(user, 10) + " " + streamID }

func (p *Pod) lastMessage(streamID string) *message {
	if all := p.state.messagesOf(streamID); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// mayRead tells whether somebody sees a message: members do, from their own joining on where history is not shared.
func (p *Pod) mayRead(m *message, who *person) bool {
	st := p.state.streams[m.Stream]
	member := st.member(who.ID)
	if member == nil {
		return false
	}
	return st.Type == typeIM || st.Room.ViewHistory || m.Time >= member.Joined
}

func (p *Pod) getMessage(c *call) (any, error) {
	id := c.id("id")
	m := p.state.messages[id]
	if m == nil {
		if !wellFormed(id, messageMark) {
			return nil, badRequest("Invalid message id: %s", c.params["id"])
		}
		return noContent{}, nil
	}
	if !p.mayRead(m, c.caller) {
		return nil, errEntitlement
	}
	return p.v4m(m), nil
}

// listMessages gives a stream's messages since a time, newest first.
func (p *Pod) listMessages(c *call) (any, error) {
	st, err := p.stream(c.params["sid"])
	if err != nil {
		return nil, err
	}
	if st.member(c.caller.ID) == nil {
		return nil, forbidden("The user is not a member of the stream")
	}
	if c.query.Get("since") == "" {
		return nil, badRequest("The parameter since is required")
	}
	from, until, err := c.span("since", "until")
	if err != nil {
		return nil, err
	}
	skip, limit, err := c.page(50, 500)
	if err != nil {
		return nil, err
	}
	found := p.selected(func(m *message) bool {
		return m.Stream == st.ID && m.Time >= from && m.Time <= until && p.mayRead(m, c.caller)
	})
	slices.Reverse(found)
	return orNothing(slice(found, skip, limit)), nil
}

func (p *Pod) selected(wanted func(*message) bool) []v4Message {
	var found []v4Message
	for _, m := range p.state.Messages {
		if m.Suppressed == 0 && wanted(m) {
			found = append(found, p.v4m(m))
		}
	}
	return found
}

func orNothing(found []v4Message) any {
	if len(found) == 0 {
		return noContent{}
	}
	return found
}

// messageQuery is the body of a message search.
type messageQuery struct {
	Text       string `json:"text"`
	StreamID   string `json:"streamId"`
	StreamType string `json:"streamType"`
	Author     int64  `json:"author"`
	Hashtag    string `json:"hashtag"`
	Cashtag    string `json:"cashtag"`
	Mention    int64  `json:"mention"`
	FromDate   int64  `json:"fromDate"`
	ToDate     int64  `json:"toDate"`
}

func (p *Pod) searchMessages(c *call) (any, error) {
	query, err := readMessageQuery(c)
	if err != nil {
		return nil, err
	}
	if query == (messageQuery{}) {
		return nil, badRequest("At least one search criterion is required")
	}
	if query.Text != "" && query.StreamID == "" {
		return nil, badRequest("A search by text requires a streamId")
	}
	skip, limit, err := c.page(50, 1000)
	if err != nil {
		return nil, err
	}
	found := p.selected(func(m *message) bool { return p.mayRead(m, c.caller) && query.matches(m, p.state.streams[m.Stream]) })
	if c.query.Get("sortDir") != "ASC" {
		slices.Reverse(found)
	}
	return orNothing(slice(found, skip, limit)), nil
}

// readMessageQuery takes the criteria from the body, or from the query's "text:… AND streamId:…" form.
func readMessageQuery(c *call) (messageQuery, error) {
	var query messageQuery
	if c.Method == http.MethodPost {
		err := c.decode(&query)
		return query, err
	}
	texts := map[string]*string{
		"text": &query.Text, "streamid": &query.StreamID, "streamtype": &query.StreamType, "hashtag": &query.Hashtag, "cashtag": &query.Cashtag,
	}
	numbers := map[string]*int64{"author": &query.Author, "mention": &query.Mention, "fromdate": &query.FromDate, "todate": &query.ToDate}
	for term := range strings.SplitSeq(c.query.Get("query"), " AND ") {
		key, value, _ := strings.Cut(strings.TrimSpace(term), ":")
		key = strings.ToLower(key)
		if text := texts[key]; text != nil {
			*text = value
		}
		if number := numbers[key]; number != nil {
			var err error
			if *number, err = strconv.ParseInt(value, 10, 64); err != nil {
				return messageQuery{}, badRequest("The search term %s must be a number", key)
			}
		}
	}
	return query, nil
}

func (q messageQuery) matches(m *message, st *stream) bool {
	kind := strings.ToUpper(q.StreamType)
	return (q.StreamID == "" || canonical(q.StreamID) == m.Stream) &&
		(kind == "" || kind == st.Type || (kind == "CHAT" && st.Type == typeIM) || (kind == "CHATROOM" && st.Type == typeRoom)) &&
		(q.Author == 0 || q.Author == m.From) &&
		containsFold(m.Text, q.Text) &&
		(q.Hashtag == "" || containsFold(m.Text, "#"+strings.TrimPrefix(q.Hashtag, "#"))) &&
		(q.Cashtag == "" || containsFold(m.Text, "$"+strings.TrimPrefix(q.Cashtag, "$"))) &&
		(q.Mention == 0 || strings.Contains(m.Data, `"`+strconv.FormatInt(q.Mention, 10)+`"`)) &&
		(q.FromDate == 0 || m.Time >= q.FromDate) && (q.ToDate == 0 || m.Time < q.ToDate)
}

// downloadAttachment answers with the file as base64 text, as agents do.
func (p *Pod) downloadAttachment(c *call) (any, error) {
	m := p.state.messages[canonical(c.query.Get("messageId"))]
	if m == nil || m.Stream != c.id("sid") {
		return nil, refuse(http.StatusNotFound, "Attachment not found")
	}
	if !p.mayRead(m, c.caller) {
		return nil, errEntitlement
	}
	for _, f := range m.Files {
		if f.ID == c.query.Get("fileId") {
			raw := []byte(base64.StdEncoding.EncodeToString(f.Content))
			return &answer{raw: raw, header: http.Header{"Content-Type": {"application/octet-stream"}}}, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "Attachment not found")
}

// listAttachments lists a stream's files; message ids come in the standard alphabet here.
func (p *Pod) listAttachments(c *call) (any, error) {
	st, err := p.stream(c.params["sid"])
	if err != nil {
		return nil, err
	}
	if st.member(c.caller.ID) == nil {
		return nil, errEntitlement
	}
	since, to, err := c.span("since", "to")
	if err != nil {
		return nil, err
	}
	_, limit, err := c.page(50, 100)
	if err != nil {
		return nil, err
	}
	files := []map[string]any{}
	for _, m := range p.state.messagesOf(st.ID) {
		if m.Time < since || m.Time > to || !p.mayRead(m, c.caller) {
			continue
		}
		for _, f := range m.Files {
			files = append(files, map[string]any{
				"messageId": standard(m.ID), "ingestionDate": m.Time, "userId": m.From, "fileId": f.ID, "name": f.Name,
				"size": len(f.Content), "content-type": http.DetectContentType(f.Content), "previews": []any{},
			})
		}
	}
	if c.query.Get("sortDir") == "DESC" {
		slices.Reverse(files)
	}
	return slice(files, 0, limit), nil
}

// messageStatus tells who has read a message.
func (p *Pod) messageStatus(c *call) (any, error) {
	m := p.state.messages[c.id("mid")]
	if m == nil {
		return nil, refuse(http.StatusNotFound, "Message %s not found", c.params["mid"])
	}
	if !p.mayRead(m, c.caller) {
		return nil, errEntitlement
	}
	show := func(who *person) map[string]any {
		return map[string]any{
			"userId": strconv.FormatInt(who.ID, 10), "firstName": who.First, "lastName": who.Last, "displayName": who.Display,
			"email": who.Email, "userName": who.Username, "timestamp": strconv.FormatInt(m.Time, 10),
		}
	}
	read, sent := []any{}, []any{}
	for _, id := range p.state.streams[m.Stream].memberIDs() {
		switch {
		case id == m.From:
		case p.state.Reads[readKey(id, m.Stream)] >= m.Seq:
			read = append(read, show(p.state.people[id]))
		default:
			sent = append(sent, show(p.state.people[id]))
		}
	}
	return map[string]any{"author": show(p.state.people[m.From]), "read": read, "delivered": []any{}, "sent": sent}, nil
}
