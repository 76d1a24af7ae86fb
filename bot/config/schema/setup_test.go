package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

// environment looks up the given variables, name after value.
func environment(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// decode reads content as the file of that name. The error is the text of all problems, "" for
// none.
func decode(name, content string, into any, env ...string) (unused []string, problems string) {
	document, err := schema.Parse(name, []byte(content), environment(env...))
	if err != nil {
		return nil, err.Error()
	}
	unused, found := document.Decode(into)
	if err := found.Err(); err != nil {
		return unused, err.Error()
	}
	return unused, ""
}

// mustDecode reads content without problems and returns the paths of unused keys.
func mustDecode(t *testing.T, name, content string, into any, env ...string) (unused []string) {
	t.Helper()
	unused, problems := decode(name, content, into, env...)
	require.Empty(t, problems)
	return unused
}

// member is one key with its value in both formats, with the column of the value.
type member struct {
	file, content string
	column        int
}

// members writes one key with a value that JSON and YAML spell alike.
func members(key, value string) []member {
	json, yaml := fmt.Sprintf("{%q: ", key), key+": "
	return []member{
		{"x.json", json + value + "}", len(json) + 1},
		{"x.yaml", yaml + value + "\n", len(yaml) + 1},
	}
}

// lines joins the lines of an error.
func lines(all ...string) string { return strings.Join(all, "\n") }
