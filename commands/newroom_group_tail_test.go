package commands_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func TestRepliesGroupInName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readGroups()
	var entries []entry
	for _, line := range []string{
		"/newroom FX chat, everybody in the Test Group", "/newroom FX chat with FX EMEA", "/newroom FX chat test group desc:Prep",
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "group_in_name.txt", entries)
	require.Zero(t, w.calls(createCall), "no room is opened")
}

func TestGroupInANameIsAskedAboutOnlyWhereItMayBeMeant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, commands.CodeDone, w.answer("bob", "/newroom FX chat with FX EMEA").Code, "the groups were not read yet")
	w.readGroups()
	for _, line := range []string{`/newroom "Desk, Test Group"`, "/newroom Test Group", "/newroom Test Group notes", "/newroom My Test Group @alice"} {
		require.Equal(t, commands.CodeDone, w.answer("bob", line).Code, line)
	}
	w.noLists = true
	require.Equal(t, commands.CodeDone, w.answer("bob", "/newroom Chat with the Test Group").Code, "who may not use /groups is told of none")
}

func TestWordsThatNameAGroupAreOfferedAsTheGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readGroups()
	var entries []entry
	for _, line := range []string{
		`/newroom "FX chat" "Test Group"`, `/newroom "FX chat" @Test Group`, `/newroom "FX chat" @alice + Test Group`,
		`/newroom "FX chat" everybody in the Test Group and FX EMEA`, `/nwroom Typos group:"Test Grup"`,
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "group_words.txt", entries)
}

func TestUsernamesThatNobodyHasAreNotOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NotContains(t, plain(w.answer("bob", `/newroom "Q2" zoe`)), "Add @zoe")
	require.Contains(t, plain(w.answer("bob", `/newroom "Q2" zoe`)), `Description "zoe"`)
}

func TestFullNamesAreAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	for _, line := range []string{
		`/newroom "Desk" @kim novak @carol`, `/newroom "Desk" "Alice Martin" "Carol O'Neil"`, `/newroom "Desk" alice @acme.test`,
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "full_names.txt", entries)
}

func TestPersonOfAnotherCompanyIsFoundByAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, line := range []string{`/newroom "Pitch" eve@beta.test`, `/newroom "Pitch" eve@beta.test alice@acme.test`} {
		require.Equal(t, "people-outside", w.answer("bob", line).Code, line)
	}
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Pitch" external eve@beta.test carol@acme.test`).Code)
	require.Equal(t, []string{"bob*", "carol", "eve"}, w.members("Pitch"))
	require.Equal(t, "unknown-person", w.answer("bob", `/newroom "Other" external eve@beta.test nobody@beta.test`).Code)
}
