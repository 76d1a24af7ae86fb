package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func TestEachReadingOfAMistakeIsOneClickAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		line, button string
		sees, opens  []string
	}{
		"private":     {`/newroom "private" private public @alice`, "offer-0", []string{"[ private ]  [ public ]"}, []string{"✓ private", "Room: private"}},
		"public":      {`/newroom "public" private public @alice`, "offer-1", []string{"[ private ]  [ public ]"}, []string{"✓ public", "Room: public"}},
		"unavailable": {`/newroom "unavailable" template:deal @alice`, "offer-0", []string{"template: is not available yet", "[ Create it without template: ]"}, []string{"✓ unavailable"}},
		"groups": {
			`/newroom "groups" group:"Test Group, FX EMEA"`, "offer-0",
			[]string{"There is no group “Test Group, FX EMEA”", "[ Groups “Test Group” and “FX EMEA” ]"}, []string{"✓ groups", "FX EMEA (2 people)"},
		},
		"cancel": {"/newroom cancel", "offer-1", []string{`[ Create "cancel" ]`}, []string{"✓ cancel"}},
		"people": {`/newroom "people" alice and carol`, "offer-0", []string{"[ With Alice Martin and Carol O'Neil ]"}, []string{"✓ people", "Alice Martin", "Carol O'Neil"}},
		"Quarterly earnings preparation with the whole": {
			`/newroom Quarterly earnings preparation with the whole equity desk @alice`, "offer-0",
			[]string{`[ Create "Quarterly earnings preparation with the whole" ]`}, []string{"✓ Quarterly earnings preparation with the whole"},
		},
		"tail": {`/newroom tail; Alice Martin <alice@acme.test>`, "offer-0", []string{`[ Create "tail" ]`}, []string{"✓ tail", "Alice Martin"}},
	} {
		refused := w.says("bob", c.line).sees(c.sees...)
		require.Empty(t, w.rooms(name))
		w.click("bob", refused.lastReply(), commands.FormOffer, c.button, nil).sees(c.opens...)
		w.theRoom(name)
	}
}

func TestAListOfPeopleCopiedFromAMailIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `please /newroom "Mail" Alice Martin <alice@acme.test>; O'Neil, Carol <carol@acme.test>; "Novak, Kim" <kim@acme.test> thanks`).sees("✓ Mail")
	w.theOnly("Mail", "bob", "alice", "carol", "kim")
	w.says("bob", `/newroom called "Plain" people: alice, carol owner:kim`).sees("✓ Plain", "Owners: Bob Chen (you), Kim Novak")
	w.theOnly("Plain", "bob", "alice", "carol", "kim")
}

func TestAWordThatIsNoNameOpensNoRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, word := range []string{"cancel", "stop", "undo", "list", "-h", "--help", "?", "abbrechen", "annuler", "deshacer", "please"} {
		w.says("bob", "/newroom "+word).sees("")
		require.Empty(t, w.rooms(word), word)
	}
}
