package world

import (
	"slices"
	"strconv"
	"strings"
)

// MessagesOf are a stream's messages, oldest first.
func (w *World) MessagesOf(st *Stream) []*Message { return w.byStream[st.ID] }

// LastMessage is the newest message of a stream; nil when there is none.
func (w *World) LastMessage(st *Stream) *Message {
	all := w.byStream[st.ID]
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// LastSeq is the Seq of the newest message.
func (w *World) LastSeq() int64 { return w.state.LastSeq }

// MessagesSince are the messages after one with this Seq, oldest first.
func (w *World) MessagesSince(seq int64) []*Message {
	at, _ := slices.BinarySearchFunc(w.state.Messages, seq+1, func(m *Message, want int64) int { return int(m.Seq - want) })
	return w.state.Messages[at:]
}

// MayRead reports whether somebody sees a message: members do, from their own joining on where
// history is not shared.
func (w *World) MayRead(who *Person, m *Message) bool {
	st := w.streams[m.Stream]
	member := st.Member(who.ID)
	if member == nil {
		return false
	}
	return !st.IsRoom() || st.Room.ViewHistory || m.Time >= member.Joined
}

// MarkRead notes that somebody has seen all of a stream.
func (w *World) MarkRead(who *Person, st *Stream) {
	key := readKey(who.ID, st.ID)
	if w.state.Reads[key] != w.state.LastSeq {
		w.state.Reads[key] = w.state.LastSeq
		w.noteChange()
	}
}

// HasRead reports whether somebody has seen a message.
func (w *World) HasRead(user int64, m *Message) bool {
	return w.state.Reads[readKey(user, m.Stream)] >= m.Seq
}

// CountUnread says how many messages of others in a stream somebody has not seen.
func (w *World) CountUnread(user int64, st *Stream) int {
	n, read := 0, w.state.Reads[readKey(user, st.ID)]
	for _, m := range slices.Backward(w.byStream[st.ID]) {
		if m.Seq <= read {
			break
		}
		if m.From != user {
			n++
		}
	}
	return n
}

func readKey(user int64, streamID string) string { return strconv.FormatInt(user, 10) + " " + streamID }

// History are the messages of a stream in a span of milliseconds since 1970, both ends included,
// oldest first.
func (w *World) History(by *Person, st *Stream, from, until int64) ([]*Message, error) {
	if !st.HasMember(by.ID) {
		return nil, forbidden("The user is not a member of the stream")
	}
	return w.selectMessages(w.byStream[st.ID], by, func(m *Message) bool { return m.Time >= from && m.Time <= until }), nil
}

// selectMessages picks the messages that somebody may read and that are not suppressed.
func (w *World) selectMessages(all []*Message, by *Person, wanted func(*Message) bool) []*Message {
	var found []*Message
	for _, m := range all {
		if m.Suppressed == 0 && w.MayRead(by, m) && wanted(m) {
			found = append(found, m)
		}
	}
	return found
}

// MessageQuery is what a search for messages looks for, in the words of the service.
type MessageQuery struct {
	Text       string `json:"text"`
	StreamID   string `json:"streamId"`
	StreamType string `json:"streamType"`
	Author     int64  `json:"author"`
	Hashtag    string `json:"hashtag"`
	Cashtag    string `json:"cashtag"`
	Mention    int64  `json:"mention"`
	FromDate   int64  `json:"fromDate"` // milliseconds since 1970, included
	ToDate     int64  `json:"toDate"`   // milliseconds since 1970, not included
}

// SearchMessages finds messages that somebody may read, oldest first.
func (w *World) SearchMessages(by *Person, query MessageQuery) ([]*Message, error) {
	if query == (MessageQuery{}) {
		return nil, invalid("At least one search criterion is required")
	}
	if query.Text != "" && query.StreamID == "" {
		return nil, invalid("A search by text requires a streamId")
	}
	return w.selectMessages(w.state.Messages, by, func(m *Message) bool {
		return query.matchesStream(w.streams[m.Stream]) && query.matches(m)
	}), nil
}

func (q MessageQuery) matchesStream(st *Stream) bool {
	if q.StreamID != "" && CanonicalID(q.StreamID) != st.ID {
		return false
	}
	switch strings.ToUpper(q.StreamType) {
	case "", st.Type:
		return true
	case "CHAT":
		return st.Type == TypeIM
	case "CHATROOM":
		return st.Type == TypeRoom
	}
	return false
}

func (q MessageQuery) matches(m *Message) bool {
	return (q.Author == 0 || q.Author == m.From) &&
		containsFold(m.Text, q.Text) &&
		(q.Hashtag == "" || containsFold(m.Text, "#"+strings.TrimPrefix(q.Hashtag, "#"))) &&
		(q.Cashtag == "" || containsFold(m.Text, "$"+strings.TrimPrefix(q.Cashtag, "$"))) &&
		(q.Mention == 0 || strings.Contains(m.Data, `"`+strconv.FormatInt(q.Mention, 10)+`"`)) &&
		(q.FromDate == 0 || m.Time >= q.FromDate) && (q.ToDate == 0 || m.Time < q.ToDate)
}
