package commands_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
)

// openCodes are the outcomes whose replies other companies may read as a whole, besides those of
// messages that cannot be read. A code belongs here only if its reply says nothing that comes from
// the directory or from the rules of the own company.
var openCodes = []string{
	"adding", "already-done", "already-ended", "elsewhere", "expired", "form", "form-too-long", "help", "keep-trying",
	"mentions-only", "no-receipt", "option-not-yet", "put-off", "requester-external", "sent", "still-working", "stopped", "talk", "thanks", "too-late", "too-many",
	"undo-closed", "undo-refused", "undo-renamed", "undo-repeated", "undo-too-late", "undo-used", "undone", "unreadable",
}

// codesFromDirectory are the codes of package syntax that say what the directory has.
var codesFromDirectory = []syntax.Code{syntax.UnknownPerson, syntax.AmbiguousPerson, syntax.UnknownGroup, syntax.AmbiguousGroup}

// requireKnownToBeOpen holds a reply that other companies may read to those that were thought
// through.
func requireKnownToBeOpen(t *testing.T, e entry) {
	t.Helper()
	if !e.reply.Open || slices.Contains(openCodes, e.reply.Code) {
		return
	}
	require.NotContains(t, codesFromDirectory, syntax.Code(e.reply.Code), e.situation)
	require.Contains(t, codesIn(t, "syntax"), e.reply.Code, "%s: may other companies read this?", e.situation)
}

func TestRepliesOutlines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	done := w.answer("bob", `/newroom "Q2 Earnings" @alice @ravi group:"Test Group"`)
	unknown := w.answer("bob", `/newroom "Desk" @carol.oneil`)
	first, ok := done.FirstOutline()
	require.True(t, ok)
	_, ok = unknown.FirstOutline()
	require.False(t, ok, "nothing is said before all is done")
	id := commands.NewRequestID("m1")
	requireReplies(t, "outlines.txt", []entry{
		{"A room is open", done.DetailsSent()},
		{"A room is open, and the requester has no 1:1 chat with the bot", done.DetailsNotSent(id)},
		{"A room is open, while people are being added", first},
		{"A refusal", unknown.DetailsSent()},
		{"A refusal, and the requester has no 1:1 chat with the bot", unknown.DetailsNotSent(id)},
	})
}

func TestWhatWasFilledIntoAFormIsNotForOtherCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.message(`/newroom ""`)
	refusal := w.env.Commands().SyntaxRefusal(w.grammar("bob"), m, w.grammar("bob").Parse(m).Error)
	require.True(t, refusal.Reply().Open)
	require.False(t, refusal.ReplyWithForm(values(`{"action":"create","name":"","people":[]}`), nil).Open)
	require.True(t, commands.Expired().ReplyWithForm(values(`{"action":"create"}`), nil).Open, "it says nothing of the form")
}

func TestASyntaxErrorThatShowsWhichGroupsThereAreIsNotForOtherCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readGroups()
	for text, open := range map[string]bool{
		`/newroom "Q2" group:Test Group`:  true,
		`/newroom "Q2" group:Quite Other`: false, // without the groups, quotes would be offered
		`/newroom "Q2" preveiw:yes`:       true,
	} {
		m := w.message(text)
		read := w.grammar("bob").Parse(m)
		require.NotNil(t, read.Error, text)
		require.Equal(t, open, w.env.Commands().SyntaxRefusal(w.grammar("bob"), m, read.Error).Open, text)
	}
}
