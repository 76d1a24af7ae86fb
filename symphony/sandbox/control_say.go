package sandbox

import (
	"context"
	"net/http"
	"time"
)

// sayRequest is what somebody types.
type sayRequest struct {
	As        string
	To        string // a username, by default the bot's, or a stream id
	MessageID string // of the message to edit
	Text      string
	Mentions  []mentionSpan
	Wait      string // how long to wait for the bot's answers, e.g. "5s"
}

func (p *Pod) controlSay(c *call) (any, error) {
	var body sayRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	return p.speak(c, body.As, body.Wait, func(who *person) (*message, error) {
		st, err := p.destination(who, body.To)
		if err != nil {
			return nil, err
		}
		return p.say(st, who, body.Text, body.Mentions, nil)
	})
}

func (p *Pod) controlEdit(c *call) (any, error) {
	var body sayRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	return p.speak(c, body.As, body.Wait, func(who *person) (*message, error) {
		old := p.state.messages[canonical(body.MessageID)]
		switch {
		case old == nil:
			return nil, refuse(http.StatusNotFound, "There is no such message")
		case old.From != who.ID:
			return nil, forbidden("Only the author may edit a message")
		}
		return p.say(p.state.streams[old.Stream], who, body.Text, body.Mentions, p.newest(old))
	})
}

// speak does what somebody says or clicks, and waits for the answers outside the mutex.
func (p *Pod) speak(c *call, as, wait string, do func(*person) (*message, error)) (any, error) {
	limit, err := waitTime(wait)
	if err != nil {
		return nil, err
	}
	said, err := p.spoken(as, do)
	if err != nil {
		return nil, err
	}
	replies := p.replies(c.Context(), said, limit)
	return map[string]any{"message": said.shown, "replies": replies}, nil
}

// utterance is what was said, and from when on answers to it may come.
type utterance struct {
	shown messageView
	user  int64
	seq   int64
	at    time.Time // by the pod's clock
}

func (p *Pod) spoken(as string, do func(*person) (*message, error)) (utterance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, err := p.state.named(as)
	if err != nil {
		return utterance{}, err
	}
	m, err := do(who)
	if err != nil {
		return utterance{}, err
	}
	return utterance{shown: p.messageView(m, who.ID), user: who.ID, seq: p.state.LastSeq, at: p.now()}, nil
}

func waitTime(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit < 0 {
		return 0, badRequest("wait must be a duration such as 5s")
	}
	return limit, nil
}

// destination finds the chat that is meant, and opens a chat of two when there is none yet.
func (p *Pod) destination(who *person, to string) (*stream, error) {
	if to == "" {
		return p.openIM(who, []int64{botID})
	}
	if other := p.state.byUsername(to); other != nil {
		return p.openIM(who, []int64{other.ID})
	}
	st, ok := p.state.streams[canonical(to)]
	if !ok {
		return nil, refuse(http.StatusNotFound, "There is no user and no chat %q", to)
	}
	if st.member(who.ID) == nil {
		return nil, forbidden("%s is not in this chat", who.Display)
	}
	return st, nil
}

// say sends what somebody typed.
func (p *Pod) say(st *stream, who *person, text string, spans []mentionSpan, replacing *message) (*message, error) {
	switch {
	case !who.Active:
		return nil, forbidden("The account of %s is disabled", who.Display)
	case text == "":
		return nil, badRequest("text: nothing to say")
	}
	if err := p.maySend(st, who); err != nil {
		return nil, err
	}
	d, err := p.state.compose(text, spans)
	if err != nil {
		return nil, err
	}
	d.replacing = replacing
	m := p.send(st, who, d)
	p.said[who.ID] = m.Seq
	return m, nil
}

// replies waits until service accounts have said something where somebody can read it, and have neither said nor done
// anything for a moment, nor have anything left to do as far as is known; it gives what they said. Nothing is waited for
// when the limit is 0.
func (p *Pod) replies(ctx context.Context, to utterance, limit time.Duration) []messageView {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	lacks := p.cfg.Quiet
	for {
		p.mu.Lock()
		found, changed := p.heard(to.user, to.seq), p.changed
		p.mu.Unlock()
		if limit == 0 {
			return found
		}
		var quiet <-chan time.Time
		if len(found) > 0 {
			quiet = time.After(lacks)
		}
		select {
		case <-changed:
			lacks = p.cfg.Quiet
		case <-quiet:
			if lacks = p.lacks(to.at); lacks == 0 && !over(changed) {
				return found
			}
		case <-ctx.Done():
			return found
		case <-p.closed:
			return found
		}
	}
}

func over(event <-chan struct{}) bool {
	select {
	case <-event:
		return true
	default:
		return false
	}
}

// heard gives what service accounts said after a moment, where somebody can read it.
func (p *Pod) heard(user, since int64) []messageView {
	found := []messageView{}
	for _, m := range p.state.since(since) {
		if p.state.people[m.From].Type == typeSystem && m.From != user && p.mayRead(m, p.state.people[user]) {
			found = append(found, p.messageView(m, user))
		}
	}
	return found
}
