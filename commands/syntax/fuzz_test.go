package syntax_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

func FuzzParse(f *testing.F) {
	for _, line := range lines() {
		f.Add(line, false, 0, 0)
		f.Add(line, true, 3, 9)
	}
	f.Fuzz(func(t *testing.T, text string, shared bool, start, end int) {
		m := im(text)
		m.Room = shared
		m.Mentions = append(m.Mentions, syntax.Mention{Start: start, End: end, UserID: 4242})
		requireSound(t, grammar("Test Group", "FX EMEA"), m)
	})
}

// requireSound checks what holds for the result of any message.
func requireSound(t *testing.T, g syntax.Grammar, m syntax.Message) {
	t.Helper()
	r := g.Parse(m)
	require.Equal(t, 1, countResults(r), "exactly one outcome of %q", m.Text)
	require.True(t, reflect.DeepEqual(r, g.Parse(m)), "the same again for %q", m.Text)
	_, err := json.Marshal(r)
	require.NoError(t, err)
	if r.Command != nil {
		requireFitName(t, r.Command.Name)
	}
	if r.Error != nil {
		requireSoundError(t, g, m, r.Error)
	}
}

func countResults(r syntax.Result) int {
	n := 0
	for _, set := range []bool{r.Command != nil, r.Error != nil, r.Form != nil, r.Help != "", r.Ignore} {
		if set {
			n++
		}
	}
	return n
}

func requireFitName(t *testing.T, name string) {
	t.Helper()
	require.LessOrEqual(t, utf8.RuneCountInString(name), syntax.MaxName)
	require.Equal(t, strings.Join(strings.Fields(name), " "), name)
	for _, r := range name {
		require.False(t, unicode.Is(unicode.Cc, r) || strings.ContainsRune("\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff", r), "%U in a name", r)
	}
}

func requireSoundError(t *testing.T, g syntax.Grammar, m syntax.Message, e *syntax.Error) {
	t.Helper()
	require.NotEmpty(t, e.Code)
	require.NotEmpty(t, e.Message)
	require.GreaterOrEqual(t, e.At, 0)
	require.LessOrEqual(t, e.At, len([]rune(m.Text)))
	require.True(t, strings.HasSuffix(strings.Split(e.Reply(m.Text), "\nDid you mean")[0], "^"))
	require.True(t, e.Fix == nil || len(e.Readings) == 0, "a fix is the only reading")
	requireSoundReadings(t, g, m, e)
	if e.Fix == nil {
		return
	}
	fixed := g.Parse(*e.Fix)
	require.Nil(t, fixed.Error, "the fix %q of %q", e.Fix.Text, m.Text)
	require.False(t, fixed.Ignore, "the fix %q of %q", e.Fix.Text, m.Text)
	require.Equal(t, mentionsOf(m), mentionsOf(*e.Fix), "the mentions of the fix %q of %q", e.Fix.Text, m.Text)
}

// mentionsOf are the texts and people of the mentions that are in order.
func mentionsOf(m syntax.Message) (all []any) {
	src, end := []rune(m.Text), 0
	for _, s := range sortMentions(m.Mentions) {
		if s.Start >= end && s.End > s.Start && s.End <= len(src) {
			all = append(all, string(src[s.Start:s.End]), s.UserID)
			end = s.End
		}
	}
	return all
}
