package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

func TestAQuestionIsAboutAPersonAndACommand(t *testing.T) {
	t.Parallel()
	grammar := syntax.Grammar{BotID: 1, Commands: []syntax.Command{
		{Name: "can", Args: syntax.ArgsQuestion, Examples: []string{`/can /newroom "X"`}},
		{Name: "policy", Args: syntax.ArgsPerson, Examples: []string{"/policy @kim"}},
		{Name: "newroom", Args: syntax.ArgsRoom, Examples: []string{`/newroom "X"`}},
	}}
	about := func(text string, mentions ...syntax.Mention) syntax.Result {
		return grammar.Parse(syntax.Message{Text: text, Mentions: mentions})
	}
	kim, bot := syntax.Mention{Start: 5, End: 9, UserID: 7}, syntax.Mention{Start: 5, End: 9, UserID: 1}
	line := func(text string, mentions ...syntax.Mention) *syntax.Message {
		return &syntax.Message{Text: text, Mentions: mentions}
	}
	for name, c := range map[string]struct {
		got  syntax.Result
		want syntax.Invocation
	}{
		"nothing":    {about("/can"), syntax.Invocation{}},
		"a person":   {about("/can @Kim", kim), syntax.Invocation{Users: []int64{7}}},
		"the bot":    {about("/can @Bot", bot), syntax.Invocation{}},
		"a username": {about("/can @kim"), syntax.Invocation{Usernames: []string{"kim"}}},
		"an address": {about("/can kim@acme.test"), syntax.Invocation{Emails: []string{"kim@acme.test"}}},
		"a command":  {about(`/can /newroom "X" external`), syntax.Invocation{Asked: line(`/newroom "X" external`)}},
		"a command without its slash": {about(`/can newroom "X" @Kim`, syntax.Mention{Start: 17, End: 21, UserID: 7}),
			syntax.Invocation{Asked: line(`/newroom "X" @Kim`, syntax.Mention{Start: 13, End: 17, UserID: 7})}},
		"both": {about(`/can @Kim /newroom "X" @Kim`, kim, syntax.Mention{Start: 23, End: 27, UserID: 7}),
			syntax.Invocation{Users: []int64{7}, Asked: line(`/newroom "X" @Kim`, syntax.Mention{Start: 13, End: 17, UserID: 7})}},
		"a quote that is never closed": {about(`/can /newroom "X`), syntax.Invocation{Asked: line(`/newroom "X`)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotNil(t, c.got.Command, "%+v", c.got.Error)
			c.want.Command = "can"
			require.Equal(t, c.want, *c.got.Command)
		})
	}
	for _, text := range []string{"/can do it", `/can "X"`, "/can @kim @alice", "/policy now", "/policy @kim /newroom"} {
		require.NotNil(t, about(text).Error, text)
	}
}
