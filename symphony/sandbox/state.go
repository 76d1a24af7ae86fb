package sandbox

import (
	"slices"
	"time"
)

// state is everything the pod knows. The pod's mutex guards it; a state file is its JSON form.
type state struct {
	People      []*person
	Groups      []*group
	Streams     []*stream  // oldest first
	Messages    []*message // oldest first
	Feeds       []*feed
	Connections []*connection
	Manifests   map[int64]string   // by service account: the JSON text of its commands
	Presences   map[int64]presence // by user
	Reads       map[string]int64   // by "user stream": sequence number of the last message read
	Rights      rights
	Offset      time.Duration // how far the clock was advanced
	LastSeq     int64         // of the newest message
	LastUser    int64         // added to the ids of groups made later

	people   map[int64]*person
	streams  map[string]*stream
	messages map[string]*message
	talk     map[string][]*message // by stream, oldest first
}

// maxMessages bounds the pod's memory: beyond it the oldest tenth is forgotten.
const maxMessages = 20_000

// rename gives the service account of a loaded state the name it is configured with now.
func (s *state) rename(cfg Config) {
	if bot := s.people[botID]; bot != nil {
		*bot = *botAccount(cfg)
	}
}

// index builds the look-up tables after a load.
func (s *state) index() {
	s.people, s.streams, s.messages = map[int64]*person{}, map[string]*stream{}, map[string]*message{}
	for _, p := range s.People {
		s.people[p.ID] = p
	}
	for _, st := range s.Streams {
		s.streams[st.ID] = st
	}
	s.talk = map[string][]*message{}
	if s.Manifests == nil {
		s.Manifests = map[int64]string{}
	}
	if s.Presences == nil {
		s.Presences = map[int64]presence{}
	}
	if s.Reads == nil {
		s.Reads = map[string]int64{}
	}
	for _, m := range s.Messages {
		s.messages[m.ID] = m
		s.talk[m.Stream] = append(s.talk[m.Stream], m)
	}
}

func (s *state) addStream(st *stream) {
	s.Streams = append(s.Streams, st)
	s.streams[st.ID] = st
}

func (s *state) addMessage(m *message) {
	s.LastSeq++
	m.Seq = s.LastSeq
	s.Messages = append(s.Messages, m)
	s.messages[m.ID] = m
	s.talk[m.Stream] = append(s.talk[m.Stream], m)
	if len(s.Messages) > maxMessages {
		s.Messages = slices.Clone(s.Messages[maxMessages/10:])
		s.index()
	}
}

// messagesOf gives a stream's messages, oldest first.
func (s *state) messagesOf(streamID string) []*message { return s.talk[streamID] }

// since gives the messages after a sequence number, oldest first.
func (s *state) since(seq int64) []*message {
	at, _ := slices.BinarySearchFunc(s.Messages, seq+1, func(m *message, want int64) int { return int(m.Seq - want) })
	return s.Messages[at:]
}

// rights are the entitlements that can be taken away to see what a bot does then.
type rights struct {
	GroupManager       bool `json:"groupManager"`       // read and change distribution lists
	CreatePublicRoom   bool `json:"createPublicRoom"`   // canCreatePublicRoom
	ExternalRooms      bool `json:"externalRooms"`      // isExternalRoomEnabled
	ExternalIMs        bool `json:"externalIMs"`        // isExternalIMEnabled
	MultiLateralRooms  bool `json:"multiLateralRooms"`  // canCreateMultiLateralRoom
	SharedHistoryRooms bool `json:"sharedHistoryRooms"` // canCreateExternalRoomSharedHistory
	UpdateMessages     bool `json:"updateMessages"`     // canUpdateMessage
}

func allRights() rights {
	return rights{
		GroupManager: true, CreatePublicRoom: true, ExternalRooms: true, ExternalIMs: true, MultiLateralRooms: true,
		SharedHistoryRooms: false, UpdateMessages: true,
	}
}
