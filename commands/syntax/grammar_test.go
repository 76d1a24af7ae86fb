package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// others are commands with the kinds of arguments that newroom has not.
func otherGrammar() syntax.Grammar {
	return syntax.Grammar{BotID: botID, Commands: []syntax.Command{
		{Name: "add", Aliases: []string{"invite"}, Args: syntax.ArgsPeople, Options: []syntax.CommandOption{
			{Key: "group", Kind: syntax.Groups}, {Key: "silent"},
		}},
		{Name: "close", Args: syntax.ArgsNone},
	}}
}

func TestCommandForPeopleTakesNoName(t *testing.T) {
	t.Parallel()
	inv := otherGrammar().Parse(im(`/invite @Alice Martin, bob@bank.com and @carol group:"Test Group" silent`)).Command
	require.NotNil(t, inv)
	require.Equal(t, "add", inv.Command)
	require.Equal(t, []int64{1001}, inv.Users)
	require.Equal(t, []string{"bob@bank.com"}, inv.Emails)
	require.Equal(t, []string{"carol"}, inv.Usernames)
	require.Equal(t, []string{"Test Group"}, inv.Groups)
	for _, line := range []string{`/add "Desk"`, `/add Desk`, `/add @Alice Martin Desk`} {
		e := otherGrammar().Parse(im(line)).Error
		require.NotNil(t, e, line)
		require.Equal(t, syntax.UnexpectedText, e.Code)
		require.Contains(t, e.Message, `"Desk"`)
	}
}

func TestCommandWithoutArgumentsTakesNone(t *testing.T) {
	t.Parallel()
	require.Equal(t, "close", otherGrammar().Parse(im("/close")).Command.Command)
	require.Equal(t, "close", otherGrammar().Parse(im("/close help")).Help)
	for _, line := range []string{"/close it", "/close @Alice Martin", `/close "it"`, "/close now:yes"} {
		require.NotNil(t, otherGrammar().Parse(im(line)).Error, line)
	}
}

func TestEmptyGrammarHasAResult(t *testing.T) {
	t.Parallel()
	var g syntax.Grammar
	require.Equal(t, 1, countResults(g.Parse(im("/newroom"))))
	require.Equal(t, 1, countResults(g.Parse(im("hello"))))
	require.True(t, g.Parse(room("/newroom")).Ignore)
}
