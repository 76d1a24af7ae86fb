package control

import (
	"strconv"
	"strings"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
)

// maxChatter is the most messages one request makes.
const maxChatter = 10_000

// numberMark in a text of chatter is the number of the message, from 0.
const numberMark = "{n}"

// chatter lets somebody say much the same thing many times. The messages go to the datafeeds of
// those in the chat and are not kept: what a bot does with thousands at once is of interest, not
// they.
func (c *Control) chatter(r *request) (any, error) {
	body := client.ChatterRequest{Text: "shall we have lunch?", Count: 1}
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, err := c.person(body.As)
	if err != nil {
		return nil, err
	}
	st, err := c.destination(who, body.To)
	if err != nil {
		return nil, err
	}
	if body.Count < 1 || body.Count > maxChatter {
		return nil, rest.BadRequest("count must be between 1 and %d", maxChatter)
	}
	draft, err := compose(c.world, body.Text, nil)
	if err != nil {
		return nil, err
	}
	for n := range body.Count {
		if strings.Contains(body.Text, numberMark) {
			if draft, err = compose(c.world, strings.ReplaceAll(body.Text, numberMark, strconv.Itoa(n)), nil); err != nil {
				return nil, err
			}
		}
		c.world.SendUnkept(who, st, draft)
	}
	return client.ChatterAnswer{StreamID: st.ID, Queued: c.world.LongestQueue()}, nil
}
