package policy

import (
	"regexp"
	"strings"

	"roombot/bot/config/schema"
)

// place is one entry of `where`.
type place struct {
	kind   string // "*", "im" or "room"
	name   glob
	stream string // set when the entry may be a stream id
}

func (p *place) matches(q *foldedQuery) truth {
	switch {
	case p.kind == "*":
		return yes
	case p.kind == "im" || q.im:
		return truthOf(p.kind == "im" && q.im)
	case p.stream != "" && p.stream == q.stream:
		return yes
	case p.name.pattern == "*":
		return yes
	}
	return ifKnown(q.room, p.name.match(q.room))
}

func parsePlace(text string) (place, *schema.InvalidValue) {
	kind, rest, colon := strings.Cut(text, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case !colon && (text == "*" || text == "im"):
		return place{kind: text}, nil
	case kind != "room" || !colon:
		return place{}, &schema.InvalidValue{What: "is no place", Fix: `write "*", "im", "room:*", "room:NAME" or "room:STREAMID"`}
	}
	if wrong := checkPattern(rest); wrong != nil {
		return place{}, wrong
	}
	p := place{kind: "room", name: newGlob(rest)}
	if id := streamID(rest); p.name.plain && streamIDs.MatchString(id) {
		p.stream = id
	}
	return p, nil
}

var urlSafe = strings.NewReplacer("+", "-", "/", "_")

// streamID brings a stream id to the form that the bot uses: URL-safe base64 without padding.
func streamID(id string) string {
	return strings.TrimRight(urlSafe.Replace(strings.TrimSpace(id)), "=")
}

// Stream ids are long for a room's name and have no blanks. A name that looks like one is still
// compared as a name too.
var streamIDs = regexp.MustCompile(`^[A-Za-z0-9_-]{20,}$`)
