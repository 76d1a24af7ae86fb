package commands_test

import "testing"

func TestRepliesPeopleWithoutAPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	for _, line := range []string{
		`/newroom "P1" with alice, but not carol`, `/newroom "P2" group:"Test Group" without carol`, `/newroom "P3" @alice not @carol`,
		`/newroom "P4" -@carol @alice`, "/newroom P5 sans @carol", `/newroom "P6" with bobby and carol`, `/newroom "P7" alice (desk) carol`,
		`/newroom "P8" Martin, Alice (Acme); O'Neil, Carol (Acme)`, `/newroom "P9" Alice MARTIN/ACME, Carol O'Neil`,
		`/newroom "P10" +alice +carol`, `/newroom "P11" Alice Martin; Dana Former`, `/newroom "P12" alice 🚀`, `/newroom "P13" dana`, `/newroom "P14" alice carol external`,
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "people_without_place.txt", entries)
}
