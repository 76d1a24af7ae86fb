package commands_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
)

const botID = 103<<36 + 7

func grammar() syntax.Grammar {
	return new(commands.Env).Commands().Grammar(botID, 100)
}

// messageOf is a message in which "@Alice Martin" is a mention.
func messageOf(text string) syntax.Message {
	m := syntax.Message{Text: text}
	runes, name := []rune(text), []rune("@Alice Martin")
	for i := 0; i+len(name) <= len(runes); i++ {
		if slices.Equal(runes[i:i+len(name)], name) {
			m.Mentions = append(m.Mentions, syntax.Mention{Start: i, End: i + len(name), UserID: 42})
		}
	}
	return m
}

var lines = []string{
	`/newroom "Q2 Earnings" @Alice Martin group:"Test Group"`,
	`/newroom Rates and FX @Alice Martin @bob carol@bank.com`,
	`/newroom "a \"b\" \\ c" owner:@Alice Martin owner:bob@bank.com owner:@carol desc:"x: y, \"z\"" preview`,
	`/newroom name:"group: x" group:"A, B" group:C history:no members-can-add:yes private`,
	`/newroom “Smart „quotes“” @Alice Martin`,
	`/newroom "@Alice Martin" user:dave@bank.com readonly`,
	`/newroom "/newroom" nocopy discoverable:no`,
	`/groups "equi"`,
	`/newroom "ünï 🎉" template:deal expires:30d welcome:"Hello all"`,
}

// requireSameReading reads a message and writes it anew, which must read as the same.
func requireSameReading(t *testing.T, m syntax.Message) {
	t.Helper()
	g := grammar()
	first := g.Parse(m)
	if first.Command == nil {
		return
	}
	again := commands.FormatCommand(m, *first.Command)
	second := g.Parse(again)
	require.NotNil(t, second.Command, "%q was written as %q: %+v", m.Text, again.Text, second.Error)
	want, got := normalizeInvocation(*first.Command), normalizeInvocation(*second.Command)
	require.True(t, reflect.DeepEqual(want, got), "%q was written as %q\nwant %+v\ngot  %+v", m.Text, again.Text, want, got)
	require.Equal(t, again, commands.FormatCommand(again, *second.Command), "written once more")
}

// normalizeInvocation leaves out what a command line need not keep: notes, whether the name had
// quotes, and the order in which people and owners came.
func normalizeInvocation(inv syntax.Invocation) syntax.Invocation {
	inv.Notes, inv.NameUnquoted = nil, false
	inv.Users, inv.Usernames, inv.Emails = sortedCopy(inv.Users), sortedCopy(inv.Usernames), sortedCopy(inv.Emails)
	if len(inv.Options) == 0 {
		inv.Options = nil
	}
	return inv
}

func sortedCopy[T int64 | string](all []T) []T {
	if len(all) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(all))
}

func TestFormattedCommandReadsAsTheSame(t *testing.T) {
	t.Parallel()
	for _, line := range lines {
		require.NotNil(t, grammar().Parse(messageOf(line)).Command, line)
		requireSameReading(t, messageOf(line))
	}
}

func FuzzFormattedCommandReadsAsTheSame(f *testing.F) {
	for _, line := range lines {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) { requireSameReading(t, messageOf(text)) })
}

func TestExamplesAreCommands(t *testing.T) {
	t.Parallel()
	for _, c := range new(commands.Env).Commands() {
		for _, example := range c.Examples {
			r := grammar().Parse(syntax.Message{Text: example})
			require.Nil(t, r.Error, example)
			require.False(t, r.Ignore, example)
		}
		for _, o := range c.Options {
			line := "/newroom X, " + o.Example
			if o.Key == "name" {
				line = "/newroom " + o.Example
			}
			require.NotNil(t, grammar().Parse(syntax.Message{Text: line}).Command, line)
		}
	}
}

func ExampleFormatCommand() {
	m := syntax.Message{Text: "/newroom Rates and FX group:Sales external"}
	read := new(commands.Env).Commands().Grammar(1, 100).Parse(m)
	fmt.Println(commands.FormatCommand(m, *read.Command).Text)
	// Output: /newroom "Rates and FX" group:"Sales" external:yes
}
