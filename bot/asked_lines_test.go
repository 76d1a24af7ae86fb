package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinesHaveTheButtonThatWasMeant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", "/groups").sees("Test Group") // by now they have been read
	for line, buttons := range map[string][]string{
		`/newroom "A1" owner:"Carol O'Neil"`: {"[ With Carol O'Neil as owner ]", "[ Edit in form ]"},
		`/newroom "A2" user:"Martin, Alice"`: {"[ With Alice Martin ]"},
		`/newroom "A3" with the Test Group`:  {`[ group:"Test Group" ]`},
		`/newroom "A4" @"Test Group"`:        {`[ group:"Test Group" ]`},
		`/newroom "A5" with:"Test Group"`:    {`[ group:"Test Group" ]`},
		`/new "A6" @alice`:                   {`[ Create "A6" ]`, "[ Edit in form ]"},
		`/newroom preview`:                   {`[ Create "preview" ]`, "[ Fill in the form ]"},
		`/newroom Undo list`:                 {`[ Create "Undo list" ]`, "[ Show help ]"},
		`/newroom "A7" nocpy`:                {`[ Without "nocpy" ]`},
		`/newroom -n "A8" -u kim --private`:  {"[ Create it ]"},
	} {
		w.says("bob", line).sees(buttons...)
	}
	w.says("bob", `/newroom "A10" user:"Alice Martin", owner:"Carol O'Neil"`).sees("[ With Alice Martin, owner Carol O'Neil ]")
	asked := w.says("bob", `/newroom "A11" owner:"Carol O'Neil" @kim`).sees("Is Carol O'Neil meant? Nothing was created.")
	w.clicks(asked, "With Carol O'Neil as owner").sees("✓ A11", "Carol O'Neil")
	w.theOnly("A11", "bob", "carol", "kim")
	require.Contains(t, w.theRoom("A11").OwnerNames(), "carol")
}
