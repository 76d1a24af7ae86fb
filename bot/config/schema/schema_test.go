package schema_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

func Example() {
	var kitchen struct {
		Oven struct {
			Heat  int           `config:"heat,required,min=50,max=250" doc:"degrees" eg:"180"`
			Timer time.Duration `config:"timer,default=30m" doc:"how long"`
		} `config:"oven"`
	}
	document, err := schema.Parse("kitchen.yaml", []byte("oven:\n  heat: 900\n  tymer: 1h\n"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, problems := document.Decode(&kitchen)
	fmt.Println(problems.Err())
	// Output:
	// kitchen.yaml:2:9: oven.heat: 900 is out of range; write 50 to 250
	// kitchen.yaml:3:3: oven.tymer: is not a key that is known here; did you mean "timer"?
}

func TestVariables(t *testing.T) {
	t.Parallel()
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"A": "a", "EMPTY": "", "NESTED": "${A}"}[name]
		return value, ok
	}
	for in, want := range map[string]string{
		"plain":                  "plain",
		"${A}${A}-${B:-b}":       "aa-b",
		"${EMPTY}":               "",
		"${EMPTY:-full}":         "full",
		"${B:-}":                 "",
		"${B:-:-}":               ":-",
		"${NESTED}":              "${A}",
		"$A $ $$ $${A} $$${A} $": "$A $ $$ ${A} $${A} $",
		"${A":                    "error: never closed",
		"${}":                    "error: without the name",
		"${1x}":                  "error: without the name",
		"${B:-${A}}":             "error: inside the default",
		"${B}":                   "error: not set",
		"${user.home}":           "error: Java system property",
	} {
		content, err := json.Marshal(map[string]string{"x": in})
		require.NoError(t, err)
		document, err := schema.Parse("x.json", content, env)
		require.NoError(t, err)
		var got struct {
			X string `config:"x"`
		}
		_, problems := document.Decode(&got)
		if problem, bad := strings.CutPrefix(want, "error: "); bad {
			require.ErrorContains(t, problems.Err(), problem, in)
			continue
		}
		require.NoError(t, problems.Err(), in)
		require.Equal(t, want, got.X, in)
	}
}

func TestJSONAndYAMLReportTheSamePlaces(t *testing.T) {
	t.Parallel()
	content := []byte("{\"a\": \"é\", \"b\": [\n  {\"c\": 1, \"d\": \"x\"},\n  true\n]}")
	places := func(name, comment string) []string {
		document, err := schema.Parse(name, append(content, comment...), nil)
		require.NoError(t, err)
		_, problems := document.Decode(&struct {
			A int `config:"a"`
			B []struct {
				C string `config:"c"`
				D bool   `config:"d"`
			} `config:"b"`
		}{})
		return strings.Split(strings.ReplaceAll(problems.Error(), name, ""), "\n")
	}
	require.Equal(t, places("x.yaml", " # so it is no JSON"), places("x.json", ""))
	require.Equal(t, []string{
		`:1:7: a: "é" is text and is not a whole number; write digits only`,
		`:2:9: b[0].c: 1 is not text; write "1"`,
		`:2:17: b[0].d: "x" is text and is not true or false; write true or false`,
		`:3:3: b[1]: is true or false and must be an object; write {…}`,
	}, places("x.json", ""))
}

func TestProblemsAreSortedByFileAndLine(t *testing.T) {
	t.Parallel()
	problems := schema.Problems{{File: "b", Line: 3}, {File: "a", Line: 2}, {File: "b", Line: 1, Message: "x"}}
	var sorted schema.Problems
	require.ErrorAs(t, problems.Err(), &sorted)
	require.Equal(t, schema.Problems{{File: "b", Line: 1, Message: "x"}, {File: "b", Line: 3}, {File: "a", Line: 2}}, sorted)
	require.NoError(t, schema.Problems{}.Err())
}

func TestNearestSuggestsSimilarNamesOnly(t *testing.T) {
	t.Parallel()
	names := []string{"host", "port", "privateKey", "keyManager"}
	for word, want := range map[string]string{
		"private-key": "privateKey", "PRIVATE_KEY": "privateKey", "prot": "port", "hosts": "host", "keymanger": "keyManager",
		"certificate": "", "x": "", "ab": "", strings.Repeat("host", 100): "",
	} {
		require.Equal(t, want, schema.NearestName(word, names), word)
	}
}

func TestSecretInUnexportedFieldIsNotPrinted(t *testing.T) {
	t.Parallel()
	hidden := struct{ s schema.Secret }{schema.NewSecret("hunter2")}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %x", hidden, hidden, hidden, hidden.s, hidden.s), "hunter2")
	require.Empty(t, schema.Secret{}.String())
	require.True(t, schema.NewSecret("").IsZero())
}
