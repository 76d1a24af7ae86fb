package symphony

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// Message is what somebody wrote.
type Message struct {
	ID MessageID
	// Parent is the message replied to or forwarded, if any.
	Parent MessageID
	Stream Conversation
	From   Participant
	Time   time.Time
	// PresentationML is the markup, with its root element.
	PresentationML string
	// Data is the entity JSON as text, empty or "{}" for none.
	Data        string
	Attachments []File
	// Replaces is the message that this one is an edit of, ReplacedBy the edit of this one, Initial
	// the first of the row.
	Replaces, ReplacedBy, Initial MessageID
	InitialTime                   time.Time
	Silent                        bool
	ExternalRecipients            bool
	UserAgent                     string
	OriginalFormat                string
	SessionID                     string
	Shared                        *Message
	// Diagnostic is set when the agent could not read the message fully.
	Diagnostic string
	Disclaimer string
}

// File is an attachment of a received message.
type File struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Size   int64       `json:"size"`
	Images []Thumbnail `json:"images,omitempty"`
}

// UnmarshalJSON accepts a size as text.
func (f *File) UnmarshalJSON(b []byte) error {
	type plain File
	w := struct {
		*plain
		Size wholeNumber `json:"size"`
	}{plain: (*plain)(f)}
	err := json.Unmarshal(b, &w)
	f.Size = int64(w.Size)
	return err
}

// Thumbnail is a smaller picture of an attached one.
type Thumbnail struct {
	ID        string `json:"id"`
	Dimension string `json:"dimension"`
}

// wireMessage is the vendor's V4Message.
type wireMessage struct {
	ID                 MessageID    `json:"messageId"`
	Parent             MessageID    `json:"parentMessageId,omitempty"`
	Timestamp          millis       `json:"timestamp"`
	Message            string       `json:"message"`
	Data               string       `json:"data,omitempty"`
	Attachments        []File       `json:"attachments,omitempty"`
	User               Participant  `json:"user"`
	Stream             Conversation `json:"stream"`
	ExternalRecipients lenientBool  `json:"externalRecipients,omitempty"`
	Shared             *Message     `json:"sharedMessage,omitempty"`
	Diagnostic         string       `json:"diagnostic,omitempty"`
	Disclaimer         string       `json:"disclaimer,omitempty"`
	UserAgent          string       `json:"userAgent,omitempty"`
	OriginalFormat     string       `json:"originalFormat,omitempty"`
	SessionID          string       `json:"sid,omitempty"`
	Replaces           MessageID    `json:"replacing,omitempty"`
	ReplacedBy         MessageID    `json:"replacedBy,omitempty"`
	Initial            MessageID    `json:"initialMessageId,omitempty"`
	InitialTimestamp   millis       `json:"initialTimestamp,omitempty"`
	Silent             lenientBool  `json:"silent,omitempty"`
}

// UnmarshalJSON reads the vendor's V4Message.
func (m *Message) UnmarshalJSON(b []byte) error {
	var w wireMessage
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*m = w.value()
	return nil
}

func (w wireMessage) value() Message {
	return Message{
		ID: w.ID, Parent: w.Parent, Stream: w.Stream, From: w.User, Time: w.Timestamp.time(),
		PresentationML: w.Message, Data: w.Data, Attachments: w.Attachments,
		Replaces: w.Replaces, ReplacedBy: w.ReplacedBy, Initial: w.Initial, InitialTime: w.InitialTimestamp.time(),
		Silent: bool(w.Silent), ExternalRecipients: bool(w.ExternalRecipients), UserAgent: w.UserAgent,
		OriginalFormat: w.OriginalFormat, SessionID: w.SessionID, Shared: w.Shared,
		Diagnostic: w.Diagnostic, Disclaimer: w.Disclaimer,
	}
}

// MarshalJSON writes the vendor's V4Message.
func (m Message) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireMessage{
		ID: m.ID, Parent: m.Parent, Timestamp: toMillis(m.Time), Message: m.PresentationML, Data: m.Data,
		Attachments: m.Attachments, User: m.From, Stream: m.Stream, ExternalRecipients: lenientBool(m.ExternalRecipients),
		Shared: m.Shared, Diagnostic: m.Diagnostic, Disclaimer: m.Disclaimer, UserAgent: m.UserAgent,
		OriginalFormat: m.OriginalFormat, SessionID: m.SessionID, Replaces: m.Replaces, ReplacedBy: m.ReplacedBy,
		Initial: m.Initial, InitialTimestamp: toMillis(m.InitialTime), Silent: lenientBool(m.Silent),
	})
}

