package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Person is somebody of the pod, to speak as in tests. All methods are safe for concurrent use.
type Person struct {
	pod *Pod
	who *person
}

// Person finds somebody by username. It panics when there is nobody: a test has misspelt a name.
func (p *Pod) Person(username string) *Person {
	who, err := p.personNamed(username)
	if err != nil {
		panic("sandbox: " + err.Error())
	}
	return &Person{pod: p, who: who}
}

// ID is the user id.
func (p *Person) ID() int64 { return p.who.ID }

// DisplayName is the name clients show.
func (p *Person) DisplayName() string { return p.who.Display }

// Message is a message as somebody sees it.
type Message struct {
	ID        string
	StreamID  string
	From      string // username
	Time      time.Time
	Markup    string // PresentationML
	Data      string // JSON of the entities
	Text      string // what a person reads
	Replacing string // id of the message this one replaces
	Forms     []string
}

// Said is a message somebody has sent, and the handle to what is answered.
type Said struct {
	Message
	Err    error // why it could not be sent
	person *Person
	seq    int64
}

// Says sends a composer's text to the bot, in a chat of two; @username and @Display Name become mentions.
func (p *Person) Says(text string) Said { return p.speak("", text, "") }

// SaysIn sends a composer's text into a chat or room, by its stream id; or to somebody, by their username.
func (p *Person) SaysIn(to, text string) Said { return p.speak(to, text, "") }

// Edits replaces the text of a message this person sent.
func (p *Person) Edits(said Said, text string) Said { return p.speak(said.StreamID, text, said.ID) }

func (p *Person) speak(to, text, replacing string) Said {
	pod := p.pod
	pod.mu.Lock()
	defer pod.mu.Unlock()
	st, err := pod.destination(p.who, to)
	if err != nil {
		return Said{Err: err, person: p}
	}
	old := pod.state.messages[replacing]
	switch {
	case replacing != "" && old == nil:
		return Said{Err: fmt.Errorf("there is no message %q to edit", replacing), person: p}
	case old != nil:
		old = pod.newest(old)
	}
	m, err := pod.say(st, p.who, text, nil, old)
	if err != nil {
		return Said{Err: err, person: p}
	}
	return Said{Message: pod.shown(m), person: p, seq: m.Seq}
}

// shown is a message for tests.
func (p *Pod) shown(m *message) Message {
	v := Message{
		ID: m.ID, StreamID: m.Stream, From: p.state.people[m.From].Username, Time: time.UnixMilli(m.Time), Markup: m.Markup,
		Data: m.Data, Text: m.Text, Replacing: m.Replacing,
	}
	for _, f := range m.Forms {
		v.Forms = append(v.Forms, f.ID)
	}
	return v
}

// Reply waits for the first message that a service account sends after this one where the person can read it.
func (s Said) Reply(ctx context.Context) (Message, error) {
	return s.await(ctx, "an answer of the bot", func(m *message) bool {
		return s.person.pod.state.people[m.From].Type == typeSystem
	})
}

// Sees waits for a message of somebody else, after this one, whose text holds a string.
func (s Said) Sees(ctx context.Context, text string) (Message, error) {
	return s.await(ctx, fmt.Sprintf("a message with %q", text), func(m *message) bool {
		return m.From != s.person.who.ID && strings.Contains(m.Text, text)
	})
}

func (s Said) await(ctx context.Context, what string, wanted func(*message) bool) (Message, error) {
	if s.Err != nil {
		return Message{}, s.Err
	}
	return s.person.await(ctx, s.seq, what, wanted)
}

// Sees waits for a message of somebody else whose text holds a string, among those since this person last spoke.
func (p *Person) Sees(ctx context.Context, text string) (Message, error) {
	p.pod.mu.Lock()
	since := p.pod.said[p.who.ID]
	p.pod.mu.Unlock()
	return Said{person: p, seq: since}.Sees(ctx, text)
}

func (p *Person) await(ctx context.Context, since int64, what string, wanted func(*message) bool) (Message, error) {
	pod := p.pod
	for {
		pod.mu.Lock()
		at := slices.IndexFunc(pod.state.since(since), func(m *message) bool { return pod.mayRead(m, p.who) && wanted(m) })
		if at >= 0 {
			defer pod.mu.Unlock()
			return pod.shown(pod.state.since(since)[at]), nil
		}
		heard, changed := pod.texts(p.who, since), pod.changed
		pod.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("wait for %s: %w; %s has seen since: %q", what, ctx.Err(), p.who.Display, heard)
		case <-pod.closed:
			return Message{}, fmt.Errorf("wait for %s: the pod is closed", what)
		}
	}
}

func (p *Pod) texts(who *person, since int64) []string {
	var texts []string
	for _, m := range p.state.since(since) {
		if m.From != who.ID && p.mayRead(m, who) {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// Inbox gives all messages this person can read, oldest first.
func (p *Person) Inbox() []Message {
	p.pod.mu.Lock()
	defer p.pod.mu.Unlock()
	var found []Message
	for _, m := range p.pod.state.Messages {
		if p.pod.mayRead(m, p.who) {
			found = append(found, p.pod.shown(m))
		}
	}
	return found
}

// Submits presses a button of a form in a message, with the values of the fields by name, as JSON would have them.
func (p *Person) Submits(m Message, formID, button string, values map[string]any) Said {
	raw := map[string]json.RawMessage{}
	for name, value := range values {
		raw[name] = marshal(value)
	}
	p.pod.mu.Lock()
	defer p.pod.mu.Unlock()
	clicked, err := p.pod.act(p.who, actRequest{MessageID: m.ID, FormID: formID, Action: button, Values: raw})
	if err != nil {
		return Said{Err: err, person: p}
	}
	return Said{Message: p.pod.shown(clicked), person: p, seq: p.pod.state.LastSeq}
}
