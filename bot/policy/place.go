package policy

import (
	"net/url"
	"regexp"
	"strings"

	"roombot/bot/config/schema"
)

// place is one entry of `where`.
type place struct {
	kind   string // "*", "im" or "room"
	all    bool   // any room
	name   glob   // not set where the entry stands for a stream id only
	byID   bool   // only the stream id counts
	stream string // set when the entry may be a stream id
}

// isByName reports whether the entry names rooms by their name.
func (p place) isByName() bool { return p.kind == "room" && !p.byID && !p.all }

func (p *place) matches(q *foldedQuery) truth {
	switch {
	case p.kind == "*":
		return yes
	case p.kind == "im" || q.im:
		return truthOf(p.kind == "im" && q.im)
	case p.stream != "" && p.stream == q.stream:
		return yes
	case p.byID:
		return no
	case p.all:
		return yes
	}
	return ifKnown(q.room, p.name.match(q.room))
}

// matchAnyPlace is whether any of the entries matches.
func matchAnyPlace(entries []place, q *foldedQuery) truth {
	t := no
	for i := range entries {
		if t = max(t, entries[i].matches(q)); t == yes {
			break
		}
	}
	return t
}

const whereFix = `write "*", "im", "room:*", "room:NAME" or "roomid:STREAMID"`

func parsePlace(text string, deny bool) (place, *schema.InvalidValue) {
	kind, rest, colon := strings.Cut(text, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case !colon && (text == "*" || text == "im"):
		return place{kind: text}, nil
	case colon && kind == "roomid":
		return parseRoomID(rest)
	case kind != "room" || !colon:
		return place{}, &schema.InvalidValue{What: "is no place", Fix: whereFix}
	}
	if wrong := checkPattern(rest); wrong != nil {
		return place{}, wrong
	}
	p := place{kind: "room", name: newGlob(rest), all: strings.Trim(rest, "*") == ""}
	if id := streamID(rest); p.name.plain && streamIDs.MatchString(id) {
		p.stream = id
		p.byID = !deny // whoever opens a room may give it the id of another for a name
	}
	return p, nil
}

func parseRoomID(text string) (place, *schema.InvalidValue) {
	id := linkedStreamID(text)
	if !streamIDs.MatchString(id) {
		return place{}, &schema.InvalidValue{
			What: "is no stream id", Fix: `write the id of one room, 20 or more of A-Z, a-z, 0-9, "-" and "_", or "room:NAME"`,
		}
	}
	return place{kind: "room", byID: true, stream: id}, nil
}

var urlSafe = strings.NewReplacer("+", "-", "/", "_")

// streamID brings a stream id to the form that the bot uses: URL-safe base64 without padding.
func streamID(id string) string {
	return strings.TrimRight(urlSafe.Replace(strings.TrimSpace(id)), "=")
}

// linkedStreamID is streamID of an id that may be written as the link of its room has it, where %2F
// stands for a slash.
func linkedStreamID(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	return streamID(text)
}

// Stream ids are long for a room's name and have no blanks. What looks like one is compared as a
// name too in a deny rule, so that it refuses whatever its author meant.
var streamIDs = regexp.MustCompile(`^[A-Za-z0-9_-]{20,}$`)
