package syntax_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// claim is a sentence about what is understood, and a message that shows it.
// want is the result, without the wording of an error.
type claim struct {
	says string
	line syntax.Message
	want string
}

func claims() []claim {
	return slices.Concat(addressClaims(), nameClaims(), quoteClaims(), peopleClaims(), optionClaims())
}

func TestMessagesAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, c := range claims() {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			r := grammar("Test Group", "FX EMEA", "Equities Private").Parse(c.line)
			require.JSONEq(t, c.want, wordless(t, r), c.line.Text)
		})
	}
}

// wordless is the result as JSON without the wording of an error.
func wordless(t *testing.T, r syntax.Result) string {
	t.Helper()
	raw, err := json.Marshal(r)
	require.NoError(t, err)
	if r.Error == nil {
		return string(raw)
	}
	require.NotEmpty(t, r.Error.Message)
	var out map[string]map[string]any
	require.NoError(t, json.Unmarshal(raw, &out))
	delete(out["error"], "message")
	raw, err = json.Marshal(out)
	require.NoError(t, err)
	return string(raw)
}

func TestEveryMessageHasASoundResult(t *testing.T) {
	t.Parallel()
	for _, c := range claims() {
		requireSound(t, grammar("Test Group", "FX EMEA"), c.line)
	}
}

// lines are messages of all kinds, right and wrong, to start from.
func lines() []string {
	var all []string
	for _, c := range claims() {
		all = append(all, c.line.Text)
	}
	return all
}
