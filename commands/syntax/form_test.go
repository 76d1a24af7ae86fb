package syntax_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"roombot/commands/syntax"
)

func TestAFormHoldsWhatWasUnderstoodAndQuotesTheRest(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 12) + "name"
	for _, c := range []struct {
		line, name, rest string
		check            func(t *testing.T, i syntax.Invocation)
	}{
		{line: `/newroom "Q2" alice @bob`, name: "Q2", rest: "alice", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, []string{"bob"}, i.Usernames)
		}},
		{line: `/newroom "Q2" for public use desc:x`, name: "Q2", rest: "for public use", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, map[string]any{"desc": "x"}, i.Options)
		}},
		{line: `/newroom "Q2" colour:red @bob`, name: "Q2", rest: "colour:red", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, []string{"bob"}, i.Usernames)
		}},
		{line: `/newroom Desk "`, name: "Desk"},
		{line: `/newroom "Q2"Earnings @bob`, name: "Q2 Earnings"},
		{line: `/newroom "" @bob`, rest: `""`},
		{line: `/newroom "Desk" name:"Other"`, name: "Desk", rest: `name:"Other"`},
		{line: `/newroom "Q2" desc:"a" "b"`, name: "Q2", rest: `"b"`},
		{line: `/newroom "Q2" group:`, name: "Q2", rest: "group:"},
		{line: `/newroom "Q2" group:@Alice Martin`, name: "Q2", rest: "group:@Alice Martin", check: func(t *testing.T, i syntax.Invocation) {
			require.Len(t, i.Users, 1)
		}},
		{line: `/newroom "Q2" owner:@bob,alice @carol`, name: "Q2", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, []string{"bob", "alice", "carol"}, i.Usernames)
			require.Len(t, i.Persons("owner"), 2)
		}},
		{line: `/newroom "Q2" owner:7%7 @carol`, name: "Q2", rest: "owner:7%7"},
		{line: `/newroom "Q2" public:maybe readonly`, name: "Q2", rest: "public:maybe", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, map[string]any{"readonly": true}, i.Options)
		}},
		{line: `/newroom "Q2" desc:a topic:b`, name: "Q2", rest: "topic:b"},
		{line: `/newroom "Q2" external public readonly`, name: "Q2", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, map[string]any{"external": true, "public": true, "readonly": true}, i.Options)
		}},
		{line: `/newroom ` + long + ` @bob`, name: long, check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, []string{"bob"}, i.Usernames)
		}},
		{line: `/newroom "` + long + `" @bob`, name: long},
		{line: `/newroom @bob name:"` + long + `" public`, name: long},
		{line: `/newroom "A" /groups equities`, name: "A", rest: "/groups equities"},
		{line: `/newroom "Q2" colour:red grup:Sales @bob nonsense`, name: "Q2", rest: "colour:red nonsense", check: func(t *testing.T, i syntax.Invocation) {
			require.Equal(t, []string{"Sales"}, i.Groups)
		}},
		{line: `/newroom "Q2 @bob desc:"x`, name: "Q2"},
		{line: `/newroom "Fine" @bob`, name: "Fine"},
		{line: `/newroom @bob`},
	} {
		f := grammar().FormFor(im(c.line))
		require.NotNil(t, f, c.line)
		require.Equal(t, "newroom", f.Command, c.line)
		require.Equal(t, c.name, f.Prefill.Name, c.line)
		require.Equal(t, c.rest, f.Rest, c.line)
		if c.check != nil {
			c.check(t, f.Prefill)
		}
	}
	for _, line := range []string{"hello", "/groups", "/help", "/quote AAPL", "/help weather"} {
		require.Nil(t, grammar().FormFor(im(line)), line)
	}
}

// notKept are words that say how something was meant, misspelt or not, and are no part of it.
var notKept = strings.Fields("newroom createroom new room create and with plus owner owners user group groups dl list desc description topic purpose name " +
	"yes no true false on off y n 1 0 people grup publik previw")

// Whatever was typed stands in the form or is quoted: no word is lost.
func TestAFormLosesNothing(t *testing.T) {
	t.Parallel()
	words := func(text string) []string {
		return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	lossy := 0
	for _, c := range examples() {
		g := grammar("Test Group", "FX EMEA")
		r := g.Parse(c.line)
		if r.Error == nil || r.Error.Command != "newroom" {
			continue
		}
		f := g.FormFor(c.line)
		require.NotNil(t, f, c.line.Text)
		kept, err := json.Marshal(syntax.Result{Form: f})
		require.NoError(t, err)
		all := strings.ToLower(f.Rest + " " + string(kept))
		typed := []rune(c.line.Text)
		for _, m := range c.line.Mentions {
			for i := m.Start; i < m.End; i++ {
				typed[i] = ' '
			}
		}
		for _, word := range words(norm.NFC.String(string(typed))) {
			if !slices.Contains(notKept, word) && !strings.Contains(all, word) {
				t.Errorf("%q of %q is lost: %s", word, c.line.Text, all)
			}
		}
		lossy++
	}
	require.Greater(t, lossy, 20)
}

func TestAFormEndsForAnyMessage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"/newroom " + strings.Repeat(`"x`, 300), "/newroom " + strings.Repeat(`colour:red `, 2000), "/newroom " + strings.Repeat(`'`, 500),
		`/newroom "A" ` + strings.Repeat("public ", 300), "/newroom " + strings.Repeat(`x"`, 999),
	} {
		require.NotPanics(t, func() { grammar().FormFor(syntax.Message{Text: text}) })
	}
}
