package syntax_test

import (
	"encoding/json"
	"fmt"

	"roombot/commands/syntax"
)

func ExampleGrammar_Parse() {
	g := syntax.Grammar{BotID: 9000, Commands: testCommands()}
	r := g.Parse(syntax.Message{
		Text:     `/newroom "Q2 Earnings" @Alice Martin group:“Test Group”`,
		Mentions: []syntax.Mention{{Start: 23, End: 36, UserID: 1001}},
	})
	out, _ := json.Marshal(r)
	fmt.Println(string(out))
	// Output:
	// {"command":"newroom","name":"Q2 Earnings","users":[1001],"groups":["Test Group"]}
}

func ExampleError_Reply() {
	g := syntax.Grammar{BotID: 9000, Commands: testCommands()}
	m := syntax.Message{
		Text:     `/newroom "Q2 Earnings @Alice Martin group:"Test Group"`,
		Mentions: []syntax.Mention{{Start: 22, End: 35, UserID: 1001}},
	}
	r := g.Parse(m)
	fmt.Println(r.Error.Reply(m.Text))
	fmt.Println(r.Error.Fix.Mentions)
	// Output:
	// ✗ The quote that opens here is never closed.
	//   /newroom "Q2 Earnings @Alice Martin group:"Test Group"
	//            ^
	// Did you mean   /newroom "Q2 Earnings" @Alice Martin group:"Test Group"
	// [{23 36 1001}]
}
