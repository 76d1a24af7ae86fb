package control

import (
	"strconv"
	"strings"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
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
	if err := c.repeat(who, st, body.Text, body.Count); err != nil {
		return nil, err
	}
	return client.ChatterAnswer{StreamID: st.ID, Queued: c.world.LongestQueue()}, nil
}

// repeat sends a text many times, each with its number.
func (c *Control) repeat(who *world.Person, st *world.Stream, text string, times int) error {
	draft, err := compose(c.world, text, nil)
	if err != nil {
		return err
	}
	for n := range times {
		if strings.Contains(text, numberMark) {
			if draft, err = compose(c.world, strings.ReplaceAll(text, numberMark, strconv.Itoa(n)), nil); err != nil {
				return err
			}
		}
		c.world.SendUnkept(who, st, draft)
	}
	return nil
}
