package control

import (
	"net/http"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/markup"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

func (c *Control) say(r *request) (any, error) {
	var body client.SayRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	return c.converse(r, body.As, body.Wait, func(who *world.Person) (*world.Message, error) {
		st, err := c.destination(who, body.To)
		if err != nil {
			return nil, err
		}
		return c.send(who, st, typed{text: body.Text, mentions: body.Mentions})
	})
}

func (c *Control) edit(r *request) (any, error) {
	var body client.EditRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	return c.converse(r, body.As, body.Wait, func(who *world.Person) (*world.Message, error) {
		old := c.world.Message(body.MessageID)
		switch {
		case old == nil:
			return nil, rest.Refuse(http.StatusNotFound, "There is no such message")
		case old.From != who.ID:
			return nil, rest.Refuse(http.StatusForbidden, "Only the author may edit a message")
		}
		return c.send(who, c.world.Stream(old.Stream), typed{text: body.Text, mentions: body.Mentions, replacing: old})
	})
}

func (c *Control) act(r *request) (any, error) {
	var body client.ActRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	return c.converse(r, body.As, body.Wait, func(who *world.Person) (*world.Message, error) {
		return c.world.Submit(who, body.MessageID, body.FormID, func(f markup.Form) (map[string]any, error) {
			return f.Encode(body.Action, body.Values)
		})
	})
}

// destination finds the chat that is meant, and opens a chat of two when there is none yet.
func (c *Control) destination(who *world.Person, to string) (*world.Stream, error) {
	if to == "" {
		return c.world.OpenChat(who, []int64{world.BotID})
	}
	if other := c.world.PersonNamed(to); other != nil {
		return c.world.OpenChat(who, []int64{other.ID})
	}
	st := c.world.Stream(to)
	if st == nil {
		return nil, rest.Refuse(http.StatusNotFound, "There is no user and no chat %q", to)
	}
	if err := checkInside(st, who); err != nil {
		return nil, err
	}
	return st, nil
}

// typed is what somebody wrote in a composer.
type typed struct {
	text      string
	mentions  []client.Mention
	replacing *world.Message // nil for a new message
}

// send sends what somebody typed.
func (c *Control) send(who *world.Person, st *world.Stream, said typed) (*world.Message, error) {
	switch {
	case !who.Active:
		return nil, rest.Refuse(http.StatusForbidden, "The account of %s is disabled", who.Display)
	case said.text == "":
		return nil, rest.BadRequest("text: nothing to say")
	}
	if err := st.CheckSender(who); err != nil {
		return nil, err
	}
	draft, err := compose(c.world, said.text, said.mentions)
	if err != nil {
		return nil, err
	}
	draft.Replacing = said.replacing
	return c.world.Send(who, st, draft)
}

// utterance is what was said, and from when on replies to it may come.
type utterance struct {
	message client.Message
	who     *world.Person
	seq     int64
	at      time.Time // by the pod's clock
}

// converse does what somebody says or clicks, and waits for the replies outside the mutex.
func (c *Control) converse(r *request, as, wait string, do func(*world.Person) (*world.Message, error)) (any, error) {
	limit, err := parseWait(wait)
	if err != nil {
		return nil, err
	}
	var said utterance
	c.pod.Do(func(w *world.World) {
		if said.who, err = c.person(as); err != nil {
			return
		}
		var m *world.Message
		if m, err = do(said.who); err == nil {
			said.message, said.seq, said.at = c.encodeMessage(m, said.who.ID), w.LastSeq(), w.Now()
		}
	})
	if err != nil {
		return nil, err
	}
	return client.Conversation{Message: said.message, Replies: c.awaitReplies(r.Context(), said, limit)}, nil
}

func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit < 0 {
		return 0, rest.BadRequest("wait must be a duration such as 5s")
	}
	return limit, nil
}
