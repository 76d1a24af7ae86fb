package world

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// StateVersion is the version of State's shape. It goes up when a saved state of the version
// before can no longer be read.
const StateVersion = 2

// State is everything a world knows, in the shape in which it is saved.
type State struct {
	Version     int                `json:"version"`
	People      []*Person          `json:"people"`
	Groups      []*Group           `json:"groups"`
	Streams     []*Stream          `json:"streams"`  // oldest first
	Messages    []*Message         `json:"messages"` // oldest first
	Feeds       []*Feed            `json:"feeds"`
	Connections []*Connection      `json:"connections"`
	Manifests   map[int64]string   `json:"manifests"` // by service account: the text of its commands
	Presences   map[int64]Presence `json:"presences"` // by user
	Reads       map[string]int64   `json:"reads"`     // by "user stream": Seq of the last message read
	Rights      Rights             `json:"rights"`
	Invitations []*Invitation      `json:"invitations,omitempty"`
	Offset      time.Duration      `json:"offset"`   // how far the clock was advanced
	LastSeq     int64              `json:"lastSeq"`  // of the newest message
	LastUser    int64              `json:"lastUser"` // added to the ids of groups made later
}

// maxMessages bounds a world's memory: beyond it the oldest tenth is forgotten.
const maxMessages = 20_000

// Restore makes a world of a saved state. The service account has the name it is configured with
// now.
func Restore(cfg Config, saved *State) (*World, error) {
	w := &World{cfg: cfg.withDefaults()}
	if saved == nil {
		return nil, errNoPod
	}
	if err := CheckVersion(saved.Version); err != nil {
		return nil, err
	}
	if len(saved.People) == 0 {
		return nil, errNoPod
	}
	bot := slices.IndexFunc(saved.People, func(p *Person) bool { return p.ID == BotID })
	if bot < 0 {
		return nil, errors.New("it is no pod's: the service account is missing")
	}
	saved.People[bot] = botAccount(w.cfg)
	w.setState(saved)
	return w, nil
}

var errNoPod = errors.New("it is no pod's: there is nobody in it")

// CheckVersion refuses a state that another version of the sandbox has saved; 0 is none that any
// has saved.
func CheckVersion(version int) error {
	switch version {
	case StateVersion:
		return nil
	case 0:
		return errors.New("it is no pod's: it has no version")
	}
	return fmt.Errorf("it was saved by another version of the sandbox (%d, not %d)", version, StateVersion)
}

// State is what is to be saved. It is the world's own: encode it before the next operation.
func (w *World) State() *State { return w.state }

// setState makes a state the world's, and builds its indexes.
func (w *World) setState(s *State) {
	w.state = s
	if s.Manifests == nil {
		s.Manifests = map[int64]string{}
	}
	if s.Presences == nil {
		s.Presences = map[int64]Presence{}
	}
	if s.Reads == nil {
		s.Reads = map[string]int64{}
	}
	w.directory, w.streams = newDirectory(s.People), make(map[string]*Stream, len(s.Streams))
	w.named = map[string][]*Stream{}
	for _, st := range s.Streams {
		w.indexStream(st)
	}
	w.indexMessages()
}

func (w *World) indexMessages() {
	w.messages, w.byStream = map[string]*Message{}, map[string][]*Message{}
	for _, m := range w.state.Messages {
		w.messages[m.ID] = m
		w.byStream[m.Stream] = append(w.byStream[m.Stream], m)
	}
}

func (w *World) keepStream(st *Stream) {
	w.state.Streams = append(w.state.Streams, st)
	w.indexStream(st)
}

func (w *World) indexStream(st *Stream) {
	w.streams[st.ID] = st
	if st.IsRoom() {
		w.named[NameKey(st.Room.Name)] = append(w.named[NameKey(st.Room.Name)], st)
	}
}

func (w *World) keepMessage(m *Message) {
	s := w.state
	s.LastSeq++
	m.Seq = s.LastSeq
	s.Messages = append(s.Messages, m)
	w.messages[m.ID] = m
	w.byStream[m.Stream] = append(w.byStream[m.Stream], m)
	if len(s.Messages) > maxMessages {
		s.Messages = slices.Clone(s.Messages[maxMessages/10:])
		w.indexMessages()
	}
}
