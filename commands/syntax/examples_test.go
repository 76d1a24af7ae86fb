package syntax_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// example is a rule of the grammar, a message that shows it, and the result without the wording of
// an error.
type example struct {
	says string
	line syntax.Message
	want string
}

func examples() []example {
	return slices.Concat(commandExamples(), nameExamples(), quoteExamples(), peopleExamples(), optionExamples(), addressExamples(), phraseExamples(), scriptExamples(), saidExamples())
}

func TestMessageIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, c := range examples() {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			r := grammar("Test Group", "FX EMEA", "Equities Private").Parse(c.line)
			require.JSONEq(t, c.want, withoutWording(t, r), c.line.Text)
		})
	}
}

// withoutWording is the result as JSON without the wording of an error.
func withoutWording(t *testing.T, r syntax.Result) string {
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

func TestMessageHasASoundResult(t *testing.T) {
	t.Parallel()
	for _, c := range examples() {
		requireSound(t, grammar("Test Group", "FX EMEA"), c.line)
	}
}

// lines are messages of all kinds, right and wrong, to start from.
func lines() []string {
	var all []string
	for _, c := range examples() {
		all = append(all, c.line.Text)
	}
	return all
}
