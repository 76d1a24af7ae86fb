package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// oddNames are groups whose names do not read as they are stored: with decomposed accents, and with
// a zero width space.
var oddNames = []client.CreateGroupRequest{
	{Name: "Cafe\u0301 Desk", Members: []string{"alice", "carol"}},
	{Name: "Zero\u200b Width  Desk", Members: []string{"alice", "kim"}},
}

func TestAGroupIsFoundByTheNameThatPeopleRead(t *testing.T) {
	t.Parallel()
	forEachGroupSource(t, func(t *testing.T, w *world, _ bool) {
		t.Helper()
		w.says("bob", "/groups café").sees("Cafe\u0301 Desk (2 people)")
		for _, typed := range []string{"Café Desk", "Cafe\u0301 Desk", "CAFÉ desk", "Ca\u200bfé Desk"} {
			w.says("bob", `/newroom "Plan" group:"`+typed+`" preview`).sees("Cafe\u0301 Desk (2 people)", "Nothing was created yet")
		}
		w.says("bob", `/newroom "Zero" group:"zero width desk"`).sees("✓ Zero")
		w.theOnly("Zero", "bob", "alice", "kim")
		mistake := w.says("bob", `/newroom "Near" group:"Café Dsk"`).sees("There is no group “Café Dsk”")
		w.click("bob", mistake.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ Near")
		w.theOnly("Near", "bob", "alice", "carol")
		form, filled := w.says("bob", "/newroom").lastReply(), map[string]any{"name": "Form", "group-list": []string{oddNames[0].Name}}
		w.click("bob", form, commands.FormNewRoom, "create", filled).sees("✓ Form")
		w.says("bob", `/newroom "Unquoted" group:Café Desk @alice`).sees(`group:"`)
	}, oddNames...)
}

func TestGroupsWhoseNamesReadTheSameAreAmbiguous(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.makeGroups(oddNames[0], client.CreateGroupRequest{Name: "Café Desk", Members: []string{"kim"}})
	w.start()
	answer := w.says("bob", `/newroom "U1" group:"Café Desk"`).sees(
		"2 groups are called “Café Desk”, with differences that do not show", "so I cannot tell which one is meant.",
		"Name its people instead, or ask ", "to rename one of the groups.",
	).answer()
	require.NotContains(t, answer, "Did you mean")
	require.Empty(t, w.rooms("U1"))
}

// Whoever names a group could otherwise pass a deny rule by a character that nobody sees.
func TestRulesKnowAGroupByTheNameThatPeopleRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"],
		deny: [{name: wall, who: ["group:Zero Width Desk"], commands: [newroom], when: {groups: ["Café*"]}, reason: "Barrier."}],
		allow: [{name: everybody, who: [internal], commands: [newroom, groups]}]}`))
	w.stop()
	w.makeGroups(oddNames...)
	w.start()
	w.says("alice", `/newroom "A" group:"Café Desk"`).sees("Barrier.")
	w.says("carol", `/newroom "B" group:"Café Desk"`).sees("✓ B")
}
