package messageml

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// The types of entities that Symphony itself makes.
const (
	typeMention = "com.symphony.user.mention"
	typeUserID  = "com.symphony.user.userId"
	typeTag     = "org.symphonyoss.taxonomy"
	typeTicker  = "org.symphonyoss.fin.security"
	typeEmoji   = "com.symphony.emoji"
)

// EntityData encodes entities for the data part of a message. The key is the entity's id; the value
// must encode as a JSON object and conventionally has "type" and "version", for the agent refuses
// others when the markup refers to them.
func EntityData(entities map[string]any) (string, error) {
	for id, entity := range entities {
		encoded, err := json.Marshal(entity)
		if err != nil {
			return "", fmt.Errorf("encode entity %q: %w", id, err)
		}
		if len(encoded) == 0 || encoded[0] != '{' {
			return "", fmt.Errorf("entity %q: it has to be a JSON object", id)
		}
	}
	if len(entities) == 0 {
		return "{}", nil
	}
	encoded, err := json.Marshal(entities)
	if err != nil {
		return "", fmt.Errorf("encode entities: %w", err)
	}
	return string(encoded), nil
}

// parseData reads the data part of a message. Blank is none; what is not an object is an error,
// which costs the message its entities but not its text.
func parseData(data string) (map[string]json.RawMessage, error) {
	data = strings.TrimSpace(data)
	if data == "" || data == "null" {
		return nil, nil
	}
	// Some senders encode the object once more as a string; agents accept that.
	if data[0] == '"' {
		var inner string
		if err := json.Unmarshal([]byte(data), &inner); err != nil {
			return nil, fmt.Errorf("%w: %w", errData, err)
		}
		data = inner
	}
	var entities map[string]json.RawMessage
	if err := json.Unmarshal([]byte(data), &entities); err != nil {
		return nil, fmt.Errorf("%w: %w", errData, err)
	}
	return entities, nil
}

type entity struct {
	Type string          `json:"type"`
	ID   json.RawMessage `json:"id"`
	Data json.RawMessage `json:"data"`
}

type identifier struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

// parseSpan says what an entity is, as far as its data can be read. Whatever cannot be read is
// KindOther, never a guess.
func parseSpan(raw json.RawMessage) Span {
	var e entity
	if json.Unmarshal(raw, &e) != nil {
		return Span{Kind: KindOther}
	}
	switch e.Type {
	case typeMention:
		return parseMention(e)
	case typeTag:
		return Span{Kind: KindHashtag, Value: firstIdentifier(e.ID)}
	case typeTicker:
		return Span{Kind: KindCashtag, Value: firstIdentifier(e.ID)}
	case typeEmoji:
		return Span{Kind: KindEmoji, Value: emojiShortcode(e.Data)}
	}
	return Span{Kind: KindOther, Value: e.Type}
}

func parseMention(e entity) Span {
	for _, id := range parseIdentifiers(e.ID) {
		if id.Type != typeUserID {
			continue
		}
		user, err := strconv.ParseInt(scalarText(id.Value), 10, 64)
		if err == nil && user > 0 {
			return Span{Kind: KindMention, UserID: user}
		}
	}
	return Span{Kind: KindOther, Value: e.Type}
}

// parseIdentifiers accepts the documented array and a lone object.
func parseIdentifiers(raw json.RawMessage) []identifier {
	var many []identifier
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	var one identifier
	if json.Unmarshal(raw, &one) == nil {
		return []identifier{one}
	}
	return nil
}

func firstIdentifier(raw json.RawMessage) string {
	for _, id := range parseIdentifiers(raw) {
		if value := scalarText(id.Value); value != "" {
			return value
		}
	}
	return ""
}

func emojiShortcode(raw json.RawMessage) string {
	var data struct {
		Shortcode string `json:"shortcode"`
	}
	if json.Unmarshal(raw, &data) != nil {
		return ""
	}
	return data.Shortcode
}

// scalarText is a JSON string or number as text. Numbers are kept as written: a float64 would lose
// digits of a user id.
func scalarText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(s)
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}
