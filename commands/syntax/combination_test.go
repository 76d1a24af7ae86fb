package syntax_test

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// pieces are what messages are made of, and what goes wrong in them.
func pieces() []string {
	return []string{
		"Desk", "Q2 Earnings", "and", "with", "&", ",", ", ", ";", ".", "(", ")", "—", "–", "-", "--", "\n", "\u00a0", "\u200b", "\u202e", "／", "`",
		`"Desk"`, `"Q2`, `Earnings"`, `"`, "“", "”", "„", "«", "»", "'", "’", "‘", "＂", `\`, `\"`, `'26`, "Carol's", `""`,
		"@Alice Martin", "@Bob Chen", "@Roombot", `@Dave "Dee" Ray`, "@alice", "bob@bank.com", "<bob@bank.com>", "@",
		"group:", "group:Test", "Group", `group:"Test Group"`, "grup:", "desc:", `desc:"Prep`, "topic=Prep", "name:", `name:"Q3"`, "owner:", "owner:@Bob Chen", "user:@alice,",
		"private", "public:yes", "external", "ext:", "readonly:maybe", "--preview", "—previw", "--colour", "colour:", "expires:", "30d", "expires:30d", ":", "yes", "no",
		"Alice Martin <alice@acme.com>", "Chen, Bob <bob@acme.com>;", `"Martin, Eve" <eve@acme.com>`, "mailto:bob@bank.com", "<mailto:bob@bank.com>", "user:alice", "people:",
		"with:", "please", "thanks", "called", "cancel", "por favor", "copy:", "no", "history", "-h", "/newroom \"B\"", "template:deal",
		"Quarterly earnings preparation with the whole equity desk", "Alice Martin", "Bob <",
		"help", "/newroom", "/newrom", "/groups", "/foo", "newroom", "?", "!", "Deal:", "10:30", "https://bank.com/a", "雷", "e\u0301",
	}
}

func TestRandomCombinationHasASoundResult(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	heads := []string{"/newroom ", `/newroom "Desk" `, "@Roombot /newroom ", "/newrom ", "/groups ", "/help ", "", "/new room ", "please /newroom ", "bitte newroom "}
	all, g := pieces(), grammar("Test Group", "FX EMEA", "Test")
	for range 20_000 {
		var b strings.Builder
		b.WriteString(heads[r.IntN(len(heads))])
		for range 1 + r.IntN(7) {
			b.WriteString(all[r.IntN(len(all))])
			b.WriteString(strings.Repeat(" ", r.IntN(3)/2+r.IntN(2)))
		}
		m := im(b.String())
		m.Room = r.IntN(4) == 0
		requireSound(t, g, m)
	}
}
