package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

func (p *Pod) getMessage(c *call) (any, error) {
	m := p.world.Message(c.Params["id"])
	if m == nil {
		if !world.IsWellFormedID(c.Params["id"], world.MessageMark) {
			return nil, rest.BadRequest("Invalid message id: %s", c.Params["id"])
		}
		return rest.NoContent{}, nil
	}
	if !p.world.MayRead(c.caller, m) {
		return nil, world.ErrEntitlement
	}
	return p.encodeMessage(m), nil
}

// listMessages gives a stream's messages since a time, newest first.
func (p *Pod) listMessages(c *call) (any, error) {
	st, err := p.world.FindStream(c.Params["sid"])
	if err != nil {
		return nil, err
	}
	if c.Query.Get("since") == "" {
		return nil, rest.BadRequest("The parameter since is required")
	}
	from, until, err := c.Span("since", "until")
	if err != nil {
		return nil, err
	}
	skip, limit, err := c.Page(50, 500)
	if err != nil {
		return nil, err
	}
	found, err := p.world.History(c.caller, st, from, until)
	if err != nil {
		return nil, err
	}
	slices.Reverse(found)
	return p.messageList(rest.Cut(found, skip, limit)), nil
}

func (p *Pod) searchMessages(c *call) (any, error) {
	query, err := readMessageQuery(c)
	if err != nil {
		return nil, err
	}
	skip, limit, err := c.Page(50, 1000)
	if err != nil {
		return nil, err
	}
	found, err := p.world.SearchMessages(c.caller, query)
	if err != nil {
		return nil, err
	}
	if c.Query.Get("sortDir") != "ASC" {
		slices.Reverse(found)
	}
	return p.messageList(rest.Cut(found, skip, limit)), nil
}

func (p *Pod) messageList(found []*world.Message) *rest.Answer {
	list := make([]v4Message, 0, len(found))
	for _, m := range found {
		list = append(list, p.encodeMessage(m))
	}
	return &rest.Answer{Empty: len(list) == 0, Body: list}
}

// readMessageQuery takes the criteria from the body, or from the query's "text:… AND streamId:…"
// form.
func readMessageQuery(c *call) (world.MessageQuery, error) {
	var query world.MessageQuery
	if c.Method == http.MethodPost {
		err := c.decode(&query)
		return query, err
	}
	texts := map[string]*string{
		"text": &query.Text, "streamid": &query.StreamID, "streamtype": &query.StreamType, "hashtag": &query.Hashtag,
		"cashtag": &query.Cashtag,
	}
	numbers := map[string]*int64{"author": &query.Author, "mention": &query.Mention, "fromdate": &query.FromDate, "todate": &query.ToDate}
	for term := range strings.SplitSeq(c.Query.Get("query"), " AND ") {
		key, value, _ := strings.Cut(strings.TrimSpace(term), ":")
		key = strings.ToLower(key)
		if text := texts[key]; text != nil {
			*text = value
		}
		if number := numbers[key]; number != nil {
			var err error
			if *number, err = strconv.ParseInt(value, 10, 64); err != nil {
				return world.MessageQuery{}, rest.BadRequest("The search term %s must be a number", key)
			}
		}
	}
	return query, nil
}

// messageStatus says who has read a message.
func (p *Pod) messageStatus(c *call) (any, error) {
	m := p.world.Message(c.Params["mid"])
	if m == nil {
		return nil, rest.Refuse(http.StatusNotFound, "Message %s not found", c.Params["mid"])
	}
	if !p.world.MayRead(c.caller, m) {
		return nil, world.ErrEntitlement
	}
	show := func(id int64) map[string]any {
		who := p.world.Person(id)
		return map[string]any{
			"userId": strconv.FormatInt(who.ID, 10), "firstName": who.First, "lastName": who.Last, "displayName": who.Display,
			"email": who.Email, "userName": who.Username, "timestamp": strconv.FormatInt(m.Time, 10),
		}
	}
	read, sent := []any{}, []any{}
	for _, id := range p.world.Stream(m.Stream).MemberIDs() {
		switch {
		case id == m.From:
		case p.world.HasRead(id, m):
			read = append(read, show(id))
		default:
			sent = append(sent, show(id))
		}
	}
	return map[string]any{"author": show(m.From), "read": read, "delivered": []any{}, "sent": sent}, nil
}
