package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// maxChatter is the most messages one request makes.
const maxChatter = 10_000

// numberMark in a text of chatter is the number of the message, from 0.
const numberMark = "{n}"

// controlChatter lets somebody say much the same thing many times. The messages go to the datafeeds of those in the chat
// and are not kept: what a bot does with thousands at once is of interest, not they.
func (p *Pod) controlChatter(c *call) (any, error) {
	body := struct {
		As, To, Text string
		Count        int
	}{Text: "shall we have lunch?", Count: 1}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	who, err := p.state.named(body.As)
	if err != nil {
		return nil, err
	}
	st, err := p.destination(who, body.To)
	if err != nil {
		return nil, err
	}
	if body.Count < 1 || body.Count > maxChatter {
		return nil, refuse(http.StatusBadRequest, "count must be between 1 and %d", maxChatter)
	}
	d, err := p.state.compose(body.Text, nil)
	if err != nil {
		return nil, err
	}
	for n := range body.Count {
		if strings.Contains(body.Text, numberMark) {
			if d, err = p.state.compose(strings.ReplaceAll(body.Text, numberMark, strconv.Itoa(n)), nil); err != nil {
				return nil, err
			}
		}
		now := p.now()
		m := &message{
			ID: mint(messageMark, now), Stream: st.ID, From: who.ID, Time: now.UnixMilli(), Markup: d.markup, Data: d.data,
			Agent: clientAgent, Session: "chatter",
		}
		p.emitAs(m.ID, now, eventMessage, who, map[string]any{"message": p.v4m(m)}, st.memberIDs())
	}
	return map[string]any{"streamId": st.ID, "queued": p.longestQueue()}, nil
}

// longestQueue is how many events wait in the fullest datafeed: a bot that keeps up has few.
func (p *Pod) longestQueue() int {
	most := 0
	for _, f := range p.state.Feeds {
		most = max(most, len(f.Queue))
	}
	return most
}
