package messageml

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Content is a message as text: what a person sees, without its markup.
type Content struct {
	Text  string // lines end in "\n"; no-break blanks are blanks; zero-width and direction marks are still there
	Spans []Span // the entities in the order in which they begin

	entities  map[string]json.RawMessage
	dataError error
}

// Span is an entity of the message: the part of the text that stands for it, and what it stands
// for. Start and End count code points (not bytes) and are equal for an entity that shows nothing.
type Span struct {
	Start, End int
	Kind       SpanKind
	UserID     int64  // of a KindMention
	Value      string // a tag without its # or $, an emoji's shortcode; of KindOther its type
}

// SpanKind is what a span stands for.
type SpanKind int

// The kinds of a span. KindOther is everything unknown, and a mention whose user id cannot be read.
const (
	KindOther SpanKind = iota
	KindMention
	KindHashtag
	KindCashtag
	KindEmoji
)

// Entity decodes the entity of that id from the message's data, such as our own "roombot". It
// reports false when there is none, and an error when the data is not JSON or does not fit.
func (c Content) Entity(id string, into any) (bool, error) {
	if c.dataError != nil {
		return false, c.dataError
	}
	raw, ok := c.entities[id]
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return false, fmt.Errorf("decode entity %q: %w", id, err)
	}
	return true, nil
}

// Mentions are the users whom the message mentions, in order; somebody mentioned twice is there
// twice.
func (c Content) Mentions() []int64 {
	var users []int64
	for _, span := range c.Spans {
		if span.Kind == KindMention {
			users = append(users, span.UserID)
		}
	}
	return users
}

var errData = errors.New("entity data is not a JSON object")
