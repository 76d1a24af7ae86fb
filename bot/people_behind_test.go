package bot_test

import "testing"

// behindRules are a barrier between FX and Sales, by whom a request brings in alone.
const behindRules = `
deny:
  - name: wall
    who: ["group:FX EMEA"]
    commands: [newroom]
    when: {members: ["group:Equities Sales"]}
    reason: FX and Sales are behind an information barrier.
  - name: without cora
    who: ["user:bob"]
    commands: [newroom]
    when: {members: ["user:cora"]}
    reason: Compliance is not brought in.
allow:
  - {name: everybody, who: [internal], commands: [newroom]}
`

func TestWhomOneMayNotBringInComesInByNoGroupEither(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(behindRules))
	w.says("carol", `/newroom "By name" @Bob Chen`).sees("information barrier")
	w.says("carol", `/newroom "By group" group:"Equities Sales"`).sees("information barrier")
	w.says("carol", `/newroom "By mixed group" group:"Test Group"`).sees("information barrier")
	w.says("bob", `/newroom "By user" group:"Compliance Desk"`).sees("Compliance is not brought in")
	w.says("carol", `/newroom "Others" group:"Compliance Desk"`).sees("is open")
	w.says("carol", `/newroom "Own" group:"FX EMEA"`).sees("is open")
	w.says("bob", `/newroom "Sales" group:"Test Group"`).sees("is open")
}
