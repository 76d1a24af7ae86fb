package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mentionSpan is a mention in a composer's text: code points from start to before end.
type mentionSpan struct {
	Start  int   `json:"start"`
	End    int   `json:"end"`
	UserID int64 `json:"userId"`
}

// A person writes with this client, whose composer takes so many characters.
const (
	clientAgent = "DESKTOP-65.0.0-0-Sandbox"
	maxTyped    = 30_000
)

// compose makes of a composer's text what Symphony's desktop client sends: one paragraph with line breaks, mentions as
// entities numbered from 0 whose data names the user. Without explicit mentions, @username and @Display Name are mentions.
func (s *state) compose(text string, spans []mentionSpan) (draft, error) {
	text = clean(text)
	runes := []rune(text)
	if len(runes) > maxTyped {
		return draft{}, badRequest("A message must not be longer than %d characters", maxTyped)
	}
	if len(spans) == 0 {
		spans = s.findMentions(runes)
	}
	if err := s.checkSpans(runes, spans); err != nil {
		return draft{}, err
	}
	var out strings.Builder
	entities, at := map[string]any{}, 0
	out.WriteString(`<div data-format="PresentationML" data-version="2.0" class="wysiwyg"><p>`)
	for i, span := range spans {
		id := strconv.Itoa(i)
		out.WriteString(escapeText(string(runes[at:span.Start])))
		fmt.Fprintf(&out, `<span class="entity" data-entity-id="%s">%s</span>`, id, escapeText(s.mentionText(runes, span)))
		entities[id] = map[string]any{
			"id":   []map[string]string{{"type": "com.symphony.user.userId", "value": strconv.FormatInt(span.UserID, 10)}},
			"type": "com.symphony.user.mention",
		}
		at = span.End
	}
	out.WriteString(escapeText(string(runes[at:])) + "</p></div>")
	return draft{markup: out.String(), data: string(marshal(entities)), agent: clientAgent}, nil
}

// mentionText is the display name, as clients write it; whatever else an explicit mention spans is kept.
func (s *state) mentionText(runes []rune, span mentionSpan) string {
	typed := string(runes[span.Start:span.End])
	who := s.people[span.UserID]
	if strings.EqualFold(typed, "@"+who.Username) || strings.EqualFold(typed, "@"+who.Display) {
		return "@" + who.Display
	}
	return typed
}

func (s *state) checkSpans(runes []rune, spans []mentionSpan) error {
	at := 0
	for _, span := range spans {
		if span.Start < at || span.End <= span.Start || span.End > len(runes) {
			return badRequest("mentions: must be in order, not overlap, and lie within the text (positions are code points)")
		}
		if s.people[span.UserID] == nil {
			return badRequest("mentions: there is no user %d", span.UserID)
		}
		at = span.End
	}
	return nil
}

// findMentions finds @username and @Display Name. An @ within a word is an e-mail address.
func (s *state) findMentions(runes []rune) []mentionSpan {
	var spans []mentionSpan
	end := 0 // of the last mention
	for i := 0; i < len(runes); i++ {
		if runes[i] != '@' || (i > end && wordRune(runes[i-1])) {
			continue
		}
		if who, length := s.longestName(runes[i+1:]); who != nil {
			end = i + 1 + length
			spans = append(spans, mentionSpan{Start: i, End: end, UserID: who.ID})
			i = end - 1
		}
	}
	return spans
}

func (s *state) longestName(after []rune) (found *person, length int) {
	for _, who := range s.People {
		for _, name := range []string{who.Display, who.Username} {
			n := utf8.RuneCountInString(name)
			if n > length && n <= len(after) && strings.EqualFold(string(after[:n]), name) && ends(after[n:]) {
				found, length = who, n
			}
		}
	}
	return found, length
}

// ends tells whether a name ends before this text: "@bob." does, "@bobby" and "@bob.smith" do not.
func ends(rest []rune) bool {
	if len(rest) == 0 {
		return true
	}
	if slices.Contains([]rune{'.', '-', '_'}, rest[0]) {
		return len(rest) == 1 || !wordRune(rest[1])
	}
	return !wordRune(rest[0])
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// clean drops what XML cannot hold.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if (r < 0x20 && r != '\n' && r != '\t') || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text)
}

// escapeText escapes with names and numbers that XML itself knows: kits read messages with a plain XML parser.
func escapeText(text string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\n", "<br/>",
	).Replace(text)
}
