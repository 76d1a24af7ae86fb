package syntax

import (
	"cmp"
	"slices"
	"strings"
)

// Mentioned is a person to be mentioned in a message.
type Mentioned struct {
	UserID int64
	Name   string
}

// ReplaceByMentions puts mentions in the place of a text, from start to end.
func (m Message) ReplaceByMentions(start, end int, people []Mentioned) Message {
	return m.ReplaceByOption(start, end, "", people)
}

// ReplaceByOption puts mentions in the place of a text, from start to end, each behind the key of
// an option.
func (m Message) ReplaceByOption(start, end int, key string, people []Mentioned) Message {
	var text strings.Builder
	var spans []Mention
	at := start
	for i, p := range people {
		if i > 0 {
			text.WriteString(" ")
			at++
		}
		text.WriteString(key)
		at += len([]rune(key))
		name := "@" + p.Name
		text.WriteString(name)
		spans = append(spans, Mention{Start: at, End: at + len([]rune(name)), UserID: p.UserID})
		at = spans[i].End
	}
	replaced := applyEdits(m, []edit{{start, end, text.String()}})
	replaced.Mentions = append(replaced.Mentions, spans...)
	slices.SortFunc(replaced.Mentions, func(a, b Mention) int { return cmp.Compare(a.Start, b.Start) })
	return replaced
}
