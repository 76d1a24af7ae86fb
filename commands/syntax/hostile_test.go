package syntax_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// hostilePieces are pieces that, repeated, must not take more than linear time.
func hostilePieces() []string {
	return []string{
		`"`, `'`, `“`, `”`, `„`, `« `, `"" `, `“a" `, `'1 `, `'a' `, `‘a' `, `“”`, `\"`, `\`, "a", " ", "`", "/", "/a ", "@", "@a ", "@a,", "a@b.c",
		"a@b.cd ", "a:", "a: ", `a:"b" `, "group:a ", "group:a,", "group:a, ", "a,", ", a", "and ", "with ", "- ", "--a ", "—", ":", "desc:", "desc: ",
		"private ", "public:", "\u200b", "e\u0301", "\u0301", "😀", "雷", "\n", "/newroom ", "grup:x ", "owner:@a,", "owner:@a ", "!", "x! ", "'!", `"!`, "(", "name:", "x/", "--",
		"<a@b.cd>", "A <a@b.cd> ", "<", "x<", "please ", "public:no public:yes ", "x\"y ", "user:a, ", "/newroom a ",
	}
}

func TestHugeMessageTakesLinearTime(t *testing.T) {
	t.Parallel()
	g := grammar("Test Group")
	for _, head := range []string{"/newroom ", `/newroom "Desk" group:x, `} {
		for _, piece := range hostilePieces() {
			require.True(t, isLinear(func(size int) {
				text := head + strings.Repeat(piece, size/len(piece))
				require.Equal(t, 1, countResults(g.Parse(syntax.Message{Text: text})))
			}), "%s and many %q", head, piece)
		}
	}
}

// isLinear reports whether four times as much takes about four times as long, and not sixteen
// times. Short delays are ignored, and one of many tries suffices, as the machine may be busy.
func isLinear(run func(size int)) bool {
	const short = 200 * time.Millisecond
	for range 20 {
		many := measure(run, 60_000)
		if many < short || many < 10*measure(run, 15_000)+short {
			return true
		}
	}
	return false
}

func measure(run func(int), size int) time.Duration {
	start := time.Now()
	run(size)
	return time.Since(start)
}

func TestManyMentionsTakeLinearTime(t *testing.T) {
	t.Parallel()
	g := grammar()
	g.MaxMembers = 1_000_000
	for _, piece := range []string{"@Bob", "@Bob ", "@Bob, ", `"@Bob `, `"@Bob" `, "owner:@Bob,", "user:@Bob "} {
		require.True(t, isLinear(func(size int) {
			m := syntax.Message{Text: "/newroom " + strings.Repeat(piece, size/4)}
			for i := range size / 4 {
				from := len("/newroom ") + i*len(piece) + strings.Index(piece, "@")
				m.Mentions = append(m.Mentions, syntax.Mention{Start: from, End: from + 4, UserID: int64(i + 1)})
			}
			require.Equal(t, 1, countResults(g.Parse(m)))
		}), piece)
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
