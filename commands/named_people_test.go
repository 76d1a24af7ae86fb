package commands_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRepliesNamedPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	defer w.stub(firstNameTwins)()
	var entries []entry
	for _, line := range []string{
		`/newroom "Y1" user:"Alice Martin"`, `/newroom "Z12" owner:"Carol O'Neil"`, `/newroom "Z6" user:"Martin, Alice"`,
		`/newroom "Z7" user:"Alice Martin, Carol O'Neil"`, `/newroom "Y5" user:"alice","carol"`,
		`/newroom "N18" user:"Alice Martin"; user:"Carol O'Neil"`, `/newroom "N19" user:"Alice Martin" owner:"Carol O'Neil","Kim Novak" desc:"Prep"`,
		`/newroom "Y6" with "Kim Novak"`, `/newroom "Y7" mit "Kim Novak"`, `/newroom "Y8" besitzer "Kim Novak"`, `/newroom Y9 owner "Kim Novak"`,
		`/newroom "Y4" user:Alice Martin`, `/newroom "Y10" owner:Alice Martin, Carol O'Neil`, `/newroom "Y11" people:carol,"Alice Martin"`,
		`/newroom "Y12" user:"Alice Martim"`, `/newroom "Y13" user:"Zoe Yan"`, `/newroom "Y14" user:"Alice Martin, Zoe Yan"`,
		`/newroom "Y15" owner:"alex"`, `/newroom "Y16" with:"Test Group"`, `/newroom "Y17" owner:"!"`,
		`/newroom user:"Alice Martin"`, `/newroom "Y18" user:"Alice Martin" owner:me`, `/newroom "Y19" "Alice Martin" 🚀`,
		`/newroom "Y20" @"Alice Martin"`, `/newroom "Y21" alice 🚀`,
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "named_people.txt", entries)
	require.Zero(t, w.calls(createCall), "no room is opened")
}
