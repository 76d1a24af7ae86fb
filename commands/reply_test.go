package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// plain is a reply as a person reads it.
func plain(r commands.Reply) string {
	markup, data := r.Render(commands.Stamp{Request: "abc"})
	return messageml.Plain(strings.NewReplacer("<messageML>", "<div>", "</messageML>", "</div>").Replace(markup), data)
}

func TestShortReplies(t *testing.T) {
	t.Parallel()
	require.Contains(t, plain(commands.PutOff(commands.Subject{Request: "5k9d-02mx-q7ht", Room: "Fails"}, 0)), "I keep trying")
	require.Contains(t, plain(commands.PutOff(commands.Subject{Request: "5k9d-02mx-q7ht"}, 90*time.Second)), "in about 90 s")
	require.Contains(t, plain(commands.Reply{Room: "abc"}.Brief("id")), "Your room")
	require.NotContains(t, plain(commands.Reply{}.Brief("id")), "Your room")
}

func TestSyntaxErrorSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	g := new(commands.Env).Commands().Grammar(0, 100)
	for line, next := range map[string]string{
		`/newroom "Q2" alice`:           "If it is a person, pick the name from the list that opens when you type @.",
		`/newroom "Q2" Alice Martin`:    "If it is a person, pick the name from the list that opens when you type @.",
		`/newroom "Q2" for the call`:    "needs quotes",
		`/newroom ""`:                   `Write one, such as "Q2 Earnings".`,
		`/newroom "Q2" owner:"!"`:       "or write an e-mail address or a username",
		`/newroom undo`:                 "Without quotes this alone opens no room.",
		`/newroom "Q2" colour:red`:      "members-can-add: and preview:.",
		`/newroom "Q2" external public`: "cannot be public",
	} {
		e := g.Parse(syntax.Message{Text: line}).Error
		require.NotNil(t, e, line)
		require.Contains(t, e.Message, next, line)
	}
}