// Message gets one message; ErrNotFound if the caller cannot see such a one.
//
//	GET /agent/v1/message/{id}
func (c *Client) Message(ctx context.Context, id MessageID) (Message, error) {
	m, err := callForValue[Message, wireMessage](ctx, c, request{op: opMessage, args: []string{string(id)}})
	if err == nil && m.ID == "" {
		return Message{}, opMessage.newError(Error{Status: http.StatusNoContent, Err: errors.New("no such message")})
	}
	return m, err
}

// MessagesSince yields the messages of a conversation from a time on. The order is not documented;
// a message may come twice when others arrive meanwhile. Of one that cannot be read comes what can
// be made out, such as its id, sender and data: whoever looks for their own message must not
// overlook it.
//
//	GET /agent/v4/stream/{sid}/message
func (c *Client) MessagesSince(ctx context.Context, stream StreamID, since time.Time) iter.Seq2[Message, error] {
	const largest = 100
	size := largest
	return yieldPages(largest, func(skip int) (page[Message], error) {
		for {
			query := skipLimit(skip, size)
			query.Set("since", strconv.FormatInt(since.UnixMilli(), 10))
			found, err := call[[]messageSince](ctx, c, request{op: opMessagesSince, args: []string{string(stream)}, query: query})
			if errors.Is(err, ErrTooLarge) && size > 1 { // large messages must not hide the others
				size /= 10
				continue
			}
			p := page[Message]{items: toValues[Message](found), size: len(found)}
			if p.size == size {
				p.total = skip + p.size + 1 // there may be more
			}
			return p, err
		}
	})
}

type messageSince struct{ message Message }

func (m *messageSince) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &m.message) == nil {
		return nil
	}
	var broken brokenMessage
	_ = json.Unmarshal(b, &broken) // as far as it goes
	m.message = broken.value()
	return nil
}

func (m messageSince) value() Message { return m.message }

// MessageQuery says what to search messages by; empty fields do not restrict.
type MessageQuery struct {
	// Text needs Stream.
	Text   string
	Stream StreamID
	// Type is the kind of the conversation.
	Type   StreamType
	Author UserID
	// Hashtag and Cashtag are without their sign.
	Hashtag, Cashtag string
	Mention          UserID
	From, To         time.Time
}

type messageSearch struct {
	Text     string     `json:"text,omitempty"`
	Stream   StreamID   `json:"streamId,omitempty"`
	Type     StreamType `json:"streamType,omitempty"`
	Author   UserID     `json:"author,omitempty"`
	Hashtag  string     `json:"hashtag,omitempty"`
	Cashtag  string     `json:"cashtag,omitempty"`
	Mention  UserID     `json:"mention,omitempty"`
	FromDate millis     `json:"fromDate,omitempty"`
	ToDate   millis     `json:"toDate,omitempty"`
}

// foundMessage is one of a search. If it cannot be read, it is the zero Message, and the others are
// read all the same.
type foundMessage struct{ wireMessage }

func (m *foundMessage) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &m.wireMessage) != nil {
		m.wireMessage = wireMessage{}
	}
	return nil
}

// SearchMessages yields the messages that match, newest first. One that cannot be read comes as the
// zero Message.
//
//	POST /agent/v1/message/search
func (c *Client) SearchMessages(ctx context.Context, q MessageQuery) iter.Seq2[Message, error] {
	const size = 50
	body := messageSearch{
		q.Text, q.Stream, q.Type, q.Author, q.Hashtag, q.Cashtag, q.Mention, toMillis(q.From), toMillis(q.To),
	}
	return yieldPages(size, func(skip int) (page[Message], error) {
		query := skipLimit(skip, size)
		query.Set("sortDir", "DESC")
		found, err := call[[]foundMessage](ctx, c, request{op: opSearchMessages, query: query, body: body})
		return page[Message]{items: toValues[Message](found), size: len(found)}, err
	})
}
