package commands_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

func TestManifestFitsAndNamesEveryCommand(t *testing.T) {
	t.Parallel()
	set := new(commands.Env).Commands()
	text, err := set.Manifest()
	require.NoError(t, err)
	require.LessOrEqual(t, utf8.RuneCountInString(text), 6144)
	var manifest struct {
		Commands []struct{ Name, Desc, Example string }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &manifest))
	set = slices.DeleteFunc(set, func(c commands.Command) bool { return c.Admin }) // which it would show to everybody
	require.Len(t, manifest.Commands, len(set))
	for i, c := range manifest.Commands {
		require.Equal(t, set[i].Name, c.Name)
		require.NotEmpty(t, c.Desc)
		require.True(t, strings.HasPrefix(c.Example, "/"+c.Name))
	}
}

func TestHelpNamesEveryCommandAndEveryOption(t *testing.T) {
	t.Parallel()
	set := new(commands.Env).Commands()
	permissions := commands.Permissions{Access: map[string]commands.Access{"policy": commands.AccessHere, "pause": commands.AccessHere, "resume": commands.AccessHere}}
	general := plain(set.Help(syntax.TopicGeneral, permissions))
	require.NotContains(t, plain(set.Help(syntax.TopicGeneral, commands.Permissions{})), "/pause", "of administrators")
	for _, c := range set {
		require.Contains(t, general, "/"+c.Name)
		manual := plain(set.Help(c.Name, commands.Permissions{}))
		for _, o := range c.Options {
			if o.Unavailable {
				require.NotContains(t, manual, o.Key+":", "what nobody can use")
				continue
			}
			require.Contains(t, manual, o.Key+":")
			for _, alias := range o.Aliases {
				require.Contains(t, manual, alias)
			}
		}
	}
}

func TestCatalogueKnowsWhatWrites(t *testing.T) {
	t.Parallel()
	catalogue := new(commands.Env).Commands()
	require.Equal(t, []string{"newroom", "groups", "receipt", "help"}, catalogue.Names())
	for line, writes := range map[string]bool{`/newroom "X"`: true, `/newroom "X" preview`: false, `/newroom "X" preview:no`: true, "/groups": false} {
		require.Equal(t, writes, catalogue.Writes(*grammar().Parse(syntax.Message{Text: line}).Command), line)
	}
	require.False(t, catalogue.Writes(syntax.Invocation{Command: "launch"}))
}

func TestMessageIsReadWithItsMentions(t *testing.T) {
	t.Parallel()
	content, err := messageml.Read(`<div>/newroom "X" <span class="entity" data-entity-id="0">@Alice Martin</span></div>`,
		`{"0":{"type":"com.symphony.user.mention","version":"1.0","id":[{"type":"com.symphony.user.userId","value":"42"}]}}`)
	require.NoError(t, err)
	require.Equal(t, syntax.Message{
		Text: `/newroom "X" @Alice Martin`, Mentions: []syntax.Mention{{Start: 13, End: 26, UserID: 42}}, Room: true,
	}, commands.ReadMessage(content, true))
}
