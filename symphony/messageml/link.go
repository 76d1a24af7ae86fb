package messageml

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

type link struct {
	href     string
	children []Inline
}

func (link) inline() {}

// Link leads to an absolute http, https or mailto address; without children the address itself is
// shown. Any other address shows the children alone, because the agent refuses a whole message for
// one link it cannot accept.
func Link(href string, children ...Inline) Inline {
	if len(children) == 0 {
		children = []Inline{Text(href)}
	}
	return link{href, children}
}

func (l link) write(b *strings.Builder) {
	href, ok := strictHref(l.href)
	if !ok {
		writeAll(b, l.children)
		return
	}
	element[Inline]{name: "a", attrs: []attribute{{"href", href}}, children: l.children}.write(b)
}

// strictHref is the href in the strict form that the agent's URI parser wants.
func strictHref(href string) (string, bool) {
	parsed, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return "", false
	}
	switch parsed.Scheme {
	case "http", "https":
		if parsed.Hostname() == "" || strings.ContainsAny(parsed.Host, " \"<>\\^`{|}%") {
			return "", false
		}
	case "mailto":
		if parsed.Opaque == "" {
			return "", false
		}
	default:
		return "", false
	}
	return percentEncode(parsed.String()), true
}

// percentEncode percent-encodes what RFC 2396 does not allow and net/url leaves alone.
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' && !isHexPair(s[i+1:]):
			b.WriteString("%25")
		case c <= ' ', c >= 0x7f, strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHexPair(s string) bool {
	if len(s) < 2 {
		return false
	}
	_, err := strconv.ParseUint(s[:2], 16, 8)
	return err == nil
}

// Mention names a user of the pod; the agent fills in the display name and notifies them. It
// refuses the whole message when the user does not exist.
func Mention(userID int64) Inline {
	return inlineElement{element[Inline]{name: "mention", attrs: []attribute{{"uid", strconv.FormatInt(userID, 10)}}}}
}

// RoomLink is the address that opens a room in the client, or lets a non-member ask to join.
func RoomLink(streamID string) string {
	return "https://open.symphony.com/?streamId=" + url.QueryEscape(StandardID(streamID)) + "&streamType=chatroom"
}

// OpenStream is a button that opens the conversation inside the client, without a browser.
func OpenStream(streamID, label string) Node {
	return element[Node]{
		name:  "ui-action",
		attrs: []attribute{{"action", "open-im"}, {"stream-id", StandardID(streamID)}},
		children: []Node{
			element[Node]{name: "button", children: []Node{Text(labelText(label, "Open"))}},
		},
	}
}

// StandardID is a stream id in the alphabet of the client and of a few API answers: standard base64
// with padding. Everywhere else the API uses the URL-safe alphabet without.
func StandardID(id string) string {
	id = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(id, "="))
	if rest := len(id) % 4; rest > 0 && isBase64(id) {
		id += strings.Repeat("=", 4-rest)
	}
	return id
}

func isBase64(id string) bool {
	_, err := base64.RawStdEncoding.DecodeString(id)
	return err == nil
}

// labelText is a label the agent accepts: some text, on one line, no longer than an attribute may
// be.
func labelText(label, otherwise string) string {
	label = strings.Join(strings.Fields(removeForbidden(label)), " ")
	if label == "" {
		return otherwise
	}
	return cutUTF16(label, attributeLimit)
}
