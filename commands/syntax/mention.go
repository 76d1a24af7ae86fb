package syntax

import (
	"cmp"
	"slices"
)

// validMentions returns the mentions in order, without those that are empty, lie outside the text
// or overlap an earlier one.
func validMentions(mentions []Mention, length int) []Mention {
	sorted := slices.SortedStableFunc(slices.Values(mentions), func(a, b Mention) int {
		return cmp.Compare(a.Start, b.Start)
	})
	end := 0
	return slices.DeleteFunc(sorted, func(m Mention) bool {
		bad := m.Start < end || m.End <= m.Start || m.End > length
		if !bad {
			end = m.End
		}
		return bad
	})
}

// applyEdits carries out edits, which are in order, and moves the mentions along. What is replaced
// loses its mentions.
func applyEdits(m Message, edits []edit) Message {
	src := []rune(m.Text)
	mentions := validMentions(m.Mentions, len(src))
	out := make([]rune, 0, len(src)+16)
	moved := make([]Mention, 0, len(mentions))
	done, next := 0, 0
	copyUntil := func(end int) {
		for next < len(mentions) && mentions[next].Start < end {
			shift := len(out) - done
			s := mentions[next]
			moved = append(moved, Mention{Start: s.Start + shift, End: s.End + shift, UserID: s.UserID})
			next++
		}
		out = append(out, src[done:end]...)
		done = end
	}
	for _, e := range edits {
		copyUntil(e.start)
		out = append(out, []rune(e.text)...)
		done = e.end
		for next < len(mentions) && mentions[next].Start < done {
			next++
		}
	}
	copyUntil(len(src))
	return Message{Text: string(out), Mentions: moved, Room: m.Room}
}
