package syntax_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// hostile are pieces that, repeated, must not take more than linear time.
func hostile() []string {
	return []string{
		`"`, `'`, `“`, `”`, `„`, `« `, `"" `, `“a" `, `'1 `, `'a' `, `‘a' `, `“”`, `\"`, `\`, "a", " ", "`", "/", "/a ", "@", "@a ", "@a,", "a@b.c",
		"a@b.cd ", "a:", "a: ", `a:"b" `, "group:a ", "group:a,", "group:a, ", "a,", ", a", "and ", "with ", "- ", "--a ", "—", ":", "desc:", "desc: ",
		"private ", "public:", "\u200b", "e\u0301", "\u0301", "😀", "雷", "\n", "/newroom ", "grup:x ", "owner:@a,", "owner:@a ", "!", "x! ", "'!", `"!`, "(", "name:", "x/", "--",
	}
}

func TestHugeMessagesTakeLinearTime(t *testing.T) {
	t.Parallel()
	g := grammar("Test Group")
	for _, head := range []string{"/newroom ", `/newroom "Desk" group:x, `} {
		for _, piece := range hostile() {
			text := head + strings.Repeat(piece, 100_000/len(piece))
			start := time.Now()
			r := g.Parse(syntax.Message{Text: text})
			require.Equal(t, 1, outcomes(r))
			require.Less(t, time.Since(start), 3*time.Second, "%s and many %q", head, piece)
		}
	}
}

func TestThousandsOfMentionsTakeLinearTime(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"@Bob", "@Bob ", "@Bob, ", `"@Bob `, `"@Bob" `, "owner:@Bob,", "user:@Bob "} {
		m := syntax.Message{Text: "/newroom " + strings.Repeat(piece, 20_000)}
		at := strings.Index(piece, "@")
		for i := range 20_000 {
			from := 9 + i*len(piece) + at
			m.Mentions = append(m.Mentions, syntax.Mention{Start: from, End: from + 4, UserID: int64(i + 1)})
		}
		start := time.Now()
		g := grammar()
		g.MaxMembers = 1_000_000
		require.Equal(t, 1, outcomes(g.Parse(m)))
		require.Less(t, time.Since(start), 3*time.Second, piece)
	}
}

func BenchmarkParse(b *testing.B) {
	g := grammar("Test Group")
	everyday := im(`/newroom "Q2 Earnings" @Alice Martin group:"Test Group"`)
	b.Run("everyday", func(b *testing.B) {
		for b.Loop() {
			g.Parse(everyday)
		}
	})
	for name, piece := range map[string]string{"quotes": `"`, "emails": "bob.chen@bank.com, ", "words": "word ", "groups": `group:"Test Group" `} {
		m := syntax.Message{Text: `/newroom "Desk" ` + strings.Repeat(piece, 10_000/len(piece))}
		b.Run("10 kB of "+name, func(b *testing.B) {
			for b.Loop() {
				g.Parse(m)
			}
		})
	}
}
